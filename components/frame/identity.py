"""Who looks at the page, what they may see, and who acts. A laptop has a named local user and may choose to be somebody
else, to try what needs two people; inside Databricks Apps people are who they prove to be, looked up anew at every run
of a page and at every decision; everywhere else nobody is let in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from approvals.people.identity import READ, REQUEST, Proof, ReloadFirst, Unproven, proofs
from approvals.people.people import Directory, Person, Unreachable
from approvals.people.roles import ALL, Roles, RowLimits, policy_at, roles_of
from approvals.policy.policy_file import PolicyError
from logs import REQUEST_ID, known_id
from settings import Settings

ACT_AS = "as"  # the laptop's choice, in the address: two windows can be two people
NOT_SET_UP = "You are not signed in. Nothing is shown until sign-in is set up for this deployment."
BY_PROXY = "identity by proxy header"


@dataclass(frozen=True)
class Viewer:
    """``name`` is shown and recorded; ``local`` says that nobody checked it; ``note`` how it was checked, where not by
    the person's own token."""

    name: str
    local: bool
    roles: Roles = ALL
    note: str = ""


def viewer(chosen: Settings) -> Viewer | None:
    """The local user of a laptop, whatever headers the browser or a tunnel sends along, or who somebody proves to be;
    None means: show nothing, and :func:`why_not` says why."""
    found = _found(chosen)
    return found if isinstance(found, Viewer) else None


def why_not(chosen: Settings) -> str:
    """A sentence for somebody to whom nothing is shown."""
    found = _found(chosen)
    return found if isinstance(found, str) else ""


def limits(chosen: Settings) -> RowLimits:
    """The rows that whoever looks may see; none at all for the unknown."""
    found = viewer(chosen)
    return found.roles.limits if found else RowLimits(workspaces=frozenset())


def sees_others(chosen: Settings) -> bool:
    """Whether whoever looks may see what single people ask and do; the unknown may not."""
    found = viewer(chosen)
    return found is not None and found.roles.sees_others


def acting(chosen: Settings, directory: Directory) -> Person | None:
    """Who acts now, looked up anew at every call with the groups they are in; None means: nobody may act. Raises
    :class:`approvals.people.people.Unreachable`, with a sentence for the person."""
    looks = viewer(chosen)
    if looks is None:
        return None
    if not looks.local:
        try:
            return proofs(chosen).deciding(headers())
        except Unproven as why:
            raise ReloadFirst(str(why)) from why
    wanted = st.query_params.get(ACT_AS)
    found = directory.named(wanted) if wanted else None
    return found or directory.named(looks.name) or Person(looks.name, looks.name)


def as_known(chosen: Settings, directory: Directory) -> Callable[[], Person | None]:
    """Who looks, with the groups that are known of them, for another thread to call: enough to count by, not to act."""
    looks, sent, wanted = viewer(chosen), headers(), st.query_params.get(ACT_AS)

    def found() -> Person | None:
        if looks is None or not looks.local:
            return proofs(chosen).proved(sent).person if looks else None
        return (directory.named(wanted) if wanted else None) or directory.named(looks.name)

    return found


def headers() -> dict[str, str]:
    """What the connection of this run came with, by names in small letters. A header that was sent twice is both, which
    is nobody's."""
    sent = st.context.headers
    found = {name: ",".join(sent.get_all(name)) for name in READ}
    return {name: value for name, value in found.items() if value}


def note_request() -> None:
    """What is logged in this run carries the request's id."""
    REQUEST_ID.set(known_id(st.context.headers.get(REQUEST)))


def _found(chosen: Settings) -> Viewer | str:
    if chosen.local_user:
        return Viewer(chosen.local_user, local=True)
    if not chosen.app_name:
        return NOT_SET_UP
    try:
        proof = proofs(chosen).proved(headers())
        roles = roles_of(policy_at(Path(chosen.policy)), proof.person)
    except (Unproven, Unreachable) as why:
        return str(why)
    except PolicyError:
        return "The policy of this deployment cannot be read, so nobody has a role. Its administrators find why in the log."
    if not roles.looks:
        return f"You are signed in as {proof.person.name}, but no group of yours has a role here: the policy names those that do."
    return Viewer(proof.person.name, False, roles, _note(proof))


def _note(proof: Proof) -> str:
    return "; ".join(one for one in (BY_PROXY if proof.how == "proxy" else "", proof.reads_only) if one)
