"""AgentOps: who is above a budget of tokens this month, or will be, and the limit that would hold it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from components.figures.bars import ranked
from components.figures.progress import progress
from components.panels import offers
from components.panels.offers import Offer
from components.text import format as fmt
from components.text.names import told_apart
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.panel import panel
from components.tiles.summary import Said, Tone, capital, name_in
from components.tiles.tile import Body, Empty, Finding, Frames, Grid, Lead, Leading, Note
from things import ThingColumn

WHO = ThingColumn("", ("workspace_id", "thing_id"), "family")
MAIN = ThingColumn("", ("main_place", "main_id"), "main_family")
AGREE = Leading("Budgets are agreed in Settings, by a proposal.", leads=(Lead("Settings", "configuration.py"),))
WORKING = 22 * 8 * 60  # minutes of a month in which people work
SORTS = {"person": "person", "service": "service", "team": "team", "endpoint": "agent or model"}
KEYS = {"person": "user", "service": "service_principal", "team": "user_group", "endpoint": "endpoint"}
COLUMNS = {
    "name": ("Whose", "text"), **offers.COLUMNS, "sort": ("Is a", "text"), "tokens": ("Tokens", "tokens"),
    "budget": ("Budget", "tokens"), "used": ("Used", "share"), "forecast": ("By the month's end", "tokens"),
    "over_on": ("Will be used up", "date"), "cost": ("Providers' list, USD", "quantity"), "main": ("Most of it by", "text"),
    "hosted": ("Of models hosted here", "tokens"), "past": ("Past the gateway", "tokens"), "calls": ("Calls", "count"),
    "uncounted": ("Without a count", "count"),
}  # fmt: skip


@panel("Budgets of tokens", height=420, waits=700)
def token_budgets(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """Tokens of this month against each budget, with what it comes to at the pace of the four weeks before. Callers, teams and
    endpoints are sums of the same calls: they are not added up. Budgets are agreed in Settings. Money is the providers' list
    price of external models; the bill of models that Databricks hosts names no caller."""
    rows, why = frames["token_budgets"], str(frames["compared"]["why"].iloc[0])
    if rows.empty:
        return [Empty("Nobody called a language model this month, nor in the four weeks before.")]
    known = _called(rows)
    agreed = known[known["budget"].notna()]
    drawn = _bars(agreed, look) if len(agreed) else _ranking(known, look)
    lacking: list[Body] = [Note(why, "unknown")] if why else [] if len(agreed) else [AGREE]
    return [_said(known, agreed, look, compared=not why), *lacking, drawn, _listed(known, frames), Note(_of(frames))]


def _called(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with names that are told apart, and words for what each is."""
    names = told_apart(rows["name"], rows["workspace_id"], rows["thing_id"])
    return rows.assign(
        name=names, main=told_apart(rows["main"], rows["main_place"], rows["main_id"]).where(rows["main"].notna(), None)
    )


def _who(row: Any, look: ViewContext) -> str:
    return plain(look.names.called(str(row["name"])) if row["family"] == "principal" else row["name"], 34)


def _said(known: pd.DataFrame, agreed: pd.DataFrame, look: ViewContext, *, compared: bool) -> Finding:
    if agreed.empty:
        first = _single(known).sort_values("tokens", ascending=False, kind="stable").iloc[0]
        said = f"{_who(first, look)} used {fmt.number(first['tokens'])} tokens this month, most of all"
        return Finding(f"No budget of tokens is agreed; {said}" if compared else said)
    how, most, tone = _used(agreed, look)
    return Finding(f"{capital(how)}; {most}", tone)


def _used(agreed: pd.DataFrame, look: ViewContext) -> tuple[str, str, Tone]:
    """How many of the agreed budgets are used up or will be, who comes to most of theirs, and how much that weighs."""
    over = agreed[agreed["used"].astype(float) > 1]
    soon = agreed[(agreed["used"].astype(float) <= 1) & (agreed["ends"].astype(float) > 1)]
    of = fmt.counted(len(agreed), "budget of tokens", "budgets of tokens")
    first = agreed.iloc[0]
    most = f"{_who(first, look)} comes to {fmt.percent(first['ends'], 0)} of {fmt.number(first['budget'])}"
    if len(over):
        are = "is" if len(over) == 1 else "are"
        more = f", {len(soon):,} more will be" if len(soon) else ""
        return f"{len(over):,} of {of} {are} used up{more}", most, "act"
    if len(soon):
        return f"{len(soon):,} of {of} will be used up, from {fmt.day(min(soon['over_on']))} on", most, "watch"
    return f"none of {of} is used up or will be", most, "ok"


