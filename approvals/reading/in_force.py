"""The settings in force: what a proposal changed, over the environment's, over the defaults. The store is asked every few
seconds at most, never twice in a run of a page; what cannot be read, or makes no sense, changes nothing and is said."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from approvals.deciding.kept_settings import KeptSetting, kept, read_as
from approvals.store.store import Store
from settings import Settings

LOG = logging.getLogger("lakehelm.approvals")
EVERY, PATIENCE = 5.0, 0.3  # seconds: how old what is known may be; how long somebody waits for it
Kept = tuple[KeptSetting, ...]


@dataclass(frozen=True)
class InForce:
    """``settings`` in force; ``kept`` are those that a proposal changed, by name, ``problems`` says of others why what is
    kept of them does not count, and ``could_not`` why what is kept is not known as of now."""

    settings: Settings
    kept: Mapping[str, KeptSetting] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    could_not: str = ""


def over(base: Settings, found: Iterable[KeptSetting], could_not: str = "") -> InForce:
    """``base`` with what was ``found`` in the store over it. Pure."""
    counts: dict[str, KeptSetting] = {}
    problems: dict[str, str] = {}
    values: dict[str, str] = {}
    for one in found:
        try:
            values[one.name] = read_as(one.name, one.value)
            counts[one.name] = one
        except ValueError as error:
            problems[one.name] = str(error)
    return InForce(replace(base, **values), counts, problems, could_not)  # type: ignore[arg-type]


class Watch:
    """What the store of this process keeps. ``changed`` is told the settings in force whenever they are others; ``start``
    starts what it is given, and does not wait for it."""

    def __init__(
        self,
        store: Store,
        base: Settings,
        changed: Callable[[Settings], None] = lambda _: None,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store, self._base, self._changed, self._ticks = store, base, changed, ticks
        self._known: tuple[Kept, str] = ((), "")
        self._told = base
        self._at: float | None = None
        self._looking = threading.Lock()

    def look(self) -> None:
        """Ask the store now. What was known stays where it does not answer."""
        try:
            with self._store.reading() as tx:
                known: tuple[Kept, str] = (kept(tx), "")
        except Exception as error:
            LOG.warning("settings that proposals changed cannot be read: %s", type(error).__name__)
            known = (self._known[0], "The app's own database does not answer.")
        if known != self._known:
            self._known = known
            self._tell(over(self._base, *known))
        self._at = self._ticks()

    def _tell(self, found: InForce) -> None:
        for name, why in found.problems.items():
            LOG.warning("what is kept of the setting %s does not count: %s", name, why)
        if found.settings != self._told:
            self._changed(found.settings)
            self._told = found.settings

    def __call__(self) -> tuple[Kept, str]:
        """What is kept, and why that may be old: looked up anew where it is, waited for a moment only."""
        old = self._at is None or self._ticks() - self._at >= EVERY
        if old and self._looking.acquire(blocking=False):
            beside = threading.Thread(target=self._beside, name="settings-in-force", daemon=True)
            beside.start()
            beside.join(PATIENCE)
        return self._known

    def _beside(self) -> None:
        try:
            self.look()
        finally:
            self._looking.release()


_WATCHED: list[Watch] = []
_LAST: list[tuple[Settings, tuple[Kept, str], InForce]] = []


def watch(watched: Watch) -> None:
    """Have this process go by what ``watched`` knows, as it is now."""
    watched.look()
    _WATCHED[:] = [watched]


def in_force(base: Settings) -> InForce:
    """What is in force over ``base``, the settings of the environment, now; ``base`` itself before :func:`watch`."""
    if not _WATCHED:
        return InForce(base)
    known = _WATCHED[0]()
    last = _LAST[0] if _LAST else None
    if last is not None and last[0] is base and last[1] is known:
        return last[2]
    made = over(base, *known)
    _LAST[:] = [(base, known, made)]
    return made
