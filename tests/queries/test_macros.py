"""A rule that questions share stands once, in `queries/macros.py`: no file writes it out by hand, each macro is used by several,
and a call that is wrong is refused."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest
from sqlglot import exp

from queries.catalogue import ROOT
from queries.checking.source import body, by_hand, files
from queries.macros import MACROS, written_out
from queries.typed import parse

VERSIONS = "PARTITION BY workspace_id, job_id ORDER BY change_time DESC, delete_time DESC NULLS LAST"
BODIES = {path.relative_to(ROOT).as_posix(): body(path) for path in files()}


@pytest.mark.parametrize(
    ("sql", "rule"),
    [
        ("SELECT CAST(SUM(q) AS DECIMAL(22,10)) FROM u", "CAST(… AS DECIMAL(22, 10))"),
        ("SELECT coalesce(a, b, 'other region or deleted') FROM u", "other region or deleted"),
        ("SELECT 1 FROM u h JOIN prices x ON x.price_start_time <= h.usage_end_time", "usage compared with the time of a price"),
        ("SELECT 1 FROM h JOIN x ON h.at BETWEEN x.price_start_time AND x.price_end_time", "usage compared with the time of a price"),
        ("SELECT 1 FROM u WHERE contains(:workspaces, w)", ":workspaces"),
        ("SELECT :now >= day + INTERVAL '36' HOUR FROM u", "36 hours"),
        ("SELECT pricing.effective_list.default FROM u", "effective_list"),
        (f"SELECT 1 FROM j QUALIFY RANK() OVER ({VERSIONS}) = 1", "the newest version of a thing"),
        ("SELECT newest_known(name, job_id) FROM j QUALIFY is_newest(job_id)", ""),
        ("SELECT price_start_time >= :start, exact_sum(q), known_name(a) FROM u WHERE in_workspaces(w)", ""),
    ],
)  # fmt: skip
def test_a_rule_written_by_hand_is_found(sql: str, rule: str) -> None:
    assert set(by_hand(parse(sql))) == ({rule} if rule else set())


@pytest.mark.parametrize("macro", MACROS)
def test_a_macro_is_used_by_several(macro: str) -> None:
    assert sum(re.search(rf"\b{macro}\(", body) is not None for body in BODIES.values()) > 1


@pytest.mark.parametrize("name", BODIES)
def test_a_price_is_joined_on_its_rule_alone(name: str) -> None:
    """Written out it is three conditions: NOT or OR beside it would take them apart."""
    body = re.sub(r"\s+", " ", BODIES[name])
    assert len(re.findall(r"\bin_force\(", body)) == len(
        re.findall(r"\bON in_force\([^()]*(\([^()]*\))?\)(?! OR\b)", body)
    )


@pytest.mark.parametrize(
    ("call", "text"),
    [
        ("exact_sum(exact(x))", "CAST(SUM(CAST(x AS DECIMAL(22, 10))) AS DECIMAL(22, 10))"),
        ("known_name(a, replace(b, ')', ','))", "COALESCE(a, replace(b, ')', ','), 'other region or deleted')"),
        ("known_name('it''s (', folded_name)", "COALESCE('it''s (', folded_name, 'other region or deleted')"),
        ("exact_sum(\n  CASE WHEN a IN (1, 2) THEN b END\n)", "CAST(SUM(CASE WHEN a IN (1, 2) THEN b END) AS DECIMAL(22, 10))"),
        ("cost_center_keys()", "array('team')"),
        ("is_newest(job_id)", f"ROW_NUMBER() OVER ({VERSIONS}) = 1"),
        ("inexact(x) + not_in_force(y)", "inexact(x) + not_in_force(y)"),
    ],
)  # fmt: skip
def test_a_call_is_written_out(call: str, text: str) -> None:
    assert written_out(call, ["Team"]) == text


def test_usage_at_the_end_of_a_price_has_the_next_one() -> None:
    joined = "SELECT p.price FROM h JOIN prices p ON in_force(p, h.ends, upper(h.sku))"
    [join] = parse(written_out(joined)).find_all(exp.Join)
    condition = join.args["on"].sql("databricks")
    assert condition == (
        "p.sku_name = UPPER(h.sku) AND p.cloud = h.cloud AND p.usage_unit = h.usage_unit AND h.ends >= p.price_start_time"
        " AND (p.price_end_time IS NULL OR h.ends < p.price_end_time)"
    )


@pytest.mark.parametrize(
    "call", ["exact(x", "exact()", "exact(a, b)", "in_force(p)", "known_name()", "known_name(')'", "folded(a, b)"]
)
def test_a_call_that_is_wrong_is_refused(call: str) -> None:
    with pytest.raises(ValueError, match=call.split("(")[0]):
        written_out(call)


def test_every_macro_says_in_the_head_of_its_file_what_it_is() -> None:
    described = inspect.getdoc(inspect.getmodule(written_out)) or ""
    assert [macro for macro in MACROS if f"``{macro}(" not in described] == []


def test_the_files_are_there() -> None:
    assert len(BODIES) > 100 and Path(ROOT, "shared", "prices.sql").exists()
