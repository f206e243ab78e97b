"""The first sentence of UserOps: what was lost yesterday against the usual day, where, who is stuck, which habits cost."""

from __future__ import annotations

import datetime as dt
import statistics
from functools import partial

import pandas as pd

from components.panels.userops import Rate, priced
from components.text import format as fmt
from components.text.codes import in_words
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.panel import Panel
from components.tiles.summary import Clause, Said, summary
from components.tiles.tile import Frames, Lead

WORSE = 1.25  # of the usual day: more is worth a look, twice as much is to be acted on
FEW = 1.0  # hours a day below which nothing is worth a word of alarm


def sentence_of(rate: Rate, yesterday: dt.date, helps: bool = True) -> Panel:
    """The sentence; ``yesterday`` is the newest complete day. Who does not help has no panels of single people, and no way to
    them."""
    lost = partial(_lost, rate=rate, day=yesterday)
    return summary(
        "Today",
        "What people lost to waiting, and who needs help.",
        Clause("hours lost", ("hours_lost",), lost, _lead("Where people wait", "Waiting", "waits_by_warehouse")),
        Clause(
            "errors that people meet", ("repeated_errors",), _errors, _lead("Errors", "Friction", "repeated_errors")
        ),
        Clause("newcomers", ("newcomers",), _newcomers, _lead("Newcomers", "People", "newcomers") if helps else None),
        Clause(
            "costly habits",
            ("costly_habits",),
            _habits,
            _lead("Habits", "Friction", "costly_habits") if helps else None,
        ),
        Clause(
            "inactive people",
            ("inactive_people",),
            _inactive,
            _lead("Inactive", "People", "inactive_people") if helps else None,
        ),
    )


def _lead(label: str, view: str, panel: str) -> Lead:
    return Lead(label, "userops.py", view, panel)


def _lost(frames: Frames, look: ViewContext, rate: Rate, day: dt.date) -> Said:
    rows = frames["hours_lost"]
    hours = float(rows.loc[rows["day"] == day, "hours"].sum())
    alike = [day - dt.timedelta(days=7 * weeks) for weeks in range(1, 5)]  # of the same weekday
    before = [float(rows.loc[rows["day"] == one, "hours"].sum()) for one in alike]
    usual = statistics.median(before)
    against = f"usually {fmt.number(usual)} on such a day"
    text = f"people lost {fmt.number(hours)} h to waiting on {fmt.day(day)} ({against}){priced(hours, rate)}"
    where = frames.get("waits_by_warehouse")
    if where is not None and len(where):
        text += f"; most on {plain(where.iloc[0]['warehouse'], 40)}"
    if hours < FEW or hours <= usual * WORSE:
        return Said(text)
    return Said(text, "act" if hours >= 2 * usual else "watch")


def _errors(frames: Frames, look: ViewContext) -> Said:
    rows = frames["repeated_errors"]
    stuck = rows[rows["stuck"] > 0]
    if stuck.empty:
        return Said("nobody is stuck with an error", "ok")
    worst = stuck.sort_values("stuck", ascending=False, kind="stable").iloc[0]
    people = fmt.counted(int(worst["stuck"]), "person is", "people are")
    return Said(f"{people} stuck with “{in_words(plain(worst['error_class'], 60))}”", "watch")


def _newcomers(frames: Frames, look: ViewContext) -> Said:
    rows = frames["newcomers"]
    stuck = int((rows["state"] == "stuck").sum())
    if not stuck:
        return Said("no newcomer is stuck", "ok")
    return Said(f"{fmt.counted(stuck, 'newcomer has', 'newcomers have')} no first success", "watch")


def _habits(frames: Frames, look: ViewContext) -> Said:
    rows = frames["costly_habits"]
    if rows.empty:
        return Said("nobody has a costly habit", "ok")
    people = fmt.counted(len(rows), "person spills or reads", "people spill or read")
    return Said(f"{people} whole tables as a habit", "watch")


def _inactive(frames: Frames, look: ViewContext) -> Said:
    rows: pd.DataFrame = frames["inactive_people"]
    if rows.empty:
        return Said("nobody is inactive", "ok")
    return Said(f"{fmt.counted(len(rows), 'person has', 'people have')} done nothing for 90 days")
