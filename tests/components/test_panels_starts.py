"""InfraOps, what starts of SQL warehouses cost: said, drawn and offered from hand-made rows."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from components.panels.infraops_starts import warehouse_starts
from components.text.view_context import ViewContext
from components.tiles.tile import Empty, Finding, Grid, Note, Plot
from tests.components.bodies import frame, listed, notes, one, seen
from tests.components.test_panels_infraops import stop

LOOK = ViewContext()


def started(name: str, kind: str | None, times: float, tail: str | None, **more: Any) -> dict[str, Any]:
    """A row of infraops.warehouse_starts: so many starts a day, each with ten minutes of tail where its cost is known."""
    return {
        "workspace_id": "1", "workspace": "prod", "warehouse_id": name, "warehouse": name, "warehouse_type": "SERVERLESS",
        "auto_stop_minutes": 10, "owner": "zoe", "evidence_days": 30, "cost_a_day": Decimal(100), "source_kind": kind,
        "source_id": None if kind in (None, "person", "nobody known") else f"{name}-{kind}",
        "source": None if kind in (None, "person", "nobody known") else f"{kind} of {name}",
        "who": "bo@example.com" if kind in ("alert", "job") else None, "starts_a_day": times, "work_a_day": 60.0 * times,
        "tail": None if tail is None else 600.0, "tail_a_day": None if tail is None else Decimal(tail),
        "minutes": ":04 :34" if kind in ("alert", "job") else None, "common_minute": 15, "fewer_a_day": 6.0,
    } | more  # fmt: skip


def drawn(*rows: dict[str, Any], best: tuple[dict[str, Any], ...] = ()) -> list[Any]:
    frames = frame("infraops.warehouse_starts", *rows) | frame("finops.idle_warehouses", *best)
    return listed(warehouse_starts(frames, LOOK))


def grids(said: list[Any]) -> list[Grid]:
    return [body for body in said if isinstance(body, Grid)]


def test_the_schedules_whose_tails_cost_most_are_the_title() -> None:
    said = drawn(
        started("bi", "alert", 50.0, "40", source_id="a1"),
        started("bi", "alert", 46.0, "31", source_id="a2"),
        started("bi", "person", 300.0, "9"),
        started("dear", "person", 9.0, "95"),
    )
    found = one(said, Finding)
    assert found.text == "2 alerts start bi 96 times a day for 1 h 36 m of work: 71% of its bill is their tail"
    assert found.tone == "watch"
    whole, schedules = grids(said)
    assert seen(whole, "warehouse", "starts_a_day", "tail_a_day") == [("dear", 9.0, 95.0), ("bi", 396.0, 80.0)]
    assert seen(whole, "by")[1] == ("300 by people, 96 by 2 alerts",)
    assert len(schedules.frame) == 2  # people are no schedule


def test_where_no_schedule_starts_one_the_dearest_tail_is_said() -> None:
    assert one(drawn(started("dear", "person", 9.0, "95")), Finding).text == (
        "dear starts 9 times a day, none by a schedule of note: 10 m of tail each, 95% of its bill"
    )


def test_one_that_never_started_is_counted_and_one_without_events_is_not_known() -> None:
    never = started("calm", None, 0.0, "0", source_id=None, work_a_day=None)
    assert one(drawn(never), Finding).text == "None of 1 warehouse was started"
    far = started("far", None, 0.0, None, evidence_days=None)
    assert one(drawn(far), Note).tone == "unknown"
    assert one(drawn(far, started("bi", "job", 3.0, "9")), Plot)
    assert grids(drawn(far, started("bi", "job", 3.0, "9")))[0].caption == "1 warehouse without events not measured"
    assert isinstance(drawn()[0], Empty)


def test_on_a_curve_as_many_hours_are_tail_and_cost_what_idle_hours_do() -> None:
    said = notes(one(drawn(started("bi", "job", 12.0, "12")), Plot))  # 2 hours of tail for 12
    assert "1 h a day, about $6.00" in said


def test_a_schedule_is_asked_for_the_common_minute_and_a_warehouse_to_stop_sooner() -> None:
    said = drawn(
        started("bi", "job", 12.0, "36"),
        started("bi", "alert", 4.0, "11"),
        started("bi", "dashboard", 2.0, "4"),
        started("bi", "job", 2.0, "0.5", source_id="cheap"),
        started("bi", "job", 2.0, "5", source_id="lone", who=None),
        best=(stop("bi", 5, 10),),
    )
    whole, schedules = grids(said)
    stops = whole.frame.iloc[0]
    assert (stops["act"], stops["params"]) == ("warehouse.set_autostop", {"auto_stop_minutes": 5})
    assert stops["why"].startswith(
        "It starts 22 times a day (16 by 3 jobs, 4 by 1 alert, 2 by 1 dashboard) and then runs"
    )
    first, alert = schedules.frame.iloc[0], schedules.frame.iloc[1]
    assert (first["act"], first["params"]["recipient"]) == ("notify.owner", "bo@example.com")
    assert "came at :15, 6 starts a day would go" in first["why"]
    assert (first["resource_kind"], first["resource_id"]) == ("job", "bi-job")
    assert (alert["source"], alert["resource_kind"], alert["resource_id"]) == ("alert bi-ale…", "warehouse", "bi")
    assert schedules.frame["act"].tolist() == ["notify.owner", "notify.owner", "", "job.pause_schedule", ""]
    things = [schedules.thing_at("acts_on", row) for row in range(2)]
    assert [thing.kind for thing in things if thing] == ["job", "warehouse"]


def test_the_table_of_warehouses_shows_their_starts_and_no_more() -> None:
    whole, _ = grids(drawn(started("bi", "job", 12.0, "36")))
    assert list(whole.columns)[:6] == ["warehouse", "state", "propose", "starts_a_day", "tail", "tail_a_day"]
    assert "source" not in whole.columns and "who" not in whole.columns


def test_of_warehouses_with_machines_of_their_own_it_is_said_that_no_figure_has_them() -> None:
    said = drawn(started("bi", "job", 3.0, "9", warehouse_type="PRO"), started("new", "job", 3.0, "9"))
    assert grids(said)[0].caption == "the machines of 1 classic or pro warehouse are on the cloud's bill, in no figure"
