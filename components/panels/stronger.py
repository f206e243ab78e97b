"""GovernanceOps: who can give themselves rights that they do not hold."""

from __future__ import annotations

from collections.abc import Sequence

from components.panels.reach import BROAD_THINGS, PROPOSE, WHO, unknown
from components.text import format as fmt
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid, Note

COLUMNS = {
    "who": ("Held by", "text"),
    "privilege": ("Privilege", "text"),
    "place": ("Securable", "text"),
    "people": ("People and services", "count"),
    "objects": ("Objects they do not read now", "count"),
    "propose": ("", "text"),
    "way": ("How", "text"),
}
LIMITS = "Not seen here, because no system table has it: who manages a group, and who may use a service principal."


@panel("Who can make themselves stronger", height=420)
def stronger(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """Who manages or owns something, directly or by a group, may give rights on it to anybody: also to themselves. Listed is what
    they cannot read now and could within a minute; the metastore has no name."""
    found = frames["stronger"]
    if found.empty:
        every = fmt.counted(int(frames["coverage"].iloc[0]["grants"]), "grant")
        return [Empty(f"Nobody can make themselves stronger by any of {every}.", f"{unknown(frames)}{LIMITS}")]
    first = found.iloc[0]
    place = plain(first["place"], 40) if first["place"] else "the metastore"
    by = f"{'owning' if first['privilege'] == 'OWNER' else 'MANAGE on'} {place}"
    who, objects = plain(look.names.called(first["who"]), 40), fmt.counted(int(first["objects"]), "object")
    said = f"{who} can open {objects} to themselves by {by}"
    more = len(found) - 1
    said += f"; {fmt.counted(more, 'more way')}" if more else ""
    columns = {name: label for name, label in COLUMNS.items() if found[name].notna().any()}
    things = {"who": WHO, **({"place": BROAD_THINGS["place"]} if "place" in columns else {})}
    shown = found.assign(privilege=found["privilege"].str.replace("_", " "))
    proposes = {"propose": PROPOSE} if "propose" in columns else {}
    return [Finding(said), Note(f"{unknown(frames)}{LIMITS}"), Grid(shown, columns, things=things, proposes=proposes)]
