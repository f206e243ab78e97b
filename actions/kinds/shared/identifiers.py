"""The identifiers that actions run with: their shapes, and the one way from a target into a path of the API.

The SDK does not escape path parameters: ``../../x`` or ``a?force=true`` would reach another address. Ids therefore have
strict patterns; names of Unity Catalog, which may hold such characters, go into a path through :func:`in_path` only.
What goes into a JSON body or the value of a query (principals) needs no such guard, but every identifier must look like
what it is (:func:`spelling.honest`), and none holds a backquote, in which titles put it.
"""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import quote

from pydantic import StringConstraints

from approvals.values.proposal import CATALOGUED, Target
from spelling import escaped, honest

_UC = r"[^./\s`\x00-\x1f\x7f]{1,255}"  # what Unity Catalog itself refuses, and the backquote
Digits = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,20}$")]  # job, run and workspace ids
UcPart = Annotated[str, StringConstraints(pattern=r"^[^./?#\\%\s`'\"\x00-\x1f]{1,255}$")]  # an alias
Principal = Annotated[str, StringConstraints(pattern=r"^[^`\x00-\x1f\x7f]{1,255}$")]
TagKey = Annotated[str, StringConstraints(pattern=r"^[^/?#\\%\x00-\x1f`.][^/?#\\%\x00-\x1f`]{0,255}$")]
EntityName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,128}$")]  # a served entity of an endpoint

_TWICE = re.compile(r"%(2[ef]|5c|[01][0-9a-f]|7f)", re.IGNORECASE)  # a path again for whoever reads it twice
_ENDPOINT = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")
_IDS = {
    **dict.fromkeys(("job", "run"), re.compile(r"[1-9][0-9]{0,18}")),  # one number has one spelling: locks go by it
    "database": re.compile(r"[A-Za-z0-9-]{1,63}"),
    **dict.fromkeys(("cluster", "warehouse", "pipeline", "policy", "app"), re.compile(r"[A-Za-z0-9_-]{1,128}")),
}


class BadTarget(ValueError):
    """The identifier of a target that is not one of its type: it is kept from the API."""


def check_looks(target: Target) -> None:
    """Raises :class:`BadTarget` where a target does not look like what it is."""
    for one in (target.workspace_id, target.type, target.id):
        if not honest(one):
            raise BadTarget(f"{escaped(one)[:80]!r} holds characters that cannot be seen or look like others")


def checked_name(target: Target) -> str:
    """The name of an object in Unity Catalog (for a path: :func:`in_path`), or of a serving endpoint; raises
    :class:`BadTarget`."""
    parts = CATALOGUED.get(target.type)
    shaped = parts is not None and re.fullmatch(rf"{_UC}(\.{_UC}){{{parts - 1}}}", target.id)
    if shaped and honest(target.id) and not _TWICE.search(target.id):
        return target.id
    if target.type == "endpoint" and len(target.id) <= 128 and _ENDPOINT.fullmatch(target.id):
        return target.id
    raise BadTarget(f"{target.id[:80]!r} is not the name of a {target.type[:40]}")


def in_path(name: str) -> str:
    """``name`` as one part of a path: every character that means something there is escaped. Raises
    :class:`BadTarget` for the two parts that are steps, which no escape helps."""
    if name in (".", ".."):
        raise BadTarget(f"{name!r} is no name")
    return quote(name, safe="")


def read_as(target: Target, said: object) -> None:
    """What was read says its own id: raises :class:`BadTarget` when it is not the target's, letter by letter. Locks, the
    inbox and budgets go by that spelling."""
    if said is not None and str(said) != target.id:
        raise BadTarget(f"the workspace knows {target.id[:80]!r} as {str(said)[:80]!r}")


def checked(target: Target, *types: str) -> str:
    """The target's identifier, fit for a path; the only way from a target to the SDK. Raises :class:`BadTarget` when it
    does not have the shape of its type, or when its type is none of ``types`` (any known one when left out)."""
    if types and target.type not in types:
        raise BadTarget(f"a target of type {target.type[:40]!r} where a {types[0]} is expected")
    if target.type not in _IDS:
        return in_path(checked_name(target))
    if not _IDS[target.type].fullmatch(target.id):
        raise BadTarget(f"{target.id[:80]!r} is not the id of a {target.type}")
    return target.id
