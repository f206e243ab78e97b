"""What stands behind the figures of the Overview: the things that make up those of dimensions without a page."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from components.text import format as fmt
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.grid import grid
from components.tiles.panel import Panel
from dimensions import Key

DAYS, MOST = 7, 50


def _most(things: str, of: str, did: str) -> Callable[[pd.DataFrame, ViewContext], str]:
    """A finding that names no sum, because the list may end at its limit: ``325 requests of one person or service were
    denied in 7 days, the most of any``."""

    def said(frame: pd.DataFrame, look: ViewContext) -> str:
        return f"{fmt.counted(int(frame['value'].iloc[0]), things)} {of} {did} in {DAYS} days, the most of any"

    return said


def _waited(frame: pd.DataFrame, look: ViewContext) -> str:
    worst = frame.iloc[0]
    return f"{fmt.number(worst['value'])} h waited on {plain(worst['warehouse'], 80)} in {DAYS} days, the most of any"


def _unhealthy(frame: pd.DataFrame, look: ViewContext) -> str:
    return f"{fmt.counted(len(frame), 'watched table')} unhealthy at the last scan"


SOMEBODY = "of one person or service"
QUERIES: Mapping[Key, str] = {
    "userops": "overview.waits_by_warehouse",
    "dataops": "overview.unhealthy_tables",
    "governanceops": "overview.denied_requests",
    "mlops": "overview.failed_requests_by_endpoint",
    "agentops": "overview.refused_calls",
}
PANELS: Mapping[Key, Panel] = {
    "userops": grid(
        "Where people waited",
        QUERIES["userops"],
        "Waiting for compute, for capacity and for compilation.",
        finding=_waited,
        empty=f"Nobody waited for a statement in {DAYS} days.",
    ),
    "dataops": grid(
        "Unhealthy tables",
        QUERIES["dataops"],
        "Watched tables whose last scan says that they are unhealthy.",
        finding=_unhealthy,
        empty="None of the watched tables is unhealthy.",
    ),
    "governanceops": grid(
        "Who was denied",
        QUERIES["governanceops"],
        "Requests to Unity Catalog that were answered 401 or 403.",
        finding=_most("request", SOMEBODY, "denied"),
        empty=f"No request was denied in {DAYS} days.",
    ),
    "mlops": grid(
        "Where requests failed",
        QUERIES["mlops"],
        "Answers with a status of 500 and above, of endpoints with usage tracking.",
        finding=_most("request", "of one endpoint", "failed"),
        empty=f"No request of a model failed in {DAYS} days.",
    ),
    "agentops": grid(
        "Whose calls were refused",
        QUERIES["agentops"],
        "Calls that the gateway answered with 429, or 500 and above.",
        finding=_most("call", SOMEBODY, "refused"),
        empty=f"No call was refused in {DAYS} days.",
    ),
}
