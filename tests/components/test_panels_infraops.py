"""InfraOps: what its panels say, name first and offer, from hand-made rows."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pandas as pd

from components.panels import infraops, infraops_clusters, infraops_rules, infraops_runtimes, infraops_today
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
    assert one(said, Grid).caption == (
        "1 warehouse of another region or without events not measured; "
        "the machines of 1 classic or pro warehouse are on the cloud's bill, in no figure"
    )
    assert one(drawn(warehouse("far", None, None)), Note).tone == "unknown"
    assert isinstance(drawn()[0], Empty)


def test_what_is_not_in_the_price_is_said_of_classic_and_pro_warehouses_alone() -> None:
    types = ("SERVERLESS", "PRO", "CLASSIC", None, "REAL_TIME")
    rows = [warehouse(f"w{n}", "9", 0.0, warehouse_type=kind) for n, kind in enumerate(types)]
    said = "the machines of 2 classic or pro warehouses are on the cloud's bill, in no figure"
    assert one(drawn(*rows), Grid).caption == said and one(drawn(rows[0]), Grid).caption == ""
    assert "warehouse_type" in one(drawn(*rows), Grid).columns


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
    assert found["late"]["evidence"] == "5 min: $50.00 to $60.00"
    assert found["never"]["why"].startswith("It never stops by itself and idles $90.00 a day, measured on 28 days.")


def test_those_that_stop_late_stand_before_those_that_stop_soon_and_idle_for_more() -> None:
    said = drawn(
        warehouse("soon", "400", 0.0, auto_stop_minutes=10), warehouse("late", "30", 0.0, auto_stop_minutes=120)
    )
    assert [row for (row,) in seen(one(said, Grid), "warehouse")] == ["late", "soon"]


def test_what_stopping_as_soon_as_others_saves_decides_who_stands_first_and_is_offered() -> None:
    """The small one idles nearly all the time because it stops after two hours; the large one waits ten minutes as all do."""
    rows = [
        warehouse("soon", "400", 0.0, waited_days=0, auto_stop_minutes=10),
        warehouse("some", "40", 0.0, waited_days=0),
        warehouse("small", "19", 0.0, waited_days=0, auto_stop_minutes=120),
        warehouse("nothing", "19", 0.0, waited_days=0, auto_stop_minutes=120),
    ]
    stops = [stop("soon", 5, 10, saves="900"), stop("soon", 10, 10, saves="0"), stop("some", 10, 30, saves="90")]
    stops += [stop("small", 10, 120, saves="500"), stop("nothing", 10, 120, saves="3")]
    replayed = frame("finops.idle_warehouses", *stops)
    grid = one(listed(infraops.idle_and_waits(frame("infraops.idle_and_waits", *rows) | replayed, LOOK)), Grid)
    assert grid.frame["warehouse"].tolist() == ["small", "some", "nothing", "soon"]
    assert dict(zip(grid.frame["warehouse"], grid.frame["propose"].notna(), strict=True)) == {
        "small": True, "some": True, "nothing": False, "soon": True,
    }  # fmt: skip


def test_what_is_under_way_has_no_button() -> None:
    known = pd.DataFrame(
        [("p1", "Stop it", "warehouse.set_autostop", "1/warehouse/late", "open")],
        columns=["proposal_id", "title", "kind", "resource_key", "state"],
    )
    more = frame("finops.idle_warehouses", stop("late", 5, 30)) | {"proposed": known}
    rows = frame("infraops.idle_and_waits", warehouse("late", "90", 0.0, waited_days=0))
    grid = one(listed(infraops.idle_and_waits(rows | more, LOOK)), Grid)
    assert grid.frame[["state", "proposal_id", "propose"]].to_numpy().tolist() == [["open", "p1", None]]


def cluster(name: str, cpu: float | None, memory: float | None, **more: Any) -> dict[str, Any]:
    """A row of infraops.cluster_use: the workers of a cluster of eight, or what was not measured."""
    return {
        "workspace_id": "1", "workspace": "prod", "cluster_id": name, "cluster": name, "owner": "ann",
        "role": "workers" if cpu is not None else "not measured", "cpu": cpu, "memory": memory, "swapping": 0.0, "machines": 8,
        "days": 20, "measured": 0.9, "workers": 8, "autoscales": False, "cost_a_day": Decimal(90),
    } | more  # fmt: skip


def used(*rows: dict[str, Any]) -> list[Any]:
    return listed(infraops_clusters.cluster_use(frame("infraops.cluster_use", *rows), LOOK))


def test_low_in_both_can_lose_workers_and_full_memory_cannot() -> None:
    said = used(
        cluster("twin", 0.05, 0.97),
        cluster("swaps", 0.05, 0.3, swapping=0.5),
        cluster("wide", 0.06, 0.27),
        cluster("wide", 0.9, 0.3, role="driver", machines=1),
        cluster("busy", 0.9, 0.5),
        cluster("new", 0.05, 0.2, days=2),
        cluster("alone", 0.05, 0.2, role="single machine", machines=1, workers=0),
        cluster("scales", 0.1, 0.2, autoscales=True, workers_least=2),
        cluster("short", None, None),
    )
    rows = one(said, Grid).frame
    offered = rows[rows["propose"].notna()]
    assert dict(zip(offered["cluster"], offered["params"], strict=True)) == {
        "wide": {"num_workers": 3},  # of memory 8 x .27 x 1.25 = 2.7
        "scales": {"min_workers": 2, "max_workers": 2},
    }
    words = {(row["cluster"], row["role"]): row["evidence"] for row in rows.to_dict("records")}
    assert words["twin", "workers"] == words["swaps", "workers"] == "memory is full: leave it"
    assert words["wide", "workers"] == "3 of 8 workers: about $50.00 a day less"  # 5 of 9 machines
    assert words["wide", "driver"] == "a driver" and words["new", "workers"] == "measured on 2 days only"
    assert one(said, Grid).caption == "1 cluster not measured: machines that live under about ten minutes are not"
    title = "2 clusters, scales first, can lose half the workers or more: about $110.00 a day"
    assert one(said, Finding).text == f"{title}; swaps and 1 other are full of memory"


def test_of_what_does_not_run_idle_the_sums_are_said() -> None:
    def row(name: str, idle: str, ends: int) -> dict[str, Any]:
        return {
            "workspace_id": "1", "cluster_id": name, "cluster": name, "idle_a_day": Decimal(idle), "auto_minutes": ends,
            "idle_hours": 9.0, "hours": 12.0, "idle_share": 0.75, "evidence_days": 28,
        }  # fmt: skip

    def said(*rows: dict[str, Any]) -> list[Any]:
        return listed(infraops_clusters.idle_clusters(frame("infraops.idle_clusters", *rows), LOOK))

    found = said(row("never", "23", 0), row("soon", "40", 30), row("late", "8", 120), row("cheap", "0.5", 120))
    assert one(found, Finding).text == "never never ends by itself and idles $23.00 of $71.50 a day on 4"
    rows = one(found, Grid).frame
    assert [row for row, button in zip(rows["cluster"], rows["propose"], strict=True) if button] == ["never", "late"]
    calm = one(said(row("soon", "40", 30)), Finding)
    assert calm.tone == "plain" and calm.text.startswith("1 cluster idle for $40.00 a day")


def test_what_has_lost_its_support_comes_first_and_what_is_not_known_is_counted() -> None:
    def row(name: str, version: str | None, cost: str) -> dict[str, Any]:
        return {
            "workspace_id": "1", "resource_kind": "cluster", "resource_id": name, "resource": name, "runtime": version,
            "monthly_cost": Decimal(cost), "owner": "ann@example.com",
        }  # fmt: skip

    rows = [
        row("fine", "16.4.x-scala2.12", "900"),
        row("own", "custom:mine", "70"),
        row("gone", "10.4.x-scala2.12", "50"),
    ]
    rows += [row("soon", "14.3.x-cpu-ml-scala2.12", "30"), row("nameless", None, "1")]
    said = listed(infraops_runtimes.runtimes_of(dt.date(2026, 11, 20))(frame("infraops.runtimes", *rows), LOOK))
    title = "$80.00 a month on runtimes that end within 90 days, 1 of 2 without support already; 2 runtimes not known"
    assert one(said, Finding).text == title and one(said, Finding).tone == "act"
    grid = one(said, Grid)
    assert grid.frame["resource"].tolist() == ["gone", "soon", "own", "nameless", "fine"]
    assert [bool(one) for one in grid.frame["propose"]] == [True, True, False, False, False]
    assert grid.frame["params"].iloc[0]["recipient"] == "ann@example.com"
    assert "docs.databricks.com" in grid.caption


def rule(name: str, result: str, thing: str | None, kind: str = "cluster", **more: Any) -> dict[str, Any]:
    """A row of infraops.rules; what keeps a rule is of no thing."""
    return {
        "rule": name, "result": result, "workspace_id": thing and "1", "resource_kind": thing and kind, "resource_id": thing,
        "resource": thing, "owner": "ann@example.com", "value": "none", "wanted": "a policy", "things": 1,
    } | more  # fmt: skip


def test_what_breaks_a_rule_is_offered_what_mends_it_and_what_is_not_known_is_not_kept() -> None:
    rows = [
        rule("policy", "failed", "c1"),
        rule("policy", "not known", "c2"),
        rule("policy", "kept", None, things=9),
        rule("stops by itself", "failed", "c1"),
        rule("stops by itself", "failed", "w1", "warehouse"),
        rule("access mode", "failed", "7", "job", owner=None),
    ]
    said = listed(infraops_rules.rules(frame("infraops.rules", *rows), LOOK))
    assert one(said, Finding).text == "3 resources break 3 rules; 1 time nobody could tell"
    offered = {(row["rule"], row["resource"]): row["act"] for row in one(said, Grid).frame.to_dict("records")}
    assert offered == {
        ("policy", "c1"): "notify.owner",
        ("policy", "c2"): "",
        ("stops by itself", "c1"): "cluster.set_autotermination",
        ("stops by itself", "w1"): "warehouse.set_autostop",
        ("access mode", "7"): "",  # nobody known to tell
    }
    kept = one(listed(infraops_rules.rules(frame("infraops.rules", rule("policy", "kept", None)), LOOK)), Finding)
    assert (kept.text, kept.tone) == ("None of 1 rule is broken", "plain")


def test_rules_are_a_matrix_by_environment_and_what_is_not_measured_is_no_cell_that_keeps() -> None:
    rows = [
        rule("policy", "failed", "c1", environment="prod"),
        rule("policy", "failed", "c2", environment="prod"),
        rule("policy", "not known", "c3", environment="prod"),
        rule("policy", "kept", None, environment="prod", things=9),
        rule("policy", "not known", "c4", environment="dev"),
        rule("scales", "kept", None, environment="dev", things=3),
        rule("scales", "kept", None, things=1),
    ]
    plot = one(listed(infraops_rules.rules(frame("infraops.rules", *rows), LOOK)), Plot)
    drawn = plot.figure.to_dict()
    assert drawn["layout"]["xaxis"]["ticktext"] == ["prod", "dev", "no environment tag"]
    assert drawn["layout"]["yaxis"]["ticktext"] == ["policy", "scales"]
    cells = {(x, y): text for one in drawn["data"] for x, y, text in zip(one["x"], one["y"], one["text"], strict=True)}
    assert cells == {
        (0, 0): "2 of 12 fail, 1 not measured",
        (1, 0): "1 not measured",
        (1, 1): "3 keep it",
        (2, 1): "1 keep it",
    }
    assert plot.alt == "1 of 4 cells with resources that fail, 2 where nobody can tell."


def test_the_first_sentence_says_the_worst_first_and_what_is_not_known() -> None:
    both = frame("infraops.idle_and_waits", warehouse("both", "48", 2.3), warehouse("far", None, None))
    frames = both | frame("infraops.rules", rule("policy", "kept", None))
    title, rest = listed(infraops_today.sentence_of(dt.date(2026, 11, 20))(frames, LOOK))
    assert isinstance(title, Finding) and title.text == "Both made 7 people and services wait 2.3 h a day on 3 days"
    assert isinstance(rest, Note)
    assert rest.text == (
        "1 warehouse idles for $48.00 a day; none of 1 rule is broken. Not known: idle clusters, runtimes."
    )
