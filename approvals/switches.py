"""Kill switches: nothing that one matches may start, and it is asked before every step. One person turns one on; two
different people turn it off. One that is set in the environment works when nothing else does, and is off when it is
taken out there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import sqlalchemy as sa

from approvals import ledger
from approvals.ledger import Actor
from approvals.rules import DIMENSIONS
from approvals.store import Tx
from approvals.tables import SWITCHES

LEVELS = ("global", "dimension", "agent", "kind", "workspace")
ENVIRONMENT = "environment"  # who turned on a switch that is set there
EVERYTHING = "*"  # the name of the global switch


class SwitchRefused(Exception):
    """The switch stays as it is; the message says why."""


@dataclass(frozen=True)
class Switch:
    """A switch that is on. ``release_by`` is the first of the two people who turn it off."""

    level: str
    name: str
    by: str
    reason: str
    at: dt.datetime | None
    release_by: str | None = None

    @property
    def text(self) -> str:
        """``level:name``."""
        return f"{self.level}:{self.name}"


def flip(tx: Tx, level: str, name: str, by: Actor, reason: str) -> None:
    """Turn it on, from the end of this transaction on. Turned on again while it is on, a release that somebody had
    begun is void. ``name`` is not asked of the global one. Raises :class:`SwitchRefused`."""
    level, name = _named(level, name)
    if not reason.strip():
        raise SwitchRefused("Say why.")
    ledger.append(tx, "switch.on", by, level=level, name=name, reason=reason)  # first: it makes those who flip wait
    if _row(tx, level, name) is None:
        tx.connection.execute(
            sa.insert(SWITCHES).values(level=level, name=name, by=by.id[:256], reason=reason[:512], at=tx.now)
        )
    else:
        tx.connection.execute(sa.update(SWITCHES).where(*_key(level, name)).values(release_by=None))


def release(tx: Tx, level: str, name: str, by: Actor) -> Literal["waiting", "off"]:
    """Turn it off: ``waiting`` after the first person, ``off`` after the second. Raises :class:`SwitchRefused`."""
    level, name = _named(level, name)
    if by.type != "human":
        raise SwitchRefused("Only people turn a kill switch off.")
    found = _row(tx, level, name)
    if found is None:
        raise SwitchRefused("It is not on.")
    if found.release_by is None:
        tx.connection.execute(sa.update(SWITCHES).where(*_key(level, name)).values(release_by=by.id))
        ledger.append(tx, "switch.release_asked", by, level=level, name=name)
        return "waiting"
    if found.release_by == by.id:
        raise SwitchRefused("A second person has to turn it off, too.")
    tx.connection.execute(sa.delete(SWITCHES).where(*_key(level, name)))
    ledger.append(tx, "switch.off", by, level=level, name=name, with_whom=found.release_by)
    return "off"


def active(tx: Tx, environment: str = "") -> tuple[Switch, ...]:
    """Every switch that is on, those of the ``environment`` setting (:func:`parsed`) first."""
    order = sa.select(SWITCHES).order_by(SWITCHES.c.at, SWITCHES.c.level, SWITCHES.c.name)
    return parsed(environment) + tuple(Switch(**row) for row in tx.connection.execute(order).mappings())


def parsed(environment: str) -> tuple[Switch, ...]:
    """The switches of a setting such as ``global`` or ``kind:job.run_now,workspace:123``. A word that is not understood
    stops everything: whoever wrote it wanted something to stop."""
    made = []
    for word in environment.split(","):
        if not word.strip():
            continue
        level, _colon, name = word.partition(":")
        try:
            level, name = _named(level, name)
            made.append(Switch(level, name, ENVIRONMENT, "set in the environment", None))
        except SwitchRefused:
            why = f"not understood in the environment: {word.strip()}"
            made.append(Switch("global", EVERYTHING, ENVIRONMENT, why, None))
    return tuple(made)


def matching(
    switches: Iterable[Switch], *, dimension: str, agent: str, kind: str, workspace: str
) -> tuple[str, ...]:  # fmt: skip
    """Those that stop such an action, each as level:name."""
    mine = {"global": EVERYTHING, "dimension": dimension, "agent": agent, "kind": kind, "workspace": workspace}
    return tuple(dict.fromkeys(one.text for one in switches if mine.get(one.level) == one.name))


def _named(level: str, name: str) -> tuple[str, str]:
    level, name = level.strip().lower(), name.strip()
    if level == "global":
        return level, EVERYTHING
    if level not in LEVELS or not name or len(name) > 128 or (level == "dimension" and name not in DIMENSIONS):
        raise SwitchRefused(f"There is no switch {level}:{name}.")
    return level, name


def _key(level: str, name: str) -> tuple[sa.ColumnElement[bool], ...]:
    return SWITCHES.c.level == level, SWITCHES.c.name == name


def _row(tx: Tx, level: str, name: str) -> sa.Row[tuple[str, ...]] | None:
    order = sa.select(SWITCHES).where(*_key(level, name))
    return tx.connection.execute(order.with_for_update() if tx.locks_rows else order).one_or_none()
