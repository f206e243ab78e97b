"""GovernanceOps: who can become more than they are by a job that runs as somebody stronger."""

from __future__ import annotations

from collections.abc import Sequence

from components.panels.reach import unknown
from components.text import format as fmt
from components.text.names import told_apart
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.grid import labelled, things_of
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid, Note, Proposes

QUERY = "governanceops.job_hands"
ORDER = ("who", "way", "name", "runs_as", "last_change")
LIMITS = (
    "Not seen, because no system table has it: who else may edit a job (its permissions, and groups that have them), who may use "
    "or manages a service principal, and who manages a group."
)


@panel("Who can become more by a job", height=420)
def become(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """Whoever may edit a job can have it do what whom it runs as may do. Each row is a way: the person, what they did to the job,
    the job, whom it runs as, and how many objects that one reads and they do not."""
    found, hands = frames["become"], frames["job_hands"]
    if found.empty:
        jobs = fmt.counted(len(hands.drop_duplicates(["workspace_id", "job_id"])), "job")
        return [Empty(f"Nobody reads more by any of {jobs} that run as another.", f"{unknown(frames)}{LIMITS}")]
    first = found.iloc[0]
    who, job = plain(look.names.called(first["who"]), 40), plain(first["name"], 40)
    people, ways = (
        fmt.counted(int(found["who"].nunique()), "person or service", "people and services"),
        fmt.counted(len(found), "way"),
    )
    said = f"{people} can become more by {ways}: {who} by {job}, {fmt.counted(int(first['objects']), 'object')} more"
    labels = labelled(QUERY)
    columns: dict[str, tuple[str, str]] = {name: labels[name] for name in ORDER if found[name].notna().any()}
    columns["objects"] = ("Objects they do not read", "count")
    proposes = {}
    if found["propose"].notna().any():
        columns["propose"], proposes = ("", "text"), {"propose": Proposes("name", "act", "params", "why")}
    rows = found.assign(name=told_apart(found["name"], found["workspace_id"], found["job_id"]))
    return [
        Finding(said),
        Note(f"{unknown(frames)}{LIMITS}"),
        Grid(rows, columns, things=things_of(QUERY), proposes=proposes),
    ]
