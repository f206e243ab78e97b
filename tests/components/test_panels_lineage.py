"""DataOps: what a table is made from and what is made from it; the way of what makes it late."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from agents.detectors.stalls import stalls
from components.graph.around import around
from components.graph.graph import Graph
from components.panels.lineage import lineage_of
from components.text.view_context import ViewContext
from components.tiles.tile import Empty, Finding, Frames, Grid
from tests.agents.test_stalls import FAILS, table, writer
from tests.components.bodies import frame, one
from things import Thing

LOOK = ViewContext()
AT = pd.Timestamp(2026, 11, 20, 6, tz="UTC")


def hop(source: str | None, target: str | None, **known: Any) -> dict[str, Any]:
    usual = {"consumer": "load 10", "consumer_kind": "job", "workspace_id": "1", "consumer_id": "10", "readers": 1}
    return {"source": source, "target": target, "last_at": AT} | usual | known


PEOPLE = {"consumer": None, "consumer_kind": "person", "workspace_id": None, "consumer_id": None, "readers": 3}
HOPS = (
    hop(None, "m.s.bronze", consumer_kind="pipeline", consumer_id="p", consumer="files"),
    hop("m.s.bronze", "m.s.silver"),
    hop("m.s.silver", "m.s.gold"),
    hop("m.s.gold", None, **PEOPLE),
    hop("m.s.gold", None, consumer_kind="dashboard", consumer_id="d", consumer="d"),
    hop("m.s.bronze", None, **PEOPLE),
    hop("m.x.else", "m.x.other"),
)


def frames(*late: str, follows: str = "") -> Frames:
    rows = [table(name, hours=9.0, readers=2) for name in late] or [table("z", hours=None)]
    every = frame("dataops.freshness", *rows)["freshness"]
    found = stalls(every, pd.DataFrame([writer() | FAILS]))
    if follows:
        found["late"] = found["late"].assign(
            follows=["" if one == follows else follows for one in found["late"]["table_name"]]
        )
    return Frames(frame("dataops.lineage_hops", *HOPS) | {"freshness": every} | found)


def test_both_sides_are_walked_and_a_circle_ends() -> None:
    edges = [("a", "b"), ("b", "c"), ("c", "a"), ("c", "d")]
    assert around("b", edges, 6) == {"b": 0, "a": -1, "c": -2, "d": 2}
    assert around("a", [("a", "b"), ("b", "c")], 1) == {"a": 0, "b": 1}


def test_a_table_is_told_with_what_is_before_and_after_it_over_many_steps() -> None:
    said = lineage_of("m.s.silver")(frames(), LOOK)
    assert one(said, Finding).text == "m.s.silver is made from 1 table and goes into 1; 4 read them"
    graph = one(said, Graph)
    assert [node.spoken or node.label for node in graph.nodes if node.chosen] == ["m.s.silver"]
    labels = [node.label for node in graph.nodes]
    assert labels == ["silver", "bronze", "gold", "files", "3 people", "dashboard d"]
    assert not any(one.broken for one in graph.edges)
    grid = one(said, Grid)
    assert grid.thing_at("consumer", 0) == Thing("job", "10", "1") and len(grid.frame) == 5


def test_the_way_of_what_makes_it_late_is_heavy_from_its_cause_on() -> None:
    said = lineage_of("m.s.gold")(frames("m.s.silver", "m.s.gold", follows="m.s.silver"), LOOK)
    heavy = {(edge.start.partition("/")[0], edge.end) for edge in one(said, Graph).edges if edge.broken}
    assert heavy == {("cause", "m.s.silver"), ("m.s.silver", "m.s.gold")}
    assert one(said, Finding).tone == "act" and one(said, Finding).text.endswith("load 10 fails")


@pytest.mark.parametrize(("find", "root"), [("", "m.s.gold"), ("SILV", "m.s.silver"), ("other", "m.x.other")])
def test_a_part_of_a_name_will_do_and_none_is_the_late_one_that_hurts_most(find: str, root: str) -> None:
    graph = one(lineage_of(find)(frames("m.s.gold"), LOOK), Graph)
    assert next(node.key for node in graph.nodes if node.chosen) == root


def test_a_name_that_nothing_has_is_said() -> None:
    assert "qqq" in one(lineage_of("qqq")(frames(), LOOK), Empty).text
