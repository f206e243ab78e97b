"""What the app's own database knows of a thing: the steps of the proposals about it."""

from __future__ import annotations

from approvals.reading.thing_story import Step, story
from components.frame.store_unavailable import read_in_time
from components.things.actions import TARGETS, Subject, target_of


def steps_of(subject: Subject) -> list[Step] | None:
    """What was proposed, decided and done about it, in the workspaces that the viewer may see; None, and a warning, where
    that could not be read."""
    if subject.thing.kind not in TARGETS:
        return []
    lost: list[Step] | None = None
    return read_in_time(
        lambda tx: story(tx, target_of(subject), subject.places), lost, "What was proposed about it is not known."
    )
