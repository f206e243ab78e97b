"""A tile: one question, its queries, and the pure function that turns their frames into a body.

``build`` (and ``derive``) are pure: ``frames + look -> body``; their results are cached with the frames and theme, so
they must not touch Streamlit. Bodies are drawn by :mod:`components.tiles.show`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal

import pandas as pd
import plotly.graph_objects as go
import pyarrow as pa
from pandas.io.formats.style import Styler

from components.graph.graph import Graph
from components.text.principals import NOBODY, Names
from components.text.view_context import ViewContext
from components.tiles.called import with_names
from components.tiles.column_widths import Fit, fit
from components.tiles.grid_rows import MOST_ROWS, browser_rows, kinds_written, light, styled, worded
from components.tiles.lighter import Marks, Sent, lighter
from things import Thing, ThingColumn, thing_of
from warehouse.coverage import WHOLE, Coverage, joined
from warehouse.interface import Ask


class Frames(dict[str, pd.DataFrame]):
    """Frames by the name of their ask, else the last part of their query's, e.g. "spend_by_day"; money columns are
    Decimal objects.
    ``coverage`` says by the same names what each speaks of: nothing may be read from absence where it is not whole."""

    def __init__(
        self,
        frames: Mapping[str, pd.DataFrame] | Iterable[tuple[str, pd.DataFrame]] = (),
        coverage: Mapping[str, Coverage] | None = None,
    ) -> None:
        super().__init__(frames)
        self.coverage: Mapping[str, Coverage] = coverage or {}

    def covered(self, *names: str) -> Coverage:
        """What the frames called ``names`` speak of together; all of them where none is named."""
        return joined(self.coverage.get(name, WHOLE) for name in (names or self))


Derive = Callable[[Frames], Mapping[str, pd.DataFrame]]


@dataclass(frozen=True)
class Plot:
    """A figure. ``alt`` states its takeaway in words, which is the title where no Finding stands; ``on_click`` gets the
    point that was clicked; ``within`` is the word of the address that holds which part of the figure is shown; ``parts`` has
    the things of marks that are known by an id alone."""

    figure: go.Figure
    alt: str
    height: int = 320
    on_click: Callable[[Mapping[str, Any]], None] | None = None
    within: str = ""
    parts: Mapping[str, Thing | None] = field(default_factory=dict)

    @cached_property
    def sent(self) -> tuple[Sent, Marks]:
        """The figure as the browser gets it, and what its marks stand for: made once, for everybody who looks."""
        return lighter(self.figure)


@dataclass(frozen=True)
class Proposes:
    """What the buttons of a column propose: a change of the thing that the column ``about`` names. The other columns hold
    the kind of action and, where they are named, what its form begins with: parameters by their name, and why."""

    about: str
    kind: str
    params: str = ""
    why: str = ""


@dataclass(frozen=True)
class Sets:
    """What the buttons of a column do to the address: the column ``words`` holds for each row the words that it has then."""

    words: str


@dataclass(frozen=True)
class Grid:
    """A table. ``columns`` maps a column to its label and kind (a key of ``components.text.format.KINDS``); links are
    columns whose value is an https URL."""

    frame: pd.DataFrame
    columns: Mapping[str, tuple[str, str]]
    caption: str = ""
    links: Mapping[str, str] = field(default_factory=dict)  # shown column -> column that holds its URL
    things: Mapping[str, ThingColumn] = field(default_factory=dict)  # shown column -> which thing it names
    names: Names = NOBODY  # of people and services, in the columns of which ``frame`` has their ids
    styles: Mapping[str, str] = field(default_factory=dict)  # column of flags -> CSS of the rows that it marks
    proposes: Mapping[str, Proposes] = field(default_factory=dict)  # shown column of buttons -> what they propose
    sets: Mapping[str, Sets] = field(default_factory=dict)  # shown column of buttons -> what they do to the address
    whole: bool = False  # it is asked for by itself, and stands for a figure: it is sent whatever it weighs
    total: Mapping[str, Any] = field(default_factory=dict)  # shown column -> its value in a last row of all, drawn only
    wraps: bool = False  # a row has room for three lines of words: for tables of a few rows

    @property
    def buttons(self) -> set[str]:
        """The shown columns that are pressed and say nothing of their row."""
        return {*self.proposes, *self.sets}

    def thing_at(self, column: str, row: int) -> Thing | None:
        """The thing that ``column`` names in the ``row``-th of the rows; None where it names none."""
        if column not in self.things or not 0 <= row < len(self.frame):
            return None
        which = self.things[column]
        names = (*which.columns, *filter(None, [which.kind_column]))
        return thing_of(which, {name: self.frame[name].iloc[row] for name in names})

    @cached_property
    def drawn(self) -> pa.Table:
        """The rows as the browser gets them, and last what they come to: made once, for everybody who looks."""
        rows = self.named(MOST_ROWS)
        pressed = self.things.keys() | self.buttons
        sent = browser_rows(rows, self.columns, self.links, pressed)
        if not self.whole:
            in_words = bool(self.styles) or bool(worded(sent, kinds_written(sent, self.columns)))
            sent = sent.slice(0, light(sent, twice=in_words))
        if not self.total:
            return sent
        rows = pd.concat(
            [rows.head(sent.num_rows).astype(object), pd.DataFrame([self.total], dtype=object)], ignore_index=True
        )
        return browser_rows(rows, self.columns, self.links, pressed)

    @cached_property
    def written(self) -> Mapping[str, tuple[str, str]]:
        """Its columns with the kinds that the rows are written in."""
        return kinds_written(self.drawn, self.columns)

    @cached_property
    def said(self) -> frozenset[str]:
        """Its columns whose numbers are written by us: a browser is not told how."""
        return frozenset(worded(self.drawn, self.written))

    @cached_property
    def fit(self) -> Fit:
        """How its columns stand beside each other."""
        return fit(self.drawn, self.written, self.things, self.buttons, self.links)

    def named(self, most: int | None = None) -> pd.DataFrame:
        """The rows, the first ``most`` of them, with the names of things in place of ids."""
        return with_names(self.frame if most is None else self.frame.head(most), self.things, self.names)

    @cached_property
    def _styled(self) -> dict[int, pa.Table | Styler]:
        return {}

    def styled(self, digits: int = 2) -> pa.Table | Styler:
        """The rows as Streamlit is given them, made once: durations and what is below zero in words, money with ``digits``,
        marked rows in their style."""
        if digits in self._styled:
            return self._styled[digits]
        rows = ["" for _ in range(len(self.frame))]
        for name, css in self.styles.items():
            rows = [f"{row}{css};" if marked else row for row, marked in zip(rows, self.frame[name], strict=True)]
        rows += ["font-weight: 600;"] * bool(self.total)
        return self._styled.setdefault(digits, styled(self.drawn, self.written, rows, digits))


Good = Literal["up", "down", "none"]


@dataclass(frozen=True)
class Metric:
    """One figure of a metric row. ``good`` says which direction is good; within ``material`` a change stays grey."""

    label: str
    value: str
    change: float | None = None  # ratio against what is compared, 0.05 = +5 %
    good: Good = "none"
    material: float = 0.05
    trend: tuple[float, ...] = ()
    help: str = ""
    points: bool = False  # ``change`` is a difference of shares
    amount: float | Decimal | None = None  # what ``value`` says, of ``kind``, to be told of when it passes a limit
    kind: Literal["count", "ratio", "money"] = "count"


@dataclass(frozen=True)
class Metrics:
    """A row of at most five metrics; ``versus`` states the comparison once."""

    items: Sequence[Metric]
    versus: str = ""


@dataclass(frozen=True)
class Note:
    """A sentence in place of a figure. ``tone`` picks icon and colour."""

    text: str
    tone: Literal["plain", "ok", "watch", "act", "unknown", "none"] = "plain"  # none: looked at, nothing found


@dataclass(frozen=True)
class Finding(Note):
    """What the tile found, in one sentence with its figure: the title. About 90 characters."""


@dataclass(frozen=True)
class Lead:
    """A link to where the rows behind a sentence are: a ``view`` of the page in ``file``, and the ``panel`` there."""

    label: str
    file: str
    view: str = ""
    panel: str = ""

    @property
    def words(self) -> Mapping[str, str]:
        """The words of its address."""
        return {name: word for name, word in (("view", self.view), ("panel", self.panel)) if word}


@dataclass(frozen=True)
class Leading(Note):
    """A sentence with links to its rows below it, and the ``names`` of things that it has, each with its thing."""

    leads: tuple[Lead, ...] = ()
    names: tuple[tuple[str, Thing], ...] = ()


@dataclass(frozen=True)
class Empty:
    """Checked, nothing found: why, and what to do next."""

    text: str
    hint: str = ""


Body = Plot | Graph | Grid | Metrics | Note | Empty


@dataclass(frozen=True)
class Tile:
    """One panel of a page. ``build`` returns one body or several, drawn below each other. ``title`` is its label: it stands
    alone while there is nothing to say, then small under what was found (:mod:`components.tiles.findings`)."""

    key: str
    title: str
    why: str
    asks: Sequence[Ask]
    build: Callable[[Frames, ViewContext], Body | Sequence[Body]]
    derive: Derive | None = None  # e.g. a detector; runs before build, cached with the frames
    height: int = 320
    owner: str = ""
    width: int = 1  # share of the row
    waits: int = 0  # pixels that it takes up while it waits; 0: its height
    variant: str = ""  # what ``derive`` depends on besides the answers: results are kept per variant
    names: tuple[str, ...] = ()  # of the frames, in the order of ``asks``; else the last part of each query's name
    choice: str = ""  # what ``build`` alone depends on besides its frames: bodies are kept per choice
    controls: Callable[[], None] | None = None  # what people choose for this tile alone; drawn above its body
    handed_on: bool = False  # its table is made for somebody else: to be taken along without opening the menu
    figure: Thing | None = None  # whose figure its sentence carries: people can ask to be told of it
    spared: frozenset[str] = frozenset()  # the frames that ``build`` can do without: the others do not wait for a grant

    def __post_init__(self) -> None:
        if len(set(self.frame_names)) < len(self.asks):
            raise ValueError(f"tile {self.key}: two asks have one name, {sorted(self.frame_names)}; name them")

    @property
    def frame_names(self) -> tuple[str, ...]:
        """What ``build`` knows the rows of each ask by."""
        return self.names or tuple(question.query.rsplit(".", 1)[-1] for question in self.asks)


Rows = list[list[Tile]]  # a page: tiles side by side in rows
