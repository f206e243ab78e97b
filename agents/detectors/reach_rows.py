"""One path by which somebody reaches something, as a row: what it goes through, and what is offered to end it. Pure."""

from __future__ import annotations

from typing import Any

from agents.detectors.reach import ALL, MANAGE, Estate
from agents.detectors.reach_cut import Leave, Removal, said
from agents.detectors.reach_paths import Path, words
from spelling import KEPT_BY_DATABRICKS, folded

PATHS = [
    "who",
    "right",
    "through",
    "level",
    "place",
    "kind",
    "privilege",
    "lacks",
    "cut",
    "act",
    "params",
    "why",
    "propose",
    "member",
    "leaves",
    "leave_params",
    "leave_why",
    "leave",
]
REVOCABLE = {"SELECT", "MODIFY", ALL, MANAGE}  # of what stands on a thing of these kinds
ABLE = ("table", "view", "schema", "catalog")


def row_of(path: Path, right: str, cut: tuple[Removal, ...], many: int, estate: Estate) -> dict[str, Any]:
    """A row of :data:`PATHS`: ``path`` is one of ``many`` to the ``right``, ``cut`` what ends them all, where that is known."""
    held, told = path.held, "; ".join(said(one) for one in cut) or None
    nowhere = ", ".join(path.lacks)
    kind = estate.kinds.get(folded(held.place))
    able = kind in ABLE and held.privilege in REVOCABLE
    why = why_of(path, right, many)
    return {
        "who": path.principal,
        "right": right,
        "through": words(path),
        "level": path.level,
        "place": held.place or None,  # the metastore, above all, has no name
        "kind": kind,
        "privilege": held.privilege.replace("_", " "),
        "lacks": nowhere or None,
        "cut": f"leads nowhere: no {nowhere}" if nowhere else told,
        "act": "grant.revoke" if able else None,
        "params": {"principal": held.grantee, "privileges": [held.privilege]} if able else None,
        "why": why + (f" The shortest cut: {told}." if told else "") if able else None,
        "propose": "Propose revoke" if able else None,
    } | leaving(next((one for one in cut if isinstance(one, Leave)), None), why, told, estate)


def why_of(path: Path, right: str, many: int) -> str:
    return f"{path.principal} has {right} by {many} path{'' if many == 1 else 's'}, this one {words(path)}."


def leaving(one: Leave | None, why: str, told: str | None, estate: Estate) -> dict[str, Any]:
    """What is offered where a removal is a membership: the one in the directory's own spelling, of groups that people keep."""
    names = estate.members.names
    if one is None or one.group in KEPT_BY_DATABRICKS or not {one.member, one.group} <= names.keys():
        return dict.fromkeys(("member", "leaves", "leave_params", "leave_why", "leave"))
    cut = f" The shortest cut: {told}." if told else ""
    return {
        "member": names[one.member],
        "leaves": "group.remove_member",
        "leave_params": {"group": names[one.group]},
        "leave_why": f"{why}{cut} Every other right of {one.group} ends with it.",
        "leave": "Propose to take out",
    }
