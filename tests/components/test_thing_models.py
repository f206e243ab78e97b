"""What is said of a registered model: its endpoints, how each version is asked, and what the endpoints cost."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from components.text.view_context import ViewContext
from components.things import models
from components.tiles.tile import Empty, Finding, Frames, Grid, Plot
from tests.components.bodies import frame, listed, one
from things import Thing

LOOK = ViewContext()
DAY, SINCE = dt.date(2026, 3, 2), dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC)


def day(
    version: str | None, requests: int = 0, failed: int = 0, cost: str | None = None, **more: Any
) -> dict[str, Any]:
    own = {"day": DAY, "version": version, "requests": requests, "failed": failed, "unpriced_rows": 0}
    return own | {"cost": None if cost is None else Decimal(cost)} | more


def served(version: str, state: str, requests: int = 0, failed: int = 0, place: str = "1") -> dict[str, Any]:
    own = {"workspace_id": place, "workspace": "prod", "endpoint_id": f"e{place}", "endpoint": "churn", "state": state}
    share = failed / requests if requests else None
    return own | {"version": version, "since": SINCE, "requests": requests, "failed": failed, "share": share}


DAYS = frame("things.model_days", day(None, cost="6"), day("2", 80, 1), day("3", 20, 9))


def test_the_version_that_fails_is_named_with_its_share() -> None:
    said = one(models.versions(DAYS, LOOK), Finding)
    assert (said.text, said.tone) == ("100 requests to 2 versions, 10% failed; version 3 most, 45%", "act")


def test_bars_of_the_versions_add_up_and_the_bill_is_no_version() -> None:
    plot = one(models.versions(DAYS, LOOK), Plot).figure.to_dict()
    assert sorted(sum(trace["y"]) for trace in plot["data"]) == [20, 80]


def test_of_few_requests_no_version_is_blamed() -> None:
    said = one(models.versions(frame("things.model_days", day("2", 90), day("3", 19, 19)), LOOK), Finding)
    assert said.tone == "plain" and "most" not in said.text


def test_money_is_that_of_its_endpoints_and_what_has_no_price_is_said() -> None:
    rows = frame("things.model_days", day(None, cost="6"), day(None, cost="1.5", unpriced_rows=2), day("2", 9))
    assert one(models.cost(rows, LOOK), Finding).text == "$7.50 for its endpoints on 2 days; 2 rows without a price"
    unknown = one(models.cost(frame("things.model_days", day(None, unpriced_rows=4)), LOOK), Finding)
    assert (unknown.text, unknown.tone) == ("The cost of 4 usage rows of its endpoints is not known", "unknown")
    assert isinstance(listed(models.cost(frame("things.model_days", day("2", 9)), LOOK))[0], Empty)


def test_its_endpoints_open_and_the_newest_version_is_named() -> None:
    rows = frame("things.model_serves", served("3", "now"), served("2", "now", place="2"), served("1", "before"))
    bodies = listed(models.serves(rows, LOOK))
    assert "2 endpoints serve 2 versions of it; the newest, version" in bodies[0].text  # type: ignore[union-attr]
    assert one(bodies, Grid).thing_at("endpoint", 1) == Thing("endpoint", "e2", "2")
    gone = frame("things.model_serves", served("1", "deleted"))
    assert one(models.serves(gone, LOOK), Finding).text == "No endpoint serves it any more; 1 version did"


def test_the_sentence_blames_what_fails_now_and_more_than_the_other_versions() -> None:
    def found(*rows: dict[str, Any]) -> str:
        said = models.finding(Frames(frame("things.model_serves", *rows)), LOOK)
        return said.text if said else ""

    assert found(served("3", "now", 100, 25), served("2", "before", 500, 2)) == (
        "25% of the requests to version 3 failed; of its other versions 0.4%."
    )
    assert found(served("3", "now", 100, 25), served("2", "before", 500, 150)) == ""
    assert found(served("3", "now", 19, 19)) == "" and found(served("3", "before", 100, 50)) == ""
    assert found(served("3", "now", 100, 25)) == "25% of the requests to version 3 failed."
