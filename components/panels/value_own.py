"""Value: what the cockpit costs itself, beside what its actions brought."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import pandas as pd

from components.text import format as fmt
from components.text.view_context import ViewContext
from components.tiles.panel import panel
from components.tiles.tile import Body, Derive, Empty, Finding, Frames, Grid

LEFT_OUT = ("thing_days", "changes")  # without them what was realised is not known, and said so
COLUMNS = {"what": ("What", "text"), "spent": ("Spent", "text"), "evidence": ("How it is known", "long")}
TAGS = "Statements are found by their query tag, app = lakehelm. An account in which statements have no tags tells nothing."


class Looked(Protocol):
    """What became of proposals (:class:`agents.detectors.value_frames.Looked`)."""

    @property
    def rows(self) -> pd.DataFrame: ...


def spent(looked: Looked | None, worth: Derive | None) -> Derive | None:
    """The frames of ``worth`` with ``people``: how many decisions there were, how many were timed, and for how long."""
    if looked is None or worth is None:
        return None
    rows = looked.rows

    def derived(frames: Frames) -> Frames:
        decided = rows[rows["decided"].notna() & (rows["verb"] != "auto_accept")]
        timed = decided[decided["dwell"].fillna(0) > 0]
        people = [(len(decided), len(timed), float(timed["dwell"].sum()))]
        told = pd.DataFrame(people, columns=["decisions", "timed", "seconds"])
        return Frames({**worth(frames), "people": told}, frames.coverage)

    return derived


@panel("What the cockpit costs itself", height=220)
def own_cost(frames: Frames, look: ViewContext) -> Body | Sequence[Body]:
    """Of 90 days: what its statements cost the warehouse, and how long people had what they decided on open, beside what actions
    brought. No part of it asks a model, so it spends no tokens."""
    rows, people = frames["own"], frames.get("people")
    if rows.empty:
        return Empty("No statement of this cockpit is in query history of 90 days.", TAGS)
    first = rows.iloc[0]
    paid = fmt.money(first["all_cost"], look.currency) if fmt.known(first["all_cost"]) else "an unknown amount"
    runs = (
        f"{fmt.counted(int(first['all_statements']), 'statement')}, {fmt.size(first['all_bytes'])} read; with idle time"
    )
    told = [("SQL warehouse", paid, runs)]
    took = "how long people decide is not known"
    if people is not None:
        one = people.iloc[0]
        took = f"{fmt.duration(one['seconds'])} of people in {fmt.counted(int(one['decisions']), 'decision')}"
        known = f"{int(one['timed']):,} of {int(one['decisions']):,} decisions were timed: how long the card was open"
        told.append(("People who decide", fmt.duration(one["seconds"]), known))
    told.append(("Model tokens", "none", "no part of the cockpit asks a model"))
    table = Grid(pd.DataFrame(told, columns=["what", "spent", "evidence"]), COLUMNS)
    return [Finding(f"The cockpit cost {paid} and {took}, for {_brought(frames, look)}"), table]


def _brought(frames: Frames, look: ViewContext) -> str:
    if "worth" not in frames:
        return "what is not known"
    row = frames["worth"].iloc[0]
    known = [row[name] for name in ("realised", "beside") if fmt.known(row[name])]
    return f"{fmt.money(sum(known), look.currency)} realised" if known else "nothing that can be judged yet"
