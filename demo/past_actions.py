"""What was done by the inbox in the weeks before now, as the facts of the organisation show it: settings that became others on a
day, and what their things cost from then on. The records of it in the store are :mod:`demo.past_proposals`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from demo.organisation import Organisation
from demo.rhythm import DAY, Frame, Ints

HOUR = 14  # UTC, of the day of a change
Setting = Literal["workers", "auto", "auto_stop_minutes"]


@dataclass(frozen=True)
class Past:
    """``kind`` was done to the thing at ``position`` so many days ``ago``, and taken back ``until`` days ago, if it was. Its
    ``setting`` was ``more`` than now before it; it cost ``before`` times as much as it would have before the change, and
    ``meanwhile`` times while it held. What was said to be saved is ``promise`` times what really was."""

    kind: str
    entity: Literal["cluster", "warehouse"]
    position: int
    ago: int
    setting: Setting
    more: int
    before: float = 1.0
    meanwhile: float = 1.0
    until: int | None = None
    promise: float = 1.0


PAST: tuple[Past, ...] = (
    Past("cluster.resize", "cluster", 7, 40, "workers", 3, before=1.55, promise=1.08),
    Past("cluster.set_autotermination", "cluster", 11, 33, "auto", 60, before=1.25, promise=2.1),
    # Fewer workers made its work longer than it made them cheaper, and was taken back.
    Past("cluster.resize", "cluster", 4, 47, "workers", 2, meanwhile=2.1, until=33, promise=-0.4),
    Past("warehouse.set_autostop", "warehouse", 6, 50, "auto_stop_minutes", 60, promise=0.9),
)  # fmt: skip


def moment(world: Organisation, days: int) -> pd.Timestamp:
    """When something was done so many ``days`` ago."""
    return world.now.normalize() - pd.Timedelta(days=days) + pd.Timedelta(hours=HOUR)


def of(entity: str) -> tuple[Past, ...]:
    """What was done to clusters, or to warehouses."""
    return tuple(one for one in PAST if one.entity == entity)


def dearer(world: Organisation, position: Ints, start: Ints) -> npt.NDArray[np.float64]:
    """How many times as much an hour of the cluster at each ``position`` cost at ``start`` (seconds since 1970)."""
    made = np.ones(len(start))
    for one in of("cluster"):
        done = int(moment(world, one.ago).timestamp())
        back = int(moment(world, one.until).timestamp()) if one.until is not None else int(world.now.timestamp()) + DAY
        mine = position == one.position
        made[mine & (start < done)] *= one.before
        made[mine & (start >= done) & (start < back)] *= one.meanwhile
    return made


def waited(world: Organisation, position: Ints, begin: Ints, minutes: Ints) -> Ints:
    """After how many ``minutes`` without a statement the warehouse at each ``position`` stopped at ``begin``, where that is known
    as of now."""
    for one in of("warehouse"):
        early = (position == one.position) & (begin < int(moment(world, one.ago).timestamp()))
        minutes = np.where(early, minutes + one.more, minutes)
    return minutes


def versions(world: Organisation, entity: str, made: Frame) -> tuple[Frame, Frame]:
    """The rows of things as they were ``made``, with what their settings were then, and the rows of the changes. ``made`` has
    ``position`` and the settings as of now."""
    first, changes = made.copy(), []
    for one in of(entity):
        mine = first.position == one.position
        changed = first[mine].assign(change_time=moment(world, one.ago))
        if one.until is None:
            first.loc[mine, one.setting] = first.loc[mine, one.setting] + one.more
            changes.append(changed)
            continue
        fewer = (changed[one.setting] - one.more).clip(lower=1)
        changes += [changed.assign(**{one.setting: fewer}), changed.assign(change_time=moment(world, one.until))]
    return first, pd.concat([one for one in changes if len(one)], ignore_index=True) if any(
        map(len, changes)
    ) else made.head(0)
