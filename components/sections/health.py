"""One line of health per dimension: state, the one number that matters, its trend, what waits; worst first.

A dimension that could not be checked is Unknown, never OK, and says why.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from components.frame.limited import NotShown
from components.panels import savings
from components.runtime.state import Reads
from components.runtime.waiting import until_done
from components.text import format as fmt
from components.text.untrusted import safe
from components.text.view_context import ViewContext
from dimensions import DIMENSIONS, Key
from warehouse.interface import Answer, Ask

Unit = Literal["money", "ratio", "count", "hours"]
State = Literal["Act", "Watch", "Unknown", "OK"]
ORDER: tuple[State, ...] = ("Act", "Watch", "Unknown", "OK")
_FACES: dict[State, str] = {
    "OK": ":green[:material/check_circle: **OK**]",
    "Watch": ":orange[:material/visibility: **Watch**]",
    "Act": ":red[:material/error: **Act**]",
    "Unknown": ":gray[:material/help: **Unknown**]",
}
_BARS = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True)
class Measure:
    """``watch`` and ``act`` are limits of the newest value; with ``relative`` of its change against the days before.

    Every row of ``waits`` is one thing that waits for a person (of savings: one that saves something); ``key`` is the
    dimension's.
    """

    key: Key
    label: str
    unit: Unit
    watch: float
    act: float
    ask: Ask
    waits: tuple[Ask, ...] = ()
    relative: bool = False

    @property
    def name(self) -> str:
        """The dimension's title."""
        return DIMENSIONS[self.key].title


@dataclass(frozen=True)
class Line:
    """What one dimension says. ``note`` is why it is Unknown, else the comparison."""

    measure: Measure
    state: State
    value: str
    note: str
    trend: str
    waiting: int | None
    severity: float = 0.0


def sparkline(values: Sequence[float], most: int = 14) -> str:
    """The newest ``most`` values as bars from the lowest to the highest."""
    shown = list(values)[-most:]
    low, high = min(shown, default=0.0), max(shown, default=0.0)
    span = high - low
    return "".join(_BARS[round((v - low) / span * 7) if span else 0] for v in shown)


def line(measure: Measure, answer: Answer, waits: Sequence[Answer], look: ViewContext) -> Line:
    """Judge ``answer`` (columns day, value; in order of day) by the limits of ``measure``."""
    counted = [savings.waiting(a.table) for a in waits if a.table is not None]
    waiting = sum(counted) if len(counted) == len(waits) and waits else None
    if not waiting and not all(a.coverage.complete for a in waits):
        waiting = None  # nothing found in a part is not nothing
    if answer.table is None:
        why = f"{answer.error.title}. {answer.error.remedy}" if answer.error else "No answer."
        return Line(measure, "Unknown", fmt.NONE, why, "", waiting)
    values = [float(v) for v in answer.table["value"].to_pylist() if v is not None]
    if len(values) < 8:
        return Line(
            measure, "Unknown", fmt.NONE, "Checked, but there are too few days with data to judge.", "", waiting
        )
    newest, usual = values[-1], statistics.median(values[:-1][-28:])
    change = (newest - usual) / usual if usual else None  # 115 against 100 is 0.15, which 115 / 100 - 1 is not
    level = (change or 0.0) if measure.relative else newest
    state: State = "Act" if level >= measure.act else "Watch" if level >= measure.watch else "OK"
    if state == "OK" and answer.coverage.told:
        return Line(
            measure, "Unknown", _written(newest, measure, look), answer.coverage.told[0], sparkline(values), waiting
        )
    note = f"usually {_written(usual, measure, look)}" + (f", {fmt.change(change)}" if change is not None else "")
    severity = level / measure.act if measure.act else level
    return Line(measure, state, _written(newest, measure, look), note, sparkline(values), waiting, severity)


def worst_first(lines: Sequence[Line]) -> list[Line]:
    """Act, Watch, Unknown, OK; within a state the most severe first."""
    return sorted(lines, key=lambda one: (ORDER.index(one.state), -one.severity, one.measure.name))


def _written(value: float, measure: Measure, look: ViewContext) -> str:
    if measure.unit == "money":
        return fmt.money(value, look.currency)
    if measure.unit == "ratio":
        return fmt.percent(value)
    return f"{fmt.number(value)} h" if measure.unit == "hours" else fmt.number(round(value))


def show_health(
    measures: Sequence[Measure],
    reader: Reads,
    look: ViewContext,
    proposals: Mapping[str, int],
    links: Mapping[str, str],
) -> None:
    """Ask everything at once, then draw the lines, worst first. ``proposals`` counts the open ones by dimension key;
    ``links`` are the files of pages by key."""
    asked = [
        (d, reader.submit(d.ask, page="overview"), [reader.submit(w, page="overview") for w in d.waits])
        for d in measures
    ]
    place = st.container(border=True, gap="small", key="health")
    futures: list[Future[Answer]] = [future for _, first, rest in asked for future in (first, *rest)]
    if not all(future.done() for future in futures):
        with place, st.skeleton(height=44 * len(measures)):
            until_done(futures)
    answers = [(d, first.result(), [w.result() for w in rest]) for d, first, rest in asked]
    hidden = {d.name: a.error for d, a, _ in answers if isinstance(a.error, NotShown)}
    with place:
        for one in worst_first([line(d, a, waits, look) for d, a, waits in answers if d.name not in hidden]):
            _draw(one, proposals.get(one.measure.key, 0), links.get(one.measure.key))
        if hidden:
            why = next(iter(hidden.values()))
            st.caption(
                safe(
                    f"Cannot be limited to your {why.whose}, so not shown: {', '.join(sorted(hidden))}. {why.remedy}",
                    300,
                )
            )


def _draw(one: Line, proposals: int, link: str | None) -> None:
    state, name, value, note, waits = st.columns([1.2, 2.2, 2.8, 4.0, 1.8], gap="xsmall", vertical_alignment="center")
    state.markdown(_FACES[one.state])
    if link is not None:
        name.page_link(link, label=safe(one.measure.name), icon=":material/arrow_forward:")
    else:
        name.markdown(safe(one.measure.name), help="Its page is still to come; the figure is real.")
    value.markdown(f":gray[:small[{safe(one.trend)}]] **{safe(one.value)}**")
    note.caption(safe(f"{one.measure.label}; {one.note}", 220))
    if proposals:
        label, there = f"{proposals} in the inbox", {"dimension": one.measure.key}
        waits.page_link("inbox.py", label=safe(label), icon=":material/inbox:", query_params=there)
    elif one.waiting is not None:
        waits.caption(safe(f"{one.waiting} waiting" if one.waiting else "nothing waits"))
