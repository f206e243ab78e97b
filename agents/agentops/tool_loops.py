"""Tells the owner of an agent that it called one tool over and over within an hour."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from agents.agentops.services import REGISTRY, RUNAWAYS, of_service, owner
from agents.capability import Capability, Frames, Observation, Recommendation
from agents.cells import Row, day, moment, rows, share, text
from agents.messages import note, plain, telling
from approvals.values.considered import Benefit, Option
from approvals.values.proposal import Scalar
from warehouse.interface import Ask

RECENT = dt.timedelta(days=7)  # since then: before that somebody has seen it, or it does not come again
AGAIN = 100  # calls of one tool within an hour, from which the question tells of it
GAIN = Decimal(60)  # assumed worth of knowing it, to rank by only


def loops(frames: Frames) -> dict[tuple[str, str], list[Row]]:
    """The days on which a caller had one tool called over and over, by workspace and service, the newest first."""
    by: dict[tuple[str, str], list[Row]] = {}
    for row in rows(frames["runaways"]):
        if int(row.repeats) >= AGAIN:
            by.setdefault((row.workspace_id, row.service), []).append(row)
    return {at: sorted(own, key=lambda row: (row.day, row.repeats), reverse=True) for at, own in by.items()}


def _old(row: Row, now: dt.datetime) -> bool:
    on = day(row.day)
    return on is None or now.date() - on > RECENT


def about(frames: Frames, now: dt.datetime) -> Mapping[str, Ask]:
    """Whose those are that would be told of."""
    return {"registry": REGISTRY.ask(now)} if any(not _old(own[0], now) for own in loops(frames).values()) else {}


def tool_loops(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per service of which a tool was called over and over: ``runaways`` are rows of ``agentops.runaways``. Pure."""
    return [
        CAPABILITY.leaves(own[0], f"the last such day was {own[0].day}")
        if _old(own[0], now)
        else CAPABILITY.proposes(own[0], now, _told(own, owner(frames, own[0].service)), began=day(own[-1].day))
        for own in loops(frames).values()
    ]


def _told(own: list[Row], to: str) -> Recommendation:
    row, service, tool, n = own[0], plain(own[0].service, 120), plain(own[0].tool, 80), len(own)
    sure = share((n + 4) / (n + 5))
    first = f"{service} called {tool} {int(row.repeats):,} times within an hour of {row.day}"
    lines = (
        f"{first}.",
        f"It was asked by {plain(row.caller, 120)}; {n} such days of a caller in 30 days.",
        f"{int(row.calls):,} calls on that day, {moment(row.from_time):%H:%M} to {moment(row.to_time):%H:%M} UTC.",
        "Let it stop after some calls of one tool, and say to the model what a tool answers when there is nothing more.",
        "AgentOps › Sessions has its sessions; its trace has the arguments.",
    )
    return telling(
        note(to, f"{service} calls {tool} over and over", lines),
        sure=sure,
        gain=GAIN,
        benefit=Benefit(kind="quality", method="Calls that lead nowhere, and who waits for them; not put into money."),
        title="One tool, over and over",
        scalars=(
            Scalar(column="repeats", observed=Decimal(int(row.repeats)), tolerance=Decimal("0.5")),
            Scalar(column="tool", observed=text(row.tool)),
        ),
        observe=(first, f"{n} such days of a caller in 30"),
        orient=("A loop ends when something else ends it: until then it takes calls, tokens and the tool's time.",),
        expected="its owner lets it stop by itself",
        nothing="it comes again with the next question of the kind",
        why=f"Confidence {sure}: 4 of 5 such hours are assumed to be loops, and each day like it counts; with which arguments the "
        "tool was called is in no table.",
        others=(
            Option(
                what="limit the agent's calls",
                expected="a loop ends sooner",
                rejected_because="it would hold every other session as well",
            ),
        ),
    )


CAPABILITY = Capability(
    name="agentops.tool_loop",
    version="1.0",
    kind="notify.owner",
    target=of_service,
    opens={"runaways": RUNAWAYS},
    then=(about,),
    younger=frozenset({"runaways", "registry"}),
    evidence=RUNAWAYS,
    match=("day", "workspace_id", "service", "caller"),
    judge=tool_loops,
    incident="strange",
)
