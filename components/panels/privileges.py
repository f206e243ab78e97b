"""GovernanceOps: who gave which right to whom, the worst first, and whether a proposal covers it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from approvals.reading.effects import Effect
from approvals.values.titles import titled
from components.figures.event_lanes import event_lanes
from components.panels.changes import near
from components.text import format as fmt
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.grid import labelled, things_of
from components.tiles.panel import panel
from components.tiles.summary import Said, capital, name_in
from components.tiles.tile import Body, Empty, Finding, Frames, Grid, Proposes
from things import ThingColumn

QUERY = "governanceops.privilege_changes"
EVERYBODY = ("account users", "all account users")
STRONG = ("ALL_PRIVILEGES", "MANAGE")
SELF, OPENED, STRONGER, GIVEN_BACK, GAVE, TOOK = (
    "given to oneself", "opened to everybody", "strong rights given", "given back", "given", "taken away",
)  # fmt: skip
LANES = (SELF, OPENED, STRONGER, GAVE, GIVEN_BACK, TOOK)  # what matters most first
URGENT = (SELF, OPENED)
ORDER = ("at", "sort", "who", "gave", "took", "grantee", "place", "proposal", "propose")
ADDED = {"sort": ("What", "text"), "proposal": ("Proposal", "text"), "propose": ("", "text")}
REVOCABLE = {"SELECT", "MODIFY", *STRONG}
ABLE = ("table", "view", "schema", "catalog")  # what they can be revoked on


def with_proposals(changes: pd.DataFrame, done: Iterable[Effect]) -> pd.DataFrame:
    """``changes`` with ``proposal_id`` and ``proposal`` (its title) of the call to the same securable that is nearest in time;
    None where none is near: it was changed outside the inbox."""
    calls: dict[str, list[Effect]] = {}
    for one in done:
        calls.setdefault(one.resource_key.partition("/")[2].casefold(), []).append(one)
    keys = [f"{kind}/{place}".casefold() for kind, place in zip(changes["kind"], changes["place"], strict=True)]
    found = [near(calls.get(key, ()), at) for key, at in zip(keys, changes["at"], strict=True)]
    return changes.assign(
        proposal_id=pd.Series([one and one.proposal_id for one in found], changes.index, dtype=object),
        proposal=pd.Series([one and titled(one.title) for one in found], changes.index, dtype=object),
    )


def sorted_out(changes: pd.DataFrame) -> pd.DataFrame:
    """``changes`` with ``sort``, one of :data:`LANES`. What was taken from somebody before and is given back is a repair, not an
    attack; whoever asked."""
    taken: set[tuple[str, str, str]] = set()
    sorts = dict[Any, str]()
    for row in changes.sort_values("at", kind="stable").itertuples():
        gave, took = _listed(row.gave), _listed(row.took)
        held = {(str(row.place).casefold(), str(row.grantee), one) for one in gave}
        sorts[row.Index] = _sort(row, gave, bool(held) and held <= taken)
        taken -= held
        taken |= {(str(row.place).casefold(), str(row.grantee), one) for one in took}
    return changes.assign(sort=pd.Series(sorts, dtype=object).reindex(changes.index))


def worst_first(frame: pd.DataFrame) -> pd.DataFrame:
    """The changes with ``sort``, ``words`` and ``outside``: no proposal covers it."""
    changes = sorted_out(frame if "proposal" in frame else with_proposals(frame, []))
    changes = changes.assign(outside=changes["proposal_id"].isna(), words=[_words(row) for row in changes.itertuples()])
    order = changes["sort"].map({name: n for n, name in enumerate(LANES)})
    return changes.iloc[order.argsort(kind="stable")]


def worst(frame: pd.DataFrame, look: ViewContext) -> Said:
    """The worst change of rights, or that none was to oneself or everybody."""
    if frame.empty:
        return Said("0 rights were given or taken away", "ok")
    changes = worst_first(frame)
    first, outside = changes.iloc[0], int(changes["outside"].sum())
    if first["sort"] not in URGENT:
        none = f"{fmt.counted(len(changes), 'change')} of rights, none to oneself or to everybody"
        return Said(f"{none}; {outside:,} outside the inbox", "ok")
    covered = "no proposal covers it" if first["outside"] else "a proposal covers it"
    names = tuple(name_in(first, name, which) for name, which in things_of(QUERY).items())
    return Said(f"{first['words']} on {fmt.moment(first['at'].to_pydatetime(), look.zone)}; {covered}", "act", names)


def _sort(row: Any, gave: Sequence[str], back: bool) -> str:
    if not gave:
        return TOOK
    if back:
        return GIVEN_BACK
    if row.is_self is True or row.is_self == 1:
        return SELF
    opens = [one for one in gave if not one.startswith(("USE_", "BROWSE"))]
    if row.grantee in EVERYBODY and opens:
        return OPENED
    return STRONGER if {*gave} & {*STRONG} else GAVE


def _listed(said: Any) -> list[str]:
    return said.split(", ") if isinstance(said, str) else []


@panel("Who gave which right to whom", height=420, waits=760)
def privilege_changes(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """From the audit log, the worst first: rights given to oneself, to everybody, all privileges and MANAGE. A ring is a
    change that no proposal covers."""
    frame = frames["privilege_changes"]
    if frame.empty:
        return [Empty("0 rights were given or taken away in this period.")]
    first, said = worst_first(frame), worst(frame, look)
    place = things_of(QUERY)["place"]
    drawn = event_lanes(
        first, look, at="at", lane="sort", lanes=LANES, text="words", hollow="outside", urgent=URGENT, thing=place
    )
    return [Finding(capital(said.text), said.tone), drawn, _grid(_offered(first))]


def _words(row: Any) -> str:
    gave, took = str(row.gave or "").replace("_", " "), str(row.took or "").replace("_", " ")
    place, who = plain(row.place, 60), plain(row.who or "Somebody", 40)
    if row.sort == SELF:
        return f"{who} gave themselves {gave} on {place}"
    parts = [
        f"gave {plain(row.grantee, 40)} {gave}" if gave else "",
        f"took {took} from {plain(row.grantee, 40)}" if took else "",
    ]
    return f"{who} {' and '.join(filter(None, parts))} on {place}"


def _offered(changes: pd.DataFrame) -> pd.DataFrame:
    """With a button where what was given strongly can be taken away."""
    gave = [[one for one in _listed(said) if one in REVOCABLE] for said in changes["gave"]]
    strong = changes["sort"].isin((*URGENT, STRONGER)) & changes["kind"].isin(ABLE)
    able = [bool(one) and bool(found) for one, found in zip(gave, strong, strict=True)]
    params = [{"principal": who, "privileges": rights} for who, rights in zip(changes["grantee"], gave, strict=True)]
    return changes.assign(
        act=pd.Series(["grant.revoke" if one else None for one in able], changes.index, dtype=object),
        params=pd.Series(params, changes.index, dtype=object),
        why=changes["words"] + ".",
        propose=pd.Series(["Propose revoke" if one else None for one in able], changes.index, dtype=object),
    )


def _grid(changes: pd.DataFrame) -> Grid:
    known: Mapping[str, tuple[str, str]] = {**labelled(QUERY), **ADDED}
    columns = {name: known[name] for name in ORDER if changes[name].notna().any()}
    things = {**things_of(QUERY), "proposal": ThingColumn("proposal", ("proposal_id",))}
    shown = changes.assign(**{name: changes[name].str.replace("_", " ") for name in ("gave", "took")})
    proposes = {"propose": Proposes("place", "act", "params", "why")} if "propose" in columns else {}
    return Grid(
        shown, columns, things={name: one for name, one in things.items() if name in columns}, proposes=proposes
    )
