"""Forms of statements: what is an opportunity and what is explained, and what of it is said and offered."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pandas as pd

from agents.detectors.query_gains import gained, gains
from components.panels.query_patterns import query_patterns
from components.text.view_context import ViewContext
from components.tiles.findings import finding
from components.tiles.tile import Empty, Frames, Grid
from tests.components.bodies import frame, listed, one
from things import Thing

LOOK = ViewContext()
USUAL: dict[str, Any] = {
    "fingerprint": "a" * 32, "statement": "select ? from t", "statement_type": "SELECT", "people": 3, "runs": 100,
    "cost": Decimal(50), "work": 10.0, "took": 60.0, "read_bytes": 10**9, "produced_rows": 100, "pruned": 0.9, "failed": 1,
    "cached": 2, "spilling": 0, "reading": 0, "again_hour": 0.0, "again_day": 0.0, "usual": 100, "usual_ms": 360_000.0,
    "usual_square": 360_000.0**2,
    "days": ["2026-11-02 60", "2026-11-04 40"], "who": "ann@example.com", "workspace_id": "1", "warehouse_id": "w", "warehouse": "bi",
}  # fmt: skip


def patterns(again: float = 0.0, **more: Any) -> dict[str, pd.DataFrame]:
    """One form of statements, of which a share ``again`` of the work is the same text again in the hour."""
    said = {"again_hour": 10 * again, "again_day": 10 * min(2 * again, 1.0)}
    return gained(frame("userops.query_patterns", USUAL | said | more))


def judged(**more: Any) -> Any:
    return next(gains(frame("userops.query_patterns", USUAL | more)["query_patterns"]).itertuples())


def test_the_same_text_again_is_an_opportunity_between_what_an_hour_and_a_day_would_save() -> None:
    found = judged(again_hour=2.0, again_day=8.0)
    assert (found.verdict, found.cause, found.low, found.high) == (
        "opportunity",
        "again",
        Decimal("10.00"),
        Decimal("40.00"),
    )


def test_a_repetition_now_and_then_is_none() -> None:
    assert judged(again_hour=0.4, again_day=8.0).verdict == "explained"  # under a twentieth of its work


def test_odd_runs_are_compared_with_the_usual_ones_of_their_form() -> None:
    # 20 runs of 0.2 h against 80 of 0.1 h, all alike: 20 x 0.1 h is 2 of 10 h, and no interval around it.
    odd = {"spilling": 20, "odd_ms": 720_000.0, "odd_square": 720_000.0**2, "usual": 80}
    found = judged(**odd)
    assert (found.cause, found.low, found.high) == ("spills", Decimal("10.00"), Decimal("10.00"))
    wide = judged(**{**odd, "odd_square": 720_000.0**2 * 9})
    assert wide.verdict == "explained"  # they differ so much that it may be chance
    assert judged(**{**odd, "usual": 4}).cause == "all odd"


def test_what_is_written_or_seldom_is_not_accused() -> None:
    assert judged(statement_type="INSERT").cause == "writes"
    assert (judged(runs=9, again_hour=5.0).verdict, judged(runs=9).cause) == ("unjudged", "few")


def test_without_a_price_the_gain_is_in_task_time() -> None:
    found = judged(cost=None, again_hour=2.0, again_day=8.0)
    assert (found.low, found.low_hours, found.high_hours) == (None, 2.0, 8.0)
    table = one(query_patterns(Frames(patterns(0.2, cost=None)), LOOK), Grid)
    assert table.frame["gain"].iloc[0] == "2 h to 4 h"


def test_the_title_has_what_could_be_saved_and_the_row_its_offer() -> None:
    bodies = listed(query_patterns(Frames(patterns(0.2)), LOOK))
    said = finding(bodies, [])
    assert (
        said is not None
        and said.text == "1 of 1 form could cost less; the first, 100 runs by 3 people, $10.00 to $20.00 of $50.00"
    )
    table = next(body for body in bodies if isinstance(body, Grid))
    assert table.thing_at("about", 0) == Thing("principal", "ann@example.com")
    assert list(table.frame["trend"].iloc[0]) == [60, 0, 40]
    assert table.frame["propose"].iloc[0] == "Propose" and table.frame["act"].iloc[0] == "training.suggest"
    assert table.frame["params"].iloc[0]["recipient"] == "ann@example.com"
    assert "select" not in str(table.frame["params"].iloc[0])  # nobody's statement is sent on


def test_a_dashboard_is_told_of_to_its_owner_and_what_is_explained_has_no_offer() -> None:
    table = one(query_patterns(Frames(patterns(0.2, dashboard_id="d1")), LOOK), Grid)
    assert (table.thing_at("about", 0), table.frame["act"].iloc[0]) == (Thing("dashboard", "d1", "1"), "notify.owner")
    explained = one(query_patterns(Frames(patterns()), LOOK), Grid)
    assert (explained.frame["act"].iloc[0], explained.frame["propose"].iloc[0]) == ("", None)
    assert explained.frame["found"].iloc[0].startswith("Explained: 10 MB a run, 90% pruned")


def test_of_nothing_it_says_over_what() -> None:
    none = {name: rows.head(0) for name, rows in patterns().items()}
    assert isinstance(query_patterns(Frames(none), LOOK), Empty)