def budgets_said(frames: Frames, look: ViewContext) -> Said:
    """The same within the first sentence of the page."""
    if frames["compared"]["why"].iloc[0]:
        return Said("budgets of tokens are not compared with a part of the account", "ok")
    known = _called(frames["token_budgets"]) if len(frames["token_budgets"]) else frames["token_budgets"]
    agreed = known[known["budget"].notna()]
    if agreed.empty:
        return Said("no budget of tokens is agreed", "ok")
    how, most, tone = _used(agreed, look)
    first = agreed.iloc[0]
    return Said(f"{how}, {most}", tone, ((_who(first, look), name_in(first, "name", WHO)[1]),))


def _bars(agreed: pd.DataFrame, look: ViewContext) -> Body:
    every: list[Any] = list(agreed.itertuples())
    told = agreed.assign(
        text=[f"{fmt.number(row.tokens)} of {fmt.number(row.budget)}" for row in every],
        detail=[_detail(row) for row in every],
    )
    return progress(
        told, look, label="name", used="used", ends="ends", text="text", detail="detail", of="of its budget", thing=WHO
    )


def _detail(row: Any) -> str:
    when = f", used up on {fmt.day(row.over_on)}" if fmt.known(row.over_on) and row.used <= 1 else ""
    return f"{SORTS[row.sort]}, comes to {fmt.number(row.forecast)}{when}"


def _single(known: pd.DataFrame) -> pd.DataFrame:
    """The rows of callers where they may be seen, else of teams, else of endpoints."""
    return next(
        own for sorts in (["person", "service"], ["team"], ["endpoint"]) if len(own := known[known["sort"].isin(sorts)])
    )


def _ranking(known: pd.DataFrame, look: ViewContext) -> Body:
    """Without budgets: who uses most."""
    return ranked(_single(known), look, label="name", value="tokens", unit="count", thing=WHO)


def _listed(known: pd.DataFrame, frames: Frames) -> Grid:
    """What is acted on is the endpoint by which most of it goes."""
    about = known.assign(
        resource_kind="endpoint", resource_id=known["main_id"].fillna(""), workspace_id=known["main_place"].fillna("")
    )
    made = offers.offered_of_kinds(about, "main", [_offer(row) for row in known.itertuples()], frames)
    shown = made.assign(workspace_id=known["workspace_id"], sort=known["sort"].map(SORTS))
    bare = {name for name in ("hosted", "past", "uncounted") if not known[name].any()}
    bare |= set() if known["budget"].notna().any() else {"state", "propose", "budget", "used", "over_on"}
    return Grid(
        shown,
        {name: column for name, column in COLUMNS.items() if name not in bare},
        "callers, teams and endpoints are sums of the same calls",
        things={"name": WHO, "main": MAIN, "state": offers.STATE},
        proposes={"propose": offers.button("main")},
    )


def _offer(row: Any) -> Offer | None:
    """A limit on the endpoint by which most goes: what the budget allows in a minute of work, and one usual call at least."""
    if not fmt.known(row.ends) or row.ends <= 1 or not isinstance(row.main_id, str):
        return None
    minute = max(int(row.budget / WORKING), int(row.tokens / row.calls) if row.calls else 0, 1)
    principal = None if row.sort == "endpoint" else plain(row.thing_id, 200)
    when = "is used up" if row.used > 1 else f"is used up on {fmt.day(row.over_on)}"
    why = (
        f"{int(row.tokens):,} tokens this month of a budget of {int(row.budget):,}: it {when} and the month comes to "
        f"{int(row.forecast):,}. {minute:,} tokens a minute are what the budget allows in {WORKING:,} minutes of work, or one call."
    )
    return Offer(
        "gateway.set_rate_limit", why, {"key": KEYS[row.sort], "principal": principal, "calls": None, "tokens": minute}
    )


def _of(frames: Frames) -> str:
    """What the figures leave out."""
    rows = frames["tokens_by_caller"]
    hosted, past, uncounted = (int(rows[name].sum()) for name in ("hosted", "past", "uncounted"))
    parts = [f"{fmt.number(int(rows['whole'].iloc[0]))} tokens this month"]
    parts += [f"{fmt.number(hosted)} of models hosted here, whose bill names no caller"] if hosted else []
    parts += [f"{fmt.number(past)} past the gateway"] if past else []
    parts += [f"{fmt.counted(uncounted, 'call')} without a count"] if uncounted else []
    left = int(rows["pairs"].iloc[0]) - len(rows)
    parts += [f"{left:,} callers and endpoints of the fewest tokens left out"] if left else []
    return "; ".join(parts) + "."
