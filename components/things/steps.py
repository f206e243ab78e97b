"""What the app's own database knows of a thing: the steps of the proposals about it; of a person, those they took."""

from __future__ import annotations

from approvals.reading.thing_story import Step, story, story_of
from components.frame.store_unavailable import read_in_time
from components.things.actions import TARGETS, Subject, target_of
from components.things.people import may_see
from settings import settings


def steps_of(subject: Subject) -> list[Step] | None:
    """What was proposed, decided and done about it (of a person: by them, for who may see that), in the workspaces that the
    viewer may see; None, and a warning, where that could not be read."""
    lost: list[Step] | None = None
    if subject.thing.kind == "principal" and may_see(settings(), subject.thing):
        return read_in_time(
            lambda tx: story_of(tx, subject.thing.id, subject.places),
            lost,
            "What they proposed and decided is not known.",
        )
    if subject.thing.kind not in TARGETS:
        return []
    return read_in_time(
        lambda tx: story(tx, target_of(subject), subject.places), lost, "What was proposed about it is not known."
    )
