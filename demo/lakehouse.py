"""Builds the embedded lakehouse file: every system table of the synthetic organisation, ending now."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from demo.actions_done import Done
from demo.fault_plan import ONE_OF_EACH, Plan, text_of
from settings import Settings

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from demo.organisation import Organisation

VERSION = 34  # raise it when the content changes, so that files on disk are made anew
OLDEST = dt.timedelta(hours=24)
MEMORY_LIMIT = "2GB"  # of DuckDB while it builds; the frames handed to it come in batches

Progress = Callable[[float, str], None]
Step = tuple[str, float, Callable[[], object]]


def silent(share: float, what: str) -> None:
    """Progress for whoever does not watch."""


def build(
    path: Path,
    *,
    seed: int,
    scale: float,
    now: dt.datetime,
    progress: Progress = silent,
    without: frozenset[str] = frozenset(),
    plan: Plan = ONE_OF_EACH,
    done: tuple[Done, ...] = (),
    ahead: int = 0,
    only: frozenset[str] = frozenset(),
) -> None:
    """Write the lakehouse of ``seed`` and ``scale`` with the faults of ``plan``, of which ``done`` is done, ending at ``now``
    (cut to the full hour, UTC) to ``path``.

    The file is made under a temporary name and renamed, so a reader never sees half of it. Beside it lie ``faults.json``,
    ``twins.json`` of what only looks like one, and ``naturals.json`` of what is wrong though nobody planted it. ``progress``
    hears a share from 0 to 1 and what is being made.
    ``ahead`` is as in :class:`demo.organisation.Organisation`; ``only`` names the steps that are made, where not all are.
    ``without`` names further tables (such as ``system.billing.account_prices``) that this account shall lack. The same
    arguments give the same content.
    """
    import duckdb

    from demo.organisation import found

    now = now.astimezone(dt.UTC).replace(minute=0, second=0, microsecond=0)
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(f".{os.getpid()}.tmp")
    half.unlink(missing_ok=True)
    try:
        with duckdb.connect(str(half)) as connection:
            connection.execute("SET TimeZone = 'UTC'")
            connection.execute(f"SET memory_limit = '{MEMORY_LIMIT}'")
            world = found(seed, scale, now, plan, done, ahead)
            lists = _write(connection, world, scale, progress, without, only)
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)
        half.with_name(half.name + ".wal").unlink(missing_ok=True)
    for name, text in lists.items():
        path.with_name(name).write_text(text, encoding="utf-8")
    progress(1.0, "ready")


def _write(
    connection: DuckDBPyConnection,
    world: Organisation,
    scale: float,
    progress: Progress,
    without: frozenset[str],
    only: frozenset[str],
) -> dict[str, str]:
    """Write everything; the lists that lie beside it, by the names of their files, where nothing is left out."""
    from demo import consequences, faults, natural, tables, twins

    progress(0.0, "people, jobs and compute")
    absent = tables.ABSENT | without
    tables.create_all(connection, absent)
    for what, share, step in (*_work(connection, world), *_rest(connection, world, absent)):
        if not only or what in only:
            progress(share, what)
            step()
    planted = list(faults.every_fault(world))
    connection.execute("CREATE SCHEMA demo")
    connection.register("planted", faults.frame(planted))
    connection.execute("CREATE TABLE demo.faults AS SELECT * FROM planted")
    facts = {
        "version": VERSION,
        "seed": world.seed,
        "scale": scale,
        "now": world.now.isoformat(),
        "faults": text_of(world.plan),
    }
    connection.execute("CREATE TABLE demo.built AS SELECT ? AS facts", [json.dumps(facts)])
    if only:
        return {}
    return {
        "faults.json": consequences.as_json(connection, world),
        "twins.json": twins.as_json(twins.twins(world)),
        "naturals.json": natural.as_json(connection, world.now),
    }


def _work(connection: DuckDBPyConnection, world: Any) -> list[Step]:
    """What ran and what it cost: these tables tell one story, so their facts are made once and shared."""
    from demo import (
        billing,
        clusters,
        lakeflow,
        lineage,
        nodes,
        prices,
        quality,
        resources,
        runs,
        statements,
        warehouses,
    )

    attempts, updates = runs.runs(world), runs.updates(world)
    asked = statements.statements(world, attempts)
    on, ran, known = clusters.stretches(world, attempts), warehouses.running(world, asked), resources.Resources()
    statements.start_cold(asked, ran)

    def usage() -> None:
        every = billing.usage(world, attempts, updates, on, ran, known)
        billing.write_usage(connection, world, every, updates, known)

    return [
        ("jobs", 0.08, lambda: lakeflow.write_jobs(connection, world)),
        ("job runs", 0.1, lambda: lakeflow.write_runs(connection, world, attempts)),
        ("pipelines", 0.2, lambda: lakeflow.write_pipelines(connection, world, updates)),
        ("clusters", 0.22, lambda: clusters.write_clusters(connection, world)),
        ("clusters of jobs", 0.23, lambda: clusters.write_own_clusters(connection, world, attempts, updates)),
        ("node metrics", 0.24, lambda: nodes.write_nodes(connection, world, on)),
        ("warehouses", 0.36, lambda: warehouses.write_warehouses(connection, world)),
        ("warehouse events", 0.37, lambda: warehouses.write_events(connection, world, ran)),
        ("statements", 0.4, lambda: statements.write_statements(connection, world, asked)),
        ("prices", 0.52, lambda: prices.write_prices(connection, world)),
        ("usage", 0.54, usage),
        ("lineage", 0.78, lambda: lineage.write_lineage(connection, world, attempts, updates)),
        ("data quality", 0.88, lambda: quality.write_scans(connection, world, attempts)),
    ]


def _rest(connection: DuckDBPyConnection, world: Any, absent: frozenset[str]) -> list[Step]:
    """What stands beside the work: the catalog, the audit log, models, agents, storage, the edges."""
    from demo import (
        assistants,
        audit,
        catalog,
        experiments,
        gateway,
        network,
        quality,
        securables,
        serving,
        traces,
        training,
    )

    return [
        ("audit", 0.89, lambda: audit.write_audit(connection, world)),
        ("spaces, apps and indexes", 0.91, lambda: assistants.write_assistants(connection, world)),
        ("catalog and grants", 0.92, lambda: catalog.write_catalog(connection, world, absent)),
        ("volumes and shares", 0.93, lambda: securables.write_securables(connection, world)),
        ("model serving", 0.94, lambda: serving.write_serving(connection, world)),
        ("gateway", 0.95, lambda: gateway.write_gateway(connection, world)),
        ("traces of agents", 0.955, lambda: traces.write_traces(connection, world)),
        ("experiments", 0.96, lambda: experiments.write_experiments(connection, world)),
        ("training", 0.965, lambda: training.write_training(connection, world)),
        ("storage", 0.97, lambda: quality.write_storage(connection, world)),
        ("workspaces", 0.98, lambda: network.write_workspaces(connection)),
        ("network and alerts", 0.99, lambda: network.write_edges(connection, world)),
    ]


def built(path: Path) -> dict[str, Any] | None:
    """What the file at ``path`` was built from, None when there is none that can be read."""
    import duckdb

    if not path.exists():
        return None
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            rows = connection.execute("SELECT facts FROM demo.built").fetchall()
    except duckdb.Error:
        return None
    return dict(json.loads(rows[0][0])) if rows else None


def ensure(settings: Settings, now: dt.datetime, progress: Progress = silent, plan: Plan = ONE_OF_EACH) -> Path:
    """The lakehouse of ``settings`` with the faults of ``plan``, built anew when missing, of others, or more than a day old."""
    path = settings.home / "lakehouse.duckdb"
    facts = built(path) or {}
    wanted = {"version": VERSION, "seed": settings.seed, "scale": settings.scale, "faults": text_of(plan)}
    same = wanted.items() <= facts.items()
    if not same or now - dt.datetime.fromisoformat(facts["now"]) > OLDEST:
        build(path, seed=settings.seed, scale=settings.scale, now=now, progress=progress, plan=plan)
    return path
