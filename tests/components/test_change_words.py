"""A change is said without codes and ids; what people chose is left as they wrote it."""

from __future__ import annotations

import datetime as dt

import pytest

from approvals.people.identities import Identity
from components.panels import changes
from components.text.change_words import change_in_words
from components.text.principals import names_of
from components.text.view_context import ViewContext
from components.tiles.tile import Grid
from tests.components.bodies import frame, one, seen
from tests.components.test_same_names import filled

ETL = "7d0c9a1e-0000-4000-8000-000000000001"
NAMES = names_of([Identity("service", (ETL,), "nightly-etl")])


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("runs succeeded → failed (RUN_EXECUTION_ERROR)", "runs succeeded → failed (Run execution error)"),
        ("runs succeeded → failed (no code)", "runs succeeded → failed (no code)"),
        ("SELECT, USE_SCHEMA granted to team-risk", "SELECT, USE SCHEMA granted to team-risk"),
        (f"ALL_PRIVILEGES granted to {ETL}, MANAGE taken from {ETL}",
         "ALL PRIVILEGES granted to nightly-etl, MANAGE taken from nightly-etl"),
        ("channel CHANNEL_NAME_CURRENT → CHANNEL_NAME_PREVIEW, size Medium → X-Large, type PRO → CLASSIC",
         "channel Channel name current → Channel name preview, size Medium → X-Large, type Pro → Classic"),
        (f"runs as {ETL} → ann@example.com", "runs as nightly-etl → ann@example.com"),
        ("name LOAD_ORDERS → LOAD_ORDERS_2", "name LOAD_ORDERS → LOAD_ORDERS_2"),
        ("tags COST_CENTER=CC_1 → COST_CENTER=CC_2", "tags COST_CENTER=CC_1 → COST_CENTER=CC_2"),
        ("auto-stop 30 → 10 min", "auto-stop 30 → 10 min"), ("", ""),
    ],
)  # fmt: skip
def test_a_change_is_said_in_words(what: str, words: str) -> None:
    assert change_in_words(what, NAMES) == words


@pytest.mark.parametrize(
    ("panel", "query"), [(changes.changes, "overview.changes"), (changes.between, "pipelineops.run_changes")]
)
def test_the_feeds_of_changes_say_them_so(panel: object, query: str) -> None:
    at = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
    rows = frame(query, filled(query, kind="table", thing_id="a.b.c", at=at, what=f"USE_SCHEMA granted to {ETL}"))
    table = one(panel(rows, ViewContext(names=NAMES)), Grid)  # type: ignore[operator]
    assert seen(table, "what") == [("USE SCHEMA granted to nightly-etl",)]
