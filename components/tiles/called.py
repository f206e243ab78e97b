"""What things are called where only their ids are read: in a column of a table, beside a mark of a figure."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pandas as pd

from components.text.principals import Names
from things import Thing, ThingColumn, thing_of

_JOINT = " · "  # between the parts of a composed label
_SHORT = 6


def called(thing: Thing, text: str, names: Names) -> str:
    """``text``, a label of ``thing``, with the name in place of its id: of a person or service that of the directory; a
    dashboard has none in the system tables and is called by its kind and the beginning of its id."""
    if thing.kind == "principal":
        name = names.called(thing.id)
    elif thing.kind == "dashboard" and len(thing.id) > 2 * _SHORT:
        name = f"dashboard {thing.id[:_SHORT]}…"
    else:
        return text
    return _JOINT.join(name if part == thing.id else part for part in text.split(_JOINT))


def with_names(frame: pd.DataFrame, things: Mapping[str, ThingColumn], names: Names) -> pd.DataFrame:
    """``frame`` with names in the columns of ``things``. One that reads like the label of another thing, or of none, has
    what tells them apart behind it: its id; those of one id, in several workspaces, are numbered."""
    made = {name: _column(frame, name, which, names) for name, which in things.items() if name in frame}
    return frame.assign(**{name: column for name, column in made.items() if column is not None})


def _column(frame: pd.DataFrame, column: str, which: ThingColumn, names: Names) -> pd.Series | None:
    """The column with names; None where it stays as it is."""
    read = [*which.columns, *filter(None, [which.kind_column])]
    if which.kind not in ("", "principal", "dashboard") or not set(read) <= set(frame):
        return None
    rows = zip(*(frame[name] for name in read), strict=True)
    things = [thing_of(which, dict(zip(read, row, strict=True))) for row in rows]
    before = [text if isinstance(text, str) else "" for text in frame[column]]
    after = [called(t, text, names) if t and text else text for t, text in zip(things, before, strict=True)]
    if after == before:
        return None
    meant: dict[str, set[object]] = {}
    for thing, text in zip(things, after, strict=True):
        who = names.who(thing.id) if thing and thing.kind == "principal" else None  # one service has several ids
        meant.setdefault(text, set()).add(who or thing)
    told = [
        _marked(text, thing, meant[text]) if thing and text != old and len(meant[text]) > 1 else text
        for thing, old, text in zip(things, before, after, strict=True)
    ]
    return pd.Series(told, frame.index, dtype=object).where(frame[column].notna(), frame[column])


def _marked(text: str, thing: Thing, alike: Collection[object]) -> str:
    """``text`` with what tells ``thing`` apart from those that are called ``alike``. What is called by the beginning of its id has
    the whole id in its place, not behind it; a workspace is no part of a name, so what lies in several is numbered."""
    of_one_id = sorted(one.workspace for one in alike if isinstance(one, Thing) and one.id == thing.id)
    mark = thing.id if len(of_one_id) < len(alike) else ""
    if mark and thing.kind == "dashboard":
        text, mark = text.replace(f"{thing.id[:_SHORT]}…", thing.id), ""
    number = of_one_id.index(thing.workspace) + 1 if len(of_one_id) > 1 else 1
    return _JOINT.join(filter(None, (text, mark))) + (f" ({number})" if number > 1 else "")
