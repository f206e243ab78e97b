"""A dump is the whole store, row for row, on either kind of database; what is damaged or not empty is refused."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import random
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from approvals.deciding.delegating import stand_in
from approvals.deciding.executions import intend
from approvals.deciding.kept_settings import KIND, keep
from approvals.deciding.switches import flip, release
from approvals.deciding.transitions import live_execution
from approvals.ledger.ledger import Actor, append
from approvals.reading.ledger_export import verify_store
from approvals.store.store import Store, open_store
from deploy import __main__ as command
from deploy import dump as dumping
from deploy.dump import BadDump, checked, dump, restore
from deploy.store_tables import REVISION, declared, decoded, encoded, is_json, kind_of, selected
from settings import Settings
from tests.approvals.world import ANN, BO, begin, proposed, say_no, say_yes

WORDS = (
    "",
    "fine",
    "naïve – “so”",
    "李雷",
    "o'hara",
    "line\nbreak",
    '{"a":1}',
    "\\",
    "\u2028",
    "😀",
    "`x`",
    "%s :x ?",
    "x" * 60,
)
SEED = 20261120


def value(column: sa.Column[Any], rng: random.Random, place: int) -> Any:
    """Some value that fits the column."""
    if column.nullable and rng.random() < 0.3:
        return sa.null() if is_json(column) else None
    if is_json(column):
        return rng.choice(
            [None, [], {}, {"a": ["b", 1, 2.5, None, True], "ü": {"😀": "x"}}, ["red", "blue"], "text", 7]
        )
    kind = kind_of(column)
    if kind is dt.date:
        return dt.date(2026, 1, 1) + dt.timedelta(days=rng.randrange(1000))
    if kind is dt.datetime:
        return dt.datetime(2026, 11, 20, tzinfo=dt.UTC) + dt.timedelta(microseconds=rng.randrange(10**14))
    if kind is Decimal:
        return Decimal(rng.randrange(10**9)).scaleb(-4)
    if kind is bool:
        return rng.random() < 0.5
    if kind is int:
        return rng.randrange(1, 3)
    if kind is float:
        return rng.random() * 10 ** rng.randrange(9)
    if kind is bytes:
        return rng.randbytes(40)
    size = getattr(column.type, "length", None) or 80
    return (rng.choice(WORDS) if column.primary_key is False else f"{column.name}-{place}")[:size]


def fill(store: Store, rows: int = 7) -> None:
    """Rows in every table: what the ledger tells of by what makes it, and odd values where no rule binds them."""
    ids = [proposed(store) for _ in range(rows)]
    say_yes(store, ids[0], ANN)
    begin(store, ids[0])
    say_yes(store, ids[1], BO)
    say_no(store, ids[2], ANN)
    for place in range(rows):
        with store.writing() as tx:
            append(tx, "draft.submit", Actor("human", WORDS[place % len(WORDS)]), words=list(WORDS), number=place)
            flip(tx, "workspace", f"elsewhere-{place}", Actor("human", ANN.name), WORDS[place] or "fine")
            if place % 2:
                release(tx, "workspace", f"elsewhere-{place}", BO)
            stand_in(tx, ANN, BO, tx.now, tx.now + dt.timedelta(days=1 + place))
    with store.writing() as tx:
        row = live_execution(tx, ids[0], lock=True)
        assert row is not None
        intend(tx, row, "act", "a" * 26, KIND, {"setting": "team_tags", "value": "naïve,李雷"})
        keep(tx, "team_tags", "naïve,李雷")
    rng = random.Random(SEED)
    with store.engine.begin() as connection:
        for table in declared():
            if connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one():
                continue
            for place in range(rows):
                made = {c.name: value(c, rng, place) for c in table.columns}
                for c in table.columns:
                    for key in c.foreign_keys:
                        made[c.name] = connection.execute(sa.select(key.column).offset(place % 1).limit(1)).scalar_one()
                    if c.name in ("revision", "line") and c.primary_key:
                        made[c.name] = place + 1
                if [c for c in table.primary_key.columns if c.foreign_keys] and len(table.primary_key.columns) == 1:
                    connection.execute(sa.insert(table).values(made))
                    break
                connection.execute(sa.insert(table).values(made))


def _zoned(value: Any) -> Any:
    """SQLite forgets the zone of a time; all of them are UTC."""
    return value.replace(tzinfo=dt.UTC) if isinstance(value, dt.datetime) and value.tzinfo is None else value


def raw(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, JSON as its text, so that nothing hides behind a type."""
    found = {}
    with store.engine.connect().execution_options(reading=True) as connection, connection.begin():
        for table in declared():
            columns = [sa.cast(c, sa.Text) if is_json(c) else c for c in table.columns]
            rows = connection.execute(sa.select(*columns).order_by(*table.primary_key.columns)).all()
            found[table.name] = [tuple(_zoned(one) for one in row) for row in rows]
    return found


