"""The figures that people can be told of: of each dimension the one that it is judged by, a value a day, as the header of
its question ``overview.<key>`` names it."""

from __future__ import annotations

from dataclasses import dataclass

from dimensions import DIMENSIONS
from queries.catalogue import catalogue
from things import Thing

KIND = "figure"  # of the thing that a figure is
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
