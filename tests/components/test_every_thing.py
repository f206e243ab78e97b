"""A thing of every kind: its drawer, its page, the forms of the changes that are proposed of it, the card of such a proposal,
and its page in Databricks. The kinds are those of the code: a new one is walked, or has to be found in the organisation."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from actions.inbox_intake import forms
from components.runtime.opened import Proposing
from components.text.links import databricks_url
from components.things.actions import ANYTHING, TARGETS
from components.things.elsewhere import elsewhere
from components.tiles.grid_rows import link_of
from tests.components.house import (
    CONSUMERS,
    QUIET,
    House,
    Visitor,
    astray,
    each_visitor,  # noqa: F401
    small_house,  # noqa: F401
    somewhere,
)
from tests.components.test_links import NO_PAGE
from tests.components.walk import Address, Shown, marked_up, plainly, printed, unopened
from tests.support.tiers import deep
from things import KINDS, PAGE, Thing, read

OURS = frozenset({"agent", "proposal"})  # kinds of things that the inbox shows
# Types of targets that are a thing of no kind: nothing leads to them, and they are proposed about from elsewhere.
NO_THING = {
    "column": "a part of its table",
    "volume": "no system table lists volumes", "function": "no system table lists functions",
    "policy": "clusters say by which policy they are made, and no system table has the policy itself",
    "setting": "of Lakehelm: proposed, and shown, on its Settings page",
    "agent": "of Lakehelm: proposed by the record, and shown on AgentOps",
}  # fmt: skip
pytestmark = [
    pytest.mark.xdist_group("organisation"),
    pytest.mark.costs("every kind of thing and of action, by the app's shell"),
]


def fitting() -> Iterator[tuple[str, str]]:
    """Kinds of things, each with the kinds of action that can be proposed of one."""
    for action, form in forms().items():
        yield from ((kind, action) for kind, type_ in TARGETS.items() if {type_, ANYTHING} & {*form.resources})


EVERY = tuple(fitting())
MESSAGES = [action for action, form in forms().items() if ANYTHING in form.resources]
# Every kind of action and of thing at least once: each change of each kind of thing, and the messages in turn.
ONCE = tuple(
    (kind, action)
    for kind, action in EVERY
    if action not in MESSAGES or action == MESSAGES[[*map(str, TARGETS)].index(kind) % len(MESSAGES)]
)


def test_every_kind_is_found_in_the_organisation(house: House, visitor: Visitor) -> None:
    if not visitor.limits.any:
        assert visitor.kinds.keys() == KINDS.keys() - OURS
        assert house.ids.keys() >= TARGETS.keys() and TARGETS.keys() == KINDS.keys() - OURS


def test_every_target_is_a_thing_or_said_to_be_none() -> None:
    types = {type_ for form in forms().values() for type_ in form.resources} - {ANYTHING}
    assert types - {*TARGETS.values()} == NO_THING.keys()


def test_what_the_drawer_of_a_thing_names_opens(house: House, visitor: Visitor) -> None:
    test, told = visitor.walk.open(*QUIET).test, 0
    for kind, one in visitor.kinds.items():
        thing = read(dict(one.query))
        test.session_state["thing-asked"] = test.session_state["tell-me-below"] = thing
        drawer = visitor.walk.run(test)
        assert drawer.wrong == [] and plainly(one.name) in drawer.said, kind
        told += any(link.proto.label == "My notices" for link in drawer.test.get("page_link"))
        assert (unopened(drawer, house.names, house.titles, thing), marked_up(drawer)) == ({}, set()), kind
        assert {way.kind: why for way in printed(drawer, visitor.walk.paths) if (why := visitor.wrong(way))} == {}
    assert told > 3  # with the form that asks to be told of it


@pytest.mark.parametrize("ways", [ONCE, deep(EVERY)], ids=["once", "every"])
def test_what_the_form_of_a_proposal_names_opens(
    house: House, visitor: Visitor, ways: tuple[tuple[str, str], ...]
) -> None:
    assert {action for _, action in ways} | {
        "autonomy.change",
        "floor.change",
        "policy.edit",
        "setting.change",
    } == forms().keys()
    test = visitor.walk.open(*QUIET).test
    for kind, action in ways:
        if kind not in visitor.kinds:
            continue  # not shown to them
        one = visitor.kinds[kind]
        thing = read(dict(one.query))
        assert thing is not None
        test.session_state["proposing-asked"] = Proposing(thing, one.name, action)
        form = visitor.walk.run(test)
        chosen = [box.value for box in form.test.selectbox if box.label == "Action"]
        assert (form.wrong, chosen) == ([], [action]) and plainly(one.name) in form.said, kind
        assert any(button.label == "Propose" for button in form.test.button), (kind, action)
        own = f"{KINDS[thing.kind].title} {one.name}"
        found = unopened(form, house.names, {*house.titles, own}, thing)
        assert (found, marked_up(form)) == ({}, set()), (kind, action)


def test_a_thing_of_every_kind_opens_and_what_its_page_prints(house: House, visitor: Visitor) -> None:
    ways, lost = dict[str, Address](), dict[str, list[str]]()
    for kind, one in visitor.kinds.items():
        thing = read(dict(one.query))
        assert thing is not None
        if elsewhere(thing):
            continue  # a figure's page is that of its tile
        there = visitor.walk.unfolded(PAGE, dict(one.query))
        called = plainly(there.test.header[0].value)
        lost[kind] = astray(Address(kind, PAGE, one.query), there) + (
            [] if one.name in called else [f"called {called}"]
        )
        lost[kind] += [] if databricks(there) == wanted(house, thing, one.name) else [f"leads to {databricks(there)}"]
        assert (unopened(there, house.names, house.titles), marked_up(there)) == ({}, set()), kind
        visitor.opened.add(kind)
        for printed_there in printed(there, visitor.walk.paths):
            ways.setdefault(f"{kind} {printed_there.kind}", printed_there)
    assert {kind: why for kind, why in lost.items() if why} == {}
    assert {way: why for way, one in ways.items() if (why := visitor.wrong(one))} == {}


def databricks(shown: Shown) -> list[str]:
    """Where the page leads out of the app."""
    return [str(link.proto.url) for link in shown.test.get("link_button")]


def wanted(house: House, thing: Thing, name: str) -> list[str]:
    """The page of the thing in Databricks, of every kind that has one there; what lives in no workspace opens in the first."""
    if thing.kind in NO_PAGE:
        return []
    host = house.hosts.get(thing.workspace or thing.id) or next(iter(house.hosts.values()))
    return [str(databricks_url(host, thing, name))]


def test_every_link_of_a_table_to_databricks_is_that_of_its_run(house: House, visitor: Visitor) -> None:
    here = visitor.walk.open("pipelineops", {"view": "Failures"})
    for grid in here.grids.values():
        for column in grid.links:
            for row, url in enumerate(grid.drawn[link_of(column)].to_pylist()):
                of = [thing for name in grid.things if (thing := grid.thing_at(name, row)) and thing.kind == "run"]
                assert [url] == [databricks_url(house.hosts[thing.workspace], thing) for thing in of]


@pytest.mark.parametrize("kind", TARGETS)
def test_a_card_about_a_thing_of_any_kind_leads_to_it_and_to_its_story(
    house: House, visitor: Visitor, kind: str
) -> None:
    if kind not in visitor.kinds:
        return  # not shown to them
    here = visitor.walk.open("inbox", {"p": house.ids[kind]})
    assert here.wrong == [] and f"Look after {kind}" in here.said
    target = house.about[kind]  # which its name opens; its id stands beside it
    assert {plainly(target.name)} & {plainly(str(button.label)) for button in here.test.button}
    thing = read(dict(target.query))
    assert (unopened(here, house.names, house.titles, thing), marked_up(here)) == ({}, set())
    reached = {one.kind: one for one in printed(here, visitor.walk.paths) if one.kind.startswith("inbox-consumers")}
    assert {one.rpartition(" ")[2] for one in reached} == {
        kind for kind in CONSUMERS if any(visitor.sees(one) for one in somewhere(house.entries, kind))
    }
    assert {one: why for one in reached.values() if (why := visitor.wrong(one))} == {}
    here.test.button(key="inbox-brief-runs-0").click()
    drawer = visitor.walk.run(here.test)
    assert drawer.wrong == []
    assert {"Open its page", "Open where it stands"} & {one.label for one in drawer.test.button}


def test_a_card_about_a_setting_leads_to_the_page_of_settings(house: House, visitor: Visitor) -> None:
    if visitor.limits.any:
        return  # it is in no workspace of theirs
    test = visitor.walk.open("inbox", {"p": house.ids["setting"]}).test
    test.button(key="inbox-settings").click()
    there = visitor.walk.run(test)
    assert (there.page, there.wrong) == ("configuration", [])


@pytest.mark.parametrize("kind", ["warehouse", *(deep(one) for one in TARGETS if one != "warehouse")])
def test_a_card_and_its_story_lead_to_each_other(house: House, visitor: Visitor, kind: str) -> None:
    if kind not in visitor.kinds:
        return  # not shown to them
    test = visitor.walk.open("inbox", {"p": house.ids[kind]}).test
    keys = {one.key for one in test.button}
    assert ("inbox-ledger" in keys) == visitor.audits
    if "inbox-ledger" in keys:
        test.button(key="inbox-ledger").click()
        story = visitor.walk.run(test)
        assert story.page == "ledger" and story.wrong == [] and story.words == {"p": house.ids[kind]}
        story.test.button(key="ledger-card").click()
        card = visitor.walk.run(story.test)
        assert card.page == "inbox" and card.wrong == [] and card.words["p"] == house.ids[kind]
