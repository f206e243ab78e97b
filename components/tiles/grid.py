"""A panel that is nothing but a table: its labels and kinds are those of its question's header."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

import pandas as pd

from components.text import format as fmt
from components.text.names import told_apart
from components.text.view_context import ViewContext
from components.tiles.panel import Panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid, Proposes
from queries.catalogue import catalogue
from things import ThingColumn


def labelled(
    query: str, columns: Sequence[str] = (), present: Collection[str] | None = None
) -> Mapping[str, tuple[str, str]]:
    """Label and kind of the columns of ``query`` that have a label, in the order of its header or, where ``columns`` are
    named, those in theirs; only those that are ``present``, where that is said. ``KeyError``: one that has no label."""
    shown = {name: (one.label, one.kind) for name, one in catalogue()[query].described.items() if one.label}
    return {name: shown[name] for name in columns or shown if present is None or name in present}


def things_of(query: str) -> Mapping[str, ThingColumn]:
    """Which columns of ``query`` name a thing, and which."""
    return catalogue()[query].things


def grid(
    title: str,
    query: str,
    why: str,
    *,
    finding: Callable[[pd.DataFrame, ViewContext], str] | None = None,
    empty: str,
    hint: str = "",
    caption: str = "",
    columns: Sequence[str] = (),
    key: str = "",
    height: int = 320,
    width: int = 1,
    offers: str = "",
) -> Panel:
    """The rows of ``query`` as a table; ``finding`` says what they come to (else how many there are), ``empty`` and ``hint``
    what it means that there are none. ``columns`` are those of :func:`labelled`, ``key`` is the panel's in addresses (else
    the last part of ``query``), the rest as for ``panel``. Things of one ``name`` are told apart; with ``offers``, a
    kind of action, each has a button that proposes it."""
    short = query.rsplit(".", 1)[-1]

    def build(frames: Frames, look: ViewContext) -> Body | Sequence[Body]:
        frame = frames[short]
        if frame.empty:
            return Empty(empty, hint)
        rows = _apart(frame, things_of(query))
        said = Finding(finding(rows, look) if finding else fmt.counted(len(rows), "row"))
        table = Grid(rows, labelled(query, columns), caption, things=things_of(query))
        return [said, offering(table, offers) if offers else table]

    build.__name__ = key or short
    return Panel(build, title, why, height, width)


def offering(table: Grid, kind: str) -> Grid:
    """``table`` with a button in each row that proposes an action of ``kind`` about what ``name`` calls."""
    return replace(
        table,
        frame=table.frame.assign(act=kind, propose="Propose"),
        columns={**table.columns, "propose": ("", "text")},
        proposes={"propose": Proposes("name", "act")},
    )


def _apart(frame: pd.DataFrame, things: Mapping[str, ThingColumn]) -> pd.DataFrame:
    """The rows with a ``name`` that tells apart the things that it names by a workspace and an id."""
    ids = things["name"].columns if "name" in things else ()
    return frame.assign(name=told_apart(frame["name"], *(frame[one] for one in ids))) if len(ids) > 1 else frame
