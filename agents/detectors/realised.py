"""What an action was really worth: the cost of its thing after against before, less what things like it did meanwhile.

Difference in differences, as ratios: without the action its thing would have changed as its controls did, which nobody
changed in the same time. The interval is the prediction interval of one more control (Student's t), so it holds how
differently things change that nothing is done to. Only whole weeks are compared.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

WEEK, MOST_BEFORE = 7, 28  # days: both times are whole weeks, the one before at most so long
LEAST_CONTROLS, MOST_CONTROLS = 5, 20
SURE = 0.90  # of the interval
MONTH = Decimal("30.4375")  # days
COSTS = ("warehouse", "cluster", "job", "pipeline", "endpoint")  # kinds of things that have a bill of their own
SAYS = ("notify.", "training.", "ticket.")  # what kinds that tell somebody and change nothing begin with
BY_HAND = ("warehouse", "cluster")  # whose changes are judged without a promise, too
FOUND = (
    "days", "controls", "before", "after", "expected", "promised", "realised", "low", "high", "spread", "why", "judged_on",
)  # fmt: skip
Costs = npt.NDArray[np.float64]


@dataclass(frozen=True)
class History:
    """What things of one kind cost: ``costs`` are things x days from ``first`` on, ``place`` is the row of each thing
    (workspace, id), ``changed`` the days on which something of a thing was changed, by whomever."""

    first: dt.date
    costs: Costs
    place: Mapping[tuple[str, str], int]
    changed: Mapping[tuple[str, str], Sequence[dt.date]]

    def sums(self, start: dt.date, end: dt.date) -> Costs:
        """What each thing cost from ``start`` until before ``end``."""
        found: Costs = self.costs[:, (start - self.first).days : (end - self.first).days].sum(axis=1)
        return found


def realised(
    actions: pd.DataFrame,
    days: pd.DataFrame,
    start: dt.date,
    until: dt.date,
    currency: str,
    changes: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """``actions`` (of :func:`approvals.reading.outcomes.outcomes`) that changed a thing with a bill, with what became of it.

    ``days`` are rows of value.thing_days in ``currency`` for every day from ``start`` until before ``until``; ``changes``
    (kind, workspace_id, thing_id, at) are those of anybody. Columns added: ``days`` that are judged, ``controls`` that stood
    beside, what a day cost ``before``, ``after`` and was ``expected`` to cost; ``promised``, ``realised``, ``low`` and ``high``
    over these days (money; negative: it cost more; None: not known), ``spread`` for :func:`together`. ``why`` says what stands
    against judging, ``judged_on`` from which day on it can be, where time is all that lacks."""
    done = actions[actions["made"].notna() & actions["thing_kind"].isin(COSTS)]
    done = done[~done["kind"].str.startswith(SAYS)]
    worth_it = (done["promise"] == "cost") | ((done["promise"] == "") & done["thing_kind"].isin(BY_HAND))
    done = done[worth_it]
    same = [done["thing_kind"], done["workspace_id"], done["thing_id"], done["made"].dt.date]
    done = done.assign(again=done.iloc[::-1].groupby([one.iloc[::-1] for one in same]).cumcount() > 0)
    told = _changed(done, changes)
    known = {kind: _history(days[days["resource_kind"] == kind], start, until, told.get(kind, {})) for kind in COSTS}
    found = [_judged(row, known[str(row.thing_kind)], start, until, currency) for row in done.itertuples()]
    made = pd.DataFrame(found, columns=list(FOUND), index=done.index, dtype=object)
    return pd.concat([done.drop(columns=["again"]), made], axis=1)


def together(judged: pd.DataFrame) -> dict[str, object]:
    """What the rows of :func:`realised` come to: ``actions``, how many are ``judged``, ``promised`` and ``realised`` with ``low``
    and ``high`` of those that promised, ``beside`` what those brought that had promised nothing. None where none is judged."""
    known = judged[judged["realised"].notna()]
    with_promise = known[known["promised"].notna()]
    sums: dict[str, object] = {"actions": len(judged), "judged": len(known), "beside": None}
    sums |= dict.fromkeys(("promised", "realised", "low", "high"))
    without = known[known["promised"].isna()]
    if len(without):
        sums["beside"] = sum(without["realised"], Decimal(0))
    if with_promise.empty:
        return sums
    value = sum(with_promise["realised"], Decimal(0))
    half = _half(*(np.asarray(with_promise[name], dtype=np.float64) for name in ("spread", "controls")))
    return sums | {
        "promised": sum(with_promise["promised"], Decimal(0)),
        "realised": value,
        "low": value - half,
        "high": value + half,
    }


def by_kind(judged: pd.DataFrame) -> pd.DataFrame:
    """:func:`together` of each kind of action: the column ``kind``, then those."""
    rows = [{"kind": kind, **together(own)} for kind, own in judged.groupby("kind", sort=True)]
    columns = ["kind", "actions", "judged", "beside", "promised", "realised", "low", "high"]
    return pd.DataFrame(rows, columns=columns, dtype=object)


def _half(spread: Costs, controls: Costs) -> Decimal:
    """Half of the interval: what a thing does by itself is its own, an error of the controls' mean is shared by all."""
    own = spread[spread > 0]
    if not len(own):
        return Decimal(0)
    beside = controls[spread > 0]
    error = float(np.sqrt((own**2).sum() + (own / np.sqrt(beside)).sum() ** 2))
    return _money(student(int(beside.min()) - 1) * error)


def student(freedom: int) -> float:
    """The quantile of Student's t with ``freedom`` degrees (4 or more) that leaves half of what :data:`SURE` leaves: by its
    expansion around the normal one, Abramowitz and Stegun 26.7.5, to three thousandths."""
    z = NormalDist().inv_cdf((1 + SURE) / 2)
    first = (z**3 + z) / 4
    second = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    return z + first / freedom + second / freedom**2 + third / freedom**3


