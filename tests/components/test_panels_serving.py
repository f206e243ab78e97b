"""What the panels of serving say: parts add up to the whole, a mistake of the caller is no failure, no record is no rest."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from components.panels.mlops_requests import Asked, requests_of, tokens_of
from components.panels.mlops_serving import served, serving_cost
from components.text.view_context import ViewContext
from components.tiles.tile import Finding, Frames, Grid, Plot
from tests.components.bodies import frame, listed, one

LOOK = ViewContext()
FIRST = dt.date(2026, 3, 2)


def asked_on(day: int, name: str | None, requests: int, **more: Any) -> dict[str, Any]:
    """A row of ``mlops.requests_by_day``; of all endpoints where ``name`` is None."""
    place = None if name is None else "1"
    own = {"day": FIRST + dt.timedelta(days=day), "workspace_id": place, "endpoint_id": name, "endpoint": name}
    none = dict.fromkeys(("failed", "refused", "caller_errors", "input_tokens", "output_tokens", "counted", "timed"), 0)
    return own | none | {"requests": requests, "median": None, "slow": None} | more


def asked(*rows: dict[str, Any]) -> Frames:
    return Frames(frame("mlops.requests_by_day", *rows))


BUSY = asked(
    asked_on(0, None, 100, failed=9, refused=2, caller_errors=1, counted=50, input_tokens=900, output_tokens=90),
    asked_on(0, "churn", 60, failed=9, caller_errors=1),
    asked_on(0, "chat", 40, refused=2, counted=50, input_tokens=900, output_tokens=90),
    asked_on(1, None, 50, timed=10, median=0.5, slow=2.0),
    asked_on(1, "chat", 50, timed=10, median=0.5, slow=2.0),
)
QUIET = asked(asked_on(0, None, 30), asked_on(0, "chat", 30))


def cost(day: int, place: str | None, amount: str | None, **more: Any) -> dict[str, Any]:
    own = {"usage_date": FIRST + dt.timedelta(days=day), "product": "MODEL_SERVING", "workspace_id": place}
    known = {"workspace": None if place is None else "prod", "endpoints": 2, "unnamed": None, "unpriced_rows": 0}
    return own | known | {"cost": None if amount is None else Decimal(amount), "complete": True} | more


def said(panel: Any, frames: Any) -> str:
    return one(panel(frames, LOOK), Finding).text


def test_the_callers_mistakes_are_no_failures_of_the_service() -> None:
    text = said(requests_of(Asked()), BUSY)
    assert text == "150 requests in this period: 6% failed, 1.3% refused, 0.7% callers' errors; most of churn, 15%"
    assert one(requests_of(Asked())(BUSY, LOOK), Finding).tone == "act"
    assert one(requests_of(Asked())(QUIET, LOOK), Finding).tone == "plain"


def test_what_is_drawn_adds_up_to_the_requests() -> None:
    plot = one(requests_of(Asked())(BUSY, LOOK), Plot).figure.to_dict()
    assert sum(sum(trace["y"]) for trace in plot["data"]) == 150


def test_one_endpoint_is_looked_at_by_a_part_of_its_name() -> None:
    assert said(requests_of(Asked("CHA")), BUSY).startswith(
        "90 requests to chat in this period: 0% failed, 2.2% refused"
    )
    grid = one(requests_of(Asked("cha"))(BUSY, LOOK), Grid)
    assert list(grid.frame["endpoint"]) == ["chat"]
    assert "0 endpoints" in listed(requests_of(Asked("nobody"))(BUSY, LOOK))[0].text  # type: ignore[union-attr]


def test_of_few_requests_no_share_is_said() -> None:
    few = asked(asked_on(0, None, 19, failed=10), asked_on(0, "chat", 19, failed=10))
    grid = one(requests_of(Asked())(few, LOOK), Grid)
    assert grid.frame["failed_part"].isna().all()
    assert one(requests_of(Asked())(few, LOOK), Finding).tone == "plain"


def test_tokens_say_of_how_many_requests_they_are() -> None:
    assert said(tokens_of(Asked()), BUSY) == "900 tokens in and 90 out, of 33% of requests; 7% are timed"
    assert said(tokens_of(Asked()), QUIET) == "0 of 30 requests count tokens"


def test_how_long_several_together_took_is_told_by_nobody() -> None:
    both = asked(*(asked_on(0, name, 5, timed=5, median=1.0, slow=1.0) for name in (None, "chat-a", "chat-b")))
    assert sum(isinstance(body, Plot) for body in listed(tokens_of(Asked())(both, LOOK))) == 1
    assert not any(isinstance(body, Plot) for body in listed(tokens_of(Asked("chat"))(both, LOOK)))


def test_places_and_days_of_the_cost_add_up() -> None:
    rows = frame(
        "mlops.serving_cost",
        cost(0, "1", "6"),
        cost(1, "1", "2", unnamed=Decimal(2), complete=False),
        cost(1, None, "1"),
        cost(1, "1", None, product="VECTOR_SEARCH", unpriced_rows=3),
    )
    text = said(serving_cost, rows)
    assert text == "$9.00 for endpoints in this period; 89% of it Model serving in prod; 3 rows without a price"
    grid = one(serving_cost(rows, LOOK), Grid).frame
    assert sum(grid["cost"].dropna()) == 9 and grid["unnamed"].sum() == 2
    assert list(grid["workspace"]) == ["prod", "no workspace", "prod"]


def test_what_has_no_price_is_not_known_to_cost_nothing() -> None:
    rows = frame("mlops.serving_cost", cost(0, "1", None, unpriced_rows=4))
    found = one(serving_cost(rows, LOOK), Finding)
    assert (found.text, found.tone) == ("The cost of 4 usage rows of endpoints is not known", "unknown")


def test_several_versions_behind_one_endpoint_are_counted() -> None:
    entity = {
        "workspace_id": "1",
        "workspace": "prod",
        "endpoint_id": "e1",
        "endpoint": "churn",
        "scales_to_zero": False,
    }
    rows = frame("mlops.served_entities", entity, entity, entity | {"endpoint_id": "e2", "scales_to_zero": True})
    assert said(served, rows) == "2 endpoints serve 3 entities; 1 of them serves several; 1 stops when unasked"
