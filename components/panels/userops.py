"""UserOps: how many hours people lose, where and to what; who is stuck, and who uses what."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pandas as pd

from components.figures.lines import lines
from components.figures.stacked import stacked
from components.figures.week import week
from components.panels import offers
from components.panels.offers import Offer
from components.text import format as fmt
from components.text.codes import in_words, worded
from components.text.names import things_apart
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.grid import grid, labelled, things_of
from components.tiles.panel import Panel, panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid

HOUR = 3600
MANY = 5.0  # hours lost on a warehouse from which on a change is proposed
Rate = tuple[Decimal, str] | None
# What usually helps, by error class; others are looked up by their name.
CURES: Mapping[str, str] = MappingProxyType({
    "TABLE_OR_VIEW_NOT_FOUND": "The table was renamed or is in another catalog: say where it went.",
    "UNRESOLVED_COLUMN": "A column was renamed: say what it is called now.",
    "INSUFFICIENT_PERMISSIONS": "A right is lacking: propose the grant for the group.",
    "DIVIDE_BY_ZERO": "try_divide gives NULL where the divisor is 0.",
    "PARSE_SYNTAX_ERROR": "A short course on SQL helps.",
    "CAST_INVALID_INPUT": "try_cast gives NULL where a text is no number.",
})  # fmt: skip
HABITS: Mapping[str, str] = MappingProxyType({
    "SPILLS": "Larger compute, or less sorting and joining at once.",
    "READS_ALL": "A filter on the columns that the table is clustered by.",
})  # fmt: skip
NOBODY_WAITED = "Nobody waited for a statement in this period."


def lost(rate: Rate) -> Panel:
    """The panel of the hours lost each day; ``rate`` is what an hour of a person costs, and in which currency."""

    @panel("Hours lost to waiting")
    def hours_lost(frames: Frames, look: ViewContext) -> list[Body]:
        """What people waited for, by day. Who waits for several statements at a time waits once; jobs and services are
        nobody."""
        rows = worded(frames["hours_lost"], "userops.hours_lost")
        if rows.empty:
            return [Empty(NOBODY_WAITED)]
        whole = float(rows["hours"].sum())
        most = rows.groupby("cause")["hours"].sum().sort_values(ascending=False)
        cause, part = str(most.index[0]), float(most.iloc[0]) / whole
        said = (
            f"{fmt.number(whole)} h lost in this period{priced(whole, rate)}; {fmt.percent(part, 0)} {_waited(cause)}"
        )
        return [Finding(said), _by_cause(rows, look)]

    return hours_lost


hours_lost = lost(None)


def _by_cause(rows: pd.DataFrame, look: ViewContext) -> Body:
    seconds = rows.assign(seconds=rows["hours"] * HOUR)
    return stacked(seconds, look, x="day", series="cause", value="seconds", unit="seconds")


def priced(hours: float, rate: Rate) -> str:
    """``, $950 at 95 USD an hour``: what the hours cost, where a rate is agreed."""
    if rate is None:
        return ""
    each, currency = rate
    return f", {fmt.money(each * Decimal(str(hours)), currency)} at {each} {currency} an hour"


def _waited(cause: str) -> str:
    """A cause as the end of a sentence."""
    return {
        "Queued": "in the queue of a full warehouse",
        "Starting": "until a warehouse had started",
        "Compiled": "while statements were compiled",
        "Fetched": "until results had been fetched",
    }.get(cause, plain(cause, 40))


@panel("When people wait", height=250)
def waits_by_hour(frames: Frames, look: ViewContext) -> Body:
    """Hours lost by weekday and hour of the period, in your time zone."""
    rows = frames["waits_by_hour"]
    if rows.empty:
        return Empty(NOBODY_WAITED)
    seconds = rows.assign(seconds=rows["hours"] * HOUR)
    return week(seconds, look, hour="hour", value="seconds", unit="seconds")


WHERE = ("warehouse", "hours", "queued", "starting", "compiled", "fetched", "people", "days", "workspace")


@panel("Where people wait", height=360)
def waits_by_warehouse(frames: Frames, look: ViewContext) -> Body | list[Body]:
    """The warehouses on which most hours are lost. Where the queue is most of it, one more cluster is proposed."""
    rows = frames["waits_by_warehouse"]
    if rows.empty:
        return Empty(NOBODY_WAITED)
    first, whole = rows.iloc[0], float(rows["hours"].sum())
    share = fmt.percent(float(first["hours"]) / whole, 0)
    said = (
        f"{plain(first['warehouse'], 60)} costs people {fmt.number(first['hours'])} h, {share} of what is lost;"
        f" {fmt.number(first['queued'])} h of it in the queue"
    )
    told = things_apart(rows, "warehouse", "warehouse_id")
    shown = offers.offered(told, "warehouse", "warehouse", [_clusters(row) for row in told.itertuples()], frames)
    query = "userops.waits_by_warehouse"
    columns, things = offers.after_name(query, WHERE), {**things_of(query), "state": offers.STATE}
    return [Finding(said), Grid(shown, columns, things=things, proposes={"propose": offers.button("warehouse")})]


def _clusters(row: Any) -> Offer | None:
    """One cluster more than now, where the queue is the largest part of many hours and the warehouse is known."""
    if pd.isna(row.max_clusters) or row.hours < MANY or row.queued < max(row.starting, row.compiled, row.fetched):
        return None
    full = fmt.counted(int(row.max_clusters), "cluster")
    why = f"People waited {fmt.number(row.queued)} h because its {full} were full."
    return Offer("warehouse.set_max_clusters", why, {"max_num_clusters": int(row.max_clusters) + 1})


@panel("Errors that people meet", height=300)
def repeated_errors(frames: Frames, look: ViewContext) -> Body | list[Body]:
    """Classes of errors by who is stuck with them and how many days of people they cost; nobody's text or name."""
    rows = frames["repeated_errors"]
    if rows.empty:
        return Empty("No statement of a person failed in this period.")
    first = rows.iloc[0]
    met = fmt.counted(int(first["people"]), "person meets", "people meet")
    stuck = fmt.counted(int(first["stuck"]), "is", "are") if first["stuck"] else "nobody is"
    said = f"{met} “{in_words(plain(first['error_class'], 60))}”; {stuck} stuck with it"
    shown = rows.assign(cure=rows["error_class"].map(CURES))
    columns = {**labelled("userops.repeated_errors"), "cure": ("What usually helps", "text")}
    return [Finding(said), Grid(worded(shown, "userops.repeated_errors"), columns)]


