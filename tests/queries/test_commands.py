"""`python -m queries`: what it prints, and that a fault anywhere ends with 1."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType

import pytest
import yaml

from queries import __main__ as command
from queries.catalogue import ROOT, catalogue
from queries.checking import source
from queries.header import BadQuery
from queries.lineage import tables_read
from queries.reference import span

FEW = {name: catalogue()[name] for name in ("finops.spend_by_day", "finops.currencies", "finops.warehouse_idle")}


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three questions are as good as all: each is checked on its own (test_checks)."""
    monkeypatch.setattr(command, "catalogue", lambda: MappingProxyType(FEW))


def told(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    status = command.main(list(words))
    return status, capsys.readouterr().out


def test_what_is_sound_is_said_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys, "check") == (0, "3 questions are sound.\n")


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        (">= p.price_start_time", "> p.price_start_time", "finops.spend_by_day: price: join on"),
        ("FROM prices p", "FROM system.billing.nothing p", "finops.spend_by_day: table system.billing.nothing"),
        ("FROM hours h", "FROM hours h JOIN hours i ON true", "system.billing.usage is read 2 times, not 1"),
    ],
)
def test_a_question_that_is_not_sound_ends_with_1(
    old: str, new: str, fault: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    query = FEW["finops.spend_by_day"]
    sql = query.sql.replace("LEFT JOIN prices p", "LEFT JOIN (SELECT * FROM prices p) p").replace(old, new)
    monkeypatch.setattr(command, "catalogue", lambda: {query.name: replace(query, sql=sql)})
    status, said = told(capsys, "check")
    assert status == 1
    assert fault in said


def test_a_file_that_is_not_sound_as_it_is_written_ends_with_1(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    head = (ROOT / "finops" / "currencies.sql").read_text().split("\nSELECT")[0]
    lines = [f"       {letter} AS {letter}," for letter in "abcdefgh"]
    for name in ("one", "two"):
        body = ["SELECT lower(sku_name) AS x,", *lines, "       1 AS y", "FROM t", "WHERE contains(:workspaces, w)"]
        (tmp_path / f"{name}.sql").write_text("\n".join([head, *body]))
    monkeypatch.setattr(source, "ROOT", tmp_path)
    status, said = told(capsys, "check")
    assert status == 1
    assert "one.sql: :workspaces: call the macro" in said
    assert "two.sql: LOWER(sku_name): engines differ" in said
    assert "one.sql, two.sql: share a stretch of SQL" in said


def test_a_header_that_is_wrong_is_told_and_ends_with_1(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise BadQuery("finops/x.sql: ttl: Field required")

    monkeypatch.setattr(command, "catalogue", broken)
    assert (command.check(), capsys.readouterr().out) == (1, "finops/x.sql: ttl: Field required\n")


def test_a_list_has_a_line_for_each_question(capsys: pytest.CaptureFixture[str]) -> None:
    _, said = told(capsys, "list")
    assert len(said.splitlines()) == len(FEW)
    for query, line in zip(FEW.values(), said.splitlines(), strict=True):
        for part in (query.name, span(query.ttl), query.question, *tables_read(query.sql)):
            assert part in line


def test_what_is_explained_is_what_runs(capsys: pytest.CaptureFixture[str]) -> None:
    _, said = told(capsys, "explain", "finops.spend_by_day")
    query = FEW["finops.spend_by_day"]
    for part in (
        query.question,
        query.note,
        f"On Databricks:\n\n{query.sql}\n",
        "On DuckDB:\n\nWITH",
        "$currency",
        "sys.billing.usage",
        "Cost: window (system.billing.usage once)",
        "Covers the time that all of these reach: system.billing.usage (at most",
        "  system.billing.list_prices: cloud, currency_code,",
        "currency (text)",
        "May be absent: system.billing.account_prices",
    ):
        assert part in said, part
    assert "heavy (system.billing.usage 2 times" in told(capsys, "explain", "finops.warehouse_idle")[1]
    assert "light (reads no table that grows)" in told(capsys, "explain", "finops.currencies")[1]


def test_a_question_that_is_not_there_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        command.main(["explain", "finops.nothing"])
    assert ended.value.code == 2
    assert "finops.nothing" in capsys.readouterr().err


def test_the_schema_of_a_header_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert set(json.loads(told(capsys, "schema")[1])["required"]) == {"question", "note", "grain", "columns", "ttl"}


def test_every_question_is_on_the_page() -> None:
    page = (ROOT.parent / "docs" / "reference" / "questions.md").read_text()
    assert [name for name in catalogue() if f"\n### `{name}`\n" not in page] == []


@pytest.mark.parametrize(
    ("time", "said"),
    [
        ({"minutes": 5}, "5m"),
        ({"hours": 12}, "12h"),
        ({"hours": 24}, "24h"),
        ({"days": 365}, "365d"),
        ({}, "0h"),
    ],
)
def test_a_time_is_said_as_headers_write_it(time: dict[str, int], said: str) -> None:
    assert span(timedelta(**time)) == said


def test_the_app_does_not_carry_the_checks_and_works_without_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    excluded = yaml.safe_load((ROOT.parent / "databricks.yml").read_text())["sync"]["exclude"]
    assert "queries/checking/**" in excluded
    for name in [one for one in sys.modules if one.startswith("queries.checking")]:
        monkeypatch.setitem(sys.modules, name, None)
    assert "Cost: not known here" in told(capsys, "explain", "finops.currencies")[1]
