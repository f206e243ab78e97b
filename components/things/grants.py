"""What is shown of who may read or change a table, or what is in a schema or catalog, and through which rights."""

from __future__ import annotations

import pandas as pd

from components.text import format as fmt
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.grid import labelled, things_of
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid, Note

QUERY = "things.grants"
MOST = 300  # rows
ORDER = ("grantee", "grantee_kind", "reads", "changes", "level", "given", "lacking")
KINDS = {"person": ("person", "people"), "service": ("service", "services"), "group": ("group", "groups")}
GROUPS = "Who is in a group is in no system table; what somebody lacks by their own name a group may give them."


@panel("Who may read it, and through what", height=360)
def grants(frames: Frames, look: ViewContext) -> list[Body]:
    """Rights on it and on what it is in, as information_schema lists them now: one row for each holder and level."""
    frame = frames["grants"]
    if frame.empty:
        return [
            Empty(
                "No right on it is known.",
                "Rights are listed on what this app may look into: a table, schema or catalog that it may not see has none here.",
            )
        ]
    shown = frame.assign(**{name: frame[name].map({True: "yes", False: "no"}) for name in ("reads", "changes")})
    columns = {
        name: (label, "text" if name in ("reads", "changes") else kind)
        for name, (label, kind) in labelled(QUERY, ORDER).items()
    }
    return [said_of(frame), Grid(shown, columns, GROUPS, things=things_of(QUERY))]


def said_of(frame: pd.DataFrame) -> Note:
    """The rows of things.grants in a sentence: everybody first, then how many of each kind."""
    readers, changers = (_holders(frame[frame[name]]) for name in ("reads", "changes"))
    open_to = frame[frame["grantee_kind"].eq("everybody") & (frame["reads"] | frame["changes"])]
    parts = [f"it may be read by {readers or 'nobody by name'}, changed by {changers or 'nobody by name'}"]
    if len(open_to):
        given = plain(open_to.iloc[0]["given"], 60)
        parts.insert(0, f"Everybody of the account has {given}, given on the {open_to.iloc[0]['level']}")
    text = "; ".join(parts)
    return Finding(f"{text[0].upper()}{text[1:]}.", "watch" if len(open_to) else "plain")


def _holders(frame: pd.DataFrame) -> str:
    """``2 people, 1 service and 3 groups``: each holder once."""
    counts = frame.drop_duplicates("grantee")["grantee_kind"].value_counts()
    told = [fmt.counted(int(counts[kind]), *words) for kind, words in KINDS.items() if kind in counts]
    return " and ".join(filter(None, [", ".join(told[:-1]), *told[-1:]]))


def finding(frames: Frames, look: ViewContext) -> Note | None:
    """That everybody may reach it, for the sentence; None where only those who are named may."""
    frame = frames["grants"]
    said = said_of(frame) if len(frame) else None
    return said if said is not None and said.tone == "watch" else None
