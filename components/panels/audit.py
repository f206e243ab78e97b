"""GovernanceOps: who did what to what, when, and with what outcome."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pandas as pd

from components.figures.stacked import stacked
from components.text import format as fmt
from components.text.codes import worded
from components.text.names import told_apart
from components.text.tokens import tokens
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.grid import labelled, things_of
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid, Leading, Sets
from things import SPOKEN, thing_of

EVENTS, DAYS = "governanceops.audit_events", "governanceops.audit_days"
APART = dt.timedelta(minutes=30)  # before and after an event, in which one looks for what else its actor did
# The words of the address: who, what about, which call, which sort of it, with what outcome, around when.
ACTOR, ABOUT, ACTION, DID, OUTCOME, AROUND = "actor", "about", "action", "did", "outcome", "around"
ANYTHING, ANY = "Anything", "Any"  # of the choices those that leave nothing out


def around(at: dt.datetime) -> str:
    """A moment as the address has it: UTC, to the minute."""
    return f"{at.astimezone(dt.UTC):%Y-%m-%dT%H:%M}"


@panel("Who did what to what", height=560, waits=760)
def audit(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """Events of the audit log, each counted once however often it is delivered; the newest stand first. Denied is an answer of
    401 or 403, failed any other error. Of what was asked only names and rights are told: the rest may hold keys."""
    days, newest = frames["audit_days"], frames.get("audit_events")
    whole = days[days["day"].isna()]
    if whole.empty or not int(whole["events"].iloc[0]):
        return [Empty("0 events of the audit log match in this period.", "Fields that are empty ask for all.")]
    by_day = worded(days[days["day"].notna()], DAYS)
    ink = tokens(look.theme)
    colours = {"Done": ink.series[0], "Denied": ink.watch, "Failed": ink.act}
    drawn = stacked(
        by_day,
        look,
        x="day",
        series="outcome",
        value="events",
        unit="count",
        things="events",
        colours=colours,
        height=170,
    )
    said = [Finding(_said(days, whole.iloc[0])), drawn]
    if newest is None or newest.empty:
        return said
    return [*said, _last(newest, look), _grid(newest)]


def _said(days: pd.DataFrame, whole: pd.Series) -> str:
    parts = days[days["day"].notna()].groupby("outcome")["events"].sum()
    bad = [f"{int(parts.get(one, 0)):,} {one.lower()}" for one in ("DENIED", "FAILED")]
    who = fmt.counted(int(whole["actors"]), "person or service", "people and services")
    about = fmt.counted(int(whole["things"]), "thing")
    return f"{fmt.counted(int(whole['events']), 'event')} by {who} on {about}: {', '.join(bad)}"


def _last(newest: pd.DataFrame, look: ViewContext) -> Leading:
    """The newest event in a sentence, whose names open their things."""
    first = newest.iloc[0]
    row = {str(name): value for name, value in first.items()}
    who = plain(look.names.called(str(first["who"])), 50) if isinstance(first["who"], str) else "nobody who is named"
    name = plain(first["name"], 60) if isinstance(first["name"], str) else ""
    told = ((who, thing_of(things_of(EVENTS)["who"], row)), (name, thing_of(things_of(EVENTS)["name"], row)))
    on = f" on {name}" if name else ""
    when = fmt.moment(first["at"].to_pydatetime(), look.zone)
    text = f"The newest: {plain(first['action'], 40)}{on} by {who}, {when}."
    return Leading(text, names=tuple((words, thing) for words, thing in told if thing is not None))


def _grid(newest: pd.DataFrame) -> Grid:
    present = [str(name) for name in newest if name == "at" or newest[name].notna().any()]
    named = newest["who"].map(lambda one: isinstance(one, str))
    words = [
        {ACTOR: who, AROUND: around(at.to_pydatetime()), DID: ANYTHING, ABOUT: "", ACTION: "", OUTCOME: ANY}
        for who, at in zip(newest["who"], newest["at"], strict=True)
    ]
    rows = newest.assign(
        thing_id=newest["thing_id"].where(
            newest["kind"].isin(SPOKEN.keys()), None
        ),  # a path, a group: named, without a page
        name=told_apart(newest["name"], newest["workspace_id"], newest["thing_id"], newest["kind"]).where(
            newest["name"].notna(), None
        ),
        then=pd.Series(["Around it"] * len(newest), newest.index, dtype=object).where(named, None),
        words=pd.Series(words, newest.index, dtype=object),
    )
    columns: dict[str, tuple[str, str]] = {}
    for name, label in {**labelled(EVENTS, present=present), "at": ("When", "lately")}.items():
        columns |= {name: label} | ({"then": ("", "text")} if name == "name" else {})
    columns.setdefault("then", ("", "text"))
    kept = {name: one for name, one in things_of(EVENTS).items() if name in columns}
    return Grid(rows, columns, things=kept, sets={"then": Sets("words")})
