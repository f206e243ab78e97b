"""GovernanceOps: which rights came and which went since last quarter, with who gave them."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from components.figures.stacked import stacked
from components.panels.privileges import ABLE, REVOCABLE
from components.text import format as fmt
from components.text.names import told_apart
from components.text.tokens import tokens
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.grid import things_of
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid, Note, Proposes
from things import ThingColumn

CAME, WENT, PASSED = "came", "went", "came and went"
THINGS = {
    "grantee": ThingColumn("principal", ("grantee",)),
    "place": things_of("governanceops.grants")["place"],
    "who": ThingColumn("principal", ("who",)),
}
COLUMNS = {
    "change": ("Change", "text"),
    "grantee": ("Holder", "text"),
    "privilege": ("Privilege", "text"),
    "place": ("Securable", "text"),
    "at": ("When", "time"),
    "who": ("By", "text"),
    "propose": ("", "text"),
}
BARS = 15


@panel("What changed since last quarter", height=420, waits=760)
def grant_drift(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """Rights that are there now and were not then, the other way round, and those that came and went in between; strong ones and
    those for everybody first. Compared with what the cockpit kept then, else with what the audit log takes back to."""
    found, basis, counts = frames["drift"], frames["drift_basis"].iloc[0], frames["drift_counts"].iloc[0]
    since = f"since {fmt.day(pd.Timestamp(basis['since']).date(), year=True)}"
    told = Note(_told(basis, counts))
    if found.empty:
        return [Empty(f"None of {fmt.counted(int(counts['now']), 'right')} came or went {since}.", told.text)]
    many = found["change"].value_counts()
    parts = [f"{fmt.counted(int(many.get(CAME, 0)), 'right')} came and {int(many.get(WENT, 0)):,} went {since}"]
    strong, passed = int(found["strong"].sum()), int(many.get(PASSED, 0))
    parts += [f"{strong:,} of them strong"] if strong else []
    parts += [f"{passed:,} came and went"] if passed else []
    by = found.groupby(["grantee", "change"], sort=True).size().rename("rights").reset_index()
    first = found["grantee"].value_counts().head(BARS).index
    by = by[by["grantee"].isin(first)].sort_values("grantee", key=lambda one: one.map(first.get_loc), kind="stable")
    by = by.assign(holder=told_apart(by["grantee"].map(look.names.called), by["grantee"]))
    ink = tokens(look.theme)
    drawn = stacked(
        by,
        look,
        x="holder",
        series="change",
        value="rights",
        unit="count",
        axis="name",
        colours={CAME: ink.series[0], WENT: ink.series[1], PASSED: ink.unknown},
        things="rights",
        when="of",
        thing=THINGS["grantee"],
    )
    rest = found["grantee"].nunique() - len(first)
    more = [Note(f"{fmt.counted(rest, 'holder')} with fewer changes are in the table only.")] if rest > 0 else []
    return [Finding("; ".join(parts), "watch" if strong else "plain"), drawn, *more, told, _grid(found)]


def _told(basis: pd.Series, counts: pd.Series) -> str:
    """What it was compared with, and what that cannot show."""
    then, unclear = f"{int(counts['then']):,} rights then, {int(counts['now']):,} now.", int(counts["unclear"])
    if basis["digest"]:
        return f"Compared with the snapshot of that day (digest {plain(basis['digest'][:12], 12)}): {then}"
    why = "No snapshot of that day is kept: what was held then is rebuilt from the audit log"
    if basis["asked"] != basis["since"]:
        why += f", which begins then; asked was {fmt.day(pd.Timestamp(basis['asked']).date(), year=True)}"
    parts = [f"{why}. {then}", "Ownership is not in it; a right that was given twice counts as new."]
    if unclear:
        gone = "was given since and is gone" if unclear == 1 else "were given since and are gone"
        parts.append(f"{fmt.counted(unclear, 'right')} {gone} without a revoke: the securable may be.")
    return " ".join(parts)


def _grid(found: pd.DataFrame) -> Grid:
    """With a button where what came can be taken away."""
    able = found["change"].eq(CAME) & found["privilege"].isin(REVOCABLE) & found["kind"].isin(ABLE)
    pairs = zip(found["grantee"], found["privilege"], strict=True)
    params = [{"principal": who, "privileges": [privilege]} for who, privilege in pairs]
    shown = found.assign(
        act=pd.Series(["grant.revoke" if one else None for one in able], found.index, dtype=object),
        params=pd.Series(params, found.index, dtype=object),
        why="It came since last quarter.",
        propose=pd.Series(["Propose revoke" if one else None for one in able], found.index, dtype=object),
        privilege=found["privilege"].str.replace("_", " "),
    )
    columns = {name: label for name, label in COLUMNS.items() if shown[name].notna().any()}
    proposes = {"propose": Proposes("place", "act", "params", "why")} if "propose" in columns else {}
    things = {name: one for name, one in THINGS.items() if name in columns}
    return Grid(shown, columns, things=things, proposes=proposes)
