"""UserOps: what people work as, told from what they do."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from components.figures.stacked import stacked
from components.text import format as fmt
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid

ONE = {
    "engineer": "engineer",
    "scientist": "scientist",
    "analyst": "analyst",
    "business": "business user",
    "service": "service",
}
WORDS = {name: f"{word.capitalize()}s" for name, word in ONE.items()} | {"unclear": "Unclear"}
RULES = {
    "persona": ("Counts as", "text"),
    "does": ("Who, of the days active,", "text"),
    "share": ("You", "share"),
    "least": ("From", "share"),
}


@panel("What people work as", height=340)
def personas(frames: Frames, look: ViewContext) -> Body | Sequence[Body]:
    """People and services by team, told by written rules from what they did in three months (see Mine for your own). Who fits
    two classes alike, or none, or was seen on few days, stays unclear. Teams below five people stand together."""
    rows = frames["persona_teams"]
    if rows.empty:
        return Empty("Nobody used the platform in the last three months.")
    told = rows.assign(persona=rows["persona"].map(WORDS))
    return [
        Finding(_said(rows)),
        stacked(
            told,
            look,
            x="team",
            series="persona",
            value="people",
            unit="count",
            axis="name",
            things="people and services",
        ),
    ]


def _said(rows: pd.DataFrame) -> str:
    sums = rows.groupby("persona")["people"].sum()
    people = int(sums.drop("service", errors="ignore").sum())
    unclear, services = int(sums.get("unclear", 0)), int(sums.get("service", 0))
    clear = sums.drop(["service", "unclear"], errors="ignore").sort_values(ascending=False, kind="stable")
    beside = f"; {fmt.counted(services, 'service')}" if services else ""
    parts = ", ".join(fmt.counted(int(count), ONE[str(name)]) for name, count in clear.items())
    whole = fmt.counted(people, "person", "people")
    return f"{parts + ', ' if parts else ''}{unclear:,} unclear among {whole}{beside}"


@panel("What I count as", height=240)
def my_persona(frames: Frames, look: ViewContext) -> Body | Sequence[Body]:
    """What you work as by the rules, and how near you are to each: on which share of your active days of three months you did
    what a class does. It decides nothing, and only you see it."""
    rows, mine = frames["rules"], frames["personas"]
    if mine.empty:
        return Empty("You were not active in the last three months, as far as the records say.")
    one = mine.iloc[0]
    called = {"unclear": "Unclear", "service": "You count as a service", "business": "You count as a business user"}
    said = called.get(one["persona"], f"You count as {'an' if one['persona'][0] in 'ae' else 'a'} {one['persona']}")
    told = rows.assign(share=[float(one[name]) for name in rows["persona"]])
    text = f"{said}: {plain(one['why'], 70)}; {fmt.counted(int(one['days']), 'active day')}"
    return [Finding(text), Grid(told.assign(persona=told["persona"].str.capitalize()), RULES)]
