"""GovernanceOps: direct rights that nobody uses, by team, and those of which that cannot be said."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from components.figures.stacked import stacked
from components.text import format as fmt
from components.text.tokens import tokens
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid, Note, Proposes
from spelling import folded
from things import ThingColumn

DAYS = 90  # of traces that are looked at
COLUMNS = {
    "grantee": ("Holder", "text"),
    "table_name": ("Table", "text"),
    "privileges": ("Privileges", "text"),
    "propose": ("", "text"),
    "last_week": ("Last used, week of", "date"),
    "again": ("May be used again", "text"),
    "last_seen": ("Holder last seen", "time"),
    "granted_at": ("Granted", "time"),
    "through": ("Groups that can, too", "text"),
}
THINGS = {"grantee": ThingColumn("principal", ("grantee",)), "table_name": ThingColumn("table", ("table_name",))}


@panel("Rights that nobody uses", height=420, waits=760)
def unused_rights(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """Direct rights to read or write a table, by team of the holder: used within 90 days by lineage or audit, not used, or not
    to be said: groups leave no trace of their own, a right may be too young, a service may come once a quarter."""
    held = frames["held_rights"]
    if held.empty:
        return [Empty("0 direct rights on tables are seen.")]
    counts = held["state"].value_counts()
    not_used, unknown = int(counts.get("unused", 0)), int(counts.get("cannot be said", 0))
    said = (
        f"{not_used:,} of {fmt.counted(len(held), 'direct right')} unused for {DAYS} days; {unknown:,} cannot be judged"
    )
    reasons = held.loc[held["state"] == "cannot be said", "reason"].map(_short).value_counts()
    why = "; ".join(f"{count:,} {plain(reason, 60)}" for reason, count in reasons.head(4).items())
    by = held.groupby(["team", "state"], sort=True).size().rename("rights").reset_index()
    order = held[held["state"] == "unused"]["team"].value_counts()
    by = by.sort_values("team", key=lambda one: -one.map(order).fillna(0), kind="stable")
    ink = tokens(look.theme)
    colours = {"used": ink.series[0], "unused": ink.watch, "cannot be said": ink.unknown}
    drawn = stacked(
        by,
        look,
        x="team",
        series="state",
        value="rights",
        unit="count",
        axis="name",
        colours=colours,
        things="rights",
        when="in",
    )
    bodies: list[Body] = [Finding(said, "watch" if not_used else "plain"), drawn]
    if why:
        bodies.append(Note(f"Not to be said: {why}."))
    listed = _listed(frames["unused_grants"], held, frames.get("again"))
    return [*bodies, _grid(listed)] if len(listed) else bodies


def _short(reason: str) -> str:
    """Without the figures of each."""
    return "granted lately" if reason.startswith("granted ") else reason.partition(":")[0]


def _listed(unused: pd.DataFrame, held: pd.DataFrame, again: pd.DataFrame | None) -> pd.DataFrame:
    """The rights that are not used, with a button each but where they may well be used again; what is known of the year before
    is in ``again``."""
    sure = {*held.loc[held["state"] == "unused", ["grantee", "place"]].itertuples(index=False, name=None)}
    rows = unused[[pair in sure for pair in zip(unused["grantee"], unused["table_name"], strict=True)]]
    pairs = zip(rows["grantee"], rows["privileges"], strict=True)
    params = [{"principal": who, "privileges": said.split(",")} for who, said in pairs]
    why = [f"No trace of use in {DAYS} days, from {one.watched_from} to {one.watched_to}." for one in rows.itertuples()]
    known = {row.held: row for row in again.itertuples()} if again is not None else {}
    before = [
        known.get(f"{folded(who)}/{folded(table)}")
        for who, table in zip(rows["grantee"], rows["table_name"], strict=True)
    ]
    back = [one.again if one is not None else None for one in before]
    return rows.assign(
        last_week=pd.Series([one.last_week if one is not None else None for one in before], rows.index, dtype=object),
        again=pd.Series(back, rows.index, dtype=object),
        privileges=rows["privileges"].str.replace(",", ", ").str.replace("_", " "),
        act=pd.Series([None if one else "grant.revoke" for one in back], rows.index, dtype=object),
        params=pd.Series(params, rows.index, dtype=object),
        why=pd.Series(why, rows.index, dtype=object),
        propose=pd.Series([None if one else "Propose revoke" for one in back], rows.index, dtype=object),
    )


def _grid(rows: pd.DataFrame) -> Grid:
    shown = {name: label for name, label in COLUMNS.items() if rows[name].notna().any()}
    return Grid(rows, shown, things=THINGS, proposes={"propose": Proposes("table_name", "act", "params", "why")})
