"""Who is hit if an action goes wrong: read from lineage and query history, for the types of target that these know.

Nothing found and nothing known are different: ``coverage`` says which.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from actions.desk import Reads
from actions.evidence import Unread
from approvals.people import identities
from approvals.values.proposal import Consumer, Impact, Target
from spelling import EVERYBODY, folded
from warehouse.interface import ask

LOG = logging.getLogger("lakehelm.actions")
WINDOW, MOST, PATIENCE = 30, 50, 60.0  # days, consumers, seconds
MANY = {"medium": 20, "high": 200}  # uses in 30 days from which a consumer counts as that
NOBODY = "-"  # whom no record names: those in a group without members
# People can wait; what runs by itself cannot, nor whom something was promised to.
PRODUCTION = frozenset({"job", "pipeline", "dashboard", "endpoint", "recipient"})


@dataclass(frozen=True)
class Located:
    """``impact`` with the id of each of its consumers and the workspace (id) that it lives in, in their order; empty where
    that is not known."""

    impact: Impact
    ids: tuple[str, ...] = ()
    workspaces: tuple[str, ...] = ()


def located(
    reader: Reads | None, target: Target, own: Impact, interrupts: bool, today: dt.date, whose: str = ""
) -> Located:
    """``own`` (what the change touches by itself) with the consumers of the target in the days before ``today``, at most
    50, heaviest first; where only the use of ``whose`` rights is at stake, those that ran on these, and what they wrote. A
    change that ``interrupts`` nothing that runs is of low risk to all of them."""
    behind = _behind(target, whose)
    asked = _question(target) if behind is None else _on_rights(target, behind)
    if reader is None or asked is None:
        return Located(own)
    name, params, uses = asked
    try:
        question = ask(name, start=today - dt.timedelta(days=WINDOW), end=today + dt.timedelta(days=1), **params)
        answer = reader.reread(question).result(PATIENCE)
    except Exception as error:
        LOG.warning("who is hit could not be read for a %s: %s", target.type, type(error).__name__)
        return Located(own)
    if answer.table is None:
        return Located(own)
    rows = [row for row in answer.table.to_pylist() if row.get("consumer_id") is not None]
    rows.sort(key=lambda row: (-int(row[uses] or 0), str(row["consumer_id"])))
    shown = rows[:MOST]
    # Those behind a group whose members nobody tells may be any of all who use it.
    whole = len(rows) <= MOST and not answer.error and answer.coverage.complete and not (whose and behind is None)
    people = len({row["consumer_id"] for row in rows if row["consumer_kind"] == "person"})
    hit = own.model_copy(
        update={
            "consumers": tuple(_consumer(row, int(row[uses] or 0), interrupts) for row in shown),
            "principals": max(own.principals, people if interrupts else 0),
            "data_as_of": answer.read_at,
            "coverage": "complete" if whole else "partial",
        }
    )
    ids = tuple(str(row["consumer_id"]) for row in shown)
    return Located(hit, ids, tuple(_workspace(row, target) for row in shown))


def _workspace(row: Mapping[str, Any], target: Target) -> str:
    """Where a consumer lives, empty where that is not known: who uses a warehouse is in its workspace."""
    return str(row.get("consumer_workspace", row.get("workspace_id", target.workspace_id)) or "")


def workspace_name(reader: Reads | None, workspace_id: str) -> str:
    """The workspace's name, empty when it is not known."""
    try:
        rows = _workspaces(reader, anew=False)
    except Exception:
        return ""
    return next((str(row["workspace_name"]) for row in rows if row["workspace_id"] == workspace_id), "")


def hosts(reader: Reads | None) -> dict[str, str]:
    """The address of every workspace that runs, by its id. Raises :class:`actions.evidence.Unread`."""
    return {
        str(row["workspace_id"]): str(row["workspace_url"])
        for row in _workspaces(reader, anew=True)
        if row["workspace_url"] and row["status"] in (None, "", "RUNNING")
    }


def _workspaces(reader: Reads | None, *, anew: bool) -> list[dict[str, Any]]:
    """Every workspace; ``anew``: as it is now, not as it was remembered."""
    if reader is None:
        raise Unread("the warehouse is not connected")
    try:
        question = ask("platform.workspaces")
        answer = (reader.reread(question) if anew else reader.submit(question)).result(PATIENCE)
    except Exception as error:
        raise Unread(f"the list of workspaces: {type(error).__name__}") from error
    if answer.table is None:
        raise Unread("the list of workspaces could not be read")
    return list(answer.table.to_pylist())


def _question(target: Target) -> tuple[str, dict[str, Any], str] | None:
    """The query that knows the target's consumers, its parameters, and the column that counts uses."""
    most = MOST + 1
    if target.type == "warehouse":
        return (
            "platform.warehouse_users",
            {"workspaces": "", "workspace_id": target.workspace_id, "warehouse_id": target.id, "limit": most},
            "statements",
        )
    if target.type == "job":
        return (
            "platform.job_consumers",
            {"workspace_id": target.workspace_id, "job_id": target.id, "limit": most},
            "reads",
        )
    if target.type == "table":
        return "platform.table_readers", {"table_name": target.id, "limit": most}, "reads"
    return None


def _behind(target: Target, whose: str) -> str | None:
    """Who has what ``whose`` has, with commas between; empty for everybody, None where that is not known or not asked for."""
    if not whose or target.type not in ("table", "schema", "catalog"):
        return None
    if folded(whose) in EVERYBODY:
        return ""
    found = identities.behind(whose, identities.known())
    return None if found is None else ",".join(sorted(found)) or NOBODY


def _on_rights(target: Target, behind: str) -> tuple[str, dict[str, Any], str]:
    return "platform.right_consumers", {"place": target.id, "principals": behind, "limit": MOST + 1}, "uses"


def _consumer(row: Mapping[str, Any], uses: int, interrupts: bool) -> Consumer:
    heavy: Literal["low", "medium", "high"] = (
        "high" if uses >= MANY["high"] else "medium" if uses >= MANY["medium"] else "low"
    )
    risk: Literal["low", "medium", "high"] = heavy if interrupts and row["consumer_kind"] in PRODUCTION else "low"
    return Consumer(
        name=str(row.get("consumer") or row["consumer_id"])[:200],
        type=str(row["consumer_kind"]),
        owner=str(row.get("owner") or ""),
        risk=risk,
        why=f"{uses:,} uses in {WINDOW} days",
    )
