"""Strict patterns for everything that ends up in a path of the API: the SDK does not escape path parameters, so an
identifier such as ``../../x`` or ``a?force=true`` would reach another address."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import StringConstraints

from approvals.proposal import Target

_UC = r"[^./?#\\%\s`'\"\x00-\x1f]{1,255}"
Digits = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,20}$")]  # job, run and workspace ids
Id = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,128}$")]  # cluster, warehouse, pipeline, policy ids
Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-][A-Za-z0-9_.-]{0,127}$")]  # serving endpoints
UcPart = Annotated[str, StringConstraints(pattern=rf"^{_UC}$")]  # catalog; alias
UcName = Annotated[str, StringConstraints(pattern=rf"^{_UC}(\.{_UC}){{0,2}}$")]  # catalog, schema, table, model, index
Principal = Annotated[str, StringConstraints(pattern=r"^[^/?#\\%\x00-\x1f`'\"]{1,255}$")]
TagKey = Annotated[str, StringConstraints(pattern=r"^[^/?#\\%\x00-\x1f`.][^/?#\\%\x00-\x1f`]{0,255}$")]
EntityName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,128}$")]  # a served entity of an endpoint

_NAMES = {  # how many parts the name of each type of object in Unity Catalog has
    "catalog": 1, "schema": 2, "table": 3, "volume": 3, "function": 3, "model": 3, "index": 3, "column": 4,
}  # fmt: skip
_ENDPOINT = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")
_IDS = {
    **dict.fromkeys(("job", "run"), re.compile(r"[0-9]{1,19}")),
    **dict.fromkeys(("cluster", "warehouse", "pipeline", "policy"), re.compile(r"[A-Za-z0-9_-]{1,128}")),
}


class BadTarget(ValueError):
    """The identifier of a target that is not one of its type: it is kept from the API."""


def checked_name(target: Target) -> str:
    """The name of an object in Unity Catalog, or of a serving endpoint, fit for a path; raises :class:`BadTarget`."""
    parts = _NAMES.get(target.type)
    if parts is not None and re.fullmatch(rf"{_UC}(\.{_UC}){{{parts - 1}}}", target.id):
        return target.id
    if target.type == "endpoint" and len(target.id) <= 128 and _ENDPOINT.fullmatch(target.id):
        return target.id
    raise BadTarget(f"{target.id[:80]!r} is not the name of a {target.type[:40]}")


def checked(target: Target, *types: str) -> str:
    """The target's identifier, fit for a path; the only way from a target to the SDK. Raises :class:`BadTarget` when it
    does not have the shape of its type, or when its type is none of ``types`` (any known one when left out)."""
    if types and target.type not in types:
        raise BadTarget(f"a target of type {target.type[:40]!r} where a {types[0]} is expected")
    if target.type not in _IDS:
        return checked_name(target)
    if not _IDS[target.type].fullmatch(target.id):
        raise BadTarget(f"{target.id[:80]!r} is not the id of a {target.type}")
    return target.id
