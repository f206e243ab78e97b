"""Keeps the overlay beside the lakehouse up to date with what was done to the workspace, so that the system tables show
it: the audit log, versions of settings, runs that ended, privileges and tags, later cost."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from demo.names import ACCOUNT, EUROPE
from demo.organisation import WORKSPACES, Organisation
from demo.workspace.audit_rows import audit_rows
from demo.workspace.catalog_rows import Key, catalog_rows
from demo.workspace.run_rows import Pending, begun, ended
from demo.workspace.state import Effect, Json, State
from demo.workspace.usage_rows import USAGE, usage
from demo.workspace.version_rows import version_rows
from warehouse import overlay

WORKSPACES_LATEST = "system.access.workspaces_latest"
EVERY = 1.0  # seconds between two writes
REGIONAL = ("system.compute.", "system.lakeflow.", "system.serving.")  # these tables know the home region only
_LOG = logging.getLogger(__name__)


def _addresses(urls: Mapping[str, str]) -> overlay.Beside:
    """Where each workspace answers now: a free port is another one at every start."""
    names = dict(zip(WORKSPACES.workspace_id.astype(str), WORKSPACES.workspace_name.astype(str), strict=True))
    rows = tuple(
        {
            "account_id": ACCOUNT,
            "workspace_id": one,
            "workspace_name": names[one],
            "workspace_url": url,
            "create_time": "2024-03-01T09:00:00+00:00",
            "status": "RUNNING",
        }
        for one, url in urls.items()
        if one in names
    )
    return overlay.Beside(rows, tuple(overlay.Gone((("workspace_id", one),)) for one in urls if one in names))


Ask = Callable[[str, dict[str, str]], Json | None]  # path and query of a GET -> the answer, None when refused


class SystemTables:
    """The overlay in ``folder`` of what happened to ``state``; ``ask`` reads from the workspace as anybody would. The
    whole overlay is worked out from the effects, so it is there again after a restart."""

    def __init__(
        self, folder: Path, world: Organisation, state: State, ask: Ask, urls: Mapping[str, str] | None = None
    ) -> None:
        self._folder, self._world, self._state, self._ask = folder, world, state, ask
        self._tables = {
            f"{c}.{s}": list(own.table_name) for (c, s), own in world.tables.groupby(["table_catalog", "table_schema"])
        }
        self._seen = 0
        self._rows: dict[str, list[Json]] = {}
        self._keyed: dict[str, dict[Key, Json | None]] = {}
        self._pending: dict[str, Pending] = {}
        self._billed = (0, 0)
        self._writing = threading.Lock()
        self._stopped = threading.Event()
        if not state.effects:
            overlay.clear(folder)
        if urls:
            overlay.write(folder, {WORKSPACES_LATEST: _addresses(urls)})

    def write(self) -> frozenset[str]:
        """Bring the files up to date; the tables that changed."""
        with self._writing:
            with self._state.lock:  # between two requests: every effect seen here has been kept
                changed = self._take_in() | self._look_at_runs()
                about = [one for one in self._state.effects if one.type in ("warehouse", "cluster")]
            beside = {table: self._beside(table) for table in changed} | self._bill(about)
            if beside:
                overlay.write(self._folder, beside)
            return frozenset(beside)

    def keep_writing(self) -> None:
        """Write in a thread of its own until :meth:`stop`."""
        threading.Thread(target=self._go_on, name="emulated-system-tables", daemon=True).start()

    def stop(self) -> None:
        """Write no more."""
        self._stopped.set()

    def _go_on(self) -> None:
        while True:
            try:
                self.write()
            except Exception as error:  # the workspace goes on; the tables are late until the next time
                _LOG.warning("the overlay could not be written (%s)", type(error).__name__)
            if self._stopped.wait(EVERY):
                return

    def _take_in(self) -> set[str]:
        changed = set()
        for effect in self._state.effects[self._seen :]:
            self._seen += 1
            changed.add(self._add("system.access.audit", audit_rows(effect, self._seen), effect))
            for table, rows in version_rows(effect, self._world):
                changed.add(self._add(table, rows, effect))
            for table, key, row in catalog_rows(effect, self._tables):
                self._keyed.setdefault(table, {})[key] = row
                changed.add(table)
            self._pending |= begun(effect)
        return changed - {""}

    def _add(self, table: str, rows: list[Json], effect: Effect) -> str:
        if not rows or (table.startswith(REGIONAL) and effect.workspace_id == EUROPE):
            return ""
        self._rows.setdefault(table, []).extend(rows)
        return table

    def _look_at_runs(self) -> set[str]:
        """Rows of the runs and updates that have ended meanwhile."""
        changed = set()
        for name, pending in list(self._pending.items()):
            rows = ended(pending, self._ask, self._world, self._state.clock())
            if rows is not None:
                del self._pending[name]
                changed |= {self._add(table, own, pending.effect) for table, own in rows.items()}
        return changed - {""}

    def _bill(self, about: list[Effect]) -> dict[str, overlay.Beside]:
        """The usage of what was changed, when an hour or a change has come."""
        hour = int(self._state.clock().timestamp()) // 3600
        mark = (hour, len(about))
        if not about or mark == self._billed:
            return {}
        self._billed = mark
        beside = usage(self._world, about, hour * 3600)
        return {USAGE: beside} if beside.rows else {}

    def _beside(self, table: str) -> overlay.Beside:
        keyed = self._keyed.get(table, {})
        rows = [*self._rows.get(table, ()), *(row for row in keyed.values() if row is not None)]
        return overlay.Beside(tuple(rows), tuple(overlay.Gone(key) for key in keyed))
