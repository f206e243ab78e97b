"""What the capabilities about services of the gateway share: how they are called now, whose each is, and messages about them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from math import sqrt

from agents.capability import BASIS, CURRENCY, Frames, window
from agents.cells import Row, rows, text
from agents.messages import recipient
from approvals.values.proposal import Target
from warehouse.interface import Ask

NOW, BEFORE = (
    3,
    28,
)  # days that are judged, the last of them today, and days before with which they are compared, as on the page
SERVICES = window(
    "agentops.services", days=NOW - 1 + BEFORE, ahead=1, split=dt.timedelta(days=1 - NOW), workspaces="", limit=50
)
RUNAWAYS = window("agentops.runaways", days=30, ahead=1, workspaces="", limit=50)
REGISTRY = window("agentops.registry", days=30, currency=CURRENCY, basis=BASIS, workspaces="")
FEW = 50  # calls: of fewer nothing is said
SURE = 2.576  # deviations of a 99 % interval
SHOWS = "AgentOps › Calls shows it, day by day on the page of the service."


def of_service(row: Row) -> Target:
    """The service as a thing: what messages are about."""
    return Target(workspace_id=row.workspace_id, type="gateway", id=text(row.service), name=text(row.service)[:200])


def of_endpoint(row: Row) -> Target:
    """The service as that by which its limits are set."""
    return Target(workspace_id=row.workspace_id, type="endpoint", id=text(row.service), name=text(row.service)[:200])


def at_least(share: float, calls: int) -> float:
    """The lower end of the 99 % interval (Wilson) of a share of so many calls."""
    if calls <= 0 or share != share:
        return 0.0
    z = SURE * SURE / calls
    return max(0.0, (share + z / 2 - SURE * sqrt(share * (1 - share) / calls + z / (4 * calls))) / (1 + z))


def whose(why_not: Callable[[Row, Frames], str]) -> Callable[[Frames, dt.datetime], Mapping[str, Ask]]:
    """The step that asks whose services are, once one of ``services`` would be told of."""

    def ask(frames: Frames, now: dt.datetime) -> Mapping[str, Ask]:
        found = any(not why_not(row, frames) for row in rows(frames["services"]))
        return {"registry": REGISTRY.ask(now)} if found else {}

    return ask


def owner(frames: Frames, service: str) -> str:
    """Who is told of a service: its owner, else the group for AgentOps."""
    named: Iterable[Row] = (row for row in rows(frames.get("registry")) if text(row.name) == service)
    return recipient(next((row.owner for row in named if text(row.owner)), ""), frames, "agentops")
