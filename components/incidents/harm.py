"""Who was hit by an incident that ended, and what its failed runs cost: asked of its own days, so that it stays the same."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from components.frame.page import Page
from components.incidents import hit
from components.incidents.known import Known
from components.incidents.words import each
from components.panels.amounts import worth
from components.text import format as fmt
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from warehouse.interface import Ask

HOPS, COST = hit.QUESTION, "pipelineops.failure_cost"
MOST, NAMED = 100_000, 8  # jobs with failed runs that are looked through; those who were hit that are named
UNKNOWN = "not known: there is no answer to that now"


@dataclass(frozen=True)
class Harm:
    """``who`` was hit and what it ``cost``, in words."""

    who: str = UNKNOWN
    cost: str = UNKNOWN


def asks(page: Page, row: Any, shown: Known) -> dict[str, Ask]:
    """What is asked about the closed incident of ``row``, by its question."""
    made = {HOPS: used(page, row)} if hit.has_readers(row, shown.findings) else {}
    if _jobs(row, shown):
        since, until = days(row, shown)
        made[COST] = page.ask(COST, start=since, end=until, limit=MOST)
    return made


def used(page: Page, row: Any) -> Ask:
    """Who used what: of the days before an incident closed, from 30 before it opened; of an open one, of the days up to now."""
    if not row.reason:
        return page.lately(HOPS, hit.DAYS, limit=hit.MOST)
    start, end = row.opened_at.date() - dt.timedelta(days=hit.DAYS), row.closed_at.date() + dt.timedelta(days=1)
    return page.ask(HOPS, start=start, end=end, limit=hit.MOST)


def days(row: Any, shown: Known) -> tuple[dt.date, dt.date]:
    """The days (UTC) of a closed incident, from when the first of it began; the second is not one of them."""
    began = [one.began_at for one in each(shown.findings) if pd.notna(one.began_at)]
    return min([row.opened_at, *began]).date(), row.closed_at.date() + dt.timedelta(days=1)


def harm(row: Any, shown: Known, answers: Mapping[str, pd.DataFrame], look: ViewContext) -> Harm:
    """What ``answers``, by their question, say of the closed incident of ``row``; one that is lacking is not known."""
    return Harm(_who(row, shown, answers.get(HOPS)), _cost(row, shown, answers.get(COST), look))


def _who(row: Any, shown: Known, hops: pd.DataFrame | None) -> str:
    if not hit.has_readers(row, shown.findings):
        return "not known: lineage tells it of tables, jobs and pipelines only"
    if hops is None:
        return UNKNOWN
    rows = hit.hit(row, shown.findings, hops, shown.promised)
    things = [plain(one.who, 80) for one in each(rows) if one.kind != "person"]
    if rows.empty:
        return "nobody is seen to have read it, and no deadline hangs on it"
    more = f" and {len(things) - NAMED:,} more" if len(things) > NAMED else ""
    named = f": {', '.join(things[:NAMED])}{more}" if things else ""
    return f"{hit.counts(rows)}{named}"


def _cost(row: Any, shown: Known, failed: pd.DataFrame | None, look: ViewContext) -> str:
    jobs = _jobs(row, shown)
    if not jobs:
        return "not measured: no job is among its things; what agents said of it stands with what they found"
    if failed is None:
        return UNKNOWN
    own = failed[[(one.workspace_id, one.job_id) in jobs for one in failed.itertuples()]]
    since, until = days(row, shown)
    when = f"from {since} to {until - dt.timedelta(days=1)} (UTC)"
    if own.empty:
        return f"no run of its jobs failed {when}; what it cost others is not measured"
    runs, unpriced = int(own["failed_runs"].sum()), int(own["unpriced_runs"].sum())
    without = f", {unpriced:,} of them without a cost of their own" if unpriced else ""
    money = fmt.money(worth(own["cost"]), look.currency, compact=False, basis=look.basis)
    return f"{money} for {fmt.counted(runs, 'failed run')} of its jobs {when}{without}; what it cost others is not measured"


def _jobs(row: Any, shown: Known) -> set[tuple[str, str]]:
    return {(one.workspace_id, one.thing_id) for one in (row, *each(shown.findings)) if one.type == "job"}
