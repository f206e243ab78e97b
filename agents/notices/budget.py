"""The cost of a month went over the budget that somebody named for a thing."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from unicodedata import normalize

from agents.capability import BASIS
from agents.cells import day, money, rows
from agents.notices.look import Frames, Look, Seen
from approvals.people.notices import Notice
from approvals.people.telling import Event
from queries.folding import joined
from warehouse.interface import Ask, ask

SETTLES = dt.timedelta(days=4)  # in which the last days of a month are billed
Month = tuple[int, int]


def _asks(notice: Notice, now: dt.datetime, known: Frames) -> Mapping[str, Ask]:
    thing, today = notice.thing, now.date()
    spellings = {normalize(form, thing.id) for form in ("NFC", "NFD")} if thing.kind == "cost_centre" else ()
    cost = ask(
        "things.cost_by_day",
        start=(today - SETTLES).replace(day=1),
        end=today + dt.timedelta(days=1),
        currency=notice.currency,
        basis=BASIS,
        workspaces="",
        cost_centers=joined(sorted(spellings)),
        kind=thing.kind,
        workspace_id=thing.workspace,
        id=thing.id,
    )
    return {"cost": cost}


def _judge(frames: Frames, notices: Sequence[Notice], now: dt.datetime) -> Mapping[str, Seen]:
    """The months (UTC) that cost more than each notice's budget; usage without a price is not in them."""
    months: dict[Month, Decimal] = {}
    for row in rows(frames["cost"]):
        if (on := day(row.usage_date)) is not None:
            months[on.year, on.month] = months.get((on.year, on.month), Decimal(0)) + money(row.cost)
    unpriced = sum(int(row.unpriced_rows) for row in rows(frames["cost"]))
    lacking = f" Lines without a price, which are not in it: {unpriced:,}." if unpriced else ""
    return {one.notice_id: Seen(tuple(_over(one, months, lacking, now))) for one in notices}


def _over(notice: Notice, months: Mapping[Month, Decimal], lacking: str, now: dt.datetime) -> list[Event]:
    found, budget = [], notice.budget or Decimal(0)
    for (year, month), cost in months.items():
        ends = dt.date(year, month, calendar.monthrange(year, month)[1])
        if cost > budget and ends >= notice.created_at.date():  # a month that was over before is nobody's news
            found.append(
                Event(
                    key=f"over {year}-{month:02}",
                    at=now,
                    subject=f"{notice.name} is over its budget of {budget:,.2f} {notice.currency}",
                    text=f"{calendar.month_name[month]} {year} has cost {cost:,.2f} {notice.currency} ({BASIS} price).{lacking}",
                )
            )
    return found


BUDGET = Look("budget", _asks, _judge)
