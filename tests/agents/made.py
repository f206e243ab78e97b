"""What tests of several capabilities make by hand: rows of questions, and what is expected of observations."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd

from agents.capability import Observation
from approvals.values.proposal import Draft

NOW = dt.datetime(2026, 11, 20, 10, 25, tzinfo=dt.UTC)  # a Friday
TODAY = NOW.date()
Row = Mapping[str, Any]


def ago(**since: float) -> pd.Timestamp:
    return pd.Timestamp(NOW - dt.timedelta(**since))


def frame(*made: Row, like: Iterable[str] = ()) -> pd.DataFrame:
    return pd.DataFrame(list(made), columns=None if made else list(like), dtype=object)


def changed(kind: str, thing: str, what: str, at: Any, who: str | None = "ann@x.com") -> Row:
    """A row of infraops.compute_changes."""
    return {"at": at, "name": thing, "kind": kind, "what": what, "who": who, "workspace_id": "1", "thing_id": thing}


def only(observations: list[Observation]) -> Observation:
    assert len(observations) == 1
    return observations[0]


def proposed(observations: list[Observation]) -> Draft:
    draft = only(observations).draft
    assert draft is not None, only(observations).why_not
    return draft


def left(observations: list[Observation]) -> str:
    """Why the only one is left alone."""
    seen = only(observations)
    assert seen.draft is None, seen.draft
    return seen.why_not
