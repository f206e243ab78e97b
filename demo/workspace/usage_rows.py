"""What a changed warehouse or cluster costs from its change on: usage by the hour under the settings it has since.

The lakehouse, when it is built anew, bills every object as the organisation made it; from the hour of the first change
on those records are replaced by these. People ask and work as in the organisation, so that a shorter wait before
stopping, a smaller size or fewer workers cost less.
"""

from __future__ import annotations

import datetime as dt
import math
import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from demo.names import ACCOUNT
from demo.organisation import Organisation
from demo.prices import sku
from demo.rhythm import DAY, generator, level, moments, office
from demo.workloads import RATES, SQL_SKUS
from demo.workspace.state import Effect, Json
from warehouse.overlay import Beside, Gone

USAGE = "system.billing.usage"
LONGEST = 400 * 24  # hours that are billed at most
_NAMESPACE = uuid.UUID("0c9d2c55-2f5b-4a44-9f64-7a3a4f6f1a77")


@dataclass(frozen=True)
class Span:
    """Settings from ``start`` on (seconds since 1970): DBU an hour, idle seconds until it stops (None: never), and
    whether it was switched off (False), on (True) or neither at that moment."""

    start: float
    rate: float
    idle: float | None
    switched: bool | None = None


def usage(world: Organisation, effects: Sequence[Effect], until: int) -> Beside:
    """Usage of the objects of ``effects`` from the hour of each one's first change to ``until`` (seconds since 1970)."""
    rows: list[Json] = []
    gone: list[Gone] = []
    for identifier in dict.fromkeys(e.id for e in effects):
        own = [e for e in effects if e.id == identifier]
        frame = world.warehouses if own[0].type == "warehouse" else world.clusters
        column = f"{own[0].type}_id"
        place = next((i for i, known in enumerate(frame[column]) if known == identifier), None)
        if place is None:
            continue
        row, first = frame.iloc[place], int(own[0].at.timestamp()) // 3600 * 3600
        spans = [_span(own[0], "before", row, -math.inf), *(_span(e, "object", row, e.at.timestamp()) for e in own)]
        arrivals = (
            _asked(world, place, row, first, until)
            if column == "warehouse_id"
            else _worked(world, place, row, first, until)
        )
        for hour, quantity in sorted(_billed(arrivals, spans, first, until).items()):
            rows.append(_record(own[0].type, row, identifier, hour, quantity))
        since = dt.datetime.fromtimestamp(first, dt.UTC).isoformat()
        gone.append(Gone(((f"usage_metadata.{column}", identifier),), ("usage_start_time", since)))
    return Beside(tuple(rows), tuple(gone))


def _span(effect: Effect, which: str, row: Any, start: float) -> Span:
    """The settings before or after ``effect``."""
    found = effect.detail.get(which) or {}
    verb = effect.action.partition(".")[2] if which == "object" else ""
    switched = {"stop": False, "delete": False, "permanent_delete": False, "start": True}.get(verb)
    if effect.type == "warehouse":
        size = str(found.get("cluster_size", row.warehouse_size)).upper().replace("-", "_")
        minutes = found.get("auto_stop_mins", row.auto_stop_minutes)
        return Span(start, float(RATES.get(size, 2 * RATES["X_LARGE"])), 60 * minutes if minutes else None, switched)
    scale = found.get("autoscale") or {}
    workers = scale.get("max_workers", found.get("num_workers", row.workers))
    minutes = found.get("autotermination_minutes", row.auto_termination_minutes)
    rate = 0.0 if verb == "permanent_delete" else row.dbu * max(workers, 1) ** 0.5 * 0.4
    return Span(start, float(rate), 60 * minutes if minutes else None, switched)


