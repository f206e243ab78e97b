"""Every address that a page prints opens where it says: walked over all pages and views of a small organisation, by somebody
who may see all and by somebody who may see one workspace. Of addresses that are made in the same way one is opened; of the things
that tables name, every one is known to its page."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

import settings as configuration
from actions import open as actions_open
from actions.desk import Desk
from actions.workspaces import Workspaces
from approvals.deciding import delegating
from approvals.people.roles import ALL, Roles, RowLimits
from approvals.policy.policy_file import load
from approvals.reading.card import card
from approvals.store.store import Store
from approvals.values.proposal import Consumer, Impact, Target
from approvals.values.titles import titled
from components.frame import identity
from components.frame.limited import limited
from components.frame.page import beside
from components.runtime import state
from components.runtime.opened import Proposing
from components.search import known
from components.search.index import Entry, things
from components.search.places import places
from components.search.proposals import proposals as found_proposals
from components.text.links import databricks_url
from components.things.asks import described
from components.things.drawer import PATIENCE
from components.things.sentence import SETTLED
from components.tiles.grid_rows import link_of
from pages.map import pages
from settings import Settings
from tests.components.faced_reader import Face, Faced
from tests.components.folds import drawn, folded, folds
from tests.components.inbox_store import ANN, EVE, THROUGH, approved, content, everybody, moved, put
from tests.components.test_every_name import WORDS
from tests.components.walk import Address, Shown, Walk, marked_up, nameless, plainly, printed, unlisted, unopened
from tests.lakehouses import lakehouse
from tests.support.clock import Clock
from tests.support.stores import store_at
from things import PAGE, Thing, read
from warehouse.interface import ask
from warehouse.open import close_readers, open_reader
from workspace_client import SignIn

NOW = dt.datetime(2026, 11, 20, 10, 25, tzinfo=dt.UTC)
VIEWS = [(one.path, view) for one in pages() if not one.hidden for view in one.views or ("",)]
NO_KIND = ("tool",)  # of a gateway: names, but things of no kind that has a page
NO_NAMES = {
    *WORDS,
    "cause",
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
    *NO_KIND,
}  # columns whose texts are words
DEADLINES = ("pipelineops", {"view": "On time"})
QUIET = ("mlops", {"view": "Training"})  # a page with little on it, over which something opens
CONSUMERS = ("job", "pipeline", "dashboard", "principal")  # kinds of things that read what others write
OF_TARGETS = ("job", "pipeline", "cluster", "warehouse", "table")  # kinds of things that proposals are about
pytestmark = [
    pytest.mark.xdist_group("organisation"),
    pytest.mark.costs("every page and view of the app, by its shell"),
]


@dataclass
class House:
    """The app over a small organisation: what there is to be found in it, and proposals about some of that."""

    entries: list[Entry]
    names: Mapping[str, set[Thing]]  # what things are called, and their ids
    store: Store
    ids: Mapping[str, str]
    titles: Collection[str]  # of these proposals, as they are shown
    hosts: Mapping[str, str]  # address of each workspace by its id


@dataclass
class Visitor:
    """Somebody who walks through the app. ``opened`` are the kinds of things whose page was seen."""

    limits: RowLimits
    walk: Walk
    kinds: Mapping[str, Entry]  # one of each kind that they find
    found: Collection[Thing] = ()  # all that they find
    opened: set[str] = field(default_factory=set)
    known: dict[Thing, bool] = field(
        default_factory=dict
    )  # those whose page was asked whether it could say what they are

    def sees(self, one: Entry) -> bool:
        """Whether they may see the workspace it lives in."""
        places = self.limits.places
        return places is None or dict(one.query).get("w", places[0]) in places

    def wrong(self, one: Address) -> list[str]:
        """Why ``one`` does not lead where it says. Of a thing it is enough that it is known: its page was seen once."""
        words = dict(one.words)
        thing = read(words) if one.page == PAGE else None
        if thing is None or thing.kind not in self.opened:
            self.opened |= {thing.kind} if thing else set()
            return astray(one, self.walk.open(one.page, words))
        return [] if self.knows(thing) else [f"{thing} is not known"]

    def knows(self, thing: Thing) -> bool:
        """Whether its page could say what it is."""
        if thing.kind not in SETTLED or thing in self.found:
            return True
        if thing not in self.known:
            self.known[thing] = is_known(thing)
        return self.known[thing]

    def strangers(self, shown: Shown) -> set[tuple[str, Thing]]:
        """Things that any row of the page's tables opens, of kinds that a search finds, and whose page does not know them."""
        kinds = {one.kind for one in self.found}
        return {
            (f"{key} {column}", thing)
            for key, grid in shown.grids.items()
            for column in grid.things.keys() & grid.columns.keys()
            for row in range(min(len(grid.frame), 50))
            if (thing := grid.thing_at(column, row)) and thing.kind in kinds and not self.knows(thing)
        }


