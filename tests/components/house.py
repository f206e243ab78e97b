"""The app over a small organisation, for tests that walk through it: what there is to be found, proposals about one thing of
every kind, and visitors."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

import settings as configuration
from actions import open as actions_open
from actions.desk import Desk
from actions.workspaces import Workspaces
from approvals.deciding import delegating
from approvals.people.figures import figure_of
from approvals.people.roles import ALL, Roles, RowLimits
from approvals.policy.policy_file import load
from approvals.reading.card import card
from approvals.reading.target_things import ENDPOINT, JOB
from approvals.store.store import Store
from approvals.values.proposal import Consumer, Impact, Target
from approvals.values.titles import titled
from approvals.values.value import Json
from components.frame import identity
from components.frame.limited import limited
from components.frame.page import beside
from components.runtime import state
from components.search import known
from components.search.index import Entry, things
from components.things.actions import TARGETS, Subject, target_of
from components.things.asks import described
from components.things.drawer import PATIENCE
from components.things.sentence import SETTLED
from queries.catalogue import catalogue
from settings import Settings
from tests.components.inbox_store import ANN, EVE, THROUGH, approved, content, everybody, moved, put
from tests.components.walk import Address, Shown, Walk
from tests.lakehouses import lakehouse
from tests.support.clock import Clock
from tests.support.stores import store_at
from tests.support.tiers import deep
from things import KINDS, PAGE, Thing, named_by, read, thing_of
from warehouse.interface import ask
from warehouse.open import close_readers, open_reader
from workspace_client import SignIn

NOW = dt.datetime(2026, 11, 20, 10, 25, tzinfo=dt.UTC)
CONSUMERS = ("job", "pipeline", "dashboard", "principal")  # kinds of things that read what others write
# Questions whose rows name things of kinds that no search finds; a run stands in three columns of its own.
LISTED = ("agentops.registry", "agentops.indexes")
RUNS = "pipelineops.failed_runs"
QUIET = ("mlops", {"view": "Training"})  # a page with little on it, over which something opens


@dataclass
class House:
    """The app over a small organisation: what there is to be found in it, and proposals about some of that."""

    entries: list[Entry]  # that a search finds
    names: Mapping[str, set[Thing]]  # what things are called, and their ids
    store: Store
    about: Mapping[str, Entry]  # the thing of each kind that a proposal is about
    ids: Mapping[str, str]  # of these proposals
    titles: Collection[str]  # of these proposals, as they are shown
    hosts: Mapping[str, str]  # address of each workspace by its id


@dataclass
class Visitor:
    """Somebody who walks through the app. ``opened`` are the kinds of things whose page was seen."""

    limits: RowLimits
    audits: bool  # may read the ledger
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


@pytest.fixture(name="house", scope="module")
def small_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
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
        patch.setattr(identity, "_found", lambda _: identity.Viewer(ANN.name, True, ALL))
        entries, others = findable(RowLimits()), listed()
        about = one_of_each(entries, others)
        ids = proposed(store, entries, about)
        with store.writing() as tx:
            delegating.stand_in(tx, ANN, EVE, tx.now, tx.now + dt.timedelta(days=3))
        with store.reading() as tx:
            called = {titled(card(tx, one, ANN).row.title) for one in ids.values()}
        yield House(entries, names_of(entries), store, about, ids, called, hosts)
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


def listed() -> list[Entry]:
    """Things of the kinds that no search finds, as pages list them: of every kind one in each workspace, and a figure."""
    page, made = beside(PAGE), dict[tuple[str, str], Entry]()
    for query in (*LISTED, RUNS):
        asked = page.ask(query, **({"limit": 50} if query == RUNS else {}))
        table = page.reader.submit(asked).result(120).table
        assert table is not None
        for row in table.to_pylist():
            named = [(column, thing_of(which, row)) for column, which in catalogue()[query].things.items()]
            if query == RUNS:
                row["run"] = f"{row['name']}, run {row['run_id']}"
                named = [("run", named_by("run", [row["workspace_id"], row["job_id"], row["run_id"]]))]
            for column, thing in named:
                if thing is not None:
                    made.setdefault((thing.kind, thing.workspace), entry(thing, str(row[column])))
    figure = figure_of(Thing("figure", "finops"))
    assert figure is not None
    return [*made.values(), entry(figure.thing, figure.title)]


def entry(thing: Thing, name: str) -> Entry:
    sort = KINDS[thing.kind]
    return Entry(name, sort.title, sort.icon, f"{PAGE}.py", tuple(thing.words.items()), thing.id)


def proposed(store: Store, entries: list[Entry], about: Mapping[str, Entry]) -> dict[str, str]:
    """Proposals ``about`` things, and one that is carried out. Whom they reach is of every kind that has consumers."""
    made = {}
    hit = [(kind, one) for kind in CONSUMERS for one in somewhere(entries, kind)]
    reach: dict[str, Any] = {
        "impact": Impact(consumers=tuple(Consumer(name=one.name, type=kind) for kind, one in hit)),
        "consumer_ids": tuple(one.id for _, one in hit),
        "consumer_workspaces": tuple(dict(one.query).get("w", own(entries)) for _, one in hit),
    }
    for kind, one in about.items():
        target, before = target_in(one, own(entries))
        of = content(one.name, target=target, now=NOW, title=f"Look after {kind} `{one.name}`", before=before, **reach)
        made[kind] = put(store, of)
    setting = Target(workspace_id="", type="setting", id="hourly_rate", name="Agreed hourly rate")
    made["setting"] = put(store, content("rate", target=setting, now=NOW, title="Set `Agreed hourly rate` to `95 EUR`"))
    target, _ = target_in(first(entries, "warehouse"), "")
    made["done"] = moved(store, approved(store, content("done", target=target, now=NOW)), *THROUGH, checks=[])
    return made


def target_in(one: Entry, place: str) -> tuple[Target, Json]:
    """It as the target of a change that is proposed by hand, and what is read of it before; what lives in no workspace is
    seen from ``place``."""
    thing = read(dict(one.query))
    assert thing is not None
    target = target_of(Subject(thing, one.name))
    before = {JOB: thing.id.partition("/")[0]} if thing.kind == "run" else {}
    before |= {ENDPOINT: thing.id} if thing.kind == "endpoint" else {}
    return target.model_copy(update={"workspace_id": target.workspace_id or place}), before


def one_of_each(entries: list[Entry], others: list[Entry]) -> dict[str, Entry]:
    """A thing of every kind that a proposal can be about, in the workspace of somebody who may see one where there is one."""
    mine = own(entries)

    def place(one: Entry) -> str:
        words = dict(one.query)
        return one.id if words["kind"] == "workspace" else words.get("w", mine)

    every = sorted([*entries, *others], key=lambda one: place(one) != mine)
    return {kind: next(one for one in every if dict(one.query)["kind"] == kind) for kind in TARGETS}


def own(entries: list[Entry]) -> str:
    """The workspace of somebody who may see one."""
    return sorted({words["w"] for one in entries if "w" in (words := dict(one.query))})[-1]


def somewhere(entries: list[Entry], kind: str) -> list[Entry]:
    """One of ``kind`` in each workspace that has one."""
    return list({dict(one.query).get("w", ""): one for one in entries if dict(one.query)["kind"] == kind}.values())


def first(entries: list[Entry], kind: str) -> Entry:
    mine = ("", own(entries))
    return next(e for e in entries if (w := dict(e.query))["kind"] == kind and w.get("w", "") in mine)


@pytest.fixture(name="visitor", scope="module", params=["all", "one workspace", deep("only looks")])
def each_visitor(house: House, request: pytest.FixtureRequest) -> Iterator[Visitor]:
    limits, roles = RowLimits(), ALL
    if request.param == "one workspace":
        limits = RowLimits(workspaces=frozenset({own(house.entries)}))
    if request.param != "all":
        roles = Roles(looks=True, limits=limits)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(identity, "_found", lambda _: identity.Viewer(ANN.name, True, roles))
        entries = findable(limits)
        assert {"job", "warehouse", "principal", "workspace"} < {dict(one.query)["kind"] for one in entries}
        kinds = {dict(one.query)["kind"]: one for one in (*listed(), *entries)}
        things_found = frozenset(thing for one in entries if (thing := read(dict(one.query))))
        yield Visitor(limits, roles.audits, Walk("dark" if limits.any else "light"), kinds, things_found)
