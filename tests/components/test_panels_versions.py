"""What is said of a newer version against the one before, and which way back is offered."""

from __future__ import annotations

import datetime as dt
from typing import Any

from agents.detectors.matched import compared
from components.panels.mlops_versions import versions_since
from components.text.view_context import ViewContext
from components.tiles.tile import Empty, Finding, Frames, Grid, Plot
from tests.components.bodies import frame, listed, one
from things import Thing

LOOK = ViewContext()
SEEN = dt.datetime(2026, 3, 5, 9, tzinfo=dt.UTC)


def pair(name: str, failed: int, **more: Any) -> dict[str, Any]:
    """A new version 3 of which ``failed`` of 100 requests failed, one of 400 of version 2."""
    own = {
        "workspace_id": "1", "workspace": "prod", "endpoint_id": f"id-{name}", "endpoint": name, "model": f"main.m.{name}",
        "model_full_name": f"main.m.{name}", "version": "3", "version_before": "2", "entity_before": None,
        "deployed": dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC), "matched_by": "SAME_WEEKDAY_HOUR", "slot": "2 13",
        "requests": 100, "failed": failed, "requests_before": 400, "failed_before": 1,
    }  # fmt: skip
    return own | more


def beside(*rows: dict[str, Any]) -> Frames:
    return Frames({"compared": compared(frame("mlops.versions_matched", *rows)["versions_matched"])})


PANEL = versions_since(SEEN)


def test_the_title_says_by_how_much_on_which_hours_and_since_when() -> None:
    said = one(PANEL(beside(pair("churn", 25), pair("fraud", 0)), LOOK), Finding)
    assert said.tone == "act"
    assert said.text.startswith("churn: v3 fails 13.")
    assert said.text.endswith(" points more than v2 on the same hours of the week, 3 d old")


def test_what_is_no_worse_is_said_with_what_could_not_be_judged() -> None:
    said = one(PANEL(beside(pair("churn", 1), pair("fraud", 3, requests=9)), LOOK), Finding)
    assert (said.text, said.tone) == (
        "None of 1 new version fails more than the one before; 1 with too few requests", "ok",
    )  # fmt: skip
    assert isinstance(listed(PANEL(beside(), LOOK))[0], Empty)


def test_the_way_back_is_traffic_where_the_version_before_is_served_and_the_alias_of_a_model_of_ours() -> None:
    rows = beside(
        pair("a", 25, entity_before="a-2"),
        pair("b", 30),
        pair("c", 35, model_full_name=None),
        pair("d", 0, entity_before="d-2"),
    )
    grid = one(PANEL(rows, LOOK), Grid)
    table = grid.frame.set_index("endpoint")
    assert table["act"].to_dict() == {"a": "serving.set_traffic", "b": "", "c": "", "d": ""}
    assert table["params"]["a"] == {"routes": [{"served_entity": "a-2", "percentage": 100}]}
    assert table["back_act"].to_dict() == {"a": "model.set_alias", "b": "model.set_alias", "c": "", "d": ""}
    assert table["back_params"]["b"] == {"version": 2}
    assert table["why"]["b"].startswith("Version 3 failed 30% of 100 requests, version 2 0.2% of 400 on the same hours")
    at = list(grid.frame["endpoint"]).index("b")
    assert grid.thing_at("model", at) == Thing("model", "main.m.b")


def test_two_versions_are_a_ring_and_a_dot() -> None:
    drawn = one(PANEL(beside(pair("churn", 25)), LOOK), Plot).figure.to_dict()
    assert [list(trace["x"]) for trace in drawn["data"]] == [[0.0025], [0.25]]
