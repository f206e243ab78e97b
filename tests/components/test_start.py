"""Where somebody begins: their own choice wins, then what waits for them, then their groups; else the Overview."""

from __future__ import annotations

import pytest

from components.frame.start import Start, by_group, start_of
from pages.map import pages
from settings import Settings

BY_GROUP = by_group(Settings().start_pages)
PAGES = ["overview", "inbox", "finops", "governanceops", "mlops", "dataops"]


@pytest.mark.parametrize(
    ("groups", "waiting", "own", "page"),
    [
        ({"platform-approvers", "lakehelm-admins"}, 0, None, None),  # a platform lead: at the Overview
        ({"finops-approvers"}, 0, None, "finops"),
        ({"governance-approvers"}, 0, None, "governanceops"),
        ({"ml-approvers"}, 0, None, "mlops"),
        ({"platform-approvers"}, 3, None, "inbox"),  # an approver for whom something waits
        ({"finops-approvers"}, 1, None, "inbox"),
        ({"finops-approvers"}, None, None, "finops"),  # whether something waits is not known
        ({"finops-approvers", "governance-approvers"}, 5, None, None),  # who has several of them looks after the whole
        (set(), 0, None, None),
        ({"finops-approvers"}, 3, "overview", "overview"),  # one's own choice wins, the Overview, too
        ({"finops-approvers"}, 3, "ledger", None),  # a page that one may not open any more
    ],
)
def test_where_they_begin(groups: set[str], waiting: int | None, own: str | None, page: str | None) -> None:
    assert start_of(Start(frozenset(groups), own, waiting), BY_GROUP, PAGES) == page


def test_a_page_that_is_not_there_is_left_out() -> None:
    who = Start(frozenset({"ml-approvers", "finops-approvers"}), waiting=2)
    assert start_of(who, BY_GROUP, ["overview", "finops"]) == "finops"


def test_every_page_of_the_default_is_one() -> None:
    assert {*BY_GROUP.values()} <= {one.key for one in pages()}


def test_the_setting_is_pairs_and_what_is_none_is_left_out() -> None:
    assert by_group(" data=eng = dataops , a=finops, finops,=x,") == {"data=eng": "dataops", "a": "finops"}
    assert by_group("") == {}
