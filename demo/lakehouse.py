"""Builds the embedded lakehouse file: every system table of the synthetic organisation, ending now."""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from demo.tables import create_all
from settings import Settings

VERSION = 2  # raise it when the content changes, so that files on disk are made anew
OLDEST = dt.timedelta(hours=24)

Progress = Callable[[float, str], None]


def build(path: Path, *, seed: int, scale: float, now: dt.datetime, progress: Progress) -> None:
    """Write the lakehouse of ``seed`` and ``scale`` ending at ``now`` (UTC, cut to the hour) to ``path``.

    The file is made under a temporary name and renamed, so a reader never sees half of it; ``faults.json`` lies beside
    it. ``progress`` hears a share from 0 to 1 and what is being made. The same arguments give the same content.
    """
    import duckdb

    now = now.astimezone(dt.UTC).replace(minute=0, second=0, microsecond=0)
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(f".{os.getpid()}.tmp")
    half.unlink(missing_ok=True)
    try:
        with duckdb.connect(str(half)) as connection:
            connection.execute("SET TimeZone = 'UTC'")
            connection.execute("SET preserve_insertion_order = true")
            faults = _write(connection, seed, scale, now, progress)
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)
    path.with_name("faults.json").write_text(faults, encoding="utf-8")
    progress(1.0, "ready")


def _write(connection: Any, seed: int, scale: float, now: dt.datetime, progress: Progress) -> str:
    from demo import access, billing, catalog, compute, faults, models, runs
    from demo.organisation import found

    progress(0.0, "people, jobs and compute")
    world = found(seed, scale, now)
    create_all(connection)
    attempts, updates, statements = runs.runs(world), runs.updates(world), compute.statements(world)
    tags = billing.TagSets()

    def compute_tables() -> None:
        compute.write_clusters(connection, world)
        compute.write_warehouses(connection, world)
        compute.write_nodes(connection, world, compute.cluster_hours(world))
        compute.write_events(connection, world, compute.running(world, statements))

    def usage() -> None:
        billing.write_usage(connection, world, billing.usage(world, attempts, updates, statements, tags), tags)

    steps: list[tuple[str, float, Callable[[], None]]] = [
        ("jobs and their runs", 0.1, lambda: (runs.write_jobs(connection, world), runs.write_runs(connection, world, attempts))[0]),
        ("pipelines", 0.2, lambda: runs.write_pipelines(connection, world, updates)),
        ("clusters and warehouses", 0.22, compute_tables),
        ("statements", 0.3, lambda: compute.write_statements(connection, world, statements)),
        ("prices", 0.38, lambda: billing.write_prices(connection, world)),
        ("usage", 0.4, usage),
        ("workspaces", 0.8, lambda: billing.write_workspaces(connection)),
        ("catalog and grants", 0.81, lambda: catalog.write(connection, world)),
        ("lineage", 0.85, lambda: access.write_lineage(connection, world)),
        ("audit", 0.9, lambda: access.write_audit(connection, world)),
        ("model serving", 0.94, lambda: models.write_serving(connection, world)),
        ("gateway", 0.96, lambda: models.write_gateway(connection, world)),
        ("experiments and quality", 0.98, lambda: (models.write_mlflow(connection, world), models.write_quality(connection, world))[0]),
    ]  # fmt: skip
    for what, share, step in steps:
        progress(share, what)
        step()
    planted = faults.planted(world)
    frame = faults.frame(planted)
    connection.execute("CREATE SCHEMA demo")
    connection.register("planted", frame)
    connection.execute("CREATE TABLE demo.faults AS SELECT * FROM planted")
    facts = {"version": VERSION, "seed": seed, "scale": scale, "now": now.isoformat()}
    connection.execute("CREATE TABLE demo.built AS SELECT ? AS facts", [json.dumps(facts)])
    return faults.as_json(planted)


def built(path: Path) -> dict[str, Any] | None:
    """What the file at ``path`` was built from, None when there is none that can be read."""
    import duckdb

    if not path.exists():
        return None
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            row = connection.execute("SELECT facts FROM demo.built").fetchone()
    except duckdb.Error:
        return None
    return dict(json.loads(row[0])) if row else None


def ensure(settings: Settings, now: dt.datetime, progress: Progress) -> Path:
    """The lakehouse of ``settings``, built anew when missing, of other settings, or more than a day old."""
    path = settings.home / "lakehouse.duckdb"
    facts = built(path) or {}
    same = (facts.get("version"), facts.get("seed"), facts.get("scale")) == (VERSION, settings.seed, settings.scale)
    if not same or now - dt.datetime.fromisoformat(facts["now"]) > OLDEST:
        build(path, seed=settings.seed, scale=settings.scale, now=now, progress=progress)
    return path
