"""AgentOps: which agents are refused, fail or became slow, who runs away, what tokens are used, and what our own agents are worth."""

from __future__ import annotations

from typing import Any

import pandas as pd

from components.figures.paired import paired
from components.figures.stacked import stacked
from components.inbox.words import REASON
from components.panels.agentops_costs import class_of_tokens, paints
from components.panels.amounts import amount
from components.text import format as fmt
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.grid import labelled, things_of
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid, Note
from things import ThingColumn

SERVICES = ("refused", "failed", "fell_back", "latency", "latency_before", "calls", "callers", "tokens", "workspace")
FEW = 20  # calls: of fewer nothing is said
REFUSED, FAILED, FELL_BACK, SLOWER = 0.05, 0.05, 0.2, 2.0  # from which on, and where worse than before, it is a finding


def trouble(row: Any) -> str:
    """What is wrong with an agent, in words; empty: nothing. ``row`` is of agentops.services."""
    if row.calls < FEW:
        return ""
    found = []
    for share, before, limit, words in (
        (row.refused, row.refused_before, REFUSED, "refused"),
        (row.failed, row.failed_before, FAILED, "failed"),
        (row.fell_back, row.fell_back_before, FELL_BACK, "fell back"),
    ):
        if fmt.known(share) and share >= limit and share > (before if fmt.known(before) else 0.0):
            found.append(f"{fmt.percent(share, 0)} {words}")
    if fmt.known(row.latency) and fmt.known(row.latency_before) and row.latency >= SLOWER * row.latency_before > 0:
        found.append(f"{fmt.number(row.latency / row.latency_before)}× slower")
    return ", ".join(found)


