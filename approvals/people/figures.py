"""The figures that people can be told of: of each dimension the one that it is judged by, a value a day, as the header of
its question ``overview.<key>`` names it, and those that the tiles of its page show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qsl, urlencode

from dimensions import DIMENSIONS, titled
from queries.catalogue import catalogue
from things import LONGEST, Thing

KIND: Literal["figure"] = "figure"  # of the thing that a figure is
UNITS = {"money": "", "ratio": "%", "hours": "h", "count": "in all"}


@dataclass(frozen=True)
class Figure:
    """``key`` is its dimension's; ``label`` what a value is, ``unit`` (money, ratio, hours, count) what it is in."""

    key: str
    label: str
    unit: str

    @property
    def thing(self) -> Thing:
        """What is watched where somebody wants to be told of it."""
        return Thing("figure", self.key)

    @property
    def title(self) -> str:
        """``FinOps: cost of the last complete day``."""
        return f"{DIMENSIONS[self.key].title}: {self.label[:1].lower()}{self.label[1:]}"

    @property
    def query(self) -> str:
        """The question that has its days: columns day and value."""
        return f"overview.{self.key}"

    def measured(self, value: float) -> float:
        """A value in the unit that people read and set limits in: shares in percent."""
        return value * 100 if self.unit == "ratio" else value

    def in_words(self, currency: str) -> str:
        """The unit as it stands behind an amount."""
        return UNITS[self.unit] or currency


def figure_of(thing: Thing) -> Figure | None:
    """The figure that ``thing`` is; None where it is none that is known."""
    if thing.kind != KIND or thing.id not in DIMENSIONS:
        return None
    value = catalogue()[f"overview.{thing.id}"].described["value"]
    return Figure(thing.id, value.label, value.kind)


@dataclass(frozen=True)
class TileFigure:
    """The ``figure`` of a ``panel``, as the ``page`` of a dimension shows it at the address with ``words``: its view, its
    filters, what is chosen."""

    page: str
    panel: str
    figure: str
    words: Mapping[str, str]

    @property
    def thing(self) -> Thing | None:
        """What is watched where somebody wants to be told of it; None where its address is too long to be kept."""
        words = {**dict(sorted(self.words.items())), "panel": self.panel, "figure": self.figure}
        ident = f"{self.page}?{urlencode(words)}"
        return Thing(KIND, ident) if len(ident) <= LONGEST else None

    @property
    def title(self) -> str:
        """``InfraOps, Waste: idle clusters``, of which nothing else is known."""
        view = f", {self.words['view']}" if "view" in self.words else ""
        return f"{titled(self.page)}{view}: {self.panel.replace('_', ' ')}"


def tile_figure(thing: Thing) -> TileFigure | None:
    """The figure of a tile that ``thing`` is; None where it is none."""
    page, sign, query = thing.id.partition("?")
    if thing.kind != KIND or not sign or page not in DIMENSIONS:
        return None
    words = dict(parse_qsl(query))
    panel, figure = words.pop("panel", ""), words.pop("figure", "")
    return TileFigure(page, panel, figure, words) if panel and figure else None
