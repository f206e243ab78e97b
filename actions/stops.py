"""What is stopped now, by switches whose names are known to exist."""

from __future__ import annotations

from collections.abc import Iterable

from actions import registry
from actions.desk import Desk
from approvals.deciding import switches
from approvals.deciding.switches import Names, Switch
from approvals.store.store import Tx


def names(tx: Tx, agents: Iterable[str] = (), workspaces: Iterable[str] = ()) -> Names:
    """What there is to stop: every kind, and the agents and workspaces that are given or were ever seen."""
    return switches.seen(tx, registry.KINDS, agents, workspaces)


def stopped(tx: Tx, desk: Desk) -> tuple[Switch, ...]:
    """Every switch that is on, in the environment or in the store. An unknown name in the environment stops everything."""
    environment = desk.kill()
    return switches.active(tx, environment, names(tx) if environment.strip() else None)
