"""The first row of a page: what was found, the worst first, and what of it is not known; each part leads to its rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import pandas as pd

from components.text.view_context import ViewContext
from components.tiles.panel import Panel
from components.tiles.tile import Body, Finding, Frames, Lead, Leading, Note, Tile
from dimensions import Key
from things import Thing, ThingColumn, thing_of

Tone = Literal["act", "watch", "plain", "ok"]
ORDER: tuple[Tone, ...] = ("act", "watch", "plain", "ok")
MOST_LEADS = 5  # links below the sentence


@dataclass(frozen=True)
class Said:
    """What one clause says, without a full stop and beginning as within a sentence: ``3 warehouses idle for $312 a day``.
    ``ok`` is the tone of what speaks of absence: ``no machine broke its policy``. ``names`` are those of things in the text,
    each with its thing; None where it is not known which."""

    text: str
    tone: Tone = "plain"
    names: tuple[tuple[str, Thing | None], ...] = ()


def name_in(row: pd.Series, column: str, which: ThingColumn) -> tuple[str, Thing | None]:
    """The name in the ``column`` of a row and the thing that it is."""
    return str(row[column]), thing_of(which, {str(name): value for name, value in row.items()})


@dataclass(frozen=True)
class Clause:
    """One part of the sentence, made by ``says`` from the frames called ``frames``. ``about`` names it where it is not known
    (``waiting hours``): an answer could not be had, or is not whole and nothing was found. ``lead`` is where its rows are."""

    about: str
    frames: tuple[str, ...]
    says: Callable[[Frames, ViewContext], Said]
    lead: Lead | None = None

    def said(self, frames: Frames, look: ViewContext) -> Said | None:
        """What it says; None where that is not known."""
        if not frames.keys() >= {*self.frames}:
            return None
        said = self.says(frames, look)
        return said if said.tone != "ok" or frames.covered(*self.frames).complete else None


def summary(label: str, why: str, *clauses: Clause, key: str = "today") -> Panel:
    """The panel of the sentence of ``clauses``; :func:`first_row` makes its tile."""

    def build(frames: Frames, look: ViewContext) -> Sequence[Body]:
        known = [(one, said) for one in clauses if (said := one.said(frames, look)) is not None]
        known.sort(key=lambda pair: ORDER.index(pair[1].tone))
        unknown = [one.about for one in clauses if all(one is not other for other, _ in known)]
        lacking = f"Not known: {', '.join(unknown)}." if unknown else ""
        if not known:
            return [Note(lacking, "unknown")]
        (_, first), *rest = known
        others = f"{capital('; '.join(said.text for _, said in rest))}." if rest else ""
        leads = tuple(dict.fromkeys(one.lead for one, said in known if one.lead and said.tone != "ok"))
        names = {thing: name for _, said in known for name, thing in said.names if thing is not None}
        title, text = Finding(capital(first.text), first.tone), " ".join(filter(None, (others, lacking)))
        named = tuple((name, thing) for thing, name in names.items())
        return [title, Leading(text, leads=leads[:MOST_LEADS], names=named)]

    build.__name__ = key
    return Panel(build, label, why, height=120, width=1)


def first_row(tile: Tile, key: Key | None = None) -> Tile:
    """``tile`` of a :func:`summary`, which does without any answer that could not be had, and says so; it carries the figure of
    the dimension ``key``, if of any."""
    return replace(tile, spared=frozenset(tile.frame_names), figure=Thing("figure", key) if key else None)


def capital(text: str) -> str:
    """As a sentence begins; an address and a name such as ``support-sql-0`` or ``main.sales`` keep their own letters."""
    return text[:1].upper() + text[1:] if text.partition(" ")[0].isalpha() else text
