"""Section 3 of a card: who is hit if it goes wrong, what holds it, and how it is taken back."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from approvals.reading.card import ELSEWHERE, Card, kept
from approvals.values.proposal import Consumer, Content, Impact
from components.inbox import diff
from components.inbox.risk_words import because
from components.inbox.words import HOLD, RISK
from components.runtime.name_button import Part
from components.text import format as fmt
from components.text.principals import names
from components.text.untrusted import plain, safe
from components.text.view_context import ViewContext
from components.tiles.bodies import table
from components.tiles.called import called
from components.tiles.tile import Grid
from things import SPOKEN, Thing, ThingColumn

CONSUMERS = {
    "consumer": ("Consumer", "text"), "type": ("Type", "text"), "owner": ("Owner", "text"), "risk": ("Risk", "text"),
    "why": ("Why", "text"),
}  # fmt: skip
THINGS = {"consumer": ThingColumn("", ("place", "id"), "kind"), "owner": ThingColumn("principal", ("owner_id",))}
_COVERAGE = {
    "complete": "Everything that lineage and query history know was looked at.",
    "partial": "Only a part could be looked at: there may be more.",
    "none": "Nothing is known about who depends on it. That is not the same as: nobody.",
}


def draw(card: Card, zone: str) -> None:
    """Consumers, blast numbers, coverage, holds, roll-back plan, and why the risk class is what it is."""
    impact = card.content.impact
    if impact.consumers:
        table(st.container(), "inbox-consumers", consumers(card.content), ViewContext(zone=zone), height=280)
    st.markdown(f"Reaches **{safe(reach(impact))}**.")
    as_of = f" As of {fmt.moment(impact.data_as_of, zone, card.now)}." if impact.data_as_of is not None else ""
    st.caption(safe(_COVERAGE[impact.coverage] + as_of))
    for one in impact.skipped:
        st.caption(f"Left out: {safe(one, 200)}")
    for hold in card.execution.holds if card.execution is not None else ():
        name, _, why = str(hold).partition(":")
        st.markdown(f":orange[:material/pause_circle: Held by {safe(HOLD.get(name, name))}]  {safe(why.strip(), 300)}")
    _rollback(card)
    st.markdown(f"**Why {RISK[card.row.risk]}**")
    for line in because(card.content.risk_factors):
        st.caption(safe(line))


def reach(impact: Impact) -> str:
    """What it reaches in numbers: of what was not looked for nothing is said, not none."""
    least = "" if impact.coverage == "complete" or not impact.consumers else "at least "
    high = sum(one.risk == "high" for one in impact.consumers)
    said = [
        _count(impact.objects, "object"),
        least + _count(len(impact.consumers), "consumer") + (f", {high} of high risk" if high else ""),
        _count(impact.principals, "person or group", "people or groups"),
    ]
    wanted = (True, bool(impact.consumers) or impact.coverage == "complete", bool(impact.principals))
    return ", ".join(one for one, shown in zip(said, wanted, strict=True) if shown)


def consumers(content: Content) -> Grid:
    """Who is hit, the worst first; each opens, but where a proposal of earlier versions did not keep its id."""
    known = content.impact.consumers
    found = zip(known, kept(content.consumer_ids, known), kept(content.consumer_workspaces, known), strict=True)
    worst_first = sorted(found, key=lambda each: ("high", "medium", "low").index(each[0].risk))
    rows = [_row(*each) for each in worst_first]
    frame = pd.DataFrame(rows, columns=[*CONSUMERS, "name", "id", "place", "kind", "owner_id"])
    return Grid(frame, CONSUMERS, "Who is hit", things=THINGS, names=names())


def worst(content: Content) -> tuple[Part, Part | None]:
    """The name of the first of :func:`consumers`, and of its owner where one is known: each with its thing."""
    table = consumers(content)
    name, owner = (str(table.frame[column].iloc[0]) for column in ("name", "owner"))
    whose = (names().called(owner), table.thing_at("owner", 0))
    return (name, table.thing_at("consumer", 0)), None if name == ELSEWHERE else whose


def _row(one: Consumer, ident: str, place: str) -> dict[str, str | None]:
    hidden = one.name == ELSEWHERE
    kind = SPOKEN.get(one.type)
    ident = ident or (one.name if kind == "principal" else "")
    return {
        "consumer": called(Thing(kind, one.name), one.name, names()) if kind else one.name,
        "name": one.name,
        "type": one.type,
        "owner": "not shown" if hidden else one.owner or "nobody known",
        "risk": one.risk,
        "why": one.why,
        "id": ident,
        "place": place,
        "kind": "" if hidden else kind or "",
        "owner_id": None if hidden else one.owner or None,
    }


def _rollback(card: Card) -> None:
    plan = card.content.rollback
    if plan is None:
        st.markdown(":red[:material/lock: No way back: this cannot be undone.]")
        return
    set_to = ", ".join(f"{name} = {diff.shown(value)}" for name, value in plan.params.items()) or "no parameters"
    when = "by itself when its checks fail and nobody else changed the target" if plan.auto else "by hand"
    st.markdown(
        f":material/undo: **Way back** {safe(plan.kind)} ({safe(set_to, 300)}), {safe(when)}. It is part of what is approved."
    )
    checks = card.content.verify
    what = f" ({', '.join(plain(one, 40) for one in checks.checks)})" if checks.checks else ""
    st.caption(
        f"Read back{safe(what)} {safe(fmt.duration(checks.settle_s))} after the change, then every "
        f"{safe(fmt.duration(checks.interval_s))} for at most {safe(fmt.duration(checks.window_s))}."
    )


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"