def _asked(world: Organisation, place: int, row: Any, first: int, until: int) -> Iterator[tuple[float, float]]:
    """Statements on a warehouse: when each begins and ends, in order; each hour's are its own, whenever one looks."""
    begin = max(first, until - LONGEST * 3600) - 3 * 3600
    hours = moments(np.arange(begin, until, 3600))
    rates = row.busy * office(hours) * level(hours, 0.15, growth=0.0)
    for start, rate in zip(range(begin, until, 3600), rates, strict=True):
        rng = generator(world.seed, 91, place, start // 3600)
        moments_in = np.sort(rng.uniform(0, 3600, rng.poisson(max(float(rate), 0.0))))
        took = np.minimum(np.exp(rng.normal(2.2, 1.0, len(moments_in))), 600)
        yield from ((start + float(a), start + float(a) + float(t)) for a, t in zip(moments_in, took, strict=True))


def _worked(world: Organisation, place: int, row: Any, first: int, until: int) -> Iterator[tuple[float, float]]:
    """Days of work on a cluster: when each begins and ends, in order."""
    begin = (max(first, until - LONGEST * 3600) // DAY - 1) * DAY
    days = pd.DatetimeIndex(moments(np.arange(begin, until, DAY)))
    busy = np.clip(level(days, 0.15, growth=0.0) * 0.8, 0, 0.97)
    for start, share in zip(range(begin, until, DAY), busy, strict=True):
        rng = generator(world.seed, 92, place, start // DAY)
        roll, opens = rng.random(), float(rng.integers(6 * 3600, 9 * 3600))
        lasts = float(np.clip(rng.normal(row.hours, 1.5), 0.5, 14)) * 3600
        if roll < share:
            yield start + opens, start + opens + lasts


def _billed(work: Iterator[tuple[float, float]], spans: Sequence[Span], first: int, until: int) -> dict[int, float]:
    """Hour (seconds since 1970) -> DBU: it runs from the first work until it has been idle for as long as the settings
    of that moment say, or is switched off."""
    hours: defaultdict[int, float] = defaultdict(float)
    moved = [s for s in spans if s.switched is not None]
    tasks = sorted([*work, *((s.start, s.start) for s in moved if s.switched)])
    up_until, up_since = -math.inf, -math.inf

    def close() -> None:
        for a, b, rate in _pieces(up_since, min(up_until, until), spans):
            for hour in range(int(a) // 3600, math.ceil(b / 3600)):
                if hour * 3600 >= first:
                    hours[hour * 3600] += (min(b, (hour + 1) * 3600) - max(a, hour * 3600)) / 3600 * rate

    for begin, end in tasks:
        if begin >= until:
            break
        if begin > up_until:
            if up_until > up_since:
                close()
            up_since, up_until = begin, begin
        up_until = max(up_until, _stops(begin, end, spans))
    if up_until > up_since:
        close()
    return hours


def _stops(begin: float, end: float, spans: Sequence[Span]) -> float:
    """When it stops if nothing comes after the work that ended at ``end``."""
    stop = math.inf
    for number, span in enumerate(spans):
        following = spans[number + 1].start if number + 1 < len(spans) else math.inf
        if following <= end:
            continue
        idle_ends = math.inf if span.idle is None else max(end + span.idle, span.start)
        if idle_ends <= following:
            stop = idle_ends
            break
    off = [s.start for s in spans if s.switched is False and s.start > begin]
    return min([stop, *off])


def _pieces(begin: float, end: float, spans: Sequence[Span]) -> Iterator[tuple[float, float, float]]:
    """The stretch cut where the settings change, with the rate of each part."""
    for number, span in enumerate(spans):
        following = spans[number + 1].start if number + 1 < len(spans) else math.inf
        a, b = max(begin, span.start), min(end, following)
        if a < b:
            yield a, b, span.rate


def _record(kind: str, row: Any, identifier: str, hour: int, quantity: float) -> Json:
    begin = dt.datetime.fromtimestamp(hour, dt.UTC)
    of_warehouse = kind == "warehouse"
    sort = row.warehouse_type if of_warehouse else ""
    stem = SQL_SKUS[sort] if of_warehouse else "ENTERPRISE_ALL_PURPOSE_COMPUTE"
    about = {"warehouse_id": identifier} if of_warehouse else {"cluster_id": identifier, "node_type": row.node_type}
    return {
        "account_id": ACCOUNT,
        "workspace_id": row.workspace_id,
        "cloud": "AWS",
        "sku_name": sku(stem, row.workspace_id),
        "record_id": str(uuid.uuid5(_NAMESPACE, f"{identifier}/{hour}")),
        "usage_start_time": begin.isoformat(),
        "usage_end_time": (begin + dt.timedelta(hours=1)).isoformat(),
        "usage_date": begin.date().isoformat(),
        "ingestion_date": begin.date().isoformat(),
        "custom_tags": dict(row.tags),
        "usage_unit": "DBU",
        "usage_quantity": f"{quantity:.6f}",
        "usage_type": "COMPUTE_TIME",
        "record_type": "ORIGINAL",
        "usage_metadata": about,
        "billing_origin_product": "SQL" if of_warehouse else "ALL_PURPOSE",
        "identity_metadata": {"owned_by": row.created_by if of_warehouse else row.owned_by},
        "product_features": {
            "is_serverless": sort == "SERVERLESS",
            "is_photon": not of_warehouse,
            "sql_tier": ("CLASSIC" if sort == "CLASSIC" else "PRO") if of_warehouse else None,
        },
    }
