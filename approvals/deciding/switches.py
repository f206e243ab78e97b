"""Kill switches: nothing that one matches may start, and it is asked before every step. One person turns one on; two
different people turn it off. One that is set in the environment works when nothing else does, and is off when it is
taken out there.

Names are compared without regard to capitals. A switch for something that does not exist would stop nothing: it is refused,
and in the environment, where nobody can be told, it stops everything."""

from __future__ import annotations

import datetime as dt
import difflib
import json
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import sqlalchemy as sa

import dimensions
from approvals.ledger import ledger
from approvals.ledger.ledger import Actor
from approvals.people.people import Person, is_person
from approvals.store.store import Tx
from approvals.store.tables import LEDGER, PROPOSALS, SWITCHES

LEVELS = ("global", "dimension", "agent", "kind", "workspace")
ENVIRONMENT = "environment"  # who turned on a switch that is set there
EVERYTHING = "*"  # the name of the global switch
_EVENTS = ("switch.on", "switch.release_asked", "switch.off")


@dataclass(frozen=True)
class Names:
    """What there is to stop: kinds of action, agents and workspaces (ids). Any number is a workspace's id."""

    kinds: frozenset[str] = frozenset()
    agents: frozenset[str] = frozenset()
    workspaces: frozenset[str] = frozenset()

    def at(self, level: str) -> frozenset[str]:
        """The names of one level."""
        named = {
            "dimension": frozenset(dimensions.DIMENSIONS),
            "kind": self.kinds,
            "agent": self.agents,
            "workspace": self.workspaces,
        }
        return named.get(level, frozenset())

    def known(self, level: str, name: str) -> str:
        """``name`` as it is written; raises :class:`SwitchRefused` with the nearest one where it is unknown."""
        by_letters = {one.casefold(): one for one in sorted(self.at(level))}
        name = _read(level, name)
        if name.casefold() in by_letters:
            return by_letters[name.casefold()]
        if level == "workspace" and re.fullmatch(r"[0-9]{1,20}", name):
            return name
        near = difflib.get_close_matches(name.casefold(), by_letters, 1, 0.5)
        hint = f" Did you mean {by_letters[near[0]]}?" if near else ""
        raise SwitchRefused(f"There is no {level} called {name}, so this would stop nothing.{hint}")


def seen(tx: Tx, kinds: Iterable[str] = (), agents: Iterable[str] = (), workspaces: Iterable[str] = ()) -> Names:
    """The names that are given, and those of what has ever been proposed."""
    columns = (PROPOSALS.c.agent_id, PROPOSALS.c.workspace_id)
    agent_ids, places = (
        {str(one) for one in tx.connection.execute(sa.select(c).distinct()).scalars()} for c in columns
    )
    return Names(frozenset(kinds), frozenset(agents) | agent_ids, frozenset(workspaces) | places)


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
    release_by_id: str = ""

    @property
    def text(self) -> str:
        """``level:name``."""
        return f"{self.level}:{self.name}"


def flip(tx: Tx, level: str, name: str, by: Actor, reason: str, names: Names | None = None) -> None:
    """Turn it on, from the end of this transaction on. Turned on again while it is on, a release that somebody had
    begun is void. ``name`` is not asked of the global one, and has to be one of ``names`` where these are given. Raises
    :class:`SwitchRefused`."""
    level, name = _named(level, name, names)
    if not reason.strip():
        raise SwitchRefused("Say why.")
    written = _written(level, name)
    ledger.append(tx, "switch.on", by, level=level, name=written, reason=reason)  # first: it makes those who flip wait
    if _row(tx, level, name) is None:
        tx.connection.execute(
            sa.insert(SWITCHES).values(level=level, name=written, by=by.id[:256], reason=reason[:512], at=tx.now)
        )
    else:
        tx.connection.execute(sa.update(SWITCHES).where(*_key(level, name)).values(release_by=None, release_by_id=""))


def release(tx: Tx, level: str, name: str, by: Person, may: Collection[str] | None = None) -> Literal["waiting", "off"]:
    """Turn it off: ``waiting`` after the first person, ``off`` after the second, whose id in the directory and whose name
    are both another's. ``may``: the groups whose members may; None where the caller has asked already. Raises
    :class:`SwitchRefused`."""
    level, name = _named(level, name)
    if not isinstance(by, Person):
        raise SwitchRefused("Only people turn a kill switch off.")
    if may is not None and by.groups.isdisjoint(may):
        raise SwitchRefused(f"Only members of {', '.join(may)} turn a kill switch off.")
    actor = Actor("human", by.name)
    ledger.lock(tx)  # who was first is what the ledger tells
    told = told_by_ledger(tx)
    if _row(tx, level, name) is None and (level, name) not in told.on:
        raise SwitchRefused("It is not on.")
    first = told.asked.get((level, name))
    if first is None:
        tx.connection.execute(
            sa.update(SWITCHES).where(*_key(level, name)).values(release_by=by.name, release_by_id=by.id)
        )
        ledger.append(tx, "switch.release_asked", actor, level=level, name=_written(level, name), person=by.id)
        return "waiting"
    if any(is_person(one, by) for one in first):
        raise SwitchRefused("A second person has to turn it off, too.")
    tx.connection.execute(sa.delete(SWITCHES).where(*_key(level, name)))
    ledger.append(tx, "switch.off", actor, level=level, name=_written(level, name), with_whom=first[0])
    return "off"


