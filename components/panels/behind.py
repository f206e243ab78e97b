"""What stands behind the figures of the Overview: the things that make up those of dimensions without a page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from components.text import format as fmt
from components.text.view_context import ViewContext
from components.tiles.grid import grid
from components.tiles.panel import Panel
from dimensions import Key

DAYS, MOST = 7, 50
Says = Callable[[pd.DataFrame, ViewContext], str]


def _most(things: str, of: str, did: str) -> Says:
    """A finding that names no sum, because the list may end at its limit: ``325 requests of one person or service were
    denied in 7 days, the most of any``."""

    def said(frame: pd.DataFrame, look: ViewContext) -> str:
        return f"{fmt.counted(int(frame['value'].iloc[0]), things)} {of} {did} in {DAYS} days, the most of any"

    return said


def _unhealthy(frame: pd.DataFrame, look: ViewContext) -> str:
    return f"{fmt.counted(len(frame), 'watched table')} unhealthy at the last scan"


@dataclass(frozen=True)
class Behind:
    """The ``panel`` of the rows of ``query`` that make up the figure of the dimension ``key``."""

    key: Key
    query: str
    panel: Panel


def _behind(key: Key, query: str, label: str, about: str, found: Says, empty: str) -> Behind:
    return Behind(key, query, grid(label, query, about, finding=found, empty=empty))


SOMEBODY = "of one person or service"
BEHIND = (
    _behind(
        "dataops",
        "overview.unhealthy_tables",
        "Unhealthy tables",
        "Watched tables whose last scan says that they are unhealthy.",
        _unhealthy,
        "None of the watched tables is unhealthy.",
    ),
    _behind(
        "governanceops",
        "overview.denied_requests",
        "Who was denied",
        "Requests to Unity Catalog that were answered 401 or 403.",
        _most("request", SOMEBODY, "denied"),
        f"No request was denied in {DAYS} days.",
    ),
    _behind(
        "mlops",
        "overview.failed_requests_by_endpoint",
        "Where requests failed",
        "Answers with a status of 500 and above, of endpoints with usage tracking.",
        _most("request", "of one endpoint", "failed"),
        f"No request of a model failed in {DAYS} days.",
    ),
)