def astray(one: Address, there: Shown) -> list[str]:
    """What is wrong with the page that an address has opened."""
    words, thing = dict(one.words), read(dict(one.words)) if one.page == PAGE else None
    if thing is not None and thing.kind in ("proposal", "agent"):
        landed, kept = "inbox", {"p" if thing.kind == "proposal" else "agent": thing.id}
    else:
        landed, kept = one.page, words
    found = list(there.wrong)
    found += [f"opens {there.page!r}"] if there.page != landed else []
    found += [f"lost {name}={word}" for name, word in kept.items() if there.words.get(name) != word]
    return found


def is_known(thing: Thing) -> bool:
    """Whether its page could say what it is."""
    page = beside(PAGE)
    answer = page.reader.submit(described(page, thing)).result(PATIENCE)
    return answer.table is not None and answer.table.num_rows > 0


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    home = tmp_path_factory.mktemp("addresses")
    lakehouse(tmp_path_factory, home / "lakehouse.duckdb", NOW)
    chosen = Settings(home=home, dev_user=ANN.name.removeprefix("dev:"))
    reader, store = open_reader(chosen, lambda: NOW), store_at(home / "store.sqlite", Clock(NOW))
    desk = Desk(
        store=store,
        workspaces=Workspaces(SignIn("http://127.0.0.1:9", token="t")),
        directory=everybody(),
        policy=load(Path(chosen.policy)),
        reader=reader,
    )
    there = reader.submit(ask("platform.workspaces")).result(120).table
    assert there is not None
    hosts = dict(zip(there["workspace_id"].to_pylist(), there["workspace_url"].to_pylist(), strict=True))
    with pytest.MonkeyPatch.context() as patch, state.using(reader, lambda: NOW, store):
        patch.setattr(configuration, "settings", lambda: chosen)
        patch.setattr(actions_open, "_OPEN", [desk])
        entries = findable(RowLimits())
        ids = proposed(store, entries)
        with store.writing() as tx:
            delegating.stand_in(tx, ANN, EVE, tx.now, tx.now + dt.timedelta(days=3))
        with store.reading() as tx:
            called = {titled(card(tx, one, ANN).row.title) for one in ids.values()}
        yield House(entries, names_of(entries), store, ids, called, hosts)
    close_readers()


def names_of(entries: list[Entry]) -> Mapping[str, set[Thing]]:
    """The things of each name and id. A word of nothing but letters may be said of anything, and is a name in quotes."""
    found: dict[str, set[Thing]] = {}
    for one in entries:
        for word in (one.name, one.id):
            if word and (thing := read(dict(one.query))) is not None:
                found.setdefault(f"‘{word}’" if word.isalpha() else word, set()).add(thing)
    return found


def findable(limits: RowLimits) -> list[Entry]:
    """What a search can find, that is still there."""
    asked = limited(state.reader(), limits).submit(known.question(limits, NOW.date()))
    table = asked.result(120).table
    assert table is not None
    return [one for one in things(table) if not one.deleted]