def _stuck(rows: pd.DataFrame, look: ViewContext) -> str:
    people = fmt.counted(rows["person"].nunique(), "person has", "people have")
    return (
        f"{people} met one error day after day and had no success since; the longest for {int(rows['days'].max())} days"
    )


stuck_people = grid(
    "Who is stuck",
    "userops.stuck_people",
    "People who met one class of error on two days or more, without a success since. Shown to those who help, and to nobody else.",
    finding=_stuck,
    empty="Nobody was stuck with an error in this period.",
)


@panel("Costly habits", height=300)
def costly_habits(frames: Frames, look: ViewContext) -> Body | list[Body]:
    """People whose statements often spill to disk or read whole tables for a few rows. Shown to those who help, and to
    nobody else."""
    rows = frames["costly_habits"]
    if rows.empty:
        return Empty("Nobody spilled, or read whole tables for a few rows, as a habit in this period.")
    hours = fmt.number(float(rows["task_hours"].sum()))
    people = fmt.counted(len(rows), "person has", "people have")
    said = f"{people} a habit that a hint would mend: {hours} h of task time in this period"
    shown = rows.assign(hint=rows["habit"].map(HABITS))
    columns = {**labelled("userops.costly_habits"), "hint": ("What usually helps", "text")}
    return [
        Finding(said),
        Grid(worded(shown, "userops.costly_habits"), columns, things=things_of("userops.costly_habits")),
    ]


@panel("People who use the platform")
def active_people(frames: Frames, look: ViewContext) -> Body | list[Body]:
    """People by day and by product, each counted over the seven days up to it: a day of the week more or less does not move it."""
    rows = worded(frames["active_people"], "userops.active_people")
    if rows.empty:
        return Empty("Nobody used the platform in this period.")
    every = rows[rows["product"] == "All"].sort_values("day")
    if every.empty:
        every = rows.sort_values("people_week").tail(1)
    newest, before = every.iloc[-1], every.iloc[0]
    said = (
        f"{fmt.counted(int(newest['people_week']), 'person', 'people')} in the last 7 days,"
        f" {int(before['people_week'])} in those before {fmt.day(before['day'])}; {int(newest['people'])} on the last day"
    )
    table = rows.pivot_table(index="day", columns="product", values="people_week", aggfunc="sum").reset_index()
    products = table.drop(columns="day").iloc[-1].fillna(0).sort_values(ascending=False, kind="stable").index[:6]
    drawn = lines(
        table, look, x="day", columns={one: str(one) for one in products}, unit="count", of="people in 7 days"
    )
    return [Finding(said), drawn]


def _inactive(rows: pd.DataFrame, look: ViewContext) -> str:
    longest = rows.iloc[0]
    people = fmt.counted(len(rows), "person has", "people have")
    return f"{people} done nothing for 90 days; the longest for {int(longest['idle_days'])} days"


inactive_people = grid(
    "Inactive people",
    "userops.inactive_people",
    "People who did something in the last year, and nothing in its last 90 days: their rights and what they own are worth a look.",
    finding=_inactive,
    empty="Everybody who used the platform in the last year did so in its last 90 days.",
)


@panel("What I lost")
def my_waits(frames: Frames, look: ViewContext) -> list[Body]:
    """Your own waiting, by what you waited for."""
    rows = worded(frames["my_waits"], "userops.my_waits")
    if rows.empty:
        return [Empty("You waited for no statement in this period.")]
    whole = float(rows["hours"].sum())
    return [Finding(f"You lost {fmt.duration(whole * HOUR)} to waiting in this period"), _by_cause(rows, look)]


@panel("My errors", height=300)
def my_errors(frames: Frames, look: ViewContext) -> Body | list[Body]:
    """The errors that your own statements met, with what usually helps."""
    rows = frames["my_errors"]
    if rows.empty:
        return Empty("None of your statements failed in this period.")
    failed, asked = int(rows["statements"].sum()), int(rows["asked"].iloc[0])
    shown = rows.assign(cure=rows["error_class"].map(CURES))
    columns = {**labelled("userops.my_errors"), "cure": ("What usually helps", "text")}
    said = f"{failed:,} of your {fmt.counted(asked, 'statement')} failed"
    return [Finding(said), Grid(worded(shown, "userops.my_errors"), columns)]
