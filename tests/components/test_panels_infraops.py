"""InfraOps: what its panels say, name first and offer, from hand-made rows."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pandas as pd

from components.panels import infraops
from components.text.view_context import ViewContext
from components.tiles.tile import Empty, Finding, Grid, Note, Plot
from tests.components.bodies import frame, listed, notes, one, seen

LOOK = ViewContext()


def warehouse(name: str, idle: str | None, queued: float | None, **more: Any) -> dict[str, Any]:
    """A row of infraops.idle_and_waits, known on 28 days where its idle cost is."""
    return {
        "workspace_id": "1", "workspace": "prod", "warehouse_id": name, "warehouse": name, "warehouse_type": "PRO",
        "max_clusters": 2, "auto_stop_minutes": 30, "cost_a_day": Decimal(90), "waited_days": 3, "people": 7,
        "idle_a_day": None if idle is None else Decimal(idle), "queued_a_day": queued,
        "evidence_days": None if idle is None and queued is None else 28,
    } | more  # fmt: skip


def drawn(*rows: dict[str, Any]) -> list[Any]:
    return listed(infraops.idle_and_waits(frame("infraops.idle_and_waits", *rows), LOOK))


def test_one_that_does_both_comes_first_and_is_named_with_its_figures() -> None:
    said = drawn(
        warehouse("dear", "400", 0.1),
        warehouse("slow", "1", 9.0),
        warehouse("both", "48", 2.3),
        warehouse("calm", "3", 0.0),
    )
    title = one(said, Finding)
    assert title.text == "both idles $48.00 a day and makes people wait 2.3 h on 3 days: wrong shape"
    assert title.tone == "act"
    assert [row for (row,) in seen(one(said, Grid), "warehouse")] == ["both", "dear", "calm", "slow"]
    assert notes(one(said, Plot)) == ["$20.00", "0.50"]  # where each begins to matter


def test_where_none_does_both_the_sums_are_said() -> None:
    title = one(drawn(warehouse("dear", "400", 0.1), warehouse("slow", "1", 9.0)), Finding)
    assert (
        title.text == "$401.00 a day idle on 2 warehouses; 1 made people wait 0.5 h on a day, none does both"
        and title.tone == "watch"
    )
    assert one(drawn(warehouse("calm", "3", 0.0)), Finding).tone == "plain"


def test_what_is_not_measured_is_counted_not_zero() -> None:
    said = drawn(warehouse("known", "30", 0.0), warehouse("far", None, None))
    assert len(one(said, Grid).frame) == 1
    assert one(said, Grid).caption == "1 warehouse of another region or without events not measured"
    assert one(drawn(warehouse("far", None, None)), Note).tone == "unknown"
    assert isinstance(drawn()[0], Empty)


def stop(name: str, minutes: int, now: int, saves: str = "60") -> dict[str, Any]:
    """A row of finops.idle_warehouses: the best of its warehouse."""
    return {
        "workspace_id": "1", "warehouse_id": name, "warehouse": name, "minutes": minutes, "auto_stop_minutes": now, "best": True,
        "idle_stretches": 40, "evidence_days": 28, "saving_low": Decimal(50), "saving_high": Decimal(saves),
    }  # fmt: skip


def test_where_people_wait_more_clusters_are_offered_else_an_earlier_stop_that_saves() -> None:
    rows = [
        warehouse("both", "48", 2.3, waited_days=3),
        warehouse("once", "48", 2.3, waited_days=1),
        warehouse("late", "90", 0.0, waited_days=0),
        warehouse("never", "90", 0.0, waited_days=0, auto_stop_minutes=0),
        warehouse("saves nothing", "90", 0.0, waited_days=0),
        warehouse("not replayed", "90", 0.0, waited_days=0),
        warehouse("cheap", "5", 0.0, waited_days=0),
        warehouse("no price", None, 0.1, waited_days=0),
    ]
    stops = [stop("both", 5, 30), stop("once", 10, 30), stop("late", 5, 30), stop("never", 10, 0), stop("cheap", 5, 30)]
    stops += [stop("saves nothing", 5, 30, saves="0"), stop("no price", 5, 30)]
    replayed = frame("finops.idle_warehouses", *stops)
    grid = one(listed(infraops.idle_and_waits(frame("infraops.idle_and_waits", *rows) | replayed, LOOK)), Grid)
    found = {str(row["warehouse"]): row for row in grid.frame.to_dict("records")}
    assert {name: (row["act"], row["params"]) for name, row in found.items() if row["propose"]} == {
        "both": ("warehouse.set_max_clusters", {"max_num_clusters": 3}),
        "once": ("warehouse.set_autostop", {"auto_stop_minutes": 10}),
        "late": ("warehouse.set_autostop", {"auto_stop_minutes": 5}),
        "never": ("warehouse.set_autostop", {"auto_stop_minutes": 10}),
    }
    assert found["late"]["evidence"] == "after 5 min: $50.00 to $60.00 a month"
    assert found["never"]["why"].startswith("It never stops by itself and idles $90.00 a day, measured on 28 days.")


def test_those_that_stop_late_stand_before_those_that_stop_soon_and_idle_for_more() -> None:
    said = drawn(
        warehouse("soon", "400", 0.0, auto_stop_minutes=10), warehouse("late", "30", 0.0, auto_stop_minutes=120)
    )
    assert [row for (row,) in seen(one(said, Grid), "warehouse")] == ["late", "soon"]


def test_what_is_under_way_has_no_button() -> None:
    known = pd.DataFrame(
        [("p1", "Stop it", "warehouse.set_autostop", "1/warehouse/late", "open")],
        columns=["proposal_id", "title", "kind", "resource_key", "state"],
    )
    more = frame("finops.idle_warehouses", stop("late", 5, 30)) | {"proposed": known}
    rows = frame("infraops.idle_and_waits", warehouse("late", "90", 0.0, waited_days=0))
    grid = one(listed(infraops.idle_and_waits(rows | more, LOOK)), Grid)
    assert grid.frame[["state", "proposal_id", "propose"]].to_numpy().tolist() == [["open", "p1", None]]