def proposed(store: Store, entries: list[Entry]) -> dict[str, str]:
    """Proposals about things of every kind that has a page, in the third workspace where they live in one: one carried out,
    the others open. Whom they reach is of every kind that has consumers."""
    made = {}
    hit = [(kind, one) for kind in CONSUMERS for one in somewhere(entries, kind)]
    reach: dict[str, Any] = {
        "impact": Impact(consumers=tuple(Consumer(name=one.name, type=kind) for kind, one in hit)),
        "consumer_ids": tuple(one.id for _, one in hit),
        "consumer_workspaces": tuple(dict(one.query).get("w", own(entries)) for _, one in hit),
    }
    for kind in OF_TARGETS:
        one = first(entries, kind)
        target = Target(workspace_id=dict(one.query).get("w", own(entries)), type=kind, id=one.id, name=one.name)
        of = content(one.name, target=target, now=NOW, title=f"Look after {kind} `{one.name}`", **reach)
        made[kind] = put(store, of)
    one = first(entries, "warehouse")
    target = Target(workspace_id=dict(one.query)["w"], type="warehouse", id=one.id, name=one.name)
    made["done"] = moved(store, approved(store, content("done", target=target, now=NOW)), *THROUGH, checks=[])
    return made


def own(entries: list[Entry]) -> str:
    """The workspace of somebody who may see one."""
    return sorted({words["w"] for one in entries if "w" in (words := dict(one.query))})[-1]


def somewhere(entries: list[Entry], kind: str) -> list[Entry]:
    """One of ``kind`` in each workspace that has one."""
    return list({dict(one.query).get("w", ""): one for one in entries if dict(one.query)["kind"] == kind}.values())


def first(entries: list[Entry], kind: str) -> Entry:
    mine = ("", own(entries))
    return next(e for e in entries if (w := dict(e.query))["kind"] == kind and w.get("w", "") in mine)


@pytest.fixture(scope="module", params=["all", "one workspace"])
def visitor(house: House, request: pytest.FixtureRequest) -> Iterator[Visitor]:
    limits, roles = RowLimits(), ALL
    if request.param != "all":
        limits = RowLimits(workspaces=frozenset({own(house.entries)}))
        roles = Roles(looks=True, limits=limits)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(identity, "_found", lambda _: identity.Viewer(ANN.name, True, roles))
        entries = findable(limits)
        kinds = {dict(one.query)["kind"]: one for one in entries}
        assert {"job", "warehouse", "principal", "workspace"} < kinds.keys()
        things_found = frozenset(thing for one in entries if (thing := read(dict(one.query))))
        yield Visitor(limits, Walk("dark" if limits.any else "light"), kinds, things_found)


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
    if visitor.limits.any:
        return  # who may see a part sees the same panels
    walk = Walk("dark") if face == "could not check" else visitor.walk
    with state.using(Faced(state.reader(), face), lambda: NOW):
        here = walk.open(page, {"view": view} if view else {})
    assert here.wrong == [] and here.page == page
    assert nameless(here, NO_NAMES) == set()
    assert unopened(here, house.names, house.titles) == {}


def test_every_fold_of_the_code_is_opened_somewhere(visitor: Visitor) -> None:
    if visitor.limits.any:
        return  # the same code
    job = dict(visitor.kinds["job"].query)
    shown = [visitor.walk.unfolded(*one) for one in (("", {}), ("inbox", {}), (PAGE, job), DEADLINES)]
    found = {key for one in shown for key, is_open in drawn(one.test) if is_open}
    assert {fold for fold in folds() if not any(fnmatchcase(key, fold) for key in found)} == set()


def test_what_the_drawer_of_a_thing_names_opens(house: House, visitor: Visitor) -> None:
    test, told = visitor.walk.open(*QUIET).test, 0
    for kind, one in visitor.kinds.items():
        thing = read(dict(one.query))
        test.session_state["thing-asked"] = test.session_state["tell-me-below"] = thing
        drawer = visitor.walk.run(test)
        assert drawer.wrong == [] and plainly(one.name) in drawer.said
        told += any(link.proto.label == "My notices" for link in drawer.test.get("page_link"))
        assert (unopened(drawer, house.names, house.titles, thing), marked_up(drawer)) == ({}, set()), kind
        assert {way.kind: why for way in printed(drawer, visitor.walk.paths) if (why := visitor.wrong(way))} == {}
    assert told > 3  # with the form that asks to be told of it


