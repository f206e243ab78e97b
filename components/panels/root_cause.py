"""PipelineOps: why a run failed, as far as it is recorded."""

from __future__ import annotations

from collections.abc import Sequence

from components.text import format as fmt
from components.text.change_words import change_in_words
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.grid import things_of
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid

COLUMNS = {
    "hypothesis": ("Hypothesis", "text"),
    "standing": ("Stands", "text"),
    "chance": ("Chance", "share"),
    "support": ("For it", "long"),
    "against": ("Against it", "long"),
    "name": ("On", "text"),
    "check": ("What decides", "long"),
}


@panel("Why it failed, as far as it is recorded", height=560)
def root_cause(frames: Frames, look: ViewContext) -> Body | Sequence[Body]:
    """Worked out from what is recorded between the last good run and this one, by rules and without a model: rights, settings,
    compute, tables, jobs before it, how it ended and what it said. What lost stays on the list; code and rows are not recorded."""
    rows = frames["hypotheses"]
    if rows.empty:
        return Empty("This run did not fail: 0 hypotheses.")
    named = rows.assign(support=rows["support"].map(lambda said: change_in_words(said, look.names)))
    first = named.iloc[0]
    likely = int(rows["standing"].eq("likely").sum())
    on = f" ({plain(first['name'], 40)})" if isinstance(first["name"], str) else ""
    said = f"{fmt.counted(likely, 'likely cause')} of {len(rows):,} hypotheses"
    said += f": {first['hypothesis']}{on}" if likely else "; no recorded cause is among what is left"
    things = {"name": things_of("pipelineops.run_changes")["name"]}
    return [Finding(said, "act" if likely else "unknown"), Grid(named, COLUMNS, things=things, wraps=True)]
