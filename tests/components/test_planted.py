"""Every planted fault is seen by a person: its thing is named in the title of the tile that should show it, or in the first
rows of its table; what only looks like it is not. One organisation in every run, two more in the deep tier."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import pytest

import settings as configuration
from agents.notices.tiles import Worked
from approvals.people import identities
from approvals.people.figures import TileFigure, tile_figure
from approvals.people.roles import ALL
from components.frame import identity
from components.frame.filters import parse
from components.runtime import state
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles import show
from components.tiles.answers import TileOutcome
from components.tiles.measures import measures
from components.tiles.tile import Grid
from demo import twins
from demo.lakehouse import build
from demo.organisation import Organisation as World
from demo.organisation import found
from dimensions import DIMENSIONS
from pages.map import pages
from pages.parts.watched import watched
from settings import Settings
from tests.components.inbox_store import ANN
from tests.components.walk import Walk
from tests.lakehouses import SCALE, SEED, lakehouse
from tests.support.clock import Clock
from tests.support.stores import store_at
from warehouse.open import close_readers, open_reader

NOW = dt.datetime(2026, 11, 20, 10, 25, tzinfo=dt.UTC)
UNUSUAL = "unusual-"  # what the keys of the cards of unusual cost begin with
FIRST = 5  # rows that are read before one scrolls
SEEDS = [SEED, *(pytest.param(seed, marks=pytest.mark.deep) for seed in (11, 23))]
# Where each fault is to be seen: page, view, and the tile, or two of which one will do: what is large has a card of its own.
SEEN_ON: Mapping[str, tuple[str, str, str]] = {
    "idle_warehouse": ("infraops", "Waste", "idle_and_waits"),
    "no_auto_termination": ("infraops", "Waste", "idle_clusters"),
    "memory_bound": ("infraops", "Clusters", "cluster_use"),
    "end_of_support": ("infraops", "Runtimes", "runtimes"),
    "oversized": ("infraops", "Clusters", "cluster_use"),
    "failed_starts": ("pipelineops", "Failures", "repairs"),
    "policy_drift": ("infraops", "Rules", "rules"),
    "queue_pressure": ("infraops", "Waste", "idle_and_waits"),
    "stale_table": ("dataops", "Late", "late_tables"),
    "row_drop": ("dataops", "Checks", "check_days"),
    "never_read": ("dataops", "Coverage", "unread"),
    "unwatched": ("dataops", "Coverage", "unwatched"),
    "schema_change": ("dataops", "Changes", "gone_columns"),
    "unhealthy_freshness": ("dataops", "Checks", "check_days"),
    "permission_lost": ("pipelineops", "Failures", "failing"),
    "slower": ("pipelineops", "Runs", "slower"),
    "not_started": ("pipelineops", "On time", "missed"),
    "flaky": ("pipelineops", "Failures", "repairs"),
    "late_start": ("pipelineops", "Runs", "slower"),
    "never_succeeded": ("pipelineops", "Failures", "failing"),
    "broken_off": ("pipelineops", "Failures", "lately"),
    "wrote_nothing": ("pipelineops", "Failures", "wrote_nothing"),
    "stuck": ("pipelineops", "Runs", "running"),
    "pipeline_failing": ("pipelineops", "Failures", "failing_pipelines"),
    "unused_grant": ("governanceops", "Unused", "unused_rights"),
    "forgotten_grant": ("governanceops", "Unused", "unused_rights"),
    "broad_grant": ("governanceops", "Today", "broad"),
    "self_grant": ("governanceops", "Changes", "privilege_changes"),
    "denied_burst": ("governanceops", "Attempts", "attempts"),
    "failed_logins": ("governanceops", "Attempts", "attempts"),
    "download_burst": ("governanceops", "Attempts", "attempts"),
    "unmasked_sensitive": ("governanceops", "Sensitive", "sensitive"),
    "errors": ("mlops", "Today", "endpoints"),
    "idle_endpoint": ("mlops", "Today", "endpoints"),
    "untracked": ("mlops", "Today", "endpoints"),
    "skew": ("mlops", "Skew", "skew"),
    "failing_runs": ("mlops", "Training", "training"),
    "runaway": ("agentops", "Calls", "runaways"),
    "throttled": ("agentops", "Calls", "today"),
    "tool_loop": ("agentops", "Sessions", "sessions"),
    "fallback": ("agentops", "Calls", "today"),
    "slow_answers": ("agentops", "Calls", "today"),
    "judged_worse": ("agentops", "Quality", "answer_quality"),
    "index_lag": ("agentops", "Inventory", "indexes"),
    "cost_spike": ("finops", "Ahead", f"anomalies {UNUSUAL}"),
    "cost_rise": ("finops", "Ahead", f"anomalies {UNUSUAL}"),
    "unpriced": ("finops", "Quality", "unpriced"),
    "all_purpose_job": ("pipelineops", "Cost", "all_purpose"),
    "untagged_rise": ("finops", "Allocation", "lost_tags"),
    "drift": ("mlops", "Drift", "drift_models"),
    "slow_dashboard": ("userops", "Statements", "query_patterns"),
    "repeated_failures": ("userops", "Friction", "stuck_people"),
    "spill": ("userops", "Friction", "costly_habits"),
    "full_scans": ("userops", "Friction", "costly_habits"),
    "left_out": ("userops", "Features", "team_features"),
    "inactive": ("userops", "People", "inactive_people"),
}
# Views of pictures and sentences alone, or of what whoever looks may see.
NOTHING_TO_WATCH: set[tuple[str, str]] = {("governanceops", "Audit")}
TWINS = {kind for kind, *_ in twins.PLAN}
pytestmark = [
    pytest.mark.xdist_group("organisation"),
    pytest.mark.costs("views of an organisation, by the app's shell"),
]


def views_of(page: str) -> tuple[str, ...]:
    return next(one.views for one in pages() if one.key == page)


@dataclass
class Organisation:
    """The planted faults of an organisation and their benign twins by kind, and what a page shows of it."""

    faults: Mapping[str, Mapping[str, Any]]
    twins: Mapping[str, Mapping[str, Any]]
    walk: Walk
    drawn: dict[tuple[str, str], dict[str, TileOutcome]]

    def tiles(self, page: str, view: str) -> Mapping[str, TileOutcome]:
        """The tiles of the view by their key, as somebody who may see all of it gets them."""
        if (page, view) not in self.drawn:
            outcomes: dict[str, TileOutcome] = {}
            inner = show._outcome

            def kept(tile: Any, *rest: Any) -> TileOutcome:
                outcomes[tile.key] = inner(tile, *rest)
                return outcomes[tile.key]

            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(show, "_outcome", kept)
                assert self.walk.open(page, {"view": view}).wrong == []
            self.drawn[page, view] = outcomes
        return self.drawn[page, view]


@cache
def directory(world: World) -> identities.Known:
    """Whom the workspace knows: people by their addresses, and the teams that they are in."""
    people = [identities.Identity("person", (one.email, one.user_id), one.email) for one in world.people.itertuples()]
    teams = world.people.groupby("team").user_id.agg(tuple)
    groups = [identities.Identity("group", (f"team-{name}",), f"team-{name}", of) for name, of in teams.items()]
    return (*people, *groups)


@pytest.fixture(scope="module", params=SEEDS)
def organisation(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Organisation]:
    home = tmp_path_factory.mktemp(f"planted-{request.param}")
    made = home / "lakehouse.duckdb"
    if request.param == SEED:
        lakehouse(tmp_path_factory, made, NOW)
    else:
        build(made, seed=request.param, scale=SCALE, now=NOW)
    chosen = Settings(home=home, dev_user=ANN.name.removeprefix("dev:"))
    faults, alike = (
        {one["kind"]: one for one in json.loads(made.with_name(f"{name}.json").read_text("utf-8"))}
        for name in ("faults", "twins")
    )
    store = store_at(home / "store.sqlite", Clock(NOW))
    with pytest.MonkeyPatch.context() as patch, state.using(open_reader(chosen, lambda: NOW), lambda: NOW, store):
        patch.setattr(configuration, "settings", lambda: chosen)
        patch.setattr(identity, "_found", lambda _: identity.Viewer(ANN.name, True, ALL))
        patch.setattr(identities, "_KEPT", [partial(directory, found(request.param, SCALE, NOW))])
        yield Organisation(faults, alike, Walk(), {})
    close_readers()


def names(fault: Mapping[str, Any], shown: TileOutcome) -> bool:
    """Whether the thing of ``fault`` is named in the title of the tile or in the first rows of a table of it."""
    words = {str(fault["entity_id"]), str(fault["entity_name"])}
    said = plain(shown.found.text) if shown.found else ""
    cells = {
        str(cell)
        for body in shown.bodies
        if isinstance(body, Grid)
        for rows in (body.frame.head(FIRST), body.named(FIRST))
        for cell in rows.to_numpy().ravel()
    }
    return any(plain(word, 40) in said or any(word in cell for cell in cells) for word in words)


def place(thing: Mapping[str, Any], shown: TileOutcome) -> int:
    """The first row that names ``thing`` and nothing more in a cell, in any table of the tile; past all of them when none
    does."""
    words = {str(thing["entity_id"]), str(thing["entity_name"])}
    found = [
        row
        for body in shown.bodies
        if isinstance(body, Grid)
        for rows in (body.frame, body.named(len(body.frame)))
        for row, cells in enumerate(rows.to_numpy())
        if not words.isdisjoint(map(str, cells))
    ]
    return min(found, default=10**9)


@pytest.mark.parametrize("kind", sorted(SEEN_ON))
def test_a_planted_fault_is_among_what_is_read_first(organisation: Organisation, kind: str) -> None:
    page, view, key = SEEN_ON[kind]
    tiles = organisation.tiles(page, view)
    shown = [
        tile for name, tile in tiles.items() if name in key.split() or (name.startswith(UNUSUAL) and UNUSUAL in key)
    ]
    fault = organisation.faults[kind]
    assert shown, (key, sorted(tiles))
    assert any(names(fault, tile) for tile in shown), (fault["entity_name"], [tile.found for tile in shown])


@pytest.mark.parametrize(("page", "view"), [(key, view) for key in DIMENSIONS for view in views_of(key)])
def test_whoever_watches_a_figure_of_a_tile_is_told_what_the_tile_shows(
    organisation: Organisation, page: str, view: str
) -> None:
    reader, told = state.reader(), 0
    look = ViewContext("light", "UTC", versus=parse({}, NOW.date())[0].versus)
    for key, shown in organisation.tiles(page, view).items():
        for one in measures(shown.bodies, look):
            figure = TileFigure(page, key, one.key, {"view": view})
            found = watched(figure, reader, NOW)
            assert found is not None, key
            worked = found.worked([reader.submit(question).result() for question in found.asks])
            assert worked == Worked(one.value, one.unit), (key, one)
            assert figure.thing is not None and tile_figure(figure.thing) == figure
            told += 1
    assert told or (page, view) in NOTHING_TO_WATCH


def test_a_table_is_late_where_its_writer_wrote_nothing_for_longer_than_it_does_and_did_not_end_well_or_a_fault_stops_it(
    organisation: Organisation,
) -> None:
    """Runs fail by chance, and one pipeline may write a hundred tables: how many are late says nothing."""
    shown, faults = organisation.tiles("dataops", "Late")["late_tables"], organisation.faults
    rows = next(body.frame for body in shown.bodies if isinstance(body, Grid))
    stopped = rows["table_name"].eq(faults["stale_table"]["entity_id"])
    stopped |= rows["writer_id"].eq(faults["wrote_nothing"]["entity_id"])
    assert stopped.any()
    explained = rows["state"].isin(["fails", "was cancelled", "is paused", "is running", "has not run since"])
    overdue = (NOW - rows["last_written"]).dt.total_seconds() / 3600 > rows["habit"]
    unlike = rows[~(overdue & (explained | stopped))]
    assert unlike.empty, unlike[["table_name", "cause", "state", "last_written", "habit"]].to_string()


@pytest.mark.parametrize("kind", sorted(TWINS))
def test_what_only_looks_like_it_is_not(organisation: Organisation, kind: str) -> None:
    """Not in a title, and where a table lists all there is, after the fault."""
    page, view, key = SEEN_ON[kind]
    fault, twin = organisation.faults[kind], organisation.twins[kind]
    for name, tile in organisation.tiles(page, view).items():
        if name in key.split() or (name.startswith(UNUSUAL) and UNUSUAL in key):
            said = plain(tile.found.text) if tile.found else ""
            assert plain(twin["entity_name"], 40) not in said, said
            where = place(twin, tile)
            assert where >= FIRST or where > place(fault, tile), (name, said)


def test_every_planted_fault_has_its_place(organisation: Organisation) -> None:
    assert organisation.faults.keys() == SEEN_ON.keys()
