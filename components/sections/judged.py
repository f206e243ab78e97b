"""How a dimension does, by its newest complete day: pure, from the answer of its question to a line in words."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Literal

import pyarrow as pa

from components.panels import savings
from components.text import format as fmt
from components.text.view_context import ViewContext
from components.tiles.answers import Memo
from dimensions import DIMENSIONS, Key
from warehouse.interface import Answer, Ask

Unit = Literal["money", "ratio", "count", "hours"]
State = Literal["Act", "Watch", "Not known", "OK"]
ORDER: tuple[State, ...] = ("Act", "Watch", "Not known", "OK")
_COUNTED = Memo(64)  # how many things wait by an answer: each look at the Overview asks
ENOUGH_DAYS = 8
DRAWN_DAYS = 14


@dataclass(frozen=True)
class Measure:
    """``watch`` and ``act`` are limits of the newest value; with ``relative`` of its change against the days before.

    Every row of ``waits`` is one thing that waits for a person (of savings: one that saves something); ``key`` is the
    dimension's; ``rate`` is what an hour costs and in which currency.
    """

    key: Key
    label: str
    unit: Unit
    watch: float
    act: float
    ask: Ask
    waits: tuple[Ask, ...] = ()
    relative: bool = False
    rate: tuple[Decimal, str] | None = None

    @property
    def name(self) -> str:
        """The dimension's title."""
        return DIMENSIONS[self.key].title


@dataclass(frozen=True)
class Line:
    """What one dimension says. ``note`` is why it is not known, else the comparison; ``days`` are its newest values, the
    oldest first, and ``limit`` is where Watch begins among them, where that is a value."""

    measure: Measure
    state: State
    value: str
    note: str
    days: tuple[float, ...] = ()
    limit: float | None = None
    waiting: int | None = None
    severity: float = 0.0


def line(measure: Measure, answer: Answer, waits: Sequence[Answer], look: ViewContext) -> Line:
    """Judge ``answer`` (columns day, value; in order of day) by the limits of ``measure`` and by what is usual: the median
    of the 28 days before. Beyond a limit but no worse than usual is one step milder: nothing has happened."""
    waiting = _waiting(waits)
    if answer.table is None:
        why = f"{answer.error.title}. {answer.error.remedy}" if answer.error else "No answer."
        return Line(measure, "Not known", fmt.NONE, why, waiting=waiting)
    values = [float(v) for v in answer.table["value"].to_pylist() if v is not None]
    if len(values) < ENOUGH_DAYS:
        return Line(
            measure, "Not known", fmt.NONE, "Checked, but there are too few days with data to judge.", waiting=waiting
        )
    newest, usual = values[-1], statistics.median(values[:-1][-28:])
    change = (newest - usual) / usual if usual else None  # 115 against 100 is 0.15, which 115 / 100 - 1 is not
    level = (change or 0.0) if measure.relative else newest
    state = judged(level, measure, worse=newest > usual)
    days, limit = tuple(values[-DRAWN_DAYS:]), usual * (1 + measure.watch) if measure.relative else measure.watch
    value = written(newest, measure, look)
    if state == "OK" and answer.coverage.told:
        return Line(measure, "Not known", value, answer.coverage.told[0], days, limit, waiting)
    note = f"usually {written(usual, measure, look)}" + (f", {fmt.change(change)}" if change is not None else "")
    severity = level / measure.act if measure.act else level
    return Line(
        measure,
        state,
        value,
        f"{_priced(newest, measure)}{note}; {limits(measure, look)}",
        days,
        limit,
        waiting,
        severity,
    )


def judged(level: float, measure: Measure, *, worse: bool) -> State:
    """Act or Watch beyond its limit and worse than usual; beyond the limit as usual one step milder."""
    if level >= measure.act:
        return "Act" if worse else "Watch"
    return "Watch" if level >= measure.watch and worse else "OK"


def limits(measure: Measure, look: ViewContext) -> str:
    """Where Watch and Act begin: ``limits 3% and 10%``."""
    watch, act = (
        f"+{fmt.percent(one)}" if measure.relative else written(one, measure, look)
        for one in (measure.watch, measure.act)
    )
    return f"limits {watch} and {act}"


def _priced(hours: float, measure: Measure) -> str:
    """``$218 at 95 USD an hour; ``: what the hours cost, where a rate is agreed."""
    if measure.rate is None:
        return ""
    rate, currency = measure.rate
    return f"{fmt.money(Decimal(str(hours)) * rate, currency)} at {rate:,} {currency} an hour; "


def written(value: float, measure: Measure, look: ViewContext) -> str:
    """``value`` in the unit of ``measure``."""
    if measure.unit == "money":
        return fmt.money(value, look.currency)
    if measure.unit == "ratio":
        return fmt.percent(value)
    return f"{fmt.number(value)} h" if measure.unit == "hours" else fmt.number(round(value))


def worst_first(lines: Sequence[Line]) -> list[Line]:
    """Act, Watch, Not known, OK; within a state the most severe first."""
    return sorted(lines, key=lambda one: (ORDER.index(one.state), -one.severity, one.measure.name))


def sentence(lines: Sequence[Line]) -> str:
    """What the lines say together: ``1 thing to act on: GovernanceOps. 2 worth a look, 5 as usual.``"""
    count = {state: [one.measure.name for one in lines if one.state == state] for state in ORDER}
    acted = count["Act"]
    first = f"{fmt.counted(len(acted), 'thing')} to act on: {', '.join(acted)}" if acted else "Nothing to act on"
    rest = [
        f"{len(names)} {words}"
        for state, words in (("Watch", "worth a look"), ("Not known", "not known"), ("OK", "as usual"))
        if (names := count[state])  # type: ignore[index]  # a literal of State
    ]
    return f"{first}. {', '.join(rest)}." if rest else f"{first}."


def _count(table: pa.Table) -> tuple[int, pa.Table]:
    return savings.waiting(table), table  # the table, so that its identity is not given to another


def _waiting(waits: Sequence[Answer]) -> int | None:
    """How many things wait for a person; None where that is not known: nothing found in a part is not nothing."""
    counted = [
        _COUNTED.once((a.ask, a.read_at, id(a.table)), partial(_count, a.table))[0]
        for a in waits
        if a.table is not None
    ]
    waiting = sum(counted) if len(counted) == len(waits) and waits else None
    return waiting if waiting or all(a.coverage.complete for a in waits) else None
