"""Savings of every kind as rows of one list: the answers of finops.savings_*, and the replay of idle warehouses."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import pandas as pd
import pyarrow as pa

from approvals.reading.proposed import Proposed
from components.panels.warehouse_types import APART
from components.text import format as fmt
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from queries.kinds import Param
from warehouse.interface import Ask

MINUTES = "5,10,15,20,30,60"  # of idleness, weighed for each warehouse
QUESTIONS = (  # besides the replay
    "finops.savings_idle_endpoints",
    "finops.savings_no_autotermination",
    "finops.savings_long_autotermination",
    "finops.savings_all_purpose_jobs",
    "finops.savings_failed_runs",
)
# By the last part of each question's name: what the savings are, and the kind of action that makes them.
KINDS: Mapping[str, tuple[str, str]] = {
    "idle_warehouses": ("Idle warehouses", "warehouse.set_autostop"),
    "savings_idle_endpoints": ("Endpoints that nobody asks", "serving.set_scale"),
    "savings_no_autotermination": ("Clusters that never end by themselves", "cluster.set_autotermination"),
    "savings_long_autotermination": ("Clusters that end late", "cluster.set_autotermination"),
    "savings_all_purpose_jobs": ("Jobs on all-purpose clusters", "ticket.open"),
    "savings_failed_runs": ("Runs that fail", "ticket.open"),
}
ACTS = frozenset(act for _, act in KINDS.values())
TERMINATES = 30  # idle minutes, as the savings of clusters are worked out
# By kind of action: the parameters that its form begins with, of a row of the list.
BEGINS: Mapping[str, Callable[[Any], dict[str, Any]]] = {
    "warehouse.set_autostop": lambda row: {"auto_stop_minutes": int(row.minutes)},
    "cluster.set_autotermination": lambda _: {"auto_termination_minutes": TERMINATES},
    "serving.set_scale": lambda _: {"scale_to_zero": True},
    "ticket.open": lambda row: {"subject": plain(f"{row.what}: {row.resource}", 120), "text": plain(row.evidence, 500)},
}
UNDER_WAY = frozenset({"open", "approved", "needs a look"})
DAYS = 28  # whole weeks, whatever period is looked at: one saving has one amount


def replay(today: dt.date) -> Mapping[str, Param]:
    """The parameters of finops.idle_warehouses that make its answer the saving that is shown and proposed."""
    return {"start": today - dt.timedelta(days=DAYS), "end": today, "minutes": MINUTES}


def every_saving(asked: Callable[..., Ask], today: dt.date) -> tuple[Ask, ...]:
    """The questions of the list, made by a page's ``ask``."""
    return (asked("finops.idle_warehouses", **replay(today)), *map(asked, QUESTIONS))


def with_proposals(found: pd.DataFrame, proposed: Iterable[Proposed]) -> pd.DataFrame:
    """``found`` (rows of finops.savings_* with ``act``, the kind of action) with ``state`` and ``proposal_id`` of the newest
    proposal of that kind about that thing, and ``propose``: the word of a button, where nothing is under way.
    An endpoint is proposed about by its name."""
    known = {(one.resource_key.casefold(), one.kind): one for one in proposed}
    rows = [
        next(
            (one for ident in (key, name) if (one := known.get((f"{place}/{kind}/{ident}".casefold(), act)))),
            None,
        )
        for place, kind, key, name, act in zip(
            *(found[c] for c in ("workspace_id", "resource_kind", "resource_id", "resource", "act")), strict=True
        )
    ]
    said = {
        "state": [one.state if one else None for one in rows],
        "proposal_id": [one.proposal_id if one else None for one in rows],
        "propose": [None if one and one.state in UNDER_WAY else "Propose" for one in rows],
    }
    return found.assign(**{name: pd.Series(values, found.index, dtype=object) for name, values in said.items()})


def with_forms(found: pd.DataFrame) -> pd.DataFrame:
    """``found`` (rows of the list with ``act``) with ``params`` and ``why``: what the form of a proposal begins with."""
    rows = list(found.itertuples())
    said = {
        "params": [BEGINS[str(row.act)](row) for row in rows],
        "why": [plain(f"{row.what}: {row.evidence}.", 1_000) for row in rows],
    }
    return found.assign(**{name: pd.Series(values, found.index, dtype=object) for name, values in said.items()})


def waiting(answer: pa.Table) -> int:
    """How many savings an answer of finops.savings_* or finops.idle_warehouses holds."""
    return len(worth_it(answer.to_pandas())) if "saving_high" in answer.column_names else answer.num_rows


def warehouses(frame: pd.DataFrame, look: ViewContext) -> pd.DataFrame:
    """The best row of each warehouse of finops.idle_warehouses that saves something, with the columns of
    finops.savings_*: ``monthly_saving`` is the middle of the interval; without a price it is unknown, and said."""
    return pd.DataFrame([_saving(row, look) for row in worth_it(frame).itertuples()])


def worth_it(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of finops.idle_warehouses that are the best of their warehouse and save something, as far as is known."""
    slow = frame["auto_stop_minutes"].eq(0) | frame["auto_stop_minutes"].gt(frame["minutes"])
    saves = frame["saving_high"].map(lambda high: not fmt.known(high) or high > 0)
    known = frame["idle_stretches"].gt(0) & frame["evidence_days"].notna()
    return frame[frame["best"].eq(True) & slow & saves & known]


def _saving(row: Any, look: ViewContext) -> dict[str, object]:
    priced = fmt.known(row.saving_high)
    interval = f"{fmt.money(row.saving_low, look.currency)} to {fmt.money(row.saving_high, look.currency)} a month"
    stops = f"stops after {row.auto_stop_minutes} minutes" if row.auto_stop_minutes else "no auto stop"
    evidence = (
        interval if priced else f"no price in {look.currency}",
        f"idle for {row.running_hours - row.busy_hours:.0f} of {row.running_hours:.0f} running hours",
        f"{fmt.counted(int(row.idle_stretches), 'stretch', 'stretches')} longer than {row.minutes} minutes",
        stops,
        f"known on {int(row.evidence_days)} of {DAYS} days",
        *(["without its machines, which the cloud bills"] if row.warehouse_type in APART else []),
    )
    return {
        "what": f"Stop the warehouse after {row.minutes} idle minutes",
        "workspace_id": row.workspace_id,
        "workspace": row.workspace,
        "resource_kind": "warehouse",
        "resource_id": row.warehouse_id,
        "resource": row.warehouse,
        "owner": row.owner,
        "monthly_saving": (row.saving_low + row.saving_high) / 2 if priced else None,
        "confidence": _confidence(int(row.idle_stretches)),
        "effort": "low",
        "evidence": "; ".join(evidence),
        "minutes": int(row.minutes),
    }


def _confidence(stretches: int) -> str:
    """In words what (n + 1) / (n + 4) says of n stretches: 0.9 and more is high, 0.6 and more medium."""
    return "high" if stretches >= 26 else "medium" if stretches >= 4 else "low"
