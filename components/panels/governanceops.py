"""GovernanceOps: the first row of the page."""

from __future__ import annotations

from components.panels import attempts, privileges, reach, sensitive
from components.text import format as fmt
from components.text.view_context import ViewContext
from components.tiles.summary import Clause, Said, summary
from components.tiles.tile import Frames, Lead

PAGE = "governanceops.py"


def _members(frames: Frames, look: ViewContext) -> Said:
    one = frames["coverage"].iloc[0]
    known = (
        f"members are known of {int(one['known']):,} of {fmt.counted(int(one['groups']), 'group')} that hold something"
    )
    return Said(known, "plain" if one["known"] < one["groups"] else "ok")


today = summary(
    "Today",
    "What of access needs a look, the worst first, and what is not known.",
    Clause(
        "broad grants",
        ("grants", "broad"),
        lambda frames, _: reach.broadest(frames["broad"]),
        Lead("Broad grants", PAGE, "Reach", "broad"),
    ),
    Clause(
        "changes of rights",
        ("privilege_changes",),
        lambda frames, look: privileges.worst(frames["privilege_changes"], look),
        Lead("Changes of rights", PAGE, "Changes", "privilege_changes"),
    ),
    Clause(
        "attempts",
        ("attempts",),
        lambda frames, look: attempts.worst(frames["attempts"], look),
        Lead("Attempts", PAGE, "Attempts", "attempts"),
    ),
    Clause(
        "sensitive data",
        ("sensitive_columns",),
        lambda frames, look: sensitive.worst(frames["sensitive_columns"], look),
        Lead("Unprotected columns", PAGE, "Sensitive", "unprotected"),
    ),
    Clause("members of groups", ("grants", "coverage"), _members),
)
