"""What is shown of a person or service to themselves and to those who may see others: what they use. To all: their rights."""

from __future__ import annotations

import pandas as pd

from approvals.people.people import Directory, Unreachable
from components.figures.stacked import stacked
from components.frame.identity import sees_others, viewer
from components.text import format as fmt
from components.text.codes import in_words
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.grid import grid
from components.tiles.panel import Panel, panel
from components.tiles.tile import Body, Empty, Finding, Frames, Note, Rows
from settings import Settings
from spelling import folded
from things import Thing

MOST = 300  # rights
SHOWN = 30  # groups
HIDDEN = "Shown to themselves, to administrators and auditors, and to those who decide in GovernanceOps."


def may_see(chosen: Settings, who: Thing) -> bool:
    """Whether whoever looks may see what ``who`` does: they themselves, or one who may see others; nobody else."""
    looks = viewer(chosen)
    own = looks is not None and not looks.local and folded(looks.name) == folded(who.id)
    return own or sees_others(chosen)


@panel("What they use", height=300)
def activity(frames: Frames, look: ViewContext) -> list[Body]:
    """What they asked for by day and service, as the audit log records it; a run that asked in their name counts."""
    if "person_activity" not in frames:
        return [Note(HIDDEN, "unknown")]
    frame = frames["person_activity"]
    if frame.empty:
        return [Empty("They are not known to have done anything in this period.", "Only what is audited is known.")]
    named = frame.assign(product=[in_words(str(one)) for one in frame["product"]])
    drawn = stacked(
        named, look, x="day", series="product", value="actions", unit="number", things="actions", height=220
    )
    return [said_of(named), drawn]


def said_of(frame: pd.DataFrame) -> Note:
    """The rows of things.person_activity in a sentence: how much, with what most, how much was refused, when last."""
    whole, refused = int(frame["actions"].sum()), int(frame["refused"].sum())
    most = frame.groupby("product")["actions"].sum().sort_values(ascending=False)
    days = fmt.counted(int(frame["day"].nunique()), "day")
    last = fmt.day(pd.Timestamp(frame["day"].max()).date())
    text = f"{fmt.counted(whole, 'action')} on {days}, last on {last}, most with {most.index[0]}"
    return Finding(
        f"{text}; {refused:,} refused." if refused else f"{text}.", "watch" if refused >= whole / 2 else "plain"
    )


def groups(chosen: Settings, people: Directory | None, who: Thing) -> Rows:
    """The tile of the groups that the directory has ``who`` in, for who may see what they do; none for others and for things
    that are nobody. It asks the directory, whose answers may be a minute old."""
    if who.kind != "principal" or people is None or not may_see(chosen, who):
        return []
    try:
        found: tuple[str, ...] | None = tuple(sorted(people.owner_groups(who.id)))
    except Unreachable:
        found = None
    return [[_groups(found).tile(variant=(who.address, found))]]


def _groups(found: tuple[str, ...] | None) -> Panel:
    @panel("Their groups", height=90)
    def in_groups(frames: Frames, look: ViewContext) -> list[Body]:
        """Those that the directory has them in directly: a group may be in another one."""
        if found is None:
            return [Note("Their groups are not known: the directory did not answer.", "unknown")]
        if not found:
            return [
                Empty("The directory has them in no group.", "It may not know them, or know the groups of people only.")
            ]
        listed = ", ".join(plain(one, 60) for one in found[:SHOWN])
        more = f" and {len(found) - SHOWN:,} more" if len(found) > SHOWN else ""
        return [Finding(f"In {fmt.counted(len(found), 'group')}"), Note(f"{listed}{more}")]

    return in_groups


def rights_said(frame: pd.DataFrame, look: ViewContext) -> str:
    """The rows of things.rights_of in a sentence: on how many of each kind, and how many of these they own."""
    counts = frame["securable_kind"].value_counts()
    told = ", ".join(fmt.counted(int(counts[kind]), kind) for kind in ("catalog", "schema", "table") if kind in counts)
    owned = int(frame["given"].str.contains("OWNER").sum())
    return f"By their own name they hold rights on {told}; {owned:,} of them they own"


rights = grid(
    "What they may reach by their own name",
    "things.rights_of",
    "Rights on catalogs, schemas and tables, each where it was given. What a group gives them is not here: who is in a group "
    "is in no system table.",
    finding=rights_said,
    empty="They hold no right by their own name that is known.",
    hint="A group may give them some. Rights are listed on what this app may look into.",
    key="rights",
    height=320,
)
