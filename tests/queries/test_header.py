"""What a question's header must say, and how its faults are told: all at once, with the file and the key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

from queries import kinds
from queries.catalogue import ROOT, catalogue, parse
from queries.header import BadQuery, Column, Header, SharedHeader, split_header

GOOD = {
    "question": "Who pays?", "params": "{start: date}", "grain": "[owner]",
    "columns": "{owner: text, cost: money  Cost  (of all), idle: share  Idle (part)}", "ttl": "1h", "note": "Nothing.",
}  # fmt: skip


def file(folder: Path, said: Mapping[str, str | None], body: str = "SELECT 1") -> Path:
    """A question that says :data:`GOOD`, or ``said`` in place of it; None takes a key away."""
    lines = [f"-- {key}: {value}" for key, value in ({**GOOD, **said}).items() if value is not None]
    path = folder / "made.sql"
    path.write_text("\n".join([*lines, body]))
    return path


def test_what_a_header_says_is_read(tmp_path: Path) -> None:
    query = parse(file(tmp_path, {"look_back": "90d"}), tmp_path)
    assert query.columns == {"owner": "text", "cost": "money", "idle": "share"}
    assert query.described["cost"] == Column("money", "Cost", "of all")
    assert query.described["idle"] == Column("share", "Idle (part)", "")
    assert (query.ttl.total_seconds(), query.look_back and query.look_back.days) == (3600, 90)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"ttl": None}, "ttl: Field required"),
        ({"question": "' '"}, "question: String should have at least 1 character"),
        ({"ttl": "soon"}, "ttl: must look like 5m or 1h"),
        ({"look_back": "3 weeks"}, "look_back: must look like 90d"),
        ({"owner": "me"}, "owner: Extra inputs are not permitted"),
        ({"columns": "{owner: txt}"}, "columns.owner: unknown kind 'txt'; known are text"),
        ({"columns": "{owner: text Owner}"}, "columns.owner: must look like: kind  Label  (remark)"),
        ({"params": "{start: day}"}, "params.start: unknown kind 'day'; known are text"),
        ({"grain": "[owners]"}, "header: grain names no column owners"),
        ({"evidence": "[usage]"}, "evidence.0: String should match pattern"),
        ({"question": "a: b: c"}, "the header is no YAML"),
        ({"uses": "[nobody]"}, "no such shared CTE"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_file_and_key(said: dict[str, str | None], told: str, tmp_path: Path) -> None:
    with pytest.raises(BadQuery, match=re.escape(told)) as raised:
        parse(file(tmp_path, said), tmp_path)
    assert ".sql: " in str(raised.value)


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(BadQuery, match=r"params\.start: .*; ttl: .*; colour: "):
        parse(file(tmp_path, {"params": "{start: day}", "ttl": "never", "colour": "red"}), tmp_path)


def test_a_macro_that_is_called_wrongly_is_told_with_the_file(tmp_path: Path) -> None:
    with pytest.raises(BadQuery, match=r"made\.sql: exact\(a, b\)"):
        parse(file(tmp_path, {}, "SELECT exact(a, b)"), tmp_path)


def test_a_shared_header_knows_no_columns(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "part.sql").write_text("-- note: A part.\n-- columns: {a: text}\nSELECT 1")
    with pytest.raises(BadQuery, match=r"part\.sql: columns: Extra inputs"):
        parse(file(tmp_path, {"uses": "[part]"}), tmp_path)


@given(
    st.sampled_from(sorted(kinds.COLUMNS)),
    st.from_regex(r"([A-Za-z-]+( [a-z]+)*( \([a-z]+\))?)?", fullmatch=True),
    st.from_regex(r"([A-Za-z0-9;,=]+( [a-z()]+)*)?", fullmatch=True),
)
def test_any_label_and_remark_come_back(kind: str, label: str, remark: str) -> None:
    written = "  ".join([kind, *([label] if label else []), *([f"({remark})"] if remark else [])])
    header = {"question": "q", "note": "n", "grain": [], "ttl": "1h", "columns": {"a": written}}
    assert Header.model_validate(header).columns["a"] == Column(kind, label, remark)
    assert not list(Draft202012Validator(Header.model_json_schema()).iter_errors(header))


@pytest.mark.parametrize("path", sorted(ROOT.rglob("*.sql")), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_header_holds_to_the_json_schema(path: Path) -> None:
    kind = SharedHeader if path.parent.name == "shared" else Header
    header, _ = split_header(path.read_text(encoding="utf-8"), path)
    assert [one.message for one in Draft202012Validator(kind.model_json_schema()).iter_errors(header)] == []


def test_the_json_schema_refuses_what_is_refused() -> None:
    schema = Draft202012Validator(Header.model_json_schema())
    header = yaml.safe_load("\n".join(f"{key}: {value}" for key, value in GOOD.items()))
    assert not list(schema.iter_errors(header))
    for wrong in (
        {"ttl": "soon"},
        {"columns": {"a": "txt"}},
        {"colour": "red"},
        {"params": {"a": "day"}},
        {"look_back": "1h"},
    ):
        assert list(schema.iter_errors(header | wrong)), wrong


def test_columns_and_what_is_said_of_them_are_the_same() -> None:
    for query in catalogue().values():
        assert list(query.columns.items()) == [(name, one.kind) for name, one in query.described.items()]
