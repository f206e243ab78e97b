"""Whether the answers of an agent became worse with its newest version, and whether its judge can be believed. Pure.

Quality is a control chart of sums: day by day the evidence that the newest version passes five points less than the versions
before it, never below nothing; it speaks where the sum passes five. A p value that is looked at every day would speak in two
of three quiet months; of this chart one in twenty does, and a fall by five points is found within days.

A judge is held against people on the answers that both assessed: Cohen's kappa with the interval of Fleiss, Cohen and Everitt.
It is believed from fifty such answers on, and where the lower end is .6 at least.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import exp, lgamma, log, sqrt
from typing import Any

import pandas as pd

FALL, SPEAKS = 0.05, 5.0  # the fall that is looked for, as a share; the sum from which on it is said
ENOUGH, LABELS, BELIEVED = (
    200,
    50,
    0.6,
)  # judged answers that say what is usual; labels, and kappa at least, to believe a judge
WIDE, CERTAIN = 3.0, 1.96  # deviations: of the limits of a day, of the interval of kappa
CELLS = ["both_passed", "judge_alone", "person_alone", "both_failed"]
COUNTS = ["judged", "passed", *CELLS]
ORDER = ("FELL", "AS_BEFORE", "TOO_FEW", "NOT_JUDGED")
LINES = (
    "agent", "judge", "workspace_id", "endpoint_id", "version", "version_before", "since", "answers", "judged", "sampled", "share",
    "usual", "verdict", "fell_since", "alarm", "kappa", "low", "high", "labels", "belief",
)  # fmt: skip
DAYS = ("agent", "judge", "version", "day", "judged", "share", "low", "high", "usual", "beyond")


@dataclass(frozen=True)
class Agreement:
    """Cohen's kappa of ``n`` answers with its 95 % interval."""

    kappa: float
    low: float
    high: float
    n: int

    @property
    def belief(self) -> str:
        """Whether the judge can be believed, and if not why: CHECKED, FEW_LABELS or DISAGREES."""
        if self.n < LABELS:
            return "FEW_LABELS"
        return "CHECKED" if self.low >= BELIEVED else "DISAGREES"


def agreement(both_passed: int, judge_alone: int, person_alone: int, both_failed: int) -> Agreement | None:
    """How far a judge agrees with people beyond chance; None where nothing was assessed by both, or all of it alike, of which
    kappa says nothing. Where a cell is empty, half an answer is added to each for the interval: it is never of no width."""
    cells = (both_passed, judge_alone, person_alone, both_failed)
    if not sum(cells):
        return None
    kappa = _kappa(cells)[0]
    if kappa is None:
        return None
    middle, error = _kappa(cells if all(cells) else tuple(one + 0.5 for one in cells))
    assert middle is not None
    return Agreement(kappa, max(-1.0, middle - CERTAIN * error), min(1.0, middle + CERTAIN * error), sum(cells))


def _kappa(cells: tuple[float, ...]) -> tuple[float | None, float]:
    """Kappa and its standard error; None where chance alone would agree on all."""
    n = sum(cells)
    a, b, c, d = (one / n for one in cells)  # rows: the judge passes, fails; columns: people do
    judge, person, agreed = a + b, a + c, a + d
    chance = judge * person + (1 - judge) * (1 - person)
    if chance >= 1:
        return None, 0.0
    kappa = (agreed - chance) / (1 - chance)
    same = a * (1 - (judge + person) * (1 - kappa)) ** 2 + d * (1 - (2 - judge - person) * (1 - kappa)) ** 2
    other = (1 - kappa) ** 2 * (b * (person + 1 - judge) ** 2 + c * (1 - person + judge) ** 2)
    variance = (same + other - (kappa - chance * (1 - kappa)) ** 2) / (n * (1 - chance) ** 2)
    return kappa, sqrt(max(variance, 0.0))


@dataclass(frozen=True)
class Fallen:
    """The first day of the fall and the day on which the chart spoke: places in the days that were given."""

    since: int
    alarm: int


def fallen(days: Iterable[tuple[int, int]], usual: float) -> Fallen | None:
    """Of days of (judged, passed): whether less pass than ``usual``, up to the last of them; None where the chart is quiet."""
    before = min(max(usual, 2 * FALL), 0.995)
    after = before - FALL
    passes, fails = log(after / before), log((1 - after) / (1 - before))
    total, since, alarm = 0.0, 0, None
    for place, (judged, passed) in enumerate(days):
        if total == 0:
            since = place
        total = max(0.0, total + passed * passes + (judged - passed) * fails)
        alarm = None if total < SPEAKS else place if alarm is None else alarm
    return None if alarm is None else Fallen(since, alarm)


def as_few(passed: int, judged: int, passed_before: int, judged_before: int) -> float:
    """The chance that so few of ``judged`` answers pass, or fewer, where as many do as of the ``judged_before``: of how many that
    is only these answers say, so it is beta-binomial (the predictive distribution from an even start)."""
    a, b = passed_before + 1, judged_before - passed_before + 1
    whole = lgamma(judged + 1) + lgamma(a + b) - lgamma(a) - lgamma(b) - lgamma(judged + a + b)
    chances = (
        lgamma(x + a) + lgamma(judged - x + b) - lgamma(x + 1) - lgamma(judged - x + 1) for x in range(passed + 1)
    )
    return sum(exp(whole + one) for one in chances)


