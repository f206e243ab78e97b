"""What each dimension is judged by on the Overview: one figure a day. Its limits are a setting (``LAKEHELM_LIMITS``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from components.sections.judged import Measure, Unit
from dimensions import Key
from settings import Settings
from warehouse.interface import Ask


@dataclass(frozen=True)
class Figure:
    """``relative``: judged by its change against the usual day."""

    label: str
    unit: Unit
    relative: bool = False


FIGURES: Mapping[Key, Figure] = {
    "finops": Figure("cost of the last complete day", "money", relative=True),
    "pipelineops": Figure("share of runs that failed", "ratio"),
    "infraops": Figure("idle share of warehouse time", "ratio"),
    "dataops": Figure("watched tables that are unhealthy", "count"),
    "governanceops": Figure("denied requests", "count"),
    "mlops": Figure("share of model requests that failed", "ratio"),
    "agentops": Figure("share of gateway calls refused", "ratio"),
    "userops": Figure("hours lost waiting", "hours"),
}


def measure(key: Key, chosen: Settings, ask: Ask, waits: tuple[Ask, ...] = ()) -> Measure:
    """The figure of ``key`` with the limits that are set; hours have a price where one is agreed."""
    figure = FIGURES[key]
    rate: tuple[Decimal, str] | None = chosen.rate if figure.unit == "hours" else None
    return Measure(key, figure.label, figure.unit, *chosen.watch_and_act[key], ask, waits, figure.relative, rate)