@dataclass(frozen=True)
class Told:
    """What the ledger tells: the switches that are on, and by name and id who wants to release which."""

    on: Mapping[tuple[str, str], Switch]
    asked: Mapping[tuple[str, str], tuple[str, str]]


def told_by_ledger(tx: Tx) -> Told:
    """A row that is taken away or changed beside the ledger turns nothing off."""
    order = sa.select(LEDGER.c.event, LEDGER.c.actor, LEDGER.c.at, LEDGER.c.body).where(LEDGER.c.event.in_(_EVENTS))
    on: dict[tuple[str, str], Switch] = {}
    asked: dict[tuple[str, str], tuple[str, str]] = {}
    for entry in tx.connection.execute(order.order_by(LEDGER.c.seq)):
        body = json.loads(entry.body)
        if not {"level", "name"} <= body.keys():
            continue  # it names no switch
        key = (str(body["level"]), _read(str(body["level"]), str(body["name"])))
        if entry.event == "switch.release_asked":
            asked[key] = (entry.actor, str(body.get("person") or ""))
            continue
        asked.pop(key, None)
        if entry.event == "switch.off":
            on.pop(key, None)
        elif key not in on:
            on[key] = Switch(*key, entry.actor, str(body.get("reason") or ""), entry.at)
    return Told(on, asked)


def active(tx: Tx, environment: str = "", names: Names | None = None) -> tuple[Switch, ...]:
    """Every switch that is on, by its row or by the ledger, those of the ``environment`` setting (:func:`parsed`) first."""
    told = told_by_ledger(tx)
    found = dict(told.on) | {(one.level, one.name): one for one in rows(tx)}
    for key, one in found.items():
        first, person = told.asked.get(key, (None, ""))
        found[key] = replace(one, release_by=first, release_by_id=person)
    stored = sorted(
        found.values(), key=lambda one: (one.at or dt.datetime.min.replace(tzinfo=dt.UTC), one.level, one.name)
    )
    return parsed(environment, names) + tuple(stored)


def rows(tx: Tx) -> tuple[Switch, ...]:
    """The switches that are on by their rows alone."""
    read = (Switch(**row) for row in tx.connection.execute(sa.select(SWITCHES)).mappings())
    return tuple(replace(one, name=_read(one.level, one.name)) for one in read)


def parsed(environment: str, names: Names | None = None) -> tuple[Switch, ...]:
    """The switches of a setting such as ``global`` or ``kind:job.run_now,workspace:123``. A word that is not understood,
    or a name that is not one of ``names`` (None: not looked at), stops everything: whoever wrote it wanted something to
    stop."""
    made = []
    for word in environment.split(","):
        if not word.strip():
            continue
        level, _colon, name = word.partition(":")
        try:
            level, name = _named(level, name, names)
            made.append(Switch(level, name, ENVIRONMENT, "set in the environment", None))
        except SwitchRefused:
            why = f"not understood in the environment: {word.strip()}"
            made.append(Switch("global", EVERYTHING, ENVIRONMENT, why, None))
    return tuple(made)


def matching(switches: Iterable[Switch], *, dimension: str, agent: str, kind: str, workspace: str) -> tuple[str, ...]:
    """Those that stop such an action, each as level:name."""
    mine = {"global": EVERYTHING, "dimension": dimension, "agent": agent, "kind": kind, "workspace": workspace}
    on = (one for one in switches if one.level in mine and mine[one.level].casefold() == one.name.casefold())
    return tuple(dict.fromkeys(one.text for one in on))


def _named(level: str, name: str, names: Names | None = None) -> tuple[str, str]:
    level, name = level.strip().lower(), name.strip()
    if level == "global":
        return level, EVERYTHING
    if level not in LEVELS or not name or len(name) > 128:
        raise SwitchRefused(f"There is no switch {level}:{name}.")
    if names is not None or level == "dimension":
        return level, (names or Names()).known(level, name)
    return level, name


def _key(level: str, name: str) -> tuple[sa.ColumnElement[bool], ...]:
    return SWITCHES.c.level == level, SWITCHES.c.name == _written(level, name)


def _written(level: str, name: str) -> str:
    """The name in rows and entries: a dimension's by its word of old, which programs of earlier versions stop at."""
    return dimensions.stored(name) if level == "dimension" else name


def _read(level: str, name: str) -> str:
    return str(dimensions.known(name)) if level == "dimension" else name


def _row(tx: Tx, level: str, name: str) -> sa.Row[tuple[str, ...]] | None:
    order = sa.select(SWITCHES).where(*_key(level, name))
    return tx.connection.execute(order.with_for_update() if tx.locks_rows else order).one_or_none()
