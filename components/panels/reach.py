"""GovernanceOps: who reaches what and through what, how wide each schema is open, and which grants are broad."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from components.figures.sunburst import sunburst
from components.text import format as fmt
from components.text.tokens import tokens
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.grid import labelled, things_of
from components.tiles.panel import panel
from components.tiles.summary import Said, name_in
from components.tiles.tile import Body, Empty, Finding, Frames, Grid, Note, Proposes
from things import ThingColumn

QUERY = "governanceops.grants"
WHO = ThingColumn("principal", ("who",))
BROAD_THINGS = things_of(QUERY)
THINGS = {"who": WHO, "place": BROAD_THINGS["place"], "member": ThingColumn("principal", ("member",))}
RINGS = {"catalog": ThingColumn("catalog", ("catalog",)), "schema": ThingColumn("schema", ("schema",))}
PROPOSE = Proposes("place", "act", "params", "why")
LEAVE = Proposes("member", "leaves", "leave_params", "leave_why")
PATHS = {
    "who": ("Who", "text"),
    "right": ("May", "text"),
    "through": ("Through", "text"),
    "privilege": ("Privilege", "text"),
    "place": ("Given on", "text"),
    "propose": ("", "text"),
    "leave": ("", "text"),
    "cut": ("Shortest cut", "text"),
}
BROAD = {
    "place": ("Securable", "text"),
    "grantee": ("Granted to", "text"),
    "privilege": ("Privilege", "text"),
    "principals": ("Principals", "count"),
    "objects": ("Objects", "count"),
    "propose": ("", "text"),
    "cause": ("Broad because", "text"),
    "grantor": ("Granted by", "text"),
}
LIMITS = "Workspace bindings, masks, filters and policies on tags are not counted: they only take away."


@panel("Who can reach this, and through what", height=520)
def paths(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """Each path to a right: the person, the groups, the grant. A right on a catalog or schema holds for all in it; without
    USE CATALOG and USE SCHEMA there is no access. The shortest cut is the fewest removals that end it; what everybody
    holds is left alone where there is another."""
    asked, found = frames["asked"].iloc[0], frames["reached"]
    if not asked["who"] and not asked["place"]:
        like = f"Like it: {plain(asked['like'], 400)}" if asked["like"] else ""
        every = fmt.counted(int(frames["coverage"].iloc[0]["grants"]), "grant")
        none = (
            f"Nothing in {every} is called {plain(asked['typed'], 80)}."
            if asked["typed"]
            else f"None of {every} is broad."
        )
        return [
            Empty(none, like or "Type the full name of a table, schema or catalog, a person, a service or a group.")
        ]
    if asked["who"]:
        return _of_somebody(str(asked["who"]), found, frames, look)
    if found.empty:
        place = plain(asked["place"], 120)
        return [Empty(f"Nobody holds a right on {place}.", unknown(frames)), Note(LIMITS)]
    open_ = found[found["lacks"].isna()]
    people = {right: int(asked[right]) for right in ("read", "write", "manage")}
    said = f"{plain(asked['place'], 80)}: {fmt.counted(people['read'], 'principal')} can read it"
    said += f", {people['write']:,} write and {people['manage']:,} manage it" if any(people.values()) else ""
    nowhere = len(found) - len(open_)
    more = (
        f"{fmt.counted(nowhere, 'grant path leads', 'grant paths lead')} nowhere: a USE is missing. " if nowhere else ""
    )
    return [Finding(said), Note(f"{more}{unknown(frames)}{LIMITS}"), _grid(found, PATHS, THINGS)]


def _of_somebody(who: str, found: pd.DataFrame, frames: Frames, look: ViewContext) -> Sequence[Body]:
    name = plain(look.names.called(who), 80)
    if found.empty:
        return [Empty(f"{name} reaches nothing: no grant, no ownership, no group that has one.", unknown(frames))]
    asked = frames["asked"].iloc[0]
    counts = [int(asked[right]) for right in ("read", "write", "manage")]
    said = f"{name} can read {fmt.counted(counts[0], 'object')}, write {counts[1]:,} and manage {counts[2]:,}"
    columns = {name: label for name, label in PATHS.items() if name != "who"}
    columns = {"objects": ("Objects", "count"), **columns}
    held = fmt.counted(len(found), "grant or ownership", "grants and ownerships")
    direct = int((found["through"] == "directly").sum())
    return [
        Finding(said),
        Note(f"{held}, {direct:,} given directly. {unknown(frames)}{LIMITS}"),
        _grid(found, columns, THINGS),
    ]


def _grid(found: pd.DataFrame, columns: Mapping[str, tuple[str, str]], things: Mapping[str, ThingColumn]) -> Grid:
    """Those of the columns in which something stands."""
    shown = {name: label for name, label in columns.items() if found[name].notna().any()}
    proposes = {name: one for name, one in (("propose", PROPOSE), ("leave", LEAVE)) if name in shown}
    about = {*shown, *(one.about for one in proposes.values())}
    return Grid(found, shown, things={name: one for name, one in things.items() if name in about}, proposes=proposes)


def unknown(frames: Frames) -> str:
    """Of which groups that hold something the members are not known; nothing where they all are."""
    one = frames["coverage"].iloc[0]
    if one["groups"] == one["known"]:
        return ""
    known, of = f"{int(one['known']):,}", fmt.counted(int(one["groups"]), "group")
    return f"Members are known of {known} of {of} that hold something; not of {plain(one['unknown'], 200)}. "


@panel("How wide each schema is open", height=420)
def openness(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """People and services that really read something in a schema, each counted once, by the widest way they come in."""
    frame, ink = frames["openness"], tokens(look.theme)
    if frame.empty:
        return [Empty("Nobody can read anything.", unknown(frames))]
    totals = frame.groupby("schema", sort=True)["principals"].sum().sort_values(ascending=False, kind="stable")
    public = frame[frame["audience"] == "everybody"]
    widest = f"{plain(totals.index[0], 80)} is open to {fmt.counted(int(totals.iloc[0]), 'principal')}"
    most = int((totals == totals.iloc[0]).sum()) - 1
    widest += f", as {fmt.counted(most, 'other schema is', 'other schemas are')}" if most else ""
    said = f"{widest}; {public['schema'].nunique():,} of {fmt.counted(len(totals), 'schema')} open to everybody"
    colours = dict(
        zip(
            ("everybody", "large group", "small group", "person", "service", "group of unknown members"),
            (ink.act, *ink.series[:4], ink.unknown),
            strict=True,
        )
    )
    return [
        Finding(said),
        sunburst(
            frame,
            look,
            levels=["catalog", "schema", "audience"],
            value="principals",
            of="people and services",
            colours=colours,
            things=RINGS,
        ),
        *([Note(unknown(frames))] if unknown(frames) else []),
    ]


def broadest(frame: pd.DataFrame) -> Said:
    """The broad grant that opens most to most."""
    if frame.empty:
        return Said("no grant is broad", "ok")
    first, behind = frame.iloc[0], fmt.counted(int(frame["principals"].iloc[0]), "principal")
    said = f"{first['privilege']} on {plain(first['place'], 60)} is held by {plain(first['grantee'], 40)} ({behind})"
    names = tuple(name_in(first, name, which) for name, which in BROAD_THINGS.items())
    return Said(said, "act" if frame["cause"].str.contains("everybody").any() else "watch", names)


@panel("Broad grants", height=420)
def broad(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """Grants to everybody, of ALL PRIVILEGES or of MANAGE, those that open most to most first. USE alone opens nothing."""
    frame = frames["broad"]
    if frame.empty:
        every = fmt.counted(int(frames["coverage"].iloc[0]["grants"]), "grant")
        return [Empty(f"None of {every} is broad.", "Looked for: to everybody, all privileges, MANAGE.")]
    said = broadest(frame)
    found = Finding(f"{fmt.counted(len(frame), 'broad grant')}: {said.text}", said.tone)
    return [found, _grid(frame, BROAD, BROAD_THINGS)]


@panel("Every grant", height=520)
def grants(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """What is granted directly, on which securable, to whom; inherited rights are not repeated, owners stand apart."""
    every = frames["grants"]
    given = every[every["privilege"] != "OWNER"]
    if given.empty:
        return [
            Empty(
                f"No grant is seen on {fmt.counted(len(every), 'securable')}.",
                "The app sees what it may: BROWSE or MANAGE on the catalogs shows the rest.",
            )
        ]
    persons = int(given["grantee"].str.contains("@").sum())
    holders = fmt.counted(given["grantee"].nunique(), "principal")
    said = f"{fmt.counted(len(given), 'direct grant')} to {holders}, {persons:,} of them to persons"
    order = given["privilege"].map({"ALL_PRIVILEGES": 0, "MANAGE": 1, "MODIFY": 2}).fillna(3)
    order = order.mask(given["privilege"].str.startswith("USE_"), 9)
    shown = given.iloc[order.argsort(kind="stable")].assign(
        privilege=lambda rows: rows["privilege"].str.replace("_", " ")
    )
    return [Finding(said), Grid(shown, labelled(QUERY), things=things_of(QUERY))]
