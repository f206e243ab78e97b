"""Which schemas are proposed to be watched, and which are left alone."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from actions.registry import kind, parsed
from agents.capability import Observation
from agents.dataops import missing_monitor
from queries.catalogue import catalogue
from tests.agents.made import NOW
from tests.agents.made import proposed as only_draft
from warehouse.params import checked

READ: dict[str, Any] = {
    "table_name": "main.silver.a", "monitor": "none", "readers": 12, "reads": 300, "dashboards": 2, "last_scan": pd.NaT,
    "fed": "1/d1,1/d2",
}  # fmt: skip
WATCHED = [
    READ | {"table_name": f"main.gold.t{at}", "monitor": "scans it", "readers": readers, "last_scan": NOW}
    for at, readers in enumerate((2, 3, 4, 5, 8, 8, 9, 12, 20, 40))  # the median is 8
]


def silver(*readers: int, **changed: Any) -> list[dict[str, Any]]:
    return [READ | {"table_name": f"main.silver.{at}", "readers": many} | changed for at, many in enumerate(readers)]


def schemas(*bare: dict[str, Any], watched: list[dict[str, Any]] = WATCHED) -> list[Observation]:
    made = pd.DataFrame([*(bare or silver(12, 8, 8, 1)), *watched], dtype=object)
    return missing_monitor.missing_monitors({"read": made}, NOW)


def test_a_schema_is_watched_that_is_read_as_what_is_watched() -> None:
    draft = only_draft(schemas())
    assert (draft.kind, draft.target.key) == ("monitor.enable", "0/schema/main.silver")
    assert parsed(kind(draft.kind), draft.params)
    assert draft.ooda.observe[0] == "3 tables of main.silver have 8 readers or more in 30 days, main.silver.0 most: 12"
    assert draft.evidence[0].match == {"table_name": "main.silver.0"}
    assert draft.confidence == Decimal("0.9")  # nine of ten hold


@pytest.mark.parametrize(
    ("bare", "watched", "why"),
    [
        (silver(12, 8, 7), WATCHED, "2 of its tables have 8 readers or more"),
        (silver(12, 8, 8), WATCHED[1:], "9 tables are scanned in the account: no habit"),
        (silver(2, 2, 2), [one | {"readers": 2} for one in WATCHED], "6 readers in 30 days: not worth a look"),
    ],
)
def test_a_schema_is_left_alone(bare: list[dict[str, Any]], watched: list[dict[str, Any]], why: str) -> None:
    (seen,) = schemas(*bare, watched=watched)
    assert seen.draft is None
    assert why in seen.why_not


@pytest.mark.parametrize("monitor", ["scans it", "could not look"])
def test_a_schema_with_a_monitor_is_not_looked_at(monitor: str) -> None:
    """Also where its scans came to no answer: there is a monitor, which somebody has to mend."""
    assert schemas(*silver(12, 12, 12), *silver(1, monitor=monitor)) == []


def test_a_table_without_a_schema_is_not_looked_at() -> None:
    assert schemas(READ | {"table_name": "t"}) == []


def test_its_question_can_be_asked() -> None:
    for question in missing_monitor.CAPABILITY.asks(NOW).values():
        checked(catalogue(), question)
