"""How a cluster and an endpoint behave: their sentences, their figures, and what is said where nothing is recorded."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from components.text.view_context import ViewContext
from components.things import clusters, endpoints, holders, jobs, neighbours, tables, warehouses
from components.tiles.tile import Empty, Finding, Frames, Grid, Plot
from tests.components.bodies import listed
from tests.components.reading import NOW, rows
from things import Thing

LOOK = ViewContext()
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


def ran(*hours: tuple[int, int, float, float]) -> Frames:
    """Hours of (minutes, idle minutes, cpu, memory), two hours apart."""
    made = [
        {"hour": NOW + 2 * n * HOUR, "minutes": minutes, "idle_minutes": idle, "nodes": 2, "cpu": cpu, "memory": memory}
        for n, (minutes, idle, cpu, memory) in enumerate(hours)
    ]
    return Frames({"cluster_hours": rows("things.cluster_hours", made).to_pandas()})


def asked(*days: tuple[int, int], **more: Any) -> Frames:
    """Days of (requests, failed), the newest last."""
    made = [
        {"day": (NOW - (len(days) - n) * DAY).date(), "source": "endpoint", "requests": whole, "failed": failed, **more}
        for n, (whole, failed) in enumerate(days)
    ]
    return Frames({"endpoint_requests": rows("things.endpoint_requests", made).to_pandas()})


def finding(panel: Any, frames: Frames) -> Finding:
    return next(body for body in listed(panel(frames, LOOK)) if isinstance(body, Finding))


def test_a_cluster_says_how_long_it_ran_how_much_of_it_idle_and_how_full_it_was() -> None:
    said = finding(clusters.hours, ran((60, 30, 0.1, 0.5), (30, 0, 0.4, 0.7)))
    # 1.5 h, 0.5 of them idle; (60 x 10 + 30 x 40) / 90 = 20 %
    assert (
        said.text
        == "It ran 1.5 h in the last seven days, 33% of them without work; CPU 20% on average, memory at most 70%."
    )
    assert said.tone == "plain" and clusters.finding(ran((60, 30, 0.1, 0.5)), LOOK) is None


def test_a_cluster_that_idles_or_is_full_is_worth_a_look() -> None:
    idle = ran(*[(60, 60, 0.01, 0.3)] * 6)
    assert finding(clusters.hours, idle).tone == "watch" and clusters.finding(idle, LOOK) is not None
    assert finding(clusters.hours, ran((60, 60, 0.01, 0.3))).tone == "plain"  # one hour is nothing
    assert finding(clusters.hours, ran((60, 0, 0.01, 0.95))).tone == "watch"


def test_the_line_does_not_bridge_hours_in_which_it_did_not_run() -> None:
    shown = listed(clusters.hours(ran((60, 0, 0.1, 0.5), (60, 0, 0.2, 0.5)), LOOK))
    used = [body for body in shown if isinstance(body, Plot)][1]
    assert list(used.figure.data[0]["y"]) == [0.1, None, 0.2]


def test_no_measurement_is_no_claim_that_it_did_not_run() -> None:
    (body,) = listed(clusters.hours(ran(), LOOK))
    assert isinstance(body, Empty) and "another region" in body.hint
    assert clusters.finding(ran(), LOOK) is None


def test_an_endpoint_says_how_often_it_was_asked_and_how_many_failed() -> None:
    said = finding(endpoints.requests, asked((100, 0), (50, 10), (50, 0)))
    assert said.text == "Asked 200 times on 3 days, 10 failed (5%, 0% on 19 Nov)." and said.tone == "watch"
    assert finding(endpoints.requests, asked((100, 0), (50, 10))).tone == "act"  # it fails now
    healthy = asked((100, 0))
    assert finding(endpoints.requests, healthy).text == "Asked 100 times on 1 day, 0 failed."
    assert endpoints.finding(healthy, LOOK) is None


def test_days_on_which_much_failed_are_marked() -> None:
    plot = next(
        body for body in listed(endpoints.requests(asked(*[(100, 0)] * 8, (100, 30)), LOOK)) if isinstance(body, Plot)
    )
    marked = next(trace for trace in plot.figure.data if trace.name == "unusual")
    assert len(marked["x"]) == 1 and "30% failed" in marked["hovertext"][0]


def test_both_sources_of_a_day_count_together_and_only_the_gateway_tells_the_time() -> None:
    gateway = rows(
        "things.endpoint_requests",
        [
            {"day": NOW.date(), "source": "gateway", "requests": 10, "failed": 0, "median": 0.2, "slow": 1.5},
        ],
    ).to_pandas()
    both = pd.concat([asked((90, 0))["endpoint_requests"].assign(day=NOW.date()), gateway])
    frames = Frames({"endpoint_requests": both})
    said = finding(endpoints.requests, frames)
    assert said.text == "Asked 100 times on 1 day, 0 failed; one of twenty lately took longer than 1.5 s."
    assert len([body for body in listed(endpoints.requests(frames, LOOK)) if isinstance(body, Plot)]) == 2


def test_an_endpoint_without_a_record_is_not_said_to_be_unused() -> None:
    (body,) = listed(endpoints.requests(asked(), LOOK))
    assert isinstance(body, Empty) and "not the same as no use" in body.hint and "tracked" in body.hint


def test_neighbours_say_how_many_stand_on_each_side() -> None:
    made = rows("things.neighbours", [{"side": side} for side in ("it needs", "needs it", "needs it")]).to_pandas()
    assert neighbours.said_of(made, LOOK) == "It needs what 1 other writes; 2 others need what it writes"


def test_lists_say_what_they_come_to() -> None:
    theirs = rows("things.owned", [{"resource_kind": kind} for kind in ("job", "job", "pipeline")]).to_pandas()
    assert holders.owned_said(theirs, LOOK) == "2 jobs and 1 pipeline"
    assert holders.owned_said(theirs.head(1), LOOK) == "1 job"
    read = rows(
        "things.tables",
        [{"table_name": "a.b.c", "reads": 2, "writes": 1}, {"table_name": "a.b.d", "reads": 1, "writes": 0}],
    )
    assert finding(jobs.tables, Frames({"tables": read.to_pandas()})).text == "Reads 2 tables and writes 1"
    users = rows(
        "platform.warehouse_users", [{"consumer_kind": "job", "consumer_id": "7", "owner": "ann", "statements": 3}]
    )
    said = finding(warehouses.users("1"), Frames({"warehouse_users": users.to_pandas()}))
    assert said.text == "1 user sent it 3 statements"
    grid = next(
        body
        for body in listed(warehouses.users("1")({"warehouse_users": users.to_pandas()}, LOOK))
        if isinstance(body, Grid)
    )
    assert (grid.thing_at("consumer", 0), grid.thing_at("owner", 0)) == (
        Thing("job", "7", "1"),
        Thing("principal", "ann"),
    )


def test_a_table_says_on_how_many_days_it_was_written_and_read() -> None:
    made = [{"day": (NOW - n * DAY).date(), "writes": int(n != 1), "readers": n} for n in range(3)]
    frames = Frames({"table_days": rows("things.table_days", made).to_pandas()})
    assert (
        finding(tables.days, frames).text == "Written on 2 days, last on 20 Nov; read on 2 days, usually by 2 readers"
    )
    assert len([body for body in listed(tables.days(frames, LOOK)) if isinstance(body, Plot)]) == 2
    unread = Frames({"table_days": frames["table_days"].assign(readers=0, writes=0)})
    assert finding(tables.days, unread).text == "No write of it is known"
    assert isinstance(listed(tables.days(Frames({"table_days": frames["table_days"].head(0)}), LOOK))[0], Empty)
