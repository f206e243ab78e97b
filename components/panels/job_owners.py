"""PipelineOps: jobs whose owner is not there any more, or is a person."""

from __future__ import annotations

from collections.abc import Sequence

from components.text import format as fmt
from components.text.names import jobs_apart
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.grid import labelled, things_of
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid, Note, Proposes

BUTTON = Proposes("name", "act")
GONE = "runs as somebody not seen"  # a value of its column why


@panel("Whose jobs these are", height=420)
def job_owners(frames: Frames, look: ViewContext) -> Body | Sequence[Body]:
    """Jobs that run as somebody who did nothing in 90 days, as a person instead of a service, or that such a somebody made. Who is
    not seen may be on leave."""
    query, rows = "pipelineops.job_owners", frames["job_owners"]
    if rows.empty:
        return Empty("0 jobs run as a person or were made by somebody who is not seen.")
    first, shown = rows.iloc[0], jobs_apart(rows).assign(act="ticket.open", propose="Propose")
    wrong, jobs, unknown = (int(first[name]) for name in ("wrong", "jobs", "unknown"))
    gone = int(rows["why"].eq(GONE).sum())
    said = f"{wrong:,} of {fmt.counted(jobs, 'job')} depend on a person, {gone:,} on one not seen; {plain(first['name'], 40)} first"
    columns = {**labelled(query), "propose": ("", "text")}
    notes = [Note(f"Of {fmt.counted(unknown, 'job')} nobody says who they run as.")] if unknown else []
    return [
        Finding(said, "act" if gone else "watch"),
        *notes,
        Grid(shown, columns, things=things_of(query), proposes={"propose": BUTTON}),
    ]
