"""Section 3 of a card: who is hit if it goes wrong, what holds it, and how it is taken back."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from approvals.reading.card import ELSEWHERE, Card
from approvals.values.proposal import Consumer, Impact
from components.inbox import diff
from components.inbox.words import HOLD, RISK
from components.text import format as fmt
from components.text.untrusted import cells, plain, safe

_COVERAGE = {
    "complete": "Everything that lineage and query history know was looked at.",
    "partial": "Only a part could be looked at: there may be more.",
    "none": "Nothing is known about who depends on it. That is not the same as: nobody.",
}


def draw(card: Card, zone: str) -> None:
    """Consumers, blast numbers, coverage, holds, roll-back plan, and why the risk class is what it is."""
    impact = card.content.impact
    if impact.consumers:
        worst_first = sorted(impact.consumers, key=lambda one: ("high", "medium", "low").index(one.risk))
        rows = [
            (plain(one.name, 120), plain(one.type, 30), _owner(one), one.risk, plain(one.why, 160))
            for one in worst_first
        ]
        table = pd.DataFrame(rows, columns=["Consumer", "Type", "Owner", "Risk", "Why"])
        st.dataframe(
            cells(table),
            hide_index=True,
            height="content" if len(rows) < 9 else 280,
            key="inbox-consumers",
            alt="Who is hit",
        )
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
    for factor in card.content.risk_factors:
        st.caption(f"{safe(f'{factor.points:+d}')} {safe(factor.factor)}: {safe(factor.value)}")


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


def _owner(one: Consumer) -> str:
    return "not shown" if one.name == ELSEWHERE else plain(one.owner, 60) or "nobody known"


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