def quality_frames(frames: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """``frames`` with, of agentops.judged_answers, ``quality``: one row (:data:`LINES`) for each agent and judge, the fallen first,
    or without a judge where nobody judges it; and ``quality_days`` (:data:`DAYS`): each judged day with its limits."""
    rows = frames["judged_answers"]
    lines, days = [], []
    for _, own in rows.groupby("agent", sort=True):
        every = own.drop_duplicates(["version", "day"])[["version", "day", "answers"]]
        named = own[own["judge"].notna()]
        for judge in sorted(named["judge"].unique()) or [""]:
            looked = named[named["judge"].eq(judge)][["version", "day", *COUNTS]]
            by_day = every.merge(looked, how="left", on=["version", "day"])
            by_day[COUNTS] = by_day[COUNTS].fillna(0).astype("int64")
            line, drawn = _line(own.iloc[0], str(judge), by_day.sort_values(["day", "version"], ignore_index=True))
            lines.append(line)
            days += drawn
    lines.sort(key=lambda one: (ORDER.index(one["verdict"]), one["belief"] != "CHECKED", -one["judged"]))
    return {
        **frames,
        "quality": pd.DataFrame(lines, columns=list(LINES)),
        "quality_days": pd.DataFrame(days, columns=list(DAYS)),
    }


def of_agents(frames: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """:func:`quality_frames`, and which thing each agent is, also of agentops.failing_answers: the serving endpoint, else the
    service of the gateway (agentops.services) that alone has its name. ``frames`` as they are where the answers are not known."""
    if "judged_answers" not in frames:
        return dict(frames)
    made = quality_frames(frames)
    return made | {
        name: with_things(made[name], made.get("services")) for name in ("quality", "failing_answers") if name in made
    }


def with_things(rows: pd.DataFrame, services: pd.DataFrame | None) -> pd.DataFrame:
    """``rows`` with the ``family`` and ``thing_id`` of each agent, and its ``workspace_id``; without where that is not known."""
    known = pd.DataFrame(columns=["workspace_id", "service"]) if services is None else services
    once = known.drop_duplicates(["workspace_id", "service"]).drop_duplicates("service", keep=False)
    places = dict(zip(once["service"], once["workspace_id"], strict=True))
    served = rows["endpoint_id"].notna()
    place = rows["workspace_id"].where(served, rows["agent"].map(places))
    ident = rows["endpoint_id"].where(served, rows["agent"].where(place.notna(), None))
    return rows.assign(workspace_id=place, thing_id=ident, family=served.map({True: "endpoint", False: "gateway"}))


def _line(of: pd.Series, judge: str, by_day: pd.DataFrame) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What is said of an agent (a row ``of`` it) by one judge, and its days."""
    begun = by_day.groupby("version")["day"].min().sort_values(kind="stable")
    newest = str(begun.index[-1])
    now, before = by_day[by_day["version"].eq(newest)], by_day[by_day["version"].ne(newest)]
    if len(begun) == 1:  # the only version: its first half says what is usual
        before, now = now.iloc[: len(now) // 2], now.iloc[len(now) // 2 :]
    usual = _share(before) if before["judged"].sum() >= ENOUGH else None
    found = fallen(zip(now["judged"], now["passed"], strict=True), usual) if usual is not None else None
    cells = [int(by_day[name].sum()) for name in CELLS]
    agreed = agreement(*cells)
    answers, looked = int(now["answers"].sum()), int(now["judged"].sum())
    line = {
        "agent": of["agent"],
        "judge": judge,
        "workspace_id": of["workspace_id"],
        "endpoint_id": of["endpoint_id"],
        "version": newest,
        "version_before": str(begun.index[-2]) if len(begun) > 1 else None,
        "since": begun.iloc[-1],
        "answers": answers,
        "judged": looked,
        "sampled": looked / answers if answers else None,
        "share": _share(now),
        "usual": usual,
        "verdict": "NOT_JUDGED"
        if not judge
        else "TOO_FEW"
        if usual is None or not looked
        else "FELL"
        if found
        else "AS_BEFORE",
        "fell_since": now["day"].iloc[found.since] if found else None,
        "alarm": now["day"].iloc[found.alarm] if found else None,
        "kappa": agreed.kappa if agreed else None,
        "low": agreed.low if agreed else None,
        "high": agreed.high if agreed else None,
        "labels": sum(cells),
        "belief": agreed.belief if agreed else "FEW_LABELS" if sum(cells) < LABELS else "DISAGREES",
    }
    return line, list(_drawn(line, by_day))


def _drawn(line: Mapping[str, Any], by_day: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Each judged day, with the limits that the usual share leaves so many answers; of two versions on a day the larger is named."""
    usual = line["usual"]
    for day, own in by_day[by_day["judged"] > 0].groupby("day", sort=True):
        judged, passed = int(own["judged"].sum()), int(own["passed"].sum())
        spread = WIDE * sqrt(usual * (1 - usual) / judged) if usual is not None else None
        low, high = (None, None) if spread is None else (max(0.0, usual - spread), min(1.0, usual + spread))
        share = passed / judged
        version = own.sort_values("judged", kind="stable")["version"].iloc[-1]
        values = (
            line["agent"],
            line["judge"],
            version,
            day,
            judged,
            share,
            low,
            high,
            usual,
            low is not None and share < low,
        )
        yield dict(zip(DAYS, values, strict=True))


def _share(rows: pd.DataFrame) -> float | None:
    judged = int(rows["judged"].sum())
    return float(rows["passed"].sum()) / judged if judged else None
