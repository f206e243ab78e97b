"""The house holds: rooms import only downwards, and what belongs to one room stays in it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FLOORS = {
    "setting_values": -1,
    "settings": 0, "spelling": 0, "dimensions": 0, "things": 0, "reference": 0, "runtimes": 0,
    "single_flight": 1, "queries": 1, "workspace_client": 1, "logs": 1,
    "approvals": 2, "warehouse": 2,
    "actions": 3, "agents": 3, "components": 3, "demo": 3,
    "pages": 4, "web": 4, "api": 4,
    "app": 5, "deploy": 5,
}  # fmt: skip
ROOMS = [name for name in FLOORS if (ROOT / name).is_dir() or (ROOT / f"{name}.py").exists()]


def files(room: str) -> list[Path]:
    return sorted((ROOT / room).rglob("*.py")) if (ROOT / room).is_dir() else [ROOT / f"{room}.py"]


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """Every module a file imports, anywhere in it, with its line."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module, node.lineno


def violations(room: str, found: Iterator[tuple[str, int]]) -> list[str]:
    """What ``room`` may not import: a higher floor, or another room on its own floor."""
    bad = []
    for module, line in found:
        other = module.split(".")[0]
        if other in FLOORS and other != room and FLOORS[other] >= FLOORS[room]:
            bad.append(f"line {line}: {room} imports {other}")
    return bad


@pytest.mark.parametrize("room", ROOMS)
def test_arrows_point_down(room: str) -> None:
    """A command of `queries` shows what engines of higher floors get: `queries/__main__.py` is a door that nobody imports."""
    inside = [path for path in files(room) if path.relative_to(ROOT).as_posix() != "queries/__main__.py"]
    assert {path: bad for path in inside if (bad := violations(room, imports(path)))} == {}


def test_no_room_imports_the_door_of_another() -> None:
    doors = [
        f"{path.relative_to(ROOT)}:{line}"
        for room in ROOMS
        for path in files(room)
        for module, line in imports(path)
        if module.endswith(".__main__")
    ]
    assert doors == []


def room_of(module: str, depth: int) -> str:
    return ".".join(module.split(".")[:depth])


def arrows(depth: int) -> set[tuple[str, str]]:
    """Who imports whom among rooms ``depth`` folders deep, anywhere in a file."""
    known = {
        path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".") for room in ROOMS for path in files(room)
    }
    found = set()
    for module in known:
        path = ROOT / (module.replace(".", "/") + ".py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module:
                for one in (f"{node.module}.{alias.name}" for alias in node.names):
                    target = one if one in known else node.module
                    if target in known and room_of(target, depth) != room_of(module, depth):
                        found.add((room_of(module, depth), room_of(target, depth)))
    return found


def circle(found: set[tuple[str, str]]) -> list[str]:
    """Those of circles, and between two; empty where there is an order."""
    left = {one for pair in found for one in pair}
    while True:
        among = {(a, b) for a, b in found if a in left and b in left}
        within = {a for a, _ in among} & {b for _, b in among}
        if within == left:
            return sorted(left)
        left = within


@pytest.mark.parametrize("depth", [2, 9])
def test_nothing_runs_in_a_circle(depth: int) -> None:
    """Neither the rooms inside of rooms (2) nor single files (9)."""
    assert circle(arrows(depth)) == []


def test_a_circle_is_found() -> None:
    assert circle({("a", "b"), ("b", "c"), ("c", "b"), ("c", "d")}) == ["b", "c"]
    assert circle({("a", "b"), ("b", "c")}) == []


def test_the_rooms_of_approvals_have_few_arrows() -> None:
    inside = {pair for pair in arrows(2) if all(one.startswith("approvals.") for one in pair)}
    assert len(inside) < 25


def test_an_upward_arrow_is_found() -> None:
    assert violations("queries", iter([("warehouse.cache", 3)])) == ["line 3: queries imports warehouse"]
    assert violations("agents", iter([("components.tiles.tile", 1)])) == ["line 1: agents imports components"]
    assert violations("pages", iter([("components.tiles.tile", 1)])) == []


@pytest.mark.parametrize(
    ("library", "rooms"),
    [
        (
            "streamlit",
            {"pages", "components", "app", "web", "deploy"},
        ),  # deploy: the protocol of a session, to try a page
        ("databricks", {"workspace_client", "actions", "warehouse", "approvals", "deploy", "demo", "api"}),
        ("duckdb", {"warehouse", "demo"}),
    ],
)
def test_a_library_stays_in_its_rooms(library: str, rooms: set[str]) -> None:
    strangers = [
        f"{path.relative_to(ROOT)}:{line}"
        for room in ROOMS
        if room not in rooms
        for path in files(room)
        for module, line in imports(path)
        if module.split(".")[0] == library
    ]
    assert strangers == []


def test_the_profile_is_chosen_in_three_places_only() -> None:
    allowed = {"app.py", "settings.py"}
    asking = [
        path.relative_to(ROOT).as_posix()
        for room in ROOMS
        for path in files(room)
        if ".profile" in path.read_text(encoding="utf-8")
    ]
    assert [path for path in asking if path not in allowed and not path.startswith("warehouse/")] == []


def statements(path: Path) -> int:
    """Imports left out: a page needs as many as it shows things."""
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    return sum(isinstance(one, ast.stmt) and not isinstance(one, ast.Import | ast.ImportFrom) for one in nodes)


@pytest.mark.parametrize("path", [ROOT / "app.py", *files("pages")], ids=lambda path: path.name)
def test_front_rooms_stay_short(path: Path) -> None:
    assert statements(path) <= 40


LONGEST = 300  # lines of a file: above that stands a second idea
TABLES_OF_DATA = {"approvals/store/migrations/versions/0002_action_path.py"}


def test_no_file_holds_a_second_idea() -> None:
    long = {
        path.relative_to(ROOT).as_posix(): lines
        for room in ROOMS
        for path in files(room)
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST
    }
    assert long.keys() <= TABLES_OF_DATA, long
