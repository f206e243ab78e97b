"""What is said of a thing in one sentence: what it is, where, whose, in which state, and how sure that is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Literal

import pandas as pd

from components.text import format as fmt
from components.text.principals import NOBODY, NOUNS, Names
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.things.asks import KNOWN
from components.tiles.called import called as with_name
from components.tiles.tile import Note
from setting_values import zone_of
from things import KINDS, Thing

# Kinds whose settings are in the system tables: one that only the bill knows is not of this region, or is gone.
SETTLED = frozenset(
    {"job", "run", "pipeline", "cluster", "warehouse", "endpoint", "model", "workspace", "table", "schema", "catalog"}
)
# Kinds of which neither settings nor the bill are in the system tables, and what is said of one.
UNNAMED = {
    "dashboard": "Dashboard {} in workspace {}: the system tables have no name, owner or bill of a dashboard. What they "
    "have is what it asked: its page says it. Where nothing is there, nothing was asked, or you may not see it.",
    "space": "Genie space {} in workspace {}: the system tables have no settings or bill of a space, and the audit log of "
    "90 days does not name it. What it has is who asked it: its page says it.",
    "gateway": "Service {} of the gateway in workspace {}: the system tables have no settings of a service, and a bill names one "
    "only in part. What the gateway records is who called it and how that ended: its page says it.",
    "index": "Vector index {} in workspace {}: the system tables do not say what it holds, and bill its endpoint only. What the "
    "audit log has is when it was synchronised: its page says it.",
}
UNBILLED = frozenset({"table", "schema", "catalog", "model", "space"})  # no bill names one
Row = Mapping[str, Any]


def row_of(frame: pd.DataFrame) -> Row | None:
    """The one row of things.described, unknown values None; no row: None."""
    if frame.empty:
        return None
    return {str(name): None if _unknown(value) else value for name, value in frame.iloc[0].to_dict().items()}


def _unknown(value: Any) -> bool:
    return value is None or (pd.api.types.is_scalar(value) and bool(pd.isna(value)))


def called(thing: Thing, row: Row | None, names: Names = NOBODY) -> str:
    """The name of ``thing``, its id where none is known; a run is called by its job and itself."""
    name = plain(row["name"], 120) if row and row["name"] else ""
    if thing.kind == "run":
        job, _, run = thing.id.partition("/")
        return f"{name or f'job {job}'}, run {run}"
    return name or with_name(thing, thing.id, names)


def sentence(thing: Thing, row: Row | None, look: ViewContext, *, limited: bool) -> Note:
    """What ``row`` of things.described says; ``limited``: the viewer may see some rows only."""
    if row is None and thing.kind in UNNAMED:
        return Note(UNNAMED[thing.kind].format(plain(thing.id, 120), thing.workspace), "unknown")
    if row is None:
        return Note(_never_seen(thing, limited), "unknown")
    parts = [f"{_kind(thing, look.names)}{_place(thing, row)}{_owner(thing, row, look.names)}."]
    if thing.kind == "run":  # told of by its job, whose settings are those of now, not of then
        gone = f"Its job was deleted on {_day(row['deleted'], look)}." if row["deleted"] is not None else ""
        return Note(" ".join([*parts, gone]).strip())
    if thing.kind == "principal" and _unknown_to(look.names, thing.id):
        parts.append("The directory of this workspace does not know them: they may have left.")
    if thing.kind == "principal" and (who := look.names.who(thing.id)) is not None and who.kind == "service":
        parts.append("Whose it is stands in no system table; its page has the groups that it is in.")
    if former := row["former_name"]:
        parts.append(f"It was called {plain(former, 80)} until {_day(row['renamed'], look)}.")
    if row["deleted"] is not None:
        parts.append(f"Deleted on {_day(row['deleted'], look)}: what is shown is from before.")
        return Note(" ".join(parts), "act")
    if thing.kind in SETTLED and not row["known_to_settings"]:
        also = ", or is one of vector search" if thing.kind == "endpoint" else ""
        parts.append(f"Only the bill knows it: it is of another region, or was deleted long ago{also}.")
        parts.append("Its settings and its work are not known here.")
        return Note(" ".join(parts), "unknown")
    return Note(" ".join(parts + _life(thing, row, look)).strip(), _tone(thing, row, look.names))


def _tone(thing: Thing, row: Row, names: Names) -> Literal["plain", "watch"]:
    owner = thing.id if thing.kind == "principal" else row["owner"] or ""
    return "watch" if (row["workspace_id"] and not row["workspace"]) or _unknown_to(names, owner) else "plain"


def _never_seen(thing: Thing, limited: bool) -> str:
    kind, where = KINDS[thing.kind].title, f" in workspace {thing.workspace}" if thing.workspace else ""
    said, ours = f"{kind} {plain(thing.id, 120)}{where}", ", at least where you may see it" if limited else ""
    if thing.kind not in SETTLED:  # somebody who owns and reads things, a dashboard: nothing is billed to these
        return (
            f"{said}: nothing of it was billed in the last {KNOWN} days{ours}, and no system table lists "
            f"{KINDS[thing.kind].plural}. What is known of its doings stands below; it may be gone, or mistyped."
        )
    return (
        f"{said} is not known: the settings of this region and the bill of the last {KNOWN} days do not name it{ours}. "
        "It may be of another region, deleted long ago, newer than the tables, or mistyped."
    )


def _kind(thing: Thing, names: Names) -> str:
    """What it is. Of somebody the directory knows also what else they are called: a person's name, a service's id."""
    who = names.who(thing.id) if thing.kind == "principal" else None
    if who is None:
        return "Run of a job" if thing.kind == "run" else KINDS[thing.kind].title
    other = thing.id if who.kind == "service" else plain(who.name, 80)
    told = f", {other}" if other and other != names.called(thing.id) else ""
    return f"{NOUNS[who.kind]}{told}"


def _place(thing: Thing, row: Row) -> str:
    if not thing.workspace:
        return ""
    known = row["workspace"]
    return f" in {plain(known, 80)}" if known else f" in workspace {thing.workspace}, which is deleted or not listed"


def _owner(thing: Thing, row: Row, names: Names) -> str:
    if thing.kind in ("principal", "cost_centre", "workspace"):
        return ""
    if not row["owner"]:
        return ", of nobody that is known"
    gone = ", whom the directory does not know: they may have left" if _unknown_to(names, row["owner"]) else ""
    return f", of {plain(names.called(row['owner']), 80)}{gone}"


def _unknown_to(names: Names, ident: str) -> bool:
    """Whether ``ident`` is the address of a person whom the directory, which has answered, does not list."""
    return bool(names.known) and "@" in ident and names.who(ident) is None


def _life(thing: Thing, row: Row, look: ViewContext) -> list[str]:
    made = f"Made on {_day(row['created'], look)}" if row["created"] is not None else ""
    changed = f"last changed on {_day(row['changed'], look)}" if row["changed"] is not None else ""
    if row["created"] is not None and row["created"] == row["changed"]:
        changed = "not changed since"
    life = ", ".join(filter(None, [made, changed]))
    billed = f"Last billed for {fmt.day(_date(row['billed_to']), year=True)}." if row["billed_to"] is not None else ""
    idle = "" if billed or thing.kind in UNBILLED else f"Nothing of it was billed in the last {KNOWN} days."
    return [f"{life[0].upper()}{life[1:]}." if life else "", billed or idle]


def _date(value: Any) -> dt.date:
    return pd.Timestamp(value).date()


def _day(time: Any, look: ViewContext) -> str:
    """The viewer's day of ``time``: versions go back more than a year."""
    if time is None:
        return "a day that is not known"
    return fmt.day(pd.Timestamp(time).to_pydatetime().astimezone(zone_of(look.zone)).date(), year=True)
