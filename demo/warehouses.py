"""SQL warehouses: their versions, when they ran and with how many clusters. Tables of ``compute``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from demo.actions_done import after, done_of
from demo.faults import faults_of
from demo.names import ACCOUNT, EUROPE, PROD
from demo.organisation import Organisation
from demo.past_actions import versions, waited
from demo.rhythm import Frame, Ints, generator
from demo.runs import LAG
from demo.tables import insert
from demo.workloads import COLD_STARTS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

APART = 10**11  # seconds between the times of one warehouse and those of the next


def write_warehouses(connection: DuckDBPyConnection, world: Organisation) -> None:
    """``compute.warehouses`` of the home region, with the size change that made one dearer and a deleted one."""
    home = world.warehouses[world.warehouses.workspace_id != EUROPE]
    bigger = [
        home[home.warehouse_id == rise.entity_id].assign(
            change_time=rise.t0 + pd.Timedelta(hours=9, minutes=12), warehouse_size="X_LARGE"
        )
        for rise in faults_of(world, "cost_rise")
    ]
    edited = home.iloc[4:5].assign(change_time=world.now - pd.Timedelta(hours=5), max_clusters=5)
    old = home.iloc[2:3].assign(warehouse_id="00dead00beef0001", warehouse_name="old-reports")
    ended = world.now.normalize() - pd.Timedelta(days=50)
    first, acted = versions(world, "warehouse", home.assign(change_time=home.create_time, position=home.index))
    every = pd.concat(
        [
            first,
            acted,
            *bigger,
            edited,
            old.assign(change_time=old.create_time),
            old.assign(change_time=ended, delete_time=ended),
        ],
        ignore_index=True,
    )
    every["delete_time"] = pd.to_datetime(every.delete_time, utc=True)
    insert(
        connection,
        "system.compute.warehouses",
        every,
        {
            "account_id": f"'{ACCOUNT}'",
            "warehouse_channel": "'CURRENT'",
            "tags": "map_from_entries(map_entries(tags))",
        },
        order="change_time, warehouse_id",
    )


def running(world: Organisation, made: Frame) -> Frame:
    """When each warehouse ran: from its first statement until ``auto_stop_minutes`` after the last one ended.

    ``made`` are the statements, sorted by position (of the warehouse) and start. Columns position, start (seconds since
    1970), seconds, cold (seconds until it answered); luck (between 0 and 1), and whole_start and whole_seconds of the
    time in which it would have run if it had not been made to stop sooner.
    """
    mine = made.position.to_numpy() >= 0
    position, begin = made.position.to_numpy()[mine], made.start.to_numpy()[mine]
    minutes = waited(world, position, begin, world.warehouses.auto_stop_minutes.to_numpy()[position])
    ran = _ran(world, made, minutes)
    luck = generator(world.seed, 35).random(len(ran))
    ran = ran.assign(luck=luck, whole_start=ran.start, whole_seconds=ran.seconds)
    sooner = done_of(world, "warehouse.set_autostop")
    if not sooner:
        return ran
    place = world.warehouses.workspace_id.to_numpy()[position], world.warehouses.warehouse_id.to_numpy()[position]
    for one in sooner:
        minutes = np.where(after(one, *place, begin), one.value, minutes)
    parts = _ran(world, made, minutes)  # each lies within what would have run
    whole, part = ((one.position * APART + one.start).to_numpy() for one in (ran, parts))
    of = ran.iloc[np.searchsorted(whole, part, "right") - 1].reset_index(drop=True)
    return parts.assign(luck=of.luck, whole_start=of.whole_start, whole_seconds=of.whole_seconds)


def _ran(world: Organisation, made: Frame, minutes: Ints) -> Frame:
    """As :func:`running` has it, where each statement is waited after for so many ``minutes``."""
    mine = np.nonzero(made.position.to_numpy() >= 0)[0]
    position, begin = made.position.to_numpy()[mine], made.start.to_numpy()[mine]
    end = begin + np.ceil(made.seconds + made.wait).astype("int64").to_numpy()[mine] + minutes * 60
    slow = world.warehouses.warehouse_type.map(COLD_STARTS).to_numpy()[position]
    # A warehouse's times lie far from the next one's, so one running maximum serves them all.
    lift, late = position * APART, np.zeros_like(begin)
    for _ in range(2):  # what comes while it starts ends later, and so does it
        until = np.maximum.accumulate(end + late + lift)
        new = np.concatenate([[True], begin[1:] + lift[1:] > until[:-1]])
        starts = np.nonzero(new)[0]
        late = np.maximum(begin[starts][np.cumsum(new) - 1] + slow - begin, 0)
    stops = (until - lift)[np.concatenate([starts[1:] - 1, [len(mine) - 1]])]
    horizon = int(world.now.timestamp()) - LAG
    return pd.DataFrame(
        {
            "position": position[starts],
            "start": begin[starts],
            "seconds": np.minimum(stops, horizon) - begin[starts],
            "cold": slow[starts],
        }
    )


def scaled_up(world: Organisation, ran: Frame) -> Frame:
    """When a second cluster ran as well: position, start, seconds."""
    able = world.warehouses.max_clusters.to_numpy()[ran.position] > 1
    chosen = ran[able & (ran.whole_seconds >= 3600) & (ran.luck < 0.35)]
    up = chosen.whole_start + (chosen.whole_seconds * 0.3).astype("int64")
    down = np.minimum(up + (chosen.whole_seconds * 0.25).astype("int64"), chosen.start + chosen.seconds)
    start = np.maximum(up, chosen.start)
    made = pd.DataFrame({"position": chosen.position, "start": start, "seconds": down - start})
    return made[made.seconds > 0]


def write_events(connection: DuckDBPyConnection, world: Organisation, ran: Frame) -> None:
    """``compute.warehouse_events``: starting, running, scaled up and down, stopping, stopped."""
    more, horizon = scaled_up(world, ran), int(world.now.timestamp()) - LAG
    stop, up = ran.start + ran.seconds, ran.start + ran.cold
    over = stop < horizon
    down = more.start + more.seconds

    def event(frame: Frame, moment: Frame, kind: str, clusters: int) -> Frame:
        made = {"position": frame.position, "moment": moment, "event_type": kind, "cluster_count": clusters}
        return pd.DataFrame(made)

    every: Frame = pd.concat(
        [
            event(ran, ran.start, "STARTING", 0),
            event(ran[up < horizon], up[up < horizon], "RUNNING", 1),
            event(more, more.start, "SCALED_UP", 2),
            event(more[down < horizon], down[down < horizon], "SCALED_DOWN", 1),
            event(ran[over], stop[over] - 2, "STOPPING", 1),
            event(ran[over], stop[over], "STOPPED", 0),
        ],
        ignore_index=True,
    )
    every["workspace_id"] = world.warehouses.workspace_id.to_numpy()[every.position]
    every["warehouse_id"] = world.warehouses.warehouse_id.to_numpy()[every.position]
    values = {"account_id": f"'{ACCOUNT}'", "event_time": "to_timestamp(moment)"}
    home = every[every.workspace_id != EUROPE]
    insert(connection, "system.compute.warehouse_events", home, values, order="moment, warehouse_id, cluster_count")


def home_of(world: Organisation) -> int:
    """The position of a busy production warehouse, which jobs use for their SQL."""
    return int(np.nonzero((world.warehouses.workspace_id == PROD).to_numpy())[0][3])
