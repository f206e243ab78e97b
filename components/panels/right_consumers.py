"""GovernanceOps: what runs on rights, so what their removal would stop."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from components.text import format as fmt
from components.text.names import told_apart
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.grid import labelled, things_of
from components.tiles.panel import Panel, panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid, Note

QUERY = "platform.right_consumers"
DAYS = 30
HIDDEN = (
    "Not seen: use through a view whose owner lineage does not name, and by which of several rights somebody came in. "
    "Somebody who holds the right in another way, too, keeps it."
)
NOUNS = {
    "job": ("job", "jobs"), "pipeline": ("pipeline", "pipelines"), "dashboard": ("dashboard", "dashboards"),
    "person": ("person or service", "people and services"), "recipient": ("recipient", "recipients"),
    "table": ("table written from it", "tables written from it"),
}  # fmt: skip


def hit_by(of: str, unknown: bool = False) -> Panel:
    """The panel about what ``of`` names: a securable, a person, a service or a group; everything where it is empty. It is
    ``unknown`` whom it names where that is no securable: a group whose members nobody tells."""

    @panel("What a removal would hit", height=420)
    def right_consumers(frames: Frames, look: ViewContext) -> Sequence[Body]:
        """What ran on rights to it within 30 days, in whose name, and what the same statements wrote from it: what stops, or runs
        without that data, when the right is taken away."""
        found = frames["right_consumers"]
        about = f" of {plain(look.names.called(of), 50)}" if of else ""
        if found.empty and unknown:
            said = f"0 jobs, dashboards and people ran on what is called {plain(of, 50)}"
            return [Note(f"{said}; where that is a group, its members are not known.", "unknown")]
        if found.empty:
            return [Empty(f"0 jobs, dashboards and people ran on rights{about} in {DAYS} days.", HIDDEN)]
        owners = fmt.counted(int(found["owner"].nunique()), "name")
        said = f"{in_words(found)} on rights{about}, in {owners}"
        columns = labelled(QUERY, present=[str(name) for name in found if found[name].notna().any()])
        apart = told_apart(found["consumer"], found["workspace_id"], found["consumer_id"], found["consumer_kind"])
        return [Finding(said), Note(HIDDEN), Grid(found.assign(consumer=apart), columns, things=things_of(QUERY))]

    return right_consumers


def in_words(found: pd.DataFrame) -> str:
    """What the rows of the question are, in a few words: ``2 jobs, 1 dashboard``."""
    by = found.drop_duplicates(["consumer_kind", "workspace_id", "consumer_id"])["consumer_kind"].value_counts()
    return ", ".join(fmt.counted(int(by[kind]), *nouns) for kind, nouns in NOUNS.items() if kind in by)