def _judged(row: Any, of: History, start: dt.date, until: dt.date, currency: str) -> tuple[object, ...]:
    thing = (str(row.workspace_id), str(row.thing_id))
    day, undone = row.made.date(), row.undone
    promise = _promise(row, currency)
    back = undone.date() if pd.notna(undone) else None
    others = [other for other in of.changed.get(thing, ()) if other not in (day, back)]
    since = max([start, *(other + dt.timedelta(days=1) for other in others if other < day)])
    over = min([until, *(other for other in others if other > day)])
    ended = over if back is None else min(over, back)
    begin = day + dt.timedelta(days=1)
    weeks, before = max((ended - begin).days, 0) // WEEK, min((day - since).days, MOST_BEFORE) // WEEK
    whole = max((over - begin).days, 0) // WEEK * WEEK  # the promise was made for all of it
    promised = None if promise is None else _money(float(promise / MONTH) * whole)
    if row.again:
        return _unknown("counted with another action of that day")
    if back is not None and not weeks:
        return (0, 0, None, None, None, promised, Decimal(0), Decimal(0), Decimal(0), 0.0, "taken back at once", None)
    earliest = begin + dt.timedelta(days=WEEK)
    if not weeks:
        lacking = ("too early to judge", earliest) if over == until else ("changed again within a week", None)
        return _unknown(*lacking)
    if not before:
        return _unknown("changed within the week before" if since > start else "no week before it is known")
    first, last = day - dt.timedelta(days=before * WEEK), begin + dt.timedelta(days=weeks * WEEK)
    return _against(of, thing, (first, day, begin, last), promised)


def _against(
    of: History, thing: tuple[str, str], times: tuple[dt.date, dt.date, dt.date, dt.date], promised: Decimal | None
) -> tuple[object, ...]:
    """The thing against its controls: ``times`` are when what is before begins and ends, and what is after."""
    first, day, begin, last = times
    length, earlier = (last - begin).days, (day - first).days
    own = of.place.get(thing)
    before, after = of.sums(first, day) / earlier, of.sums(begin, last) / length
    if own is None or before[own] <= 0:
        return _unknown("it cost nothing before")
    steady = (of.sums(first, first + dt.timedelta(days=WEEK)) > 0) & (of.sums(day - dt.timedelta(days=WEEK), day) > 0)
    touched = [
        of.place[one] for one, days in of.changed.items() if one in of.place and any(first <= d < last for d in days)
    ]
    steady[[own, *touched]] = False
    controls = np.flatnonzero(steady & (before > 0))
    if len(controls) < LEAST_CONTROLS:
        return _unknown(f"only {len(controls)} like it that nobody changed")
    near = np.argsort(np.abs(np.log(before[controls] / before[own])), kind="stable")[:MOST_CONTROLS]
    ratios = after[controls[near]] / before[controls[near]]
    expected, number = float(before[own] * ratios.mean()), len(ratios)
    spread = float(before[own] * ratios.std(ddof=1)) * length
    value = _money((expected - float(after[own])) * length)
    half = _half(np.array([spread]), np.array([float(number)]))
    day_costs = (_money(float(before[own])), _money(float(after[own])), _money(expected))
    return (length, number, *day_costs, promised, value, value - half, value + half, spread, "", None)


def _unknown(why: str, judged_on: dt.date | None = None) -> tuple[object, ...]:
    return (0, 0, None, None, None, None, None, None, None, 0.0, why, judged_on)


def _promise(row: Any, currency: str) -> Decimal | None:
    """What was promised for a month, the middle of its range, in ``currency``: money of another one is not comparable."""
    if row.promise != "cost" or row.currency != currency or row.least is None or row.most is None:
        return None
    return Decimal(row.least + row.most) / 2


def _money(value: float) -> Decimal:
    return Decimal(f"{value:.2f}")


def _changed(done: pd.DataFrame, changes: pd.DataFrame | None) -> dict[str, dict[tuple[str, str], list[dt.date]]]:
    """On which days which things were changed: by kind, then by workspace and id. A way back is a change, too."""
    found: dict[str, dict[tuple[str, str], list[dt.date]]] = {}

    def note(kinds: pd.Series, places: pd.Series, ids: pd.Series, ats: pd.Series) -> None:
        for kind, place, one, at in zip(kinds, places, ids, ats, strict=True):
            if pd.notna(at):
                found.setdefault(kind, {}).setdefault((str(place), str(one)), []).append(at.date())

    note(done["thing_kind"], done["workspace_id"], done["thing_id"], done["made"])
    if changes is not None:
        note(changes["kind"], changes["workspace_id"], changes["thing_id"], changes["at"])
    return found


def _history(
    days: pd.DataFrame, start: dt.date, until: dt.date, changed: Mapping[tuple[str, str], Sequence[dt.date]]
) -> History:
    keys = list(zip(days["workspace_id"], days["resource_id"], strict=True))
    place = {key: number for number, key in enumerate(dict.fromkeys(keys))}
    costs = np.zeros((len(place), max((until - start).days, 0)))
    at = (
        (pd.to_datetime(days["usage_date"]) - pd.Timestamp(start)).dt.days.to_numpy()
        if len(days)
        else np.array([], int)
    )
    inside = (at >= 0) & (at < costs.shape[1])
    rows = np.array([place[key] for key in keys], dtype=int)
    np.add.at(costs, (rows[inside], at[inside]), days["cost"].astype(float).to_numpy()[inside])
    return History(start, costs, place, changed)
