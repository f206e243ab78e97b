"""FinOps: unusual cost. What is large has a card of its own, with its days, what they usually cost and what changed; the rest
stands in a table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace

import pandas as pd

from approvals.deciding.cost_marks import CostMark, Event
from components.figures.bands import band
from components.figures.change_marks import with_changes
from components.figures.shaded import shaded
from components.panels.cost_causes import COLUMNS as CAUSES
from components.panels.cost_causes import causes
from components.text import format as fmt
from components.text.codes import in_words
from components.text.names import told_apart
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.panel import Panel, panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid, Note, Plot
from things import Thing, ThingColumn, thing_of

PLACE = ThingColumn("", ("workspace_id", "place_id"), "place_kind")
OWNER = ThingColumn("principal", ("owner",))
WORKSPACE = ThingColumn("workspace", ("workspace_id",))
MOST_CARDS = 4
LARGE = 0.1  # share of the largest below which an event has no card
SMALLER = {
    "day": ("From", "date"),
    "last_day": ("To", "date"),
    "place": ("Where", "text"),
    "excess": ("More than usual", "money"),
    "expected": ("Usual", "money"),
    "chance": ("Chance", "text"),
}


MARKED = {
    "day": ("From", "date"),
    "last_day": ("To", "date"),
    "place": ("Where", "text"),
    "excess": ("More than usual", "money"),
    "state": ("State", "text"),
    "until": ("Until", "date"),
    "marked_by": ("By", "text"),
    "why": ("Why", "text"),
}


@dataclass(frozen=True)
class UnusualCost:
    """An event of the detector: ``cost``, ``expected`` and ``excess`` (below 0: a fall) of its ``days``, ``p`` of the rarest."""

    workspace_id: str
    product: str
    resource_id: str
    day: dt.date
    last_day: dt.date
    days: tuple[dt.date, ...]
    place: str
    place_kind: str
    place_id: str | None
    cost: float
    expected: float
    excess: float
    p: float

    @property
    def thing(self) -> Thing | None:
        """The thing it is about; None for the whole account."""
        return thing_of(PLACE, vars(self))

    @property
    def event(self) -> Event:
        """It, as people say something of it."""
        return Event(self.workspace_id, self.product, self.resource_id, self.day, self.last_day)

    @property
    def name(self) -> str:
        """The last part of where it is: the resource, else the product, else the workspace."""
        return self.place.rpartition(" · ")[2]


def events_in(events: pd.DataFrame) -> list[UnusualCost]:
    """The rows of the detector's events, the largest first, their products in words and places told apart."""
    placed = events.assign(place=told_apart(_in_words(events), events["workspace_id"], events["resource_id"]))
    known = [one.name for one in fields(UnusualCost)]
    return [UnusualCost(**{name: row[name] for name in known}) for row in placed.to_dict("records")]


def with_a_card(events: Sequence[UnusualCost]) -> list[UnusualCost]:
    """Those of ``events``, the largest first, that are large beside the largest."""
    least = LARGE * max((abs(one.excess) for one in events), default=0.0)
    return [one for one in events[:MOST_CARDS] if abs(one.excess) >= least]


def anomalies(said: Mapping[int, CostMark], shown: bool) -> Panel:
    """The panel of what is unusual; ``said`` is what people say of events, by their rows: those stand in no list unless they
    are ``shown``."""

    @panel("Unusual cost", height=240)
    def anomalies(frames: Frames, look: ViewContext) -> Sequence[Body]:
        """Days on which something cost far more or less than such days do, at the deepest place that explains them. The
        large ones have a card each below."""
        judged = frames["judged"]
        if judged.empty:
            return [Empty("No usage to judge in this period.", "Choose more workspaces.")]
        rows = list(enumerate(events_in(frames["events"])))
        open_, marked = [one for at, one in rows if at not in said], [(one, said[at]) for at, one in rows if at in said]
        return [
            _found(open_, len(marked), judged, look),
            *_smaller(open_, look),
            *([_marked(marked)] if shown and marked else []),
        ]

    return anomalies


unmarked = anomalies({}, False)


def _found(events: Sequence[UnusualCost], marked: int, judged: pd.DataFrame, look: ViewContext) -> Body:
    beside = f"; {marked:,} marked as expected or muted" if marked else ""
    if events:
        return Finding(_largest(events, look) + beside)
    days, series = (int(judged[name].iloc[0]) for name in ("days", "series"))
    none = f"No unusual cost in {fmt.counted(series, 'series', 'series')} over {fmt.counted(days, 'day')}{beside}."
    return Empty(none, "" if marked else "Every resource stayed within what it does on such days.")


def _smaller(events: Sequence[UnusualCost], look: ViewContext) -> list[Body]:
    """Those that have no card."""
    rest = events[len(with_a_card(events)) :]
    if not rest:
        return []
    much = fmt.money(sum(abs(one.excess) for one in rest), look.currency)
    caption = f"Smaller ones, {much} together; a chance is that of a day so far off in quiet times"
    frame = pd.DataFrame([vars(one) | {"chance": chance(one.p)} for one in rest])
    return [Grid(frame, SMALLER, caption, things={"place": PLACE})]


