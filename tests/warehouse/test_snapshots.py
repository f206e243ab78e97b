"""The last good figures outlive the process; nothing broken, foreign or secret does."""

from __future__ import annotations

import datetime as dt
import json
import os
import stat
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries.kinds import COLUMNS
from tests.warehouse.fakes import START, House, query, rows
from warehouse.cache import Result
from warehouse.errors import Unreachable
from warehouse.interface import ask
from warehouse.snapshots import VERSION, Snapshots, key_of, may_keep

A = ask("a")
COUNT = {"n": "count"}


def files(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def filled(folder: Path, **answers: Any) -> House:
    house = House(snapshots=folder, **(answers or {"a": rows(1, 2)}))
    for name in house.fake.answers:
        house.reader.submit(ask(name))
    house.pool.run()
    return house


def test_after_a_restart_before_an_unreachable_warehouse_the_last_figures_are_shown(tmp_path: Path) -> None:
    house = filled(tmp_path / "s")
    house.fake.answers["a"] = Unreachable()
    house.clock.forward(3600)
    house.restart()
    answer = house.reader.submit(A).result(0)
    assert (answer.state, answer.table, answer.read_at) == ("stale", rows(1, 2), START)
    assert house.pool.run() == 1
    kept = house.reader.submit(A).result(0)
    assert (kept.state, kept.table, type(kept.error)) == ("stale", rows(1, 2), Unreachable)
    assert house.pool.run() == 0


def test_a_snapshot_young_enough_is_fresh_until_an_invalidation(tmp_path: Path) -> None:
    house = filled(tmp_path / "s")
    house.restart()
    assert house.reader.peek(A).state == "fresh"  # type: ignore[union-attr]
    assert house.reader.submit(A).result(0).state == "fresh"
    house.reader.invalidate()
    assert house.reader.submit(A).result(0).state == "stale"
    assert house.pool.run() == 1
    assert house.reader.submit(A).result(0).state == "fresh"


def test_what_memory_dropped_is_read_back(tmp_path: Path) -> None:
    house = House(snapshots=tmp_path / "s", cache_bytes=100, a=rows(*range(10)), b=rows(*range(10)))
    for name in ("a", "b"):
        house.reader.submit(ask(name))
        house.pool.run()
    assert house.reader.submit(A).result(0).state == "fresh"
    assert house.fake.asked("a") == 1


def test_only_the_owner_may_look(tmp_path: Path) -> None:
    (tmp_path / "deep" / "s").mkdir(parents=True, mode=0o755)
    old = os.umask(0)
    try:
        filled(tmp_path / "deep" / "s")
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "deep" / "s").stat().st_mode) == 0o700
    assert [stat.S_IMODE(path.stat().st_mode) for path in files(tmp_path / "deep" / "s")] == [0o600]


def broken(content: bytes) -> dict[str, bytes]:
    line, _, body = content.partition(b"\n")
    head = json.loads(line)
    other = json.dumps(head | {"version": VERSION + 1}).encode()
    zoneless = json.dumps(head | {"read_at": "2026-03-01T12:00:00"}).encode()
    bare = json.dumps({"version": VERSION}).encode()
    return {
        "empty": b"",
        "cut": content[:-7],
        "one bit": content[:-20] + bytes([content[-20] ^ 1]) + content[-19:],
        "no head": body,
        "not json": b"{\n" + body,
        "not a mapping": b"[]\n" + body,
        "bare head": bare + b"\n" + body,
        "foreign version": other + b"\n" + body,
        "time without zone": zoneless + b"\n" + body,
    }


@pytest.mark.parametrize("what", sorted(broken(b'{"version": 1}\n' + b"x" * 40)))
def test_a_broken_or_foreign_snapshot_is_removed_and_the_question_asked(tmp_path: Path, what: str) -> None:
    house = filled(tmp_path / "s")
    (path,) = files(tmp_path / "s")
    path.write_bytes(broken(path.read_bytes())[what])
    house.restart()
    future = house.reader.submit(A)
    assert not path.exists()
    assert not future.done()
    house.pool.run()
    assert future.result(0).state == "fresh"
    assert path.exists()


def test_leftovers_and_older_formats_are_swept_and_strangers_left(tmp_path: Path) -> None:
    key = "a" * 64
    for name in (f"{key}.v0", f"{key}.v{VERSION}.part", "notes.txt"):
        (tmp_path / name).write_text("x")
    Snapshots(tmp_path)
    assert [path.name for path in files(tmp_path)] == ["notes.txt"]


