"""DataOps: what a column is made from and what needs it, by column lineage alone."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from components.graph.graph import Graph
from components.panels.column_lineage import column_lineage_of
from components.text.view_context import ViewContext
from components.tiles.tile import Empty, Finding, Frames, Grid
from tests.components.bodies import frame, one
from things import Thing

LOOK = ViewContext()
AT = pd.Timestamp(2026, 11, 20, 6, tz="UTC")


def hop(source: str, target: str | None, job: str = "10", **known: Any) -> dict[str, Any]:
    """A step between columns that are called table.column."""
    start, end = source.rpartition("."), (target or "").rpartition(".")
    usual = {"consumer": f"load {job}", "consumer_kind": "job", "workspace_id": "1", "consumer_id": job, "readers": 1}
    names = {"source": start[0], "source_column": start[2], "target": end[0] or None, "target_column": end[2] or None}
    return names | {"last_at": AT} | usual | known


PEOPLE: dict[str, Any] = {
    "consumer": None,
    "consumer_kind": "person",
    "workspace_id": None,
    "consumer_id": None,
    "readers": 3,
}
HOPS = (
    hop("m.s.bronze.amount", "m.s.silver.sum"),
    hop("m.s.bronze.day", "m.s.silver.day"),
    hop("m.s.silver.sum", "m.s.gold.total", "11"),
    hop("m.s.gold.total", None, consumer_kind="dashboard", consumer_id="d", consumer="d"),
    hop("m.s.gold.total", None, **PEOPLE),
    hop("m.s.bronze.amount", None, **PEOPLE),
)


def lines(*more: dict[str, Any]) -> Frames:
    return Frames(frame("dataops.column_hops", *HOPS, *more))


def test_a_column_is_told_over_many_steps_with_who_needs_it() -> None:
    said = column_lineage_of("m.s.silver.sum")(lines(), LOOK)
    text = "m.s.silver.sum is made from 1 column and goes into 1; 1 job, 1 dashboard, 3 people need it"
    assert one(said, Finding).text == text
    graph = one(said, Graph)
    assert [(node.label, node.detail) for node in graph.nodes][:3] == [
        ("sum", "m.s.silver"), ("amount", "m.s.bronze"), ("total", "m.s.gold"),
    ]  # fmt: skip
    assert [node.spoken for node in graph.nodes if node.chosen] == ["m.s.silver.sum"]
    assert graph.nodes[0].thing == Thing("table", "m.s.silver")
    grid = one(said, Grid)
    assert grid.frame["steps"].tolist() == [1, 1, 2, 2]
    assert grid.thing_at("consumer", 0) in (Thing("job", "10", "1"), Thing("job", "11", "1"))


def test_another_column_of_the_same_table_is_not_taken_along() -> None:
    keys = {node.key for node in one(column_lineage_of("silver.sum")(lines(), LOOK), Graph).nodes}
    assert "m.s.silver.day" not in keys and "m.s.bronze.day" not in keys


@pytest.mark.parametrize(
    ("find", "root"), [("GOLD.TOT", "m.s.gold.total"), ("", "m.s.gold.total"), ("bronze.day", "m.s.bronze.day")]
)
def test_a_part_of_the_name_will_do_and_none_is_the_one_most_used(find: str, root: str) -> None:
    graph = one(column_lineage_of(find)(lines(), LOOK), Graph)
    assert next(node.key for node in graph.nodes if node.chosen) == root


def test_a_circle_ends_and_a_name_that_nothing_has_is_said() -> None:
    said = column_lineage_of("m.s.bronze.amount")(lines(hop("m.s.gold.total", "m.s.bronze.amount")), LOOK)
    assert one(said, Finding).text.startswith("m.s.bronze.amount is made from 2 columns and goes into 0")
    assert "qqq" in one(column_lineage_of("qqq")(lines(), LOOK), Empty).text


def test_of_nothing_it_says_over_what() -> None:
    said = column_lineage_of("")(Frames(frame("dataops.column_hops")), LOOK)
    assert one(said, Empty).text.startswith("No column of 0")