def _marked(marked: Sequence[tuple[UnusualCost, CostMark]]) -> Grid:
    rows = [
        vars(one) | {name: getattr(mark, name) for name in ("state", "until", "marked_by", "why")}
        for one, mark in marked
    ]
    things = {"place": PLACE, "marked_by": ThingColumn("principal", ("marked_by",))}
    return Grid(pd.DataFrame(rows), MARKED, "What people say of them; their cards can open them again", things=things)


def card(event: UnusualCost, series: pd.DataFrame, said: CostMark | None, key: str) -> Panel:
    """The card of one event; ``series`` are the days of its place (day, cost, expected, low, high), ``said`` what people say of
    it, ``key`` is the panel's in addresses. Its frames are those of the questions about its thing, each of which it can do without."""

    def build(frames: Frames, look: ViewContext) -> Sequence[Body]:
        found = causes(event.day, event.days, event.product, frames, look)
        return [
            Finding(
                f"{_much(event, look)}: {plain(event.name, 50)}, {_when(event, series)}",
                "watch" if event.excess > 0 and said is None else "plain",
            ),
            *([Note(told(said, look.zone), "none")] if said else []),
            Note(_how_far(event, look)),
            _facts(event, frames),
            with_changes(_drawn(event, series, look), frames.get("changes"), look),
            _causes(found, event),
        ]

    build.__name__ = key
    return replace(
        panel("Unusual cost", height=200)(build),
        why="Its days beside what such days cost, and what changed about then.",
    )


def told(said: CostMark, zone: str) -> str:
    """``Expected, says ann@example.com, 27 Nov 10:00: month end``."""
    until = f" until {fmt.day(said.until, year=True)}" if said.until else ""
    return f"{said.state.capitalize()}{until}, says {said.marked_by}, {fmt.moment(said.marked_at, zone)}: {said.why}"


def _facts(event: UnusualCost, frames: Frames) -> Grid:
    """Where it is and whose that is, each a way to its page."""
    described = frames.get("described")
    known = {} if described is None or described.empty else described.iloc[0].to_dict()
    row = {name: getattr(event, name) for name in ("place", "place_kind", "place_id", "workspace_id")}
    row |= {"workspace": known.get("workspace") or event.workspace_id, "owner": known.get("owner")}
    shown = {"place": ("Where", "text"), "workspace": ("Workspace", "text"), "owner": ("Owner", "text")}
    return Grid(pd.DataFrame([row]), shown, things={"place": PLACE, "workspace": WORKSPACE, "owner": OWNER})


def _drawn(event: UnusualCost, series: pd.DataFrame, look: ViewContext) -> Body:
    drawn = band(series, look, x="day", value="cost", low="low", high="high", expected="expected", height=190)
    said = f"{fmt.money(event.cost, look.currency)} on the shaded days, {fmt.money(event.expected, look.currency)} expected."
    return replace(shaded(drawn, event.days, look), alt=said) if isinstance(drawn, Plot) else drawn


def _causes(found: pd.DataFrame, event: UnusualCost) -> Body:
    if found.empty:
        return Note("Nothing that is recorded of it changed about then.", "none")
    return Grid(found, CAUSES, "What could have caused it", things={"who": ThingColumn("principal", ("who",))})


def _in_words(events: pd.DataFrame) -> pd.Series:
    """The places of ``events``, their product in words."""
    pairs = zip(events["place"], events["product"], strict=True)
    said = [place.replace(f" · {product}", f" · {in_words(product)}") if product else place for place, product in pairs]
    return pd.Series(said, events.index, dtype=object)


def chance(p: float) -> str:
    """``0.0004`` → ``1 day in 2,500``, to two digits."""
    if not p > 0:
        return "never seen before"
    days = round(1 / p, 2 - len(str(int(1 / p))))
    return f"1 day in {max(int(days), 1):,}"


def _much(event: UnusualCost, look: ViewContext) -> str:
    return f"{fmt.money(abs(event.excess), look.currency)} {'more' if event.excess > 0 else 'less'} than usual"


def _when(event: UnusualCost, series: pd.DataFrame) -> str:
    """``since 23 Nov`` where it goes on to the last day that is known, else ``23 Nov to 27 Nov``."""
    ongoing = len(event.days) > 1 and len(series) and pd.Timestamp(series["day"].max()).date() == event.last_day
    if ongoing:
        return f"since {fmt.day(event.day)}"
    return " to ".join(dict.fromkeys(map(fmt.day, (event.day, event.last_day))))


def _how_far(event: UnusualCost, look: ViewContext) -> str:
    times = f" ({fmt.change(event.excess / event.expected)})" if event.expected > 0 else ""
    cost, usual = (fmt.money(one, look.currency) for one in (event.cost, event.expected))
    days = fmt.counted(len(event.days), "day")
    seen = f"By chance about {chance(event.p)} is so far off" if event.p > 0 else "No day so far off was seen before"
    return f"{cost} on {days} where {usual} is usual{times}. {seen}."


def _largest(found: Sequence[UnusualCost], look: ViewContext) -> str:
    first = found[0]
    days = " to ".join(dict.fromkeys(map(fmt.day, (first.day, first.last_day))))
    largest = f"{plain(first.place, 40)}: {_much(first, look)}, {days}"
    return f"{fmt.counted(len(found), 'unusual cost')}; the largest is {largest}"
