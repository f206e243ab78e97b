"""Every address that a page prints opens where it says: walked over all pages and views of a small organisation, by somebody
who may see all and by somebody who may see one workspace. Of addresses that are made in the same way one is opened; of the things
that tables name, every one is known to its page."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

import pytest

from components.runtime import state
from components.search.places import places
from components.search.proposals import proposals as found_proposals
from pages.map import pages
from tests.components.faced_reader import Face, Faced
from tests.components.folds import drawn, folded, folds
from tests.components.house import NOW, House, Visitor, each_visitor, small_house  # noqa: F401
from tests.components.test_every_name import WORDS
from tests.components.walk import Address, Walk, marked_up, nameless, printed, unlisted, unopened
from things import PAGE, Thing

VIEWS = [(one.path, view) for one in pages() if not one.hidden for view in one.views or ("",)]
NO_KIND = ("tool",)  # of a gateway: names, but things of no kind that has a page
NO_NAMES = {
    *WORDS,
    "cause",
    "needs",
    "when",
    "fact",
    "this",
    "good",
    "hint",
    "cure",
    "trouble",
    "line",
    "bill",
    "unit",
    "largest",
    "floor",
    *NO_KIND,
}  # columns whose texts are words
DEADLINES = ("pipelineops", {"view": "On time"})
pytestmark = [
    pytest.mark.xdist_group("organisation"),
    pytest.mark.costs("every page and view of the app, by its shell"),
]


@pytest.mark.parametrize(("page", "view"), VIEWS)
def test_what_a_page_prints_opens_where_it_says(house: House, visitor: Visitor, page: str, view: str) -> None:
    if page not in visitor.walk.paths.values():
        return  # not shown to them
    here = visitor.walk.unfolded(page, {"view": view} if view else {})
    assert here.wrong == [] and here.page == page and folded(here.test) == set()
    assert (nameless(here, NO_NAMES), unlisted(here)) == (set(), set())
    assert (unopened(here, house.names, house.titles), marked_up(here)) == ({}, set())
    assert visitor.strangers(here) == set()
    ways: dict[str, Address] = {}
    for one in printed(here, visitor.walk.paths):
        ways.setdefault(one.kind, one)
    assert {one: why for one in ways.values() if (why := visitor.wrong(one))} == {}


@pytest.mark.parametrize(
    "face", ["stale and not whole", "could not check", pytest.param("empty", marks=pytest.mark.deep)]
)
@pytest.mark.parametrize(("page", "view"), VIEWS)
def test_a_name_opens_whatever_face_its_panel_has(
    house: House, visitor: Visitor, page: str, view: str, face: Face
) -> None:
    if visitor.limits.any or page not in visitor.walk.paths.values():
        return  # who may see a part sees the same panels
    walk = Walk("dark") if face == "could not check" else visitor.walk
    with state.using(Faced(state.reader(), face), lambda: NOW):
        here = walk.unfolded(page, {"view": view} if view else {})
    assert here.wrong == [] and here.page == page and folded(here.test) == set()
    assert nameless(here, NO_NAMES) == set()
    assert unopened(here, house.names, house.titles) == {}


def test_every_fold_of_the_code_is_opened_somewhere(visitor: Visitor) -> None:
    if visitor.limits.any:
        return  # the same code
    job = dict(visitor.kinds["job"].query)
    shown = [visitor.walk.unfolded(*one) for one in (("", {}), ("inbox", {}), (PAGE, job), DEADLINES)]
    found = {key for one in shown for key, is_open in drawn(one.test) if is_open}
    assert {fold for fold in folds() if not any(fnmatchcase(key, fold) for key in found)} == set()


def test_the_figure_of_a_tile_is_watched_from_its_menu_and_leads_back(visitor: Visitor) -> None:
    here = visitor.walk.unfolded("finops", {"view": "Spend"})
    here.test.button(key="totals-tell").click()
    drawer = visitor.walk.run(here.test)
    assert drawer.wrong == [] and "FinOps: cost of the last complete day" in drawer.said
    assert {"Tell me", "Open where it stands"} <= {one.label for one in drawer.test.button}
    there = visitor.walk.open(PAGE, Thing("figure", "finops").words)
    assert (there.wrong, there.page, there.words["panel"]) == ([], "", "days-finops")


def test_what_is_searched_for_opens(house: House, visitor: Visitor) -> None:
    listed = [one for one in pages() if one.path in visitor.walk.paths.values()]
    lines = [(one.page.removesuffix(".py"), dict(one.query).get("view", "")) for one in places(listed)]
    named = {one.path: one.key for one in pages()}
    assert {line for line in lines if line[1] or not any(line[0] == other[0] and other[1] for other in lines)} == {
        (named[path], view) for path, view in VIEWS if path in visitor.walk.paths.values()
    }
    limits = visitor.limits.places
    for one in found_proposals(house.store, limits, ["look"])[:3]:
        there = visitor.walk.open("inbox", dict(one.query))
        assert there.wrong == [] and there.page == "inbox" and "Look after" in there.said, one


def test_the_overview_counts_what_the_inbox_shows(house: House, visitor: Visitor) -> None:
    here = visitor.walk.open("", {})
    counted = [one for one in printed(here, visitor.walk.paths) if "in the inbox" in one.called]
    assert counted
    for one in counted:
        there = visitor.walk.open(one.page, dict(one.words))
        said = re.search(r"(\d+) in all", there.said)
        assert said is not None and one.called == f"{said[1]} in the inbox"
