"""Proposes to take from everybody what lets everybody change something."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from agents.capability import Capability, Frames, Observation, Recommendation, window, worth
from agents.cells import Row, moment, rows, share, text
from agents.given import covering
from agents.governanceops.open_to_all import Uses, for_everybody, named, uses_of
from agents.governanceops.unused_grants import NOWHERE
from agents.pipelineops.failed_runs import PLAYGROUND
from approvals.values.considered import Benefit, Ooda, Option
from approvals.values.proposal import Scalar, Target
from spelling import EVERYBODY, folded
from warehouse.interface import Ask

MOST_GRANTS, MOST_CHANGES = 200_000, 2_000  # as the page asks: one reading serves both
DAYS = 30
LOOKED = ("used 0", "used 1", "used 2", "used 3", "used 4")  # so many are looked into at once
SURE, FEWER = (
    Decimal("0.95"),
    Decimal("0.05"),
)  # assumed: nobody is cut off; less for each who used it and may have no other way
GAIN, HARM = Decimal(200), Decimal(40)  # assumed worth of closing it, and harm of somebody cut off, to rank by only


def about(frames: Frames, now: dt.datetime) -> Mapping[str, Ask]:
    """What ran lately on rights to those that would be proposed."""
    open_ = [held[0] for held in for_everybody(frames["grants"]).values() if not _why_not(held[0], frames)]
    return {
        name: window("platform.right_consumers", days=DAYS, ahead=1, limit=500).ask(now, place=row.place, principals="")
        for name, row in zip(LOOKED, open_, strict=False)
    }


def broad_grants(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per securable that everybody may change: ``grants`` are rows of ``governanceops.grants``, ``changes`` of
    ``governanceops.privilege_changes``. Pure."""
    seen, looked = [], iter(LOOKED)
    for held in for_everybody(frames["grants"]).values():
        if reason := _why_not(held[0], frames):
            seen.append(CAPABILITY.leaves(held[0], reason))
        elif (name := next(looked, "")) not in frames:
            seen.append(CAPABILITY.leaves(held[0], "more than can be looked into at once: looked at in a later round"))
        else:
            uses = uses_of(held[0].place, frames[name], frames["grants"])
            seen.append(_judged(held, uses, _given(held[0], frames), now))
    return seen


def _why_not(row: Row, frames: Frames) -> str:
    """The first reason against taking it away; empty when there is none."""
    if row.kind not in ("table", "schema", "catalog", "volume"):
        return f"a {row.kind}: its grants are not changed here"
    if row.privilege in ("MODIFY", "WRITE_VOLUME") and PLAYGROUND.search(folded(row.place.partition(".")[0])):
        return "a place to try things, where everybody may write"
    given = _given(row, frames)
    at = moment(given.at) if given is not None else None
    if at is not None and (title := covering(frames.get("effects"), f"{row.kind}/{row.place}", at)):
        return f"given by a proposal: {title}"[:200]
    return ""


def _given(row: Row, frames: Frames) -> Row | None:
    """The newest change by which everybody got the privilege of ``row``, as far as the audit log has it."""
    for one in rows(frames["changes"]):
        same = folded(one.place) == folded(row.place) and folded(one.grantee) in EVERYBODY
        if same and row.privilege in text(one.gave).split(", "):
            return one
    return None


def _judged(held: list[Row], uses: Uses, given: Row | None, now: dt.datetime) -> Observation:
    sure = share(float(max(SURE - FEWER * len(uses.others), FEWER)))
    value = worth(sure, GAIN, HARM * max(len(uses.others), 1))
    if value <= 0:
        return CAPABILITY.leaves(
            held[0], f"{len(uses.others)} used it in {DAYS} days without another right that is known", value
        )
    return CAPABILITY.proposes(held[0], now, _revoke(held, uses, given, sure, value))


def _since(given: Row | None) -> str:
    if given is None:
        return f"given more than {DAYS} days ago, or where the audit log does not tell"
    return f"given on {moment(given.at):%Y-%m-%d %H:%M} UTC by {text(given.who) or 'somebody'}, outside the inbox"


def _revoke(held: list[Row], uses: Uses, given: Row | None, sure: Decimal, value: Decimal) -> Recommendation:
    row, listed = held[0], ", ".join(one.privilege for one in held)
    observed = (
        f"{row.grantee}, that is everybody, holds {listed} on {row.kind} {row.place}",
        _since(given),
        f"{len(uses.covered) + len(uses.others)} people and services used it in {DAYS} days, {uses.runs} jobs and dashboards among "
        "what they ran",
        f"without another right that is known: {named(uses.others)}"
        if uses.others
        else "each of them holds a right of their own",
    )
    narrower = (
        Option(
            what=f"give SELECT, or MODIFY to who writes, to {named(uses.others)} by name, and then revoke",
            expected="nobody is cut off, and two or more grants to look after",
            rejected_because="their team may have the right already, which groups do not tell; each can be given it in one step",
        ),
    )
    return Recommendation(
        params={"principal": row.grantee, "privileges": [one.privilege for one in held]},
        confidence=sure,
        worth=value,
        benefit=Benefit(
            kind="risk", method="Every identity of the account less that can change it; not put into money."
        ),
        title="Everybody may change it",
        scalars=(Scalar(column="privilege", observed=row.privilege), Scalar(column="grantee", observed=row.grantee)),
        ooda=Ooda(
            observe=observed,
            orient=(
                "Whoever takes over any one identity of the account can change or empty it, and nobody is asked.",
                "Who is in which group is not in these tables: some of those named may have the right through their team.",
            ),
            options=(
                Option(
                    what=f"revoke {listed}", expected="only who holds a right of their own, or through a team, gets in"
                ),
                *(narrower if uses.others else ()),
                Option(
                    what="ask whoever gave it first",
                    expected="certainty, days later",
                    rejected_because="it stays open meanwhile, and undoing takes one click",
                ),
                Option(
                    what="do nothing",
                    expected="costs USD 0 a day; everybody can change it",
                    rejected_because="nothing needs that everybody can",
                ),
            ),
            why=f"Chance that nobody is cut off: {sure}. Assumed {SURE}, {FEWER} less for each who used it in {DAYS} days and "
            "holds no other right that is known.",
        ),
        narrative=". ".join(observed),
    )


GRANTS = window("governanceops.grants", days=None, limit=MOST_GRANTS)
CAPABILITY = Capability(
    name="governanceops.broad_grant",
    version="1.0",
    kind="grant.revoke",
    target=lambda row: Target(workspace_id=NOWHERE, type=row.kind, id=row.place, name=row.place[:200]),
    opens={
        "grants": GRANTS,
        "changes": window("governanceops.privilege_changes", days=DAYS, ahead=1, limit=MOST_CHANGES),
    },
    then=(about,),
    younger=frozenset({"changes", *LOOKED}),
    evidence=GRANTS,
    match=("kind", "place", "grantee", "privilege"),
    judge=broad_grants,
    urgent=True,
)
