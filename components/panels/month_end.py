"""FinOps: how the month ends."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from components.figures.bands import cumulative, fan
from components.text import format as fmt
from components.text.view_context import ViewContext
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Finding, Frames, Note


@panel("How the month ends", height=560)
def forecast(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """The month as it adds up beside the one before, its days with a fan to the end, and how well the same forecast did
    before."""
    if frames["forecast_total"].empty:
        return [Empty("Too few complete days for a forecast: it needs 49 in a row.")]
    total = frames["forecast_total"].iloc[0]
    month = frames.get("month", pd.DataFrame())
    budget = _budget(frames, month, total["p50"])
    limit = (f"budget {fmt.money(budget.amount, look.currency)}{budget.when}", budget.amount) if budget else None
    adds_up = [] if month.empty else [cumulative(month, look, names=_names(month), limit=limit, height=280)]
    drawn = fan(
        frames["history"],
        frames["forecast"],
        look,
        x="day",
        value="cost",
        middle="p50",
        ranges=[("p10", "p90", "8 of 10 outcomes")],
        height=240,
    )
    money = {name: fmt.money(total[name], look.currency) for name in ("p10", "p50", "p90", "spent")}
    missed = (
        f"The same forecast missed earlier months by {fmt.percent(total['wape'])} on average."
        if fmt.known(total["wape"])
        else "The billing table holds no earlier month to compare this forecast with."
    )
    of = f" of {fmt.money(budget.amount, look.currency)}" if budget else ""
    text = f"month ends at {money['p50']}{of}, 8 of 10 times between {money['p10']} and {money['p90']}; {money['spent']} so far."
    if total["unseen"]:
        missed += f" No {total['unseen']} like the one ahead was seen yet: what it adds is not known."
    said = Finding(f"{budget.verdict}: the {text}", budget.tone) if budget else Finding(f"The {text}")
    return [said, *adds_up, drawn, *_not_compared(frames), Note(missed)]


@dataclass(frozen=True)
class Compared:
    """A month beside its budget: the ``verdict``, and ``when`` it goes over it, in words for the figure."""

    amount: float
    verdict: str
    when: str
    tone: Literal["ok", "watch", "act"]


def budgeted(amount: float | None, why: str = "") -> pd.DataFrame:
    """The frame ``budget`` of the panel: what the month may cost, or ``why`` that is not compared; empty where nothing is
    set."""
    return pd.DataFrame(
        [{"amount": amount, "why": why}] if amount is not None or why else [], columns=["amount", "why"]
    )


def _budget(frames: Frames, month: pd.DataFrame, end: float) -> Compared | None:
    frame = frames.get("budget", budgeted(None))
    if frame.empty or month.empty or not fmt.known(frame["amount"].iloc[0]):
        return None
    amount = float(frame["amount"].iloc[0])
    was, will, may = (_over(month, name, amount) for name in ("actual", "ahead", "high"))
    if was is not None:
        return Compared(amount, f"Over budget since {fmt.day(was)}", f", over since {fmt.day(was)}", "act")
    if will is not None or end > amount:
        on = f" on {fmt.day(will)}" if will is not None else ""
        return Compared(amount, f"Over budget{on}", f", over{on}", "watch")
    if may is not None:
        return Compared(amount, f"Within budget, at worst over it on {fmt.day(may)}", "", "watch")
    return Compared(amount, "Within budget", "", "ok")


def _over(month: pd.DataFrame, column: str, amount: float) -> dt.date | None:
    """The first day by whose end ``column`` is above ``amount``."""
    over = month.loc[month[column] > amount, "date"]
    return None if over.empty else over.iloc[0].date()


def _not_compared(frames: Frames) -> list[Note]:
    frame = frames.get("budget", budgeted(None))
    why = "" if frame.empty else str(frame["why"].iloc[0])
    return [Note(why, "unknown")] if why else []


def _names(month: pd.DataFrame) -> tuple[str, str]:
    """``November`` and ``October``."""
    first = month["date"].iloc[0]
    return f"{first:%B}", f"{first - pd.Timedelta(days=1):%B}"
