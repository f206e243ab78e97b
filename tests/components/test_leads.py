"""Where the lines of the Overview lead: to pages that the viewer has, to the rows behind a figure, and nowhere else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import cast

import pytest

from components.frame.page import Page
from components.panels import behind
from components.sections.leads import FINDINGS, Leads, Place, leads, own_page
from dimensions import DIMENSIONS
from pages.map import pages
from queries.kinds import Param
from warehouse.interface import Ask, ask

TODAY = dt.date(2026, 11, 20)


class Asks:
    """A page that asks of so many days before today."""

    def lately(self, query: str, days: int, **more: Param) -> Ask:
        return ask(query, start=TODAY - dt.timedelta(days=days), end=TODAY, **more)


def found(own: Mapping[str, Place]) -> Mapping[str, Leads]:
    return dict(leads(cast(Page, Asks()), own))  # type: ignore[arg-type]


def test_every_dimension_has_a_line_and_a_page_that_one_may_not_see_is_no_lead() -> None:
    assert found({}).keys() == {one.key for one in DIMENSIONS.values()}
    assert all(one.page is None and one.findings is None for one in found({}).values())


def test_a_line_leads_to_its_own_page_at_the_view_of_its_figure() -> None:
    own = {"mlops": own_page("mlops.py", "Today"), "finops": own_page("finops.py", "")}
    lead = found(own)
    assert lead["mlops"].page == Place("mlops.py", {"view": "Today"})
    assert lead["finops"].page == Place("finops.py", {})
    assert lead["dataops"].page is None


def test_findings_are_a_lead_where_the_page_that_lists_them_is_one_of_the_viewer_s() -> None:
    savings = FINDINGS["infraops"]
    assert found({"finops": own_page("finops.py", "")})["infraops"].findings == savings
    assert found({"infraops": own_page("infraops.py", "")})["infraops"].findings is None


@pytest.mark.parametrize("key", sorted(FINDINGS))
def test_findings_are_on_a_page_and_a_view_that_there_are(key: str) -> None:
    place = FINDINGS[key]  # type: ignore[index]
    page = next(one for one in pages() if one.file == place.file)
    assert place.words["view"] in page.views


def test_the_rows_behind_a_figure_are_those_of_the_last_week_and_end_at_a_limit() -> None:
    lead = found({})
    assert {key for key, one in lead.items() if one.rows} == {one.key for one in behind.BEHIND}
    rows = lead["mlops"].rows
    assert rows is not None
    (question,) = rows.asks
    assert question.query == "overview.failed_requests_by_endpoint"
    assert dict(question.params) == {
        "start": TODAY - dt.timedelta(days=behind.DAYS), "end": TODAY, "limit": behind.MOST,
    }  # fmt: skip
