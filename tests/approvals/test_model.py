"""Every world that can be reached is looked at, breadth first: what must never be is in none of them."""

from __future__ import annotations

import time
from collections import deque

import pytest

from approvals.values.machines import DECISION, EXECUTION
from tests.approvals.action_model import GUARDS, Model, World, wrong


def explored(model: Model, stop_at_first: bool = False) -> tuple[dict[World, list[tuple[str, World]]], list[str]]:
    """All worlds with their steps, and what is wrong in them with the shortest way there."""
    graph: dict[World, list[tuple[str, World]]] = {}
    came: dict[World, tuple[str, World | None]] = {}
    found: list[str] = []
    queue: deque[World] = deque()
    for event, world in model.starts():
        came[world] = (event, None)
        queue.append(world)
    while queue:
        world = queue.popleft()
        graph[world] = steps = list(dict.fromkeys(model.steps(world)))
        for event, after in steps:
            said = wrong(event, world, after)
            if said is not None:
                found.append(f"{said}: {' > '.join((*_way(came, world), event))}")
                if stop_at_first:
                    return graph, found
            if after not in came:
                came[after] = (event, world)
                queue.append(after)
    return graph, found


def _way(came: dict[World, tuple[str, World | None]], world: World | None) -> list[str]:
    way: list[str] = []
    while world is not None:
        event, world = came[world]
        way.append(event)
    return way[::-1]


def over(world: World) -> bool:
    """Nothing will become of it any more."""
    return world.decision in DECISION.final or world.execution in EXECUTION.final


def test_no_world_breaks_an_assertion(capsys: pytest.CaptureFixture[str]) -> None:
    began = time.perf_counter()
    graph, found = explored(Model())
    took = time.perf_counter() - began
    with capsys.disabled():
        steps = sum(map(len, graph.values()))
        print(f"\n  {len(graph):,} worlds, {steps:,} steps, {took:.2f} s")
    assert found == []
    assert len(graph) > 684
    assert {world.decision for world in graph} == set(DECISION.states)
    assert {world.execution for world in graph} - {None} == set(EXECUTION.states) - {"cancelled"}


def test_every_world_can_come_to_an_end() -> None:
    graph, _ = explored(Model())
    back: dict[World, list[World]] = {world: [] for world in graph}
    for world, steps in graph.items():
        for _, after in steps:
            back[after].append(world)
    good = {world for world in graph if over(world)}
    queue = deque(good)
    while queue:
        for before in back[queue.popleft()]:
            if before not in good:
                good.add(before)
                queue.append(before)
    assert good == set(graph)


def test_the_events_of_the_machines_happen() -> None:
    """The model leaves out no event that the code uses."""
    graph, _ = explored(Model())
    happened = {event for steps in graph.values() for event, _ in steps} | {event for event, _ in Model.starts()}
    told = {"cancel", "lease_lost", "unknown"}  # happen inside steps of another name
    unused = {"partial", "demote"}  # known to the machines, caused by nothing yet
    assert (set(DECISION.events) | set(EXECUTION.events)) - happened - told == unused


@pytest.mark.parametrize("guard", GUARDS)
def test_a_guard_taken_away_is_found_out(guard: str) -> None:
    _, found = explored(Model(guard), stop_at_first=True)
    assert found, guard


def test_a_wrong_arrow_in_a_machine_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who cannot find out whether it happened says that it did not."""
    moves = {state: dict(known) for state, known in EXECUTION.moves.items()}
    moves["reconciling"]["give_up"] = "failed"
    monkeypatch.setitem(EXECUTION.__dict__, "moves", moves)
    _, found = explored(Model(), stop_at_first=True)
    assert found
