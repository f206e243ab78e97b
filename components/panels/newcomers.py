"""UserOps: whether newcomers are through, and who of them is stuck."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pandas as pd

from components.figures.survival import survival
from components.panels import offers
from components.panels.offers import Offer
from components.text import format as fmt
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.grid import things_of
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid, Proposes
from things import ThingColumn

QUERY = "userops.newcomers"
COLUMNS = {
    "person": ("Person", "text"),
    **offers.COLUMNS,
    "joined": ("Added", "lately"),
    "started": ("First seen", "lately"),
    "days": ("Days since", "count"),
    "denied": ("Denied", "count"),
    "failed": ("Failed", "count"),
    "table_full_name": ("Denied last", "text"),
    "grant": ("", "text"),
    "group": ("In group", "text"),
    "hold": ("Lacks what 80 % there hold", "long"),
}
GROUP = ThingColumn("principal", ("group",))
EMPTY = "Nobody was added to the account in the last 90 days, as far as audit says."


@panel("Are newcomers through?", height=380)
def newcomers(frames: Frames, look: ViewContext) -> Body | Sequence[Body]:
    """People added in the last 90 days: from the first thing that they do to a first success, a statement or a command that ran.
    Who still waits is watched until now; who has not begun is in no line. Stuck is who waits seven days, or was denied three times."""
    rows = frames["newcomers"]
    if rows.empty:
        return Empty(EMPTY)
    stuck = rows[rows["state"] == "stuck"].sort_values(["denied", "days"], ascending=False, kind="stable")
    begun = int((rows["state"] != "not begun").sum())
    unbegun = f"; {len(rows) - begun:,} not seen yet" if len(rows) > begun else ""
    people = fmt.counted(begun, "newcomer")
    bodies: list[Body] = [Finding(_said(stuck, people) + unbegun, "watch" if len(stuck) else "plain")]
    drawn = frames["survival"]
    if len(drawn):
        told = drawn.assign(cohort=[_cohort(one) for one in drawn["cohort"]])
        bodies.append(
            survival(
                told, look, group="cohort", day="day", share="share", people="people", mark=7, of="without a success"
            )
        )
    if len(stuck):
        shown = stuck.assign(resource_kind="principal", resource_id=stuck["person"], workspace_id="")
        shown = offers.offered_of_kinds(shown, "person", [_offer(row) for row in shown.itertuples()], frames)
        things = {**things_of(QUERY), "group": GROUP, "state": offers.STATE}
        buttons = {
            "propose": offers.button("person"),
            "grant": Proposes("table_full_name", "grant_act", "grant_params", "grant_why"),
        }
        bodies.append(Grid(_grants(shown), COLUMNS, "stuck, the most denied first", things=things, proposes=buttons))
    return bodies


def _grants(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with the button that grants the table that was refused last to the group, never to the person alone."""
    able = rows["table_full_name"].notna() & rows["group"].notna()
    return rows.assign(
        grant=pd.Series("Grant to group", rows.index, dtype=object).where(able, None),
        grant_act=["grant.add" if one else "" for one in able],
        grant_params=pd.Series(
            [
                {"principal": group, "privileges": ["SELECT"]} if one else {}
                for one, group in zip(able, rows["group"], strict=True)
            ],
            rows.index,
            dtype=object,
        ),
        grant_why=[
            f"A newcomer of this group was denied it {fmt.counted(int(one), 'time')} and has had no success yet."
            for one in rows["denied"]
        ],
    )


def _said(stuck: pd.DataFrame, people: str) -> str:
    if stuck.empty:
        return f"None of {people} is stuck before a first success"
    denied = int((stuck["denied"] > 0).sum())
    were = f"; {fmt.counted(denied, 'was', 'were')} denied" if denied else ""
    return f"{len(stuck):,} of {people} {'is' if len(stuck) == 1 else 'are'} stuck without a first success{were}"


def _cohort(month: str) -> str:
    return dt.date.fromisoformat(f"{month}-01").strftime("%b %Y") if month else "All"


def _offer(row: Any) -> Offer:
    """Help for one who is stuck; what a whole group lacks is granted to the group, from the table that was refused."""
    refused = f" They were denied {fmt.counted(int(row.denied), 'time')}" if row.denied else ""
    at = f", last at {plain(row.table_full_name, 100)}" if isinstance(row.table_full_name, str) and refused else ""
    lacks = (
        f" They lack what most of {plain(row.group, 60)} hold: {plain(row.hold, 200)}."
        if isinstance(row.hold, str)
        else ""
    )
    why = f"No first success {fmt.number(float(row.days))} days after they began.{refused}{at}{'.' if refused else ''}{lacks}"
    told = {"topic": "First steps", "subject": "Your first steps here", "text": "Tell us where you are stuck."}
    return Offer("training.suggest", why, {"recipient": plain(row.person, 200), **told})
