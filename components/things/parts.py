"""The parts of a thing's page: each kind has those that its figures can tell."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from approvals.reading.thing_story import Step
from components.frame.identity import sees_others
from components.frame.page import Page
from components.panels import runs as one_run
from components.things import (
    clusters,
    columns,
    dashboards,
    endpoints,
    gateways,
    grants,
    holders,
    indexes,
    jobs,
    models,
    neighbours,
    people,
    schemas,
    spaces,
    statements,
    tables,
    warehouse_change,
    warehouses,
)  # fmt: skip
from components.things import one_run as this_run
from components.things.about import Finding, about
from components.things.asks import about as asked
from components.things.asks import changed, described, lately, until_now
from components.things.money import money, risen
from components.things.runs import around, of_late
from components.things.timeline import CHANGES, RUNS, timeline
from components.tiles.show import ask_ahead
from components.tiles.tile import Rows, Tile
from settings import settings
from things import PAGE, Kind, Thing
from warehouse.interface import Ask

BILLED = frozenset({
    "job", "run", "pipeline", "cluster", "warehouse", "endpoint", "app", "database", "notebook", "principal",
    "workspace", "cost_centre",
})  # fmt: skip
MARKS = (CHANGES,)  # on figures, where they are known


def parts(page: Page, thing: Thing) -> Rows:
    """The tiles of the page of ``thing``: the sentence, how it behaves, its money, its neighbours."""
    if thing.kind == "run":  # when it was is not known yet: what is right for most is asked meanwhile
        late = of_late(page)
        ask_ahead([*_rows(late, thing), [_happened(late, thing, ())]], page.reader, PAGE)
        page = around(page, thing)
    return _rows(page, thing)


def _rows(page: Page, thing: Thing) -> Rows:
    of_kind = KINDS.get(thing.kind)
    first, *others = of_kind(page, thing) if of_kind else [[_billed(page, thing)]]
    return [first, *others[:1], *_money(page, thing), *others[1:]]


def happened(page: Page, thing: Thing, steps: Sequence[Step] | None = (), key: str = "") -> Tile:
    """The tile of what happened to ``thing``; ``steps`` and ``key`` as for :func:`components.things.timeline.timeline`."""
    return _happened(around(page, thing) if thing.kind == "run" else page, thing, steps, key)


def _happened(page: Page, thing: Thing, steps: Sequence[Step] | None, key: str = "") -> Tile:
    asks = _told_of(page, thing)
    made = timeline(thing, steps, key).tile(*asks.values(), variant=(thing.address, steps))
    return replace(made, names=tuple(asks), spared=frozenset(asks))


def _told_of(page: Page, thing: Thing) -> dict[str, Ask]:
    """Its changes and its runs, where there are such."""
    if thing.kind == "run":
        since = asked(page, thing, "pipelineops.run_changes", limit=100)
        return {CHANGES: since, RUNS: asked(page, thing, "pipelineops.run_compare")}
    runs = {RUNS: _ended(page, thing)} if thing.kind in ("job", "pipeline") else {}
    return dict(zip([CHANGES], changed(page, thing), strict=False)) | runs


def _ended(page: Page, thing: Thing) -> Ask:
    """Finished runs of a job, or updates of a pipeline."""
    question = "pipelineops.run_list" if thing.kind == "job" else "things.pipeline_updates"
    return until_now(page, thing, question, limit=jobs.MOST)


def _what(page: Page, thing: Thing, *asks: Ask, finding: Finding | None = None) -> Tile:
    """The sentence, with what ``finding`` reads in the answers of ``asks``."""
    return about(thing, limited=page.limits.any, finding=finding).tile(
        described(page, thing), *asks, variant=thing.address
    )


def _billed(page: Page, thing: Thing) -> Tile:
    """The sentence of a thing of which its cost is what is known."""
    return _what(page, thing, asked(page, thing, "things.cost_by_day"), finding=risen)


def _money(page: Page, thing: Thing) -> Rows:
    if thing.kind not in BILLED:
        return []
    cost = asked(page, thing, "things.cost_by_day")
    return [[money.tile(cost, *changed(page, thing), spared=MARKS)]]


def _job(page: Page, thing: Thing) -> Rows:
    ended = _ended(page, thing)
    return [
        [_what(page, thing, ended, finding=jobs.finding)],
        [jobs.runs.tile(ended, *changed(page, thing), spared=MARKS)],
        _data(page, thing),
    ]


def _run(page: Page, thing: Thing) -> Rows:
    both, tasks = (asked(page, thing, f"pipelineops.{name}") for name in ("run_compare", "run_tasks"))
    what = _what(page, thing, both, tasks, finding=this_run.finding)
    return [[what], [one_run.compare.tile(both), one_run.tasks.tile(tasks)]]


def _data(page: Page, thing: Thing) -> list[Tile]:
    """Which tables it reads and writes, and who else does."""
    read = until_now(page, thing, "things.tables", limit=200)
    shared = until_now(page, thing, "things.neighbours", limit=neighbours.MOST)
    return [jobs.tables.tile(read), neighbours.neighbours.tile(shared)]


def _pipeline(page: Page, thing: Thing) -> Rows:
    ended = _ended(page, thing)
    return [
        [_what(page, thing, ended, finding=jobs.finding)],
        [jobs.runs.tile(ended, *changed(page, thing), spared=MARKS)],
        _data(page, thing),
    ]


def _warehouse(page: Page, thing: Thing) -> Rows:
    hours = lately(page, thing, "things.warehouse_hours", warehouses.DAYS)
    waits = until_now(page, thing, "things.warehouse_waits")
    users = until_now(page, thing, "platform.warehouse_users", limit=100)
    texts = "1" if sees_others(settings()) else ""
    sent = until_now(page, thing, "things.warehouse_statements", texts=texts, limit=statements.MOST)
    starts = until_now(page, thing, "things.warehouse_starts", limit=statements.MOST)
    return [
        [_what(page, thing, hours, finding=warehouses.finding)],
        [warehouses.hours.tile(hours, *changed(page, thing), spared=MARKS)],
        [
            warehouse_change.change_of(thing).tile(
                strip_of(page, thing), *changed(page, thing), variant=thing.address, spared=MARKS
            )
        ],
        [statements.statements.tile(sent)],
        [statements.starts.tile(starts), warehouses.waits.tile(waits)],
        [warehouses.users(thing.workspace).tile(users, variant=thing.address)],
    ]


def strip_of(page: Page, thing: Thing) -> Ask:
    """What a warehouse had, used and cost, hour by hour."""
    return until_now(page, thing, "things.warehouse_strip")


def _cluster(page: Page, thing: Thing) -> Rows:
    hours = lately(page, thing, "things.cluster_hours", clusters.DAYS)
    return [
        [_what(page, thing, hours, finding=clusters.finding)],
        [clusters.hours.tile(hours, *changed(page, thing), spared=MARKS)],
        [clusters.jobs.tile(until_now(page, thing, "things.cluster_jobs", limit=100))],
    ]


def _endpoint(page: Page, thing: Thing) -> Rows:
    asked_of = until_now(page, thing, "things.endpoint_requests")
    served = until_now(page, thing, "things.endpoint_serves")
    callers = until_now(page, thing, "things.endpoint_callers", limit=100)
    return [
        [_what(page, thing, asked_of, served, finding=endpoints.finding)],
        [endpoints.requests.tile(asked_of, *changed(page, thing), spared=MARKS)],
        [endpoints.serves.tile(served)],
        [endpoints.callers.tile(callers)],
    ]


def _model(page: Page, thing: Thing) -> Rows:
    served, days = until_now(page, thing, "things.model_serves"), asked(page, thing, "things.model_days")
    marks = changed(page, thing)
    return [
        [_what(page, thing, served, finding=models.finding)],
        [models.versions.tile(days, *marks, spared=MARKS)],
        [models.cost.tile(days, *marks, spared=MARKS)],
        [models.serves.tile(served)],
    ]


def _table(page: Page, thing: Thing) -> Rows:
    traces = until_now(page, thing, "things.table_days")
    rights = asked(page, thing, "things.grants", limit=grants.MOST)
    lines = until_now(page, thing, "things.table_column_lineage", limit=columns.MOST)
    return [
        [_what(page, thing, traces, rights, finding=tables.finding)],
        [tables.days.tile(traces, *changed(page, thing), spared=MARKS)],
        [
            tables.users.tile(until_now(page, thing, "things.table_users", limit=tables.MOST)),
        ],
        [grants.grants.tile(rights)],
        [
            columns.columns.tile(asked(page, thing, "things.table_columns", limit=columns.MOST)),
            columns.lineage.tile(lines),
        ],
    ]


def _schema(page: Page, thing: Thing) -> Rows:
    """Of a schema or catalog."""
    held = until_now(page, thing, "things.contents", limit=schemas.MOST)
    rights = asked(page, thing, "things.grants", limit=grants.MOST)
    return [
        [_what(page, thing, held, rights, finding=schemas.finding)],
        [schemas.contents.tile(held)],
        [grants.grants.tile(rights)],
    ]


def _dashboard(page: Page, thing: Thing) -> Rows:
    used = until_now(page, thing, "things.dashboard_use")
    return [
        [_what(page, thing)],
        [dashboards.use.tile(used)],
        [jobs.tables.tile(until_now(page, thing, "things.tables", limit=200))],
    ]


def _space(page: Page, thing: Thing) -> Rows:
    return [[_what(page, thing)], [spaces.days.tile(until_now(page, thing, "things.space_days"))]]


def _index(page: Page, thing: Thing) -> Rows:
    told = until_now(page, thing, "things.index_events", limit=indexes.MOST)
    return [[_what(page, thing)], [indexes.events.tile(told)]]


def _gateway(page: Page, thing: Thing) -> Rows:
    return [[_what(page, thing)], [gateways.days.tile(until_now(page, thing, "things.gateway_days"))]]


def _principal(page: Page, thing: Thing) -> Rows:
    seen = people.may_see(settings(), thing)
    does = [until_now(page, thing, "things.person_activity")] if seen else []
    return [
        [_what(page, thing)],
        [people.activity.tile(*does, variant=thing.address)],
        [holders.owned.tile(asked(page, thing, "things.owned", limit=300))],
        [people.rights.tile(asked(page, thing, "things.rights_of", limit=people.MOST))],
        [jobs.tables.tile(until_now(page, thing, "things.tables", limit=200))],
    ]


def _holder(page: Page, thing: Thing) -> Rows:
    tree = asked(page, thing, "finops.spend_tree", limit=holders.MOST)
    return [[_billed(page, thing)], [holders.costly.tile(tree)]]


def _workspace(page: Page, thing: Thing) -> Rows:
    tree = asked(page, thing, "finops.spend_tree", limit=holders.MOST, workspaces=thing.id)
    return [[_billed(page, thing)], [holders.costly.tile(tree)]]


KINDS: Mapping[Kind, Callable[[Page, Thing], Rows]] = {
    "job": _job,
    "run": _run,
    "pipeline": _pipeline,
    "warehouse": _warehouse,
    "cluster": _cluster,
    "endpoint": _endpoint,
    "model": _model,
    "table": _table,
    "schema": _schema,
    "catalog": _schema,
    "dashboard": _dashboard,
    "space": _space,
    "index": _index,
    "gateway": _gateway,
    "principal": _principal,
    "cost_centre": _holder,
    "workspace": _workspace,
}