def test_a_changed_query_does_not_see_the_old_rows(tmp_path: Path) -> None:
    base = query("a", params={"top": "integer"})
    one = ask("a", top=1)
    others = [
        key_of("fake", query("a", params={"top": "integer"}, sql="SELECT 2 AS n"), one),
        key_of("fake", query("b", params={"top": "integer"}), one),
        key_of("fake", base, ask("a", top=2)),
        key_of("fake", base, ask("a", top="1")),
        key_of("elsewhere", base, one),
    ]
    key = key_of("fake", base, one)
    assert len({key, *others}) == 6
    assert key == key_of("fake", query("a", params={"top": "integer"}), one)
    kept = Snapshots(tmp_path)
    kept.write(key, "a", Result(rows(1), START, 0.5))
    assert kept.read(key, {"n": "text"}) is None  # the header now says another kind
    assert key not in kept


SENSITIVE = ["statement_text", "error_message", "request_params", "response", "Statement_Text", "job_parameters"]


@pytest.mark.parametrize("column", SENSITIVE)
def test_peoples_text_is_never_written(tmp_path: Path, column: str) -> None:
    secret = query("a", sql=f"SELECT COUNT(h.{column}) AS n FROM system.query.history h")
    assert not may_keep(secret)
    assert not may_keep(query("a", columns={column: "text"}, sql="SELECT * FROM t"))
    house = House(secret, snapshots=tmp_path / "s", a=rows(1))
    house.reader.submit(A)
    house.pool.run()
    assert files(tmp_path / "s") == []
    assert house.reader.submit(A).result(0).state == "fresh"


def test_harmless_names_that_resemble_them_are_kept() -> None:
    assert may_keep(query("a", sql="SELECT request_id, response_content_type, COUNT(*) AS n FROM t GROUP BY ALL"))


def test_the_folder_stays_bounded_and_the_oldest_go_first(tmp_path: Path) -> None:
    keys = [f"{i:064x}" for i in range(6)]
    kept = Snapshots(tmp_path, most_files=3)
    for key in keys[:4]:
        kept.write(key, "a", Result(rows(1), START, 0.1))
    kept.write(keys[1], "a", Result(rows(2), START, 0.1))
    kept.write(keys[4], "a", Result(rows(1), START, 0.1))
    assert [key in kept for key in keys] == [False, True, False, True, True, False]
    assert len(files(tmp_path)) == 3
    Snapshots(tmp_path / "t", most_bytes=10).write(keys[0], "a", Result(rows(1), START, 0.1))
    assert files(tmp_path / "t") == []


@pytest.mark.parametrize("order", [[0, 1, 2], [2, 1, 0]])
def test_sizes_and_ages_are_learned_from_the_folder(tmp_path: Path, order: list[int]) -> None:
    keys = [f"{i:064x}" for i in range(3)]
    before = Snapshots(tmp_path)
    for key in keys:
        before.write(key, "a", Result(rows(1), START, 0.1))
    size = files(tmp_path)[0].stat().st_size
    for age, path in zip(order, files(tmp_path), strict=True):
        os.utime(path, (age, age))
    after = Snapshots(tmp_path, most_bytes=2 * size + size // 2)
    assert [key in after for key in keys] == [age > 0 for age in order]


def test_a_disk_that_refuses_is_reported_once_and_costs_no_answer(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "s").write_text("a file where the folder should be")
    house = filled(tmp_path / "s", a=rows(1), b=rows(2))
    assert house.reader.submit(A).result(0).state == "fresh"
    assert [record.getMessage() for record in caplog.records] == [
        "snapshots of results cannot be kept: FileExistsError"
    ]


def test_an_older_flight_does_not_overwrite_the_newer_snapshot(tmp_path: Path) -> None:
    house = House(snapshots=tmp_path / "s", a=rows(0))

    def overtaken() -> pa.Table:
        house.reader.invalidate()
        house.fake.answers["a"] = rows(2)
        house.reader.submit(A)
        house.pool.run()
        return rows(1)

    house.fake.answers["a"] = overtaken
    house.reader.submit(A)
    house.pool.run()
    house.restart()
    assert house.reader.submit(A).result(0).table == rows(2)


VALUES: dict[str, st.SearchStrategy[Any]] = {
    "text": st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
    "texts": st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=5), max_size=3),
    "flag": st.booleans(),
    "date": st.dates(),
    "time": st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2200, 1, 1), timezones=st.just(dt.UTC)),
    "count": st.integers(-(2**63), 2**63 - 1),
    "money": st.decimals(-(10**19), 10**19, places=18).map(lambda d: Decimal(d)),
    "ratio": st.floats(allow_nan=False),
}


@given(st.data())
def test_every_kind_comes_back_as_it_went(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    size = data.draw(st.integers(0, 4))
    columns = {
        kind: pa.array(data.draw(st.lists(st.none() | values, min_size=size, max_size=size)), COLUMNS[kind])
        for kind, values in VALUES.items()
    }
    result = Result(pa.table(columns), START, 1.25, ("a note",))
    kept = Snapshots(tmp_path_factory.mktemp("kinds"))
    kept.write("f" * 64, "a", result)
    assert kept.read("f" * 64, {kind: kind for kind in VALUES}) == result
