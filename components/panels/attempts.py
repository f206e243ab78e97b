"""GovernanceOps: is somebody trying? The most within 60 minutes, each against their own usual."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from components.figures.lines import multiples
from components.text import format as fmt
from components.text.codes import in_words
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.grid import labelled, things_of
from components.tiles.panel import panel
from components.tiles.summary import Said, capital, name_in
from components.tiles.tile import Body, Empty, Finding, Frames, Grid

QUERY = "governanceops.attempts"
LEAST, TIMES = 20, 5  # from how many within an hour on, and how many times the usual, it is no accident
WORDS = {
    "FAILED_SIGN_IN": ("failed sign-in", "failed sign-ins"),
    "DENIED_REQUEST": ("denied request", "denied requests"),
    "DOWNLOAD": ("download", "downloads"),
    "OUTBOUND_DENIAL": ("denied connection outwards", "denied connections outwards"),
}


def judged(days: pd.DataFrame) -> pd.DataFrame:
    """One row per attempt and subject, its day with the highest peak: with ``usual``, the median peak of their other days on
    which they tried (NaN: there is none), and ``odd``, whether it is far above it. The oddest first."""
    of = ["attempt", "subject"]
    ordered = days.sort_values(["peak", "day"], ascending=[False, False], kind="stable")
    again = ordered.duplicated(of)
    others = ordered["peak"].where(again).astype("float64").groupby([ordered[name] for name in of])
    found = ordered.assign(usual=others.transform("median"))[~again].sort_index(kind="stable")
    floor = found["usual"].fillna(0).clip(lower=1)
    found["odd"] = (found["peak"] >= LEAST) & (found["peak"] >= TIMES * floor)
    found["times"] = found["peak"] / floor
    return found.sort_values(["odd", "times"], ascending=False, kind="stable", ignore_index=True)


def worst(days: pd.DataFrame, look: ViewContext) -> Said:
    """The oddest of the rows of ``governanceops.attempts``."""
    found = judged(days)
    if not found["odd"].any():
        return Said(f"none of {fmt.counted(len(found), 'subject')} tried far more often than usual", "ok")
    first = found.iloc[0]
    what = fmt.counted(int(first["peak"]), *WORDS.get(str(first["attempt"]), ("attempt", "attempts")))
    usual = "never before" if pd.isna(first["usual"]) else f"usual {fmt.number(first['usual'])}"
    who = plain(look.names.called(str(first["subject"])), 50)
    _, thing = name_in(first, "who", things_of(QUERY)["who"])
    when = fmt.moment(first["peak_at"].to_pydatetime(), look.zone)
    return Said(f"{what} within an hour by {who}, until {when}; {usual}", "act", ((who, thing),))


@panel("Is somebody trying", height=320, waits=620)
def attempts(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """Failed sign-ins, denied requests, downloads and denied connections: the most in any 60 minutes of a day, of those who
    tried most, against the same person's usual. Small pictures have one scale."""
    days = frames["attempts"]
    if days.empty:
        return [Empty("0 failed sign-ins, denials and downloads in this period.")]
    found, said = judged(days), worst(days, look)
    odd = found[found["odd"]]
    tops = days.groupby(["attempt", "day"], as_index=False)["peak"].max()
    tops = tops.assign(said=[in_words(one) for one in tops["attempt"]])
    order = {name: n for n, name in enumerate(dict.fromkeys(found["attempt"]))}
    tops = tops.sort_values(["attempt", "day"], key=lambda one: one.map(order) if one.name == "attempt" else one)
    columns = {**labelled(QUERY), "usual": ("Usual", "number")}
    things = things_of(QUERY)
    more = fmt.counted(len(odd), "subject") + " far above usual" if len(odd) else ""
    return [
        Finding(capital(said.text), said.tone),
        multiples(tops, look, panel="said", x="day", value="peak", unit="count"),
        Grid(found, columns, more, things=things, styles={"odd": "font-weight: 600"}),
    ]
