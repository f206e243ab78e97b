"""The house holds: rooms import only downwards, and what belongs to one room stays in it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FLOORS = {
    "settings": 0, "spelling": 0,
    "once": 1, "queries": 1, "workspace_client": 1, "logs": 1,
    "approvals": 2, "warehouse": 2,
    "actions": 3, "agents": 3, "components": 3, "demo": 3,
    "pages": 4, "api": 4,
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
    assert {path: bad for path in files(room) if (bad := violations(room, imports(path)))} == {}


def test_an_upward_arrow_is_found() -> None:
    assert violations("queries", iter([("warehouse.cache", 3)])) == ["line 3: queries imports warehouse"]
    assert violations("agents", iter([("components.tile", 1)])) == ["line 1: agents imports components"]
    assert violations("pages", iter([("components.tile", 1)])) == []


@pytest.mark.parametrize(
    ("library", "rooms"),
    [
        ("streamlit", {"pages", "components", "app", "deploy"}),  # deploy: the protocol of a session, to try a page
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
