"""What capabilities are given beside the answers of their questions: frames that the store, the policy and the directory know."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from decimal import Decimal

import pandas as pd

from agents.cells import Row, moment, rows, text
from agents.detectors.members import members_of
from agents.detectors.reach import Members
from agents.messages import groups
from approvals.deciding import deadlines
from approvals.people import identities
from approvals.policy.rules import Policy
from approvals.reading import track
from approvals.reading.effects import effects
from approvals.reading.in_force import in_force
from approvals.store.store import Store
from settings import settings

BACK = dt.timedelta(days=30)  # so far back what the cockpit itself did is told
BEFORE, AFTER = dt.timedelta(minutes=1), dt.timedelta(minutes=5)  # of a call: what came then is its change


def given(store: Store, policy: Policy | None, now: dt.datetime) -> dict[str, pd.DataFrame]:
    """``declared`` deadlines, the ``tracks`` of kinds of action, ``effects`` (calls of this cockpit: proposal_id, title,
    resource_key, at), ``members`` of groups (group, member) as far as they are known, the ``budget`` of the month (amount, currency,
    basis) where one is set, and the ``groups`` of the policy."""
    with store.reading() as tx:
        calls = pd.DataFrame([asdict(one) for one in effects(tx, now - BACK)])
        told = {"declared": deadlines.frame(tx), "tracks": track.frame(tx), "effects": calls}
    told["members"] = as_frame(members_of(identities.known()))
    told["budget"] = budgeted(in_force(settings()).settings.budget)
    return told if policy is None else {**told, "groups": groups(policy)}


def budgeted(budget: tuple[Decimal, str, str] | None) -> pd.DataFrame:
    """A budget of the month as a row: amount, currency, basis; none where none is set."""
    return pd.DataFrame([budget] if budget else [], columns=["amount", "currency", "basis"])


def as_frame(members: Members) -> pd.DataFrame:
    """``members`` as rows: group, member."""
    held = [(group, one) for group, inside in sorted(members.direct.items()) for one in sorted(inside)]
    return pd.DataFrame(held, columns=["group", "member"])


def as_members(frame: pd.DataFrame | None) -> Members:
    """The members that :func:`as_frame` wrote; nobody where there is no frame."""
    direct: dict[str, set[str]] = {}
    for row in rows(frame):
        direct.setdefault(row.group, set()).add(row.member)
    return Members({group: frozenset(inside) for group, inside in direct.items()})


def covering(calls: pd.DataFrame | None, key: str, at: dt.datetime) -> str:
    """The title of the proposal whose call to the target ``key`` (``type/id``) made the change at ``at``; empty where it
    was made outside the inbox."""

    def own(row: Row) -> bool:
        when = moment(row.at)
        same = row.resource_key.partition("/")[2].casefold() == key.casefold()
        return same and when is not None and -BEFORE <= at - when <= AFTER

    return next((text(row.title) for row in rows(calls) if own(row)), "")