def test_what_the_form_of_a_proposal_names_opens(house: House, visitor: Visitor) -> None:
    test = visitor.walk.open(*QUIET).test
    for kind in OF_TARGETS:
        one = first(house.entries, kind)
        thing = read(dict(one.query))
        assert thing is not None
        test.session_state["proposing-asked"] = Proposing(thing, one.name, "ticket.open")
        form = visitor.walk.run(test)
        assert form.wrong == [] and plainly(one.name) in form.said
        assert (unopened(form, house.names, house.titles, thing), marked_up(form)) == ({}, set()), kind


def test_a_thing_of_every_kind_opens_and_what_its_page_prints(house: House, visitor: Visitor) -> None:
    ways, lost = dict[str, Address](), dict[str, list[str]]()
    for kind, one in visitor.kinds.items():
        there = visitor.walk.unfolded(PAGE, dict(one.query))
        called = plainly(there.test.header[0].value)
        lost[kind] = astray(Address(kind, PAGE, one.query), there) + (
            [] if one.name in called else [f"called {called}"]
        )
        assert (unopened(there, house.names, house.titles), marked_up(there)) == ({}, set()), kind
        visitor.opened.add(kind)
        for printed_there in printed(there, visitor.walk.paths):
            ways.setdefault(f"{kind} {printed_there.kind}", printed_there)
    assert {kind: why for kind, why in lost.items() if why} == {}
    assert {way: why for way, one in ways.items() if (why := visitor.wrong(one))} == {}


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
    for one in found_proposals(house.store, limits, ["look"]):
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


def test_a_card_its_thing_and_its_story_lead_to_each_other(house: House, visitor: Visitor) -> None:
    for kind in OF_TARGETS:
        if kind == "table" and visitor.limits.any:
            continue
        here = visitor.walk.open("inbox", {"p": house.ids[kind]})
        assert here.wrong == [] and f"Look after {kind}" in here.said
        one = first(house.entries, kind)  # which its name opens; its id stands beside it
        assert {plainly(one.name)} & {plainly(str(button.label)) for button in here.test.button}
        thing = read(dict(one.query))
        assert (unopened(here, house.names, house.titles, thing), marked_up(here)) == ({}, set())
        reached = {one.kind: one for one in printed(here, visitor.walk.paths) if one.kind.startswith("inbox-consumers")}
        assert {one.rpartition(" ")[2] for one in reached} == {
            kind for kind in CONSUMERS if any(visitor.sees(one) for one in somewhere(house.entries, kind))
        }
        assert {one: why for one in reached.values() if (why := visitor.wrong(one))} == {}
        keys = {one.key for one in here.test.button}
        here.test.button(key="inbox-brief-runs-0").click()
        drawer = visitor.walk.run(here.test)
        assert drawer.wrong == [] and any(one.label == "Open its page" for one in drawer.test.button)
        assert ("inbox-ledger" in keys) == (not visitor.limits.any)
        if "inbox-ledger" in keys:
            again = visitor.walk.open("inbox", {"p": house.ids[kind]}).test
            again.button(key="inbox-ledger").click()
            story = visitor.walk.run(again)
            assert story.page == "ledger" and story.wrong == [] and story.words == {"p": house.ids[kind]}
            story.test.button(key="ledger-card").click()
            card = visitor.walk.run(story.test)
            assert card.page == "inbox" and card.wrong == [] and card.words["p"] == house.ids[kind]


def test_every_link_to_databricks_is_that_of_its_thing(house: House, visitor: Visitor) -> None:
    linked = 0
    for one in visitor.kinds.values():
        thing = read(dict(one.query))
        assert thing is not None
        urls = [str(link.proto.url) for link in visitor.walk.open(PAGE, thing.words).test.get("link_button")]
        hosts = [house.hosts.get(thing.workspace or thing.id)] if thing.kind != "table" else house.hosts.values()
        assert set(urls) <= {databricks_url(host, thing, one.name) for host in hosts}, one
        linked += len(urls)
    here = visitor.walk.open("pipelineops", {"view": "Failures"})
    for grid in here.grids.values():
        for column in grid.links:
            for row, url in enumerate(grid.drawn[link_of(column)].to_pylist()):
                of = [thing for name in grid.things if (thing := grid.thing_at(name, row)) and thing.kind == "run"]
                assert [url] == [databricks_url(house.hosts[thing.workspace], thing) for thing in of]
    assert linked > 3