def troubled(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of agentops.services with ``trouble``, those with some first, the largest share or ratio first."""
    said = [trouble(row) for row in frame.itertuples()]
    worst = frame[["refused", "failed", "fell_back"]].astype(float).fillna(0.0).max(axis=1)
    slower = (frame["latency"].astype(float) / frame["latency_before"].astype(float)).fillna(0.0) / 10
    marked = frame.assign(
        trouble=pd.Series([one or None for one in said], frame.index, dtype=object), bad=[bool(one) for one in said]
    )
    ranked = marked.assign(worst=pd.concat([worst, slower], axis=1).max(axis=1))
    return ranked.sort_values(["bad", "worst"], ascending=False, kind="stable").drop(columns=["worst"])


@panel("Agents and models", height=420)
def services(frames: Frames, look: ViewContext) -> Body | list[Body]:
    """Agents and models behind the gateway in the last three days against the weeks before: who is refused, fails, falls back
    to a second model, or takes much longer to answer. What the caller did wrong is no failure."""
    if frames["services"].empty:
        return Empty("No call went through the gateway in this period.")
    rows = troubled(frames["services"])
    bad = rows[rows["bad"]]
    of = fmt.counted(len(rows), "agent or model", "agents and models")
    if bad.empty:
        said = Finding(f"None of {of} is refused, fails or is slow beyond its usual", "ok")
    else:
        first = bad.iloc[0]
        said = Finding(f"{plain(first['service'], 50)}: {first['trouble']}; {len(bad)} of {of} in trouble", "act")
    shown = {
        **labelled("agentops.services", ("service",)),
        "trouble": ("What is wrong", "text"),
        **labelled("agentops.services", SERVICES),
    }
    return [said, Grid(rows, shown, things=things_of("agentops.services"))]


@panel("Who runs away", height=320)
def runaways(frames: Frames, look: ViewContext) -> Body | list[Body]:
    """Days of a caller with ten times the tokens that nine of ten such days of the agent stay below, and tools called a hundred
    times in one hour."""
    rows = frames["runaways"]
    if rows.empty:
        return Empty("Nobody used ten times the usual tokens or repeated one tool in this period.")
    first = rows.iloc[0]
    who = plain(look.names.called(str(first["caller"])), 40)
    if fmt.known(first["times"]) and first["times"] >= 10:
        did = f"used {fmt.number(first['times'])} times the usual tokens of {plain(first['service'], 40)}"
    else:
        did = f"called {plain(first['tool'], 40)} {int(first['repeats']):,} times in an hour"
    said = f"{who} {did} on {fmt.day(first['day'])}; {fmt.counted(len(rows), 'such day')}"
    return [Finding(said, "watch"), Grid(rows, labelled("agentops.runaways"), things=things_of("agentops.runaways"))]


UNCOUNTED = "UNCOUNTED"  # calls of which the gateway counted no tokens


@panel("Tokens by class")
def tokens_by_day(frames: Frames, look: ViewContext) -> list[Body]:
    """Tokens of models behind the gateway: fresh input, written to a cache, read from it, and answers. They add up to what
    was reported; calls without counts are said."""
    every = frames["tokens_by_day"]
    if every.empty:
        return [Empty("No model was called through the gateway in this period.")]
    rows = every[every["usage_class"] != UNCOUNTED]
    uncounted = int(every.loc[every["usage_class"] == UNCOUNTED, "calls"].sum())
    if rows.empty:
        return [Finding(f"{fmt.counted(uncounted, 'call')} without a count of tokens", "unknown")]
    rows = rows.assign(usage_class=rows["usage_class"].map(class_of_tokens))
    whole = float(rows["tokens"].sum())
    sums = rows.groupby("usage_class")["tokens"].sum().sort_values(ascending=False)
    share, largest = fmt.percent(float(sums.iloc[0]) / whole, 0), plain(sums.index[0], 40).lower()
    said = f"{fmt.number(whole)} tokens in this period, {share} {largest}"
    more = f"; {fmt.counted(uncounted, 'call')} without a count" if uncounted else ""
    drawn = stacked(
        rows, look, x="day", series="usage_class", value="tokens", unit="count", things="tokens", colours=paints(look)
    )
    return [Finding(said + more), drawn]


BOARD = {
    "agent": ("Agent", "text"),
    "kind": ("Kind of action", "text"),
    "proposed": ("Proposed", "count"),
    "waiting": ("Waiting", "count"),
    "accepted": ("Accepted", "count"),
    "overridden": ("Overridden", "count"),
    "rejected": ("Rejected", "count"),
    "verified": ("Verified", "count"),
    "harmful": ("Taken back", "count"),
    "promised": ("Promised", "money"),
    "realised": ("Realised", "money"),
    "decided_in": ("Decided within", "seconds"),
    "confidence": ("Its confidence", "share"),
}


BELIEVED = {
    "agent": ("Agent", "text"),
    "kind": ("Kind of action", "text"),
    "agreed": ("Taken as it is", "text"),
    "held": ("Its changes hold", "text"),
    "fall": ("Near to less trust", "share"),
    "lowered": ("Trusted less since", "time"),
    "needs": ("Before it is trusted more", "text"),
    "floor": ("From what on it proposes", "text"),
}
HELD = {
    "title": ("Not proposed again", "text"),
    "agent": ("Agent", "text"),
    "reason": ("Because", "text"),
    "at": ("Decided", "time"),
    "until": ("Held back", "text"),
}
GROUPS = {
    "stated": ("Stated", "share"),
    "right": ("Came true", "share"),
    "noise": ("Off by chance", "share"),
    "n": ("Proposals", "count"),
}


@panel("Our agents", height=300)
def board(frames: Frames, look: ViewContext) -> Body | list[Body]:
    """The agents that propose here, judged as agents: what people said to their proposals in 90 days, how soon (half of them
    sooner), and what became of the changes: verified, taken back at once or later, and what they saved of what was promised,
    where that can be judged. An acceptance is no success. Below, within which ends its shares lie, what is held
    back, from what on it proposes or would better have, and whether stated confidence comes true."""
    if "board" not in frames:
        return Note("What became of the agents' proposals is not known.", "unknown")
    rows = frames["board"]
    if rows.empty:
        return Empty("No agent proposed anything in the last 90 days.")
    decided = int(rows[["accepted", "overridden", "rejected"]].to_numpy().sum())
    yes = int(rows[["accepted", "overridden"]].to_numpy().sum())
    back = int(rows["harmful"].fillna(rows["taken_back"]).sum())
    good = int(rows["verified"].sum())
    lacking = max(0, yes - good - int(rows["taken_back"].sum()))
    said = f"{yes:,} of {fmt.counted(decided, 'decided proposal')} accepted, {good:,} verified, {back:,} taken back"
    if lacking:
        said += f", {lacking:,} without an outcome"
    known = rows[rows["realised"].notna() & rows["promised"].notna()]
    if len(known) and (promise := amount(known["promised"])):
        said += f"; {float(amount(known['realised']) / promise):.2f} of the promise came"
    return [
        Finding(said, "watch" if back else "plain"),
        *_as_agents(frames, look),
        Grid(rows, BOARD, things={"agent": ThingColumn("agent", ("agent",))}),
        *_believed(rows),
        *_held_back(frames),
    ]


def _held_back(frames: Frames) -> list[Body]:
    """What people decided against and is not proposed again, and until when."""
    held = frames.get("held")
    if held is None or held.empty:
        return []
    told = held.assign(reason=[REASON.get(one, one) or "None given" for one in held["reason"]])
    things = {"title": ThingColumn("proposal", ("proposal_id",)), "agent": ThingColumn("agent", ("agent",))}
    return [
        Grid(
            told, HELD, "what decisions keep away, until somebody lets it come up again at its proposal", things=things
        )
    ]


def _believed(rows: pd.DataFrame) -> list[Body]:
    """Within which ends the shares of each agent lie, of those of whom anything is through."""
    if "agreed_n" not in rows.columns:
        return []
    told = rows[rows["agreed_n"].fillna(0).gt(0) | rows["held_n"].fillna(0).gt(0)]
    if told.empty:
        return [Note("No proposal of theirs is through: nothing is learned of any yet.", "unknown")]
    said = {name: [_ends(row, name) for row in told.itertuples()] for name in ("agreed", "held")}
    shown = told.assign(**{name: pd.Series(one, told.index, dtype=object) for name, one in said.items()})
    caption = "90 % ends, from what others with the kind came to, newer decisions counting more"
    return [Grid(shown, BELIEVED, caption, things={"agent": ThingColumn("agent", ("agent",))})]


def _ends(row: Any, name: str) -> str | None:
    """``62% to 94%, n 12``; None where there is no label."""
    low, high, n = (getattr(row, f"{name}_{part}") for part in ("low", "high", "n"))
    return f"{fmt.percent(low, 0)} to {fmt.percent(high, 0)}, n {int(n):,}" if n > 0 else None


def _as_agents(frames: Frames, look: ViewContext) -> list[Body]:
    """How far stated confidence is off against chance, with its groups, and how many proposals are traces in MLflow."""
    bodies: list[Body] = []
    if "reliability" in frames:
        sums = frames["reliability"]
        if sums.empty:
            bodies.append(Note("Too few proposals are through to say whether stated confidence comes true.", "unknown"))
        else:
            off, noise, n = (float(sums[name].iloc[0]) for name in ("off", "noise", "n"))
            beyond = "no more than" if off <= 2 * noise else "while"
            chance = f"chance alone makes {noise:.2f} of {int(n):,} proposals."
            said = f"Stated confidence is off by {off:.2f} on average, {beyond} {chance}"
            bodies += [
                Note(said, "plain" if off <= 2 * noise else "watch"),
                _curve(frames["groups"], look),
                Grid(frames["groups"], GROUPS, "by stated confidence"),
            ]
    if "traces" in frames:
        have, every = (int(frames["traces"][name].iloc[0]) for name in ("traced", "proposed"))
        bodies.append(
            Note(
                f"{have:,} of {fmt.counted(every, 'proposal')} are traces in MLflow; what is lacking waits in the store."
            )
        )
    return bodies


def _curve(groups: pd.DataFrame, look: ViewContext) -> Body:
    """What was stated against what came true, group by group, with what chance alone makes of so few."""
    drawn = groups.assign(
        called=[
            f"{fmt.percent(float(stated), 0)} sure, n {int(n):,}"
            for stated, n in zip(groups["stated"], groups["n"], strict=True)
        ],
        least=(groups["stated"] - 2 * groups["noise"]).clip(lower=0.0),
        most=(groups["stated"] + 2 * groups["noise"]).clip(upper=1.0),
    )
    return paired(
        drawn,
        look,
        label="called",
        said_first=("right", "came true"),
        came=("stated", "stated, give or take chance"),
        low="least",
        high="most",
        unit="ratio",
        of="confidence",
    )
