"""How far each budget of tokens is used this month, and what it comes to by the month's end at the pace of the four weeks before.

A budget is one person's, one service's, one team's or one endpoint's: callers are summed over endpoints, endpoints over callers,
teams over their people. Who has a budget by name goes by that, all others by the one of their sort.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pandas as pd

from agents.cells import day
from agents.detectors.feature_use import NO_TEAM, Teams, following
from setting_values import TokenBudget

WEEKS = 4  # before today, whose pace is that of the days to come
COLUMNS = [
    "sort", "name", "family", "workspace_id", "thing_id", "tokens", "budget", "used", "ends", "forecast", "over_on", "cost", "calls",
    "uncounted", "hosted", "past", "main", "main_family", "main_place", "main_id",
]  # fmt: skip
SUMS = ("tokens", "today", "weekdays", "weekends", "calls", "uncounted", "hosted", "past")


@dataclass(frozen=True)
class Pace:
    """What is used on a working day and on one of a weekend, on average."""

    weekday: float
    weekend: float

    def on(self, when: dt.date) -> float:
        """On the day ``when``."""
        return self.weekday if when.weekday() < 5 else self.weekend


def pace(weekdays: float, weekends: float, known_from: dt.date, today: dt.date) -> Pace:
    """The pace of the four weeks before ``today``, as far as anything is known of them."""
    since = max(known_from, today - dt.timedelta(days=7 * WEEKS))
    seen = [since + dt.timedelta(days=n) for n in range((today - since).days)]
    working = sum(one.weekday() < 5 for one in seen)
    return Pace(
        weekdays / working if working else 0.0, weekends / (len(seen) - working) if len(seen) > working else 0.0
    )


def ahead(tokens: float, now: float, usual: Pace, today: dt.date) -> list[tuple[dt.date, float]]:
    """What the month comes to by the end of ``today`` and of each day after it, where ``tokens`` are used, ``now`` of them today."""
    end, total = following(today), tokens + max(usual.on(today) - now, 0.0)
    told = [(today, total)]
    while (when := told[-1][0] + dt.timedelta(days=1)) < end:
        told.append((when, told[-1][1] + usual.on(when)))
    return told


def budget_rows(
    rows: pd.DataFrame, agreed: Sequence[TokenBudget], teams: Teams, today: dt.date, *, single: bool
) -> pd.DataFrame:
    """One row of :data:`COLUMNS` for each caller, team and endpoint of ``rows`` (agentops.tokens_by_caller): those with a budget
    first, who comes to most of it first, then those of most tokens. ``single``: whether callers stand for themselves.
    ``over_on`` is the day by whose end a budget will be used up, the ``main`` columns say where most of the tokens went."""
    if rows.empty:
        return pd.DataFrame(columns=COLUMNS)
    known = day(rows["known_from"].iloc[0]) or today
    parts = _parts(rows, teams, single)
    sums = parts.groupby(["sort", "key"], sort=True)[list(SUMS)].sum()
    costs = parts[parts["cost"].notna()].groupby(["sort", "key"])["cost"].agg(_sum)
    most = parts.sort_values("tokens", ascending=False, kind="stable")
    first = most.drop_duplicates(["sort", "key"]).set_index(["sort", "key"])
    main = most[most["thing_id"].notna()].drop_duplicates(["sort", "key"]).set_index(["sort", "key"])
    made = []
    every: list[Any] = list(sums.itertuples(index=False))
    for at, own in zip(sums.index, every, strict=True):
        sort, named = str(at[0]), at in main.index
        place, went = first.loc[at], main.loc[at] if named else None
        by_name = {one.name.casefold(): one.tokens for one in agreed if one.sort == sort}
        budget = by_name.get(str(place["name"]).casefold(), by_name.get(""))
        told = ahead(own.tokens, own.today, pace(own.weekdays, own.weekends, known, today), today)
        end = told[-1][1]
        made.append((
            sort, place["name"], place["own_family"], place["own_place"], place["own_id"], int(own.tokens), budget,
            own.tokens / budget if budget else None, end / budget if budget else None, round(end), _over(own.tokens, told, budget),
            costs.get(at), int(own.calls), int(own.uncounted), int(own.hosted), int(own.past),
            *(None if went is None else went[one] for one in ("service", "family", "workspace_id", "thing_id")),
        ))  # fmt: skip
    frame = pd.DataFrame(made, columns=COLUMNS, dtype=object)
    order = frame.assign(rank=frame["ends"].astype(float).fillna(-1.0))
    return order.sort_values(["rank", "tokens"], ascending=False, kind="stable", ignore_index=True).drop(columns="rank")


def _sum(amounts: pd.Series) -> Decimal:
    return sum((Decimal(one) for one in amounts), Decimal(0))


def _parts(rows: pd.DataFrame, teams: Teams, single: bool) -> pd.DataFrame:
    """``rows`` once for each whose budget they count for: ``sort`` and ``key`` say whose, the ``own_`` columns which thing that is."""
    who = rows["caller"].astype(str)
    person = who.str.contains("@", regex=False)
    own = {"own_family": "principal", "own_place": ""}
    callers = rows.assign(sort=person.map({True: "person", False: "service"}), key=who, name=who, own_id=who, **own)
    in_teams = rows.assign(sort="team", key=[teams.of(one) for one in who], **own)
    in_teams = in_teams.assign(name=in_teams["key"], own_id=in_teams["key"])
    ends = rows[rows["thing_id"].notna()]
    ends = ends.assign(
        sort="endpoint",
        key=ends["workspace_id"] + "/" + ends["family"] + "/" + ends["thing_id"],
        name=ends["service"],
        own_family=ends["family"],
        own_place=ends["workspace_id"],
        own_id=ends["thing_id"],
    )
    return pd.concat([*([callers] if single else []), in_teams[in_teams["key"] != NO_TEAM], ends], ignore_index=True)


def _over(tokens: float, told: Sequence[tuple[dt.date, float]], budget: int | None) -> dt.date | None:
    if budget is None or tokens > budget:
        return None
    return next((when for when, total in told if total > budget), None)
