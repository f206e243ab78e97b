"""Panels in tests: frames in the kinds of their questions, and what a reader finds in the bodies built from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import unquote

import pandas as pd

from components.graph.graph import Graph
from components.text import format as fmt
from components.text.view_context import ViewContext
from components.tiles.tile import Body, Empty, Finding, Grid, Metrics, Note, Plot
from tests.components.reading import rows

B = TypeVar("B", Plot, Graph, Grid, Metrics, Finding, Note, Empty)


def frame(query: str, *values: Mapping[str, object]) -> dict[str, pd.DataFrame]:
    """The rows of ``query`` as a panel gets them: a frame under the last part of its name."""
    return {query.rsplit(".", 1)[-1]: rows(query, [dict(value) for value in values]).to_pandas()}


def listed(said: Body | Sequence[Body]) -> list[Body]:
    return [said] if isinstance(said, Body) else list(said)


def one(said: Body | Sequence[Body], kind: type[B]) -> B:
    """The only body of ``kind``; a finding is no note."""
    found = [body for body in listed(said) if type(body) is kind]
    assert len(found) == 1, said
    return found[0]


def seen(grid: Grid, *columns: str) -> list[tuple[Any, ...]]:
    """The rows as the browser gets them, in their order."""
    return [tuple(row[name] for name in columns) for row in grid.drawn.to_pylist()]


def column(grid: Grid, name: str, look: ViewContext) -> dict[str, Any]:
    """How a column is set up for ``look``: its label with unit, its zone."""
    label, kind = grid.columns[name]
    made: dict[str, Any] = fmt.KINDS[kind](label, look)
    return made


def bars(plot: Plot) -> dict[str, str]:
    """The bars of a ranking from the top: name and the amount written on it."""
    figure = plot.figure.to_dict()
    return dict(zip(figure["layout"]["yaxis"]["ticktext"], figure["data"][0]["text"], strict=True))


def parts(plot: Plot) -> dict[str, dict[str, float]]:
    """The series of a stacked figure, in their order, by the time or name of their bars."""
    traces = plot.figure.to_dict()["data"]
    return {
        t["name"]: dict(zip(t["y"], t["x"], strict=True) if "orientation" in t else zip(t["x"], t["y"], strict=True))
        for t in traces
    }


def notes(plot: Plot) -> list[str]:
    """The words written on a figure."""
    return [note["text"] for note in plot.figure.to_dict()["layout"].get("annotations", ())]


def path_of(ident: str) -> tuple[str, ...]:
    """The identifiers of a part of a treemap, from the outside in: of its mark's id; empty for the whole."""
    said = [part for part in ident.split("/") if part not in ("", "%+", "%*")]
    return tuple("" if part == "%" else unquote(part) for part in said)
