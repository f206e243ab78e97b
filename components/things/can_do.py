"""What can be done now with a thing: each kind of action that fits, with a button that opens its form or the reason why not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from components.inbox.words import REASON
from components.text import format as fmt
from components.text.view_context import ViewContext
from components.things.actions import ANYTHING, Possible, Subject
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid, Proposes, Tile
from things import KINDS, Thing, ThingColumn

COLUMNS = {
    "propose": ("", "text"), "what": ("What", "text"), "why_not": ("Why not now", "text"),
    "held": ("Why no agent proposes it", "text"), "kind": ("Action", "text"),
}  # fmt: skip
WHYS = ("why_not", "held")
NO_TARGET = "No kind of action changes one. Things that belong to it can be changed: follow a name above."


def tile(subject: Subject, possible: Sequence[Possible], lacking: str = "", held: pd.DataFrame | None = None) -> Tile:
    """The tile of the ``possible`` kinds of action, which asks the warehouse nothing; ``lacking`` says why none is
    known. ``held`` is what decisions keep away (:func:`components.things.steps.held_of`)."""

    @panel("What can be done now", height=420)
    def can_be_done(frames: Frames, look: ViewContext) -> list[Body]:
        """Kinds of action whose target this can be. A button opens the form; others decide on what is proposed. What people
        decided against no agent proposes while it is held back: a press on the reason leads to the proposal, where somebody who
        may decide lets it come up again."""
        if not possible:
            return [
                Empty(lacking or f"Nothing is done to a {KINDS[subject.thing.kind].title.lower()} here.", NO_TARGET)
            ]
        kept = (
            {} if held is None else {row.kind: row for row in held.iloc[::-1].itertuples()}
        )  # the newest of each kind
        rows = sorted(possible, key=lambda one: (bool(one.why_not), ANYTHING in one.form.resources, one.form.title))
        frame = pd.DataFrame(
            {
                "propose": [None if one.why_not else "Propose" for one in rows],
                "what": [one.form.title.split(". ")[0].rstrip(".") for one in rows],  # the form says the rest
                "why_not": [one.why_not or None for one in rows],
                "held": [_held(kept.get(one.kind)) for one in rows],
                "proposal_id": [getattr(kept.get(one.kind), "proposal_id", None) for one in rows],
                "kind": [one.kind for one in rows],
                "name": subject.name,
                **_columns(subject.thing),
            }
        )
        columns = {name: said for name, said in COLUMNS.items() if name not in WHYS or frame[name].notna().any()}
        about = {
            "name": ThingColumn(subject.thing.kind, KINDS[subject.thing.kind].columns),
            "held": ThingColumn("proposal", ("proposal_id",)),
        }
        return [_said(rows), Grid(frame, columns, things=about, proposes={"propose": Proposes("name", "kind")})]

    told = [] if held is None else held.values.tolist()
    return can_be_done.tile(variant=(subject, [(one.kind, one.why_not) for one in possible], lacking, told))


def _held(row: Any) -> str | None:
    """``Risk too high, on 2026-11-03: until what it rests on changes``; None where nothing is held back."""
    if row is None:
        return None
    return f"{REASON.get(row.reason, row.reason) or 'Decided against'}, on {row.at:%Y-%m-%d}: {row.until}"


def _said(possible: Sequence[Possible]) -> Finding:
    """How many can be proposed; where none can for one reason, that."""
    now = sum(not one.why_not for one in possible)
    reasons = {one.why_not for one in possible}
    if not now and len(reasons) == 1:
        return Finding(f"None of {fmt.counted(len(possible), 'kind')} of change can be proposed now: {reasons.pop()}")
    return Finding(f"{now:,} of {fmt.counted(len(possible), 'kind')} of change can be proposed now")


def _columns(thing: Thing) -> dict[str, str]:
    """``thing`` in the columns of its kind."""
    names = KINDS[thing.kind].columns
    ids = thing.id.split("/", 1) if thing.kind == "run" else [thing.id]
    return dict(zip(names, [thing.workspace, *ids] if KINDS[thing.kind].in_workspace else ids, strict=True))
