"""What the app's own database knows of a thing: the steps of the proposals about it, and what decisions keep away from it; of a
person, the steps they took."""

from __future__ import annotations

import pandas as pd

from approvals.reading.held_back import held_back_frame
from approvals.reading.thing_story import Step, story, story_of
from components.frame.store_unavailable import read_in_time
from components.things.actions import TARGETS, Subject, key_of, target_of
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


def held_of(subject: Subject) -> pd.DataFrame | None:
    """What agents do not propose of it because people decided against it, in the workspaces that the viewer may see: rows of
    :func:`approvals.reading.held_back.held_back_frame`. None, and a warning, where that could not be read."""
    lost: pd.DataFrame | None = None
    key = key_of(subject)
    if not key:
        return None
    return read_in_time(
        lambda tx: held_back_frame(tx, subject.places, about=key), lost, "What is held back of it is not known."
    )
