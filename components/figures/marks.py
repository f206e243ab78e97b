"""What a mark of a figure stands for: the thing that a click on it opens, carried as the mark's customdata."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from components.runtime.opened import on_point
from components.text.view_context import ViewContext
from components.tiles.called import with_names
from things import Thing, ThingColumn, thing_of

NO_THING = ["", "", ""]  # of a rest: a click does nothing


def marked(frame: pd.DataFrame, which: ThingColumn | None) -> list[list[str]] | None:
    """The customdata of one mark for each row of ``frame``; None where marks stand for no thing."""
    return None if which is None else [mark(thing) for thing in things_in(frame, which)]


def named(frame: pd.DataFrame, label: str, which: ThingColumn | None, look: ViewContext) -> pd.DataFrame:
    """``frame`` with names in place of the ids of people and services in ``label``, whose things are ``which``."""
    return frame if which is None else with_names(frame, {label: which}, look.names)


def things_in(frame: pd.DataFrame, which: ThingColumn) -> list[Thing | None]:
    """The thing of each row."""
    names = [*which.columns, *filter(None, [which.kind_column])]
    rows = zip(*(frame[name] for name in names), strict=True)
    return [thing_of(which, dict(zip(names, row, strict=True))) for row in rows]


def mark(thing: Thing | None) -> list[str]:
    """The customdata of a mark that stands for ``thing``."""
    return NO_THING if thing is None else [thing.kind, thing.id, thing.workspace]


def clicks(which: ThingColumn | None) -> Callable[[Mapping[str, Any]], None] | None:
    """What a click on a mark does: open its thing, where marks stand for things."""
    return None if which is None else on_point