def store_in(request: pytest.FixtureRequest, kind: str, folder: Path, name: str = "store") -> Store:
    url = request.getfixturevalue("postgres_url") if kind == "postgres" else f"sqlite:///{folder / f'{name}.sqlite'}"
    return open_store(str(url))


@pytest.fixture
def full(tmp_path: Path) -> Store:
    made = open_store(f"sqlite:///{tmp_path / 'full.sqlite'}")
    fill(made)
    return made


def test_the_rows_that_are_tried_touch_every_table_and_every_kind_of_value(full: Store) -> None:
    rows = raw(full)
    assert [name for name, found in rows.items() if not found] == []
    assert verify_store(full).code == 0
    texts = [row for found in rows.values() for row in found]
    assert any("null" in row for row in texts), "a JSON null"
    assert any(None in row for row in texts), "an absent value"


def test_from_sqlite_to_postgres_and_back_nothing_changes(
    full: Store, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    before, one, two = raw(full), tmp_path / "one.jsonl", tmp_path / "two.jsonl"
    rows = dump(full, one)
    assert rows == sum(len(found) for found in before.values())
    postgres = store_in(request, "postgres", tmp_path)
    assert restore(postgres, one) == rows
    assert raw(postgres) == before
    assert verify_store(postgres).code == 0
    assert dump(postgres, two) == rows
    again = store_in(request, "sqlite", tmp_path, "again")
    assert restore(again, two) == rows
    assert raw(again) == before
    assert one.read_bytes() == two.read_bytes()


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_what_was_restored_works_on_and_is_guarded_again(
    full: Store, tmp_path: Path, request: pytest.FixtureRequest, kind: str
) -> None:
    dump(full, tmp_path / "one.jsonl")
    there = store_in(request, kind, tmp_path, "there")
    restore(there, tmp_path / "one.jsonl")
    with there.writing() as tx:
        append(tx, "draft.submit", Actor("human", "ann"))
    assert verify_store(there).code == 0
    for statement in ("UPDATE ledger SET actor = 'x'", "DELETE FROM ledger", "DELETE FROM proposals"):
        with pytest.raises(sa.exc.IntegrityError), there.writing() as tx:
            tx.connection.execute(sa.text(statement))


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_tables_that_hold_something_are_left_alone(
    full: Store, tmp_path: Path, request: pytest.FixtureRequest, kind: str
) -> None:
    dump(full, tmp_path / "one.jsonl")
    there = store_in(request, kind, tmp_path, "there")
    proposed(there)
    before = raw(there)
    with pytest.raises(BadDump, match="not empty"):
        restore(there, tmp_path / "one.jsonl")
    assert raw(there) == before


def test_what_was_changed_beside_the_ledger_is_not_restored(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 'real.sqlite'}")
    say_yes(store, proposed(store), ANN)
    dump(store, tmp_path / "good")
    restore(open_store(f"sqlite:///{tmp_path / 'back.sqlite'}"), tmp_path / "good")
    with store.writing() as tx:
        tx.connection.exec_driver_sql("UPDATE votes SET voter = 'eve@example.com'")
    dump(store, tmp_path / "changed")
    with pytest.raises(BadDump, match="differ from the ledger"):
        restore(open_store(f"sqlite:///{tmp_path / 'no.sqlite'}"), tmp_path / "changed")


def lines_of(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines(keepends=True)


def sealed(lines: list[bytes]) -> bytes:
    """Lines with an end that fits them: damage that a digest does not show."""
    digest = hashlib.sha256(b"".join(lines)).hexdigest()
    end = {"end": True, "rows": len(lines) - 1, "sha256": digest}
    return b"".join(lines) + json.dumps(end).encode() + b"\n"


def nth(lines: list[bytes], table: str) -> int:
    return next(i for i, line in enumerate(lines) if json.loads(line).get("table") == table)


def other_actor(lines: list[bytes]) -> bytes:
    place = nth(lines, "ledger")
    read = json.loads(lines[place])
    read["row"]["actor"] = "somebody else"
    lines[place] = json.dumps(read).encode() + b"\n"
    return sealed(lines[:-1])


def without_an_entry(lines: list[bytes]) -> bytes:
    del lines[nth(lines, "ledger") + 2]
    return sealed(lines[:-1])


def a_column_more(lines: list[bytes]) -> bytes:
    place = nth(lines, "proposals")
    read = json.loads(lines[place])
    read["row"]["extra"] = 1
    lines[place] = json.dumps(read).encode() + b"\n"
    return sealed(lines[:-1])


def a_number_for_a_word(lines: list[bytes]) -> bytes:
    place = nth(lines, "proposals")
    read = json.loads(lines[place])
    read["row"]["title"] = 7
    lines[place] = json.dumps(read).encode() + b"\n"
    return sealed(lines[:-1])


def an_unknown_table(lines: list[bytes]) -> bytes:
    lines.insert(1, b'{"table":"sqlite_master","row":{}}\n')
    return sealed(lines[:-1])


def a_row_twice(lines: list[bytes]) -> bytes:
    place = nth(lines, "proposals")
    lines.insert(place, lines[place])
    return sealed(lines[:-1])


def another_revision(lines: list[bytes]) -> bytes:
    read = json.loads(lines[0]) | {"revision": "0001"}
    lines[0] = json.dumps(read).encode() + b"\n"
    return sealed(lines[:-1])


DAMAGE: dict[str, tuple[Callable[[list[bytes]], bytes], str]] = {
    "cut in the middle": (lambda lines: b"".join(lines)[: len(b"".join(lines)) // 2], "no dump, or its end|cut off"),
    "the last line is missing": (lambda lines: b"".join(lines[:-1]), "cut off"),
    "a byte is another": (lambda lines: b"".join(lines).replace(b"growth", b"grawth", 1), "changed or damaged"),
    "a row is missing": (lambda lines: b"".join([*lines[:5], *lines[6:]]), "changed or damaged"),
    "empty": (lambda lines: b"", "no dump"),
    "something else": (lambda lines: b'{"a": 1}\n', "no dump of this kind"),
    "binary": (lambda lines: bytes(range(256)), "no dump"),
    "another format": (
        lambda lines: b"".join(lines).replace(b"lakehelm-dump/1", b"lakehelm-dump/9", 1),
        "no dump of this kind",
    ),
    "an entry was rewritten": (other_actor, "ledger .* is not intact"),
    "an entry was taken out": (without_an_entry, "ledger .* is not intact"),
    "a column too many": (a_column_more, "columns of proposals are others"),
    "a value of another kind": (a_number_for_a_word, "title holds int, not str"),
    "a table that is none of ours": (an_unknown_table, "no table is called sqlite_master"),
    "a row twice": (a_row_twice, "does not fit the tables .IntegrityError"),
    "an older revision": (another_revision, "is of revision 0001"),
}


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
@pytest.mark.parametrize("what", DAMAGE)
def test_a_damaged_file_is_refused_and_nothing_is_written(
    full: Store, tmp_path: Path, request: pytest.FixtureRequest, what: str, kind: str
) -> None:
    damage, said = DAMAGE[what]
    path = tmp_path / "one.jsonl"
    dump(full, path)
    path.write_bytes(damage(lines_of(path)))
    there = store_in(request, kind, tmp_path, "there")
    before = raw(there)
    with pytest.raises(BadDump, match=said):
        restore(there, path)
    assert raw(there) == before
    assert sum(len(found) for found in before.values()) == 0
    with there.writing() as tx:  # and the guards stand
        append(tx, "draft.submit", Actor("human", "ann"))
    with pytest.raises(sa.exc.IntegrityError), there.writing() as tx:
        tx.connection.execute(sa.text("DELETE FROM ledger"))


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadDump, match="cannot be read"):
        checked(tmp_path / "none.jsonl")


def test_a_dump_that_breaks_off_leaves_the_old_file(
    full: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "one.jsonl"
    path.write_text("the old one")
    real, seen = encoded, iter(range(50))

    def breaks(value: Any) -> Any:
        next(seen)  # StopIteration would end a generator silently, so:
        return real(value)

    def failing(value: Any) -> Any:
        try:
            return breaks(value)
        except StopIteration:
            raise OSError("the disk is full") from None

    monkeypatch.setattr(dumping, "encoded", failing)
    with pytest.raises(OSError, match="disk is full"):
        dump(full, path)
    assert [one.name for one in tmp_path.iterdir() if one.suffix in (".jsonl", ".half")] == ["one.jsonl"]
    assert path.read_text() == "the old one"


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_a_table_that_is_not_declared_is_not_left_out_silently(
    tmp_path: Path, request: pytest.FixtureRequest, kind: str
) -> None:
    store = store_in(request, kind, tmp_path)
    with store.engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE surprise (a INTEGER)"))
    with pytest.raises(BadDump, match="surprise"):
        dump(store, tmp_path / "one.jsonl")


def test_every_table_of_the_database_is_declared(tmp_path: Path) -> None:
    store = open_store(f"sqlite:///{tmp_path / 's.sqlite'}")
    assert set(sa.inspect(store.engine).get_table_names()) - {REVISION} == {one.name for one in declared()}


def test_a_dump_sees_one_moment(full: Store, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """Somebody writes while the dump is read: it is as if they had come after."""
    dump(full, tmp_path / "one.jsonl")
    postgres = store_in(request, "postgres", tmp_path)
    rows = restore(postgres, tmp_path / "one.jsonl")
    real, wrote = selected, list[int]()

    def meanwhile(table: sa.Table) -> Any:
        with postgres.writing() as tx:
            wrote.append(append(tx, "draft.submit", Actor("human", "ann")))
        return real(table)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dumping, "selected", meanwhile)
        assert dump(postgres, tmp_path / "two.jsonl") == rows
    assert len(wrote) == len(declared())
    assert (tmp_path / "one.jsonl").read_bytes() == (tmp_path / "two.jsonl").read_bytes()


@pytest.mark.parametrize(
    ("row", "said"),
    [({}, "columns"), ({"level": "global"}, "columns")],
)
def test_a_row_that_does_not_fit_is_refused(row: dict[str, Any], said: str) -> None:
    table = next(one for one in declared() if one.name == "switches")
    with pytest.raises(ValueError, match=said):
        decoded(table, row)


@pytest.fixture
def chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    made = Settings(home=tmp_path / "home")
    monkeypatch.setattr(command, "settings", lambda: made)
    yield made


def test_the_commands(
    chosen: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "out" / "store.jsonl"
    assert command.main(["migrate"]) == 0
    fill(open_store(chosen.store), rows=3)
    assert command.main(["dump", str(path)]) == 0
    assert command.main(["restore", str(path)]) == 2
    assert "not empty" in capsys.readouterr().err
    other = Settings(home=tmp_path / "other")
    monkeypatch.setattr(command, "settings", lambda: other)
    assert command.main(["restore", str(path)]) == 0
    assert "the ledger is intact" in capsys.readouterr().out
    assert raw(open_store(other.store)) == raw(open_store(chosen.store))
    path.write_bytes(path.read_bytes()[:-40])
    third = Settings(home=tmp_path / "third")
    monkeypatch.setattr(command, "settings", lambda: third)
    assert command.main(["restore", str(path)]) == 2
    assert "nothing was written" in capsys.readouterr().err
    assert not (tmp_path / "third").exists()
