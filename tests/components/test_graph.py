"""A graph: what the browser is sent of it, what a choice opens, and its edges as a table."""

from __future__ import annotations

from pathlib import Path

import pytest

import components.graph
from components.graph.graph import MOST, Edge, Graph, Node
from components.graph.tables import table_node
from components.tiles.points import edges
from things import Thing

EVIL = "<b onclick=x>&job</b>\u202e"
JOB = Node("j", EVIL, Thing("job", "7", "1"), "fails, since Mon", broken=True)
SALES = table_node("main.sales.orders", chosen=True)
SMALL = Graph([JOB, SALES], [Edge("j", SALES.key, "wrote", broken=True), Edge("j", "gone")], "One job before it.")
ASSETS = Path(components.graph.__file__).parent / "assets"


def test_edges_are_sent_by_the_places_of_their_nodes() -> None:
    assert SMALL.sent["edges"] == [[0, 1, 1, "wrote"]]
    first, second = SMALL.sent["nodes"]
    assert "\u202e" not in first["label"] and first["broken"] and first["icon"] == "work"
    assert (second["label"], second["detail"], second["name"]) == ("orders", "main.sales", "main.sales.orders")


def test_two_hundred_are_drawn_and_the_rest_is_said() -> None:
    nodes = [Node(str(n), f"n {n}") for n in range(MOST + 3)]
    graph = Graph(nodes, [Edge("0", str(n)) for n in range(1, MOST + 3)], "Many.")
    assert len(graph.sent["nodes"]) == MOST and len(graph.sent["edges"]) == MOST - 1
    assert graph.left_out == "3 nodes more not drawn." and SMALL.left_out == ""
    assert len(edges(graph).frame) == MOST + 2


@pytest.mark.parametrize(
    ("said", "opens"),
    [(0, JOB.thing), (1.0, SALES.thing), (2, None), (-1, None), ("0", None), (None, None), (float("nan"), None)],
)
def test_only_a_node_that_is_drawn_opens_its_thing(said: object, opens: Thing | None) -> None:
    assert SMALL.thing_at(said) == opens


def test_the_table_of_edges_opens_both_ends() -> None:
    grid = edges(SMALL)
    assert grid.frame["says"].tolist() == ["wrote"]
    assert (grid.thing_at("start", 0), grid.thing_at("end", 0)) == (JOB.thing, SALES.thing)


def test_the_layout_is_a_file_of_ours_with_its_licence_and_asks_nobody() -> None:
    code = (ASSETS / "dagre.esm.js").read_text()
    assert "http" not in code and "eval(" not in code and "new Function" not in code
    assert "MIT" in (ASSETS / "dagre.LICENSE.txt").read_text()
    own = (ASSETS / "graph.js").read_text()
    assert "innerHTML" not in own and own.count("http") == own.count("http://www.w3.org/2000/svg")
