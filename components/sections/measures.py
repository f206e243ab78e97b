"""What each dimension is judged by on the Overview: the figure a day of its question ``overview.<key>``, which the
question's header names. Its limits are a setting (``LAKEHELM_LIMITS``)."""

from __future__ import annotations

from decimal import Decimal
from typing import cast

from components.sections.judged import Measure, Unit
from dimensions import Key
from queries.catalogue import catalogue
from settings import Settings
from warehouse.interface import Ask


def measure(key: Key, chosen: Settings, ask: Ask, waits: tuple[Ask, ...] = ()) -> Measure:
    """The figure of ``key`` with the limits that are set. A cost has no limit of its own: it is judged by its change against
    the usual day. Hours have a price where one is agreed."""
    figure = catalogue()[f"overview.{key}"].described["value"]
    unit = cast(Unit, figure.kind)
    label = figure.label[:1].lower() + figure.label[1:]
    rate: tuple[Decimal, str] | None = chosen.rate if unit == "hours" else None
    return Measure(key, label, unit, *chosen.watch_and_act[key], ask, waits, unit == "money", rate)
