"""What is imported is declared: a library that comes in by luck goes the same way."""

from __future__ import annotations

import re
import sys
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.test_architecture import ROOMS, ROOT, files, imports

LOCAL = {*ROOMS, "tests", "bench"}
TAKEN = {"uvloop"}  # nothing imports it here: tests/browser/test_page_faces.py sees that the served app runs on it
installed = cache(packages_distributions)


def declared(name: str) -> set[str]:
    """The distributions that a file of requirements names, with those of the file it includes."""
    found: set[str] = set()
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
        if line.startswith("-r "):
            found |= declared(line[3:].strip())
        elif line and not line.startswith("#"):
            pin = re.fullmatch(r"([A-Za-z0-9._-]+)(\[[a-z,]+\])?==\S+", line)
            assert pin, f"{name}: not pinned: {line}"
            found.add(pin[1].lower().replace("_", "-"))
    return found


def undeclared(path: Path, known: set[str]) -> list[str]:
    """Libraries that ``path`` imports and nobody declared, with their line."""
    homes = installed()
    missing = []
    for module, line in imports(path):
        top = module.split(".")[0]
        if top in LOCAL or top in sys.stdlib_module_names:
            continue
        if not {one.lower().replace("_", "-") for one in homes.get(top, ())} & known:
            missing.append(f"line {line}: {module}")
    return missing


@pytest.mark.parametrize("room", ROOMS)
def test_what_the_app_imports_is_in_requirements(room: str) -> None:
    known = declared("requirements.txt")
    assert {path: bad for path in files(room) if (bad := undeclared(path, known))} == {}


@pytest.mark.parametrize("room", ["tests", "bench"])
def test_what_tests_and_benches_import_is_in_the_requirements_of_developers(room: str) -> None:
    known = declared("requirements-dev.txt")
    assert {path: bad for path in files(room) if (bad := undeclared(path, known))} == {}


def test_nothing_is_declared_twice_and_nothing_that_nobody_imports() -> None:
    lines = [line for line in (ROOT / "requirements.txt").read_text().splitlines() if "==" in line]
    names = [re.split(r"[\[=]", line)[0].lower().replace("_", "-") for line in lines]
    assert sorted(names) == sorted(set(names))
    homes = installed()
    used = {
        home.lower().replace("_", "-")
        for room in ROOMS
        for path in files(room)
        for module, _ in imports(path)
        for home in homes.get(module.split(".")[0], ())
    }
    assert set(names) - used == TAKEN


def test_the_rule_sees_what_is_missing(tmp_path: Path) -> None:
    file = tmp_path / "one.py"
    file.write_text(
        "import json\nimport requests\nfrom settings import Settings\n\ndef late():\n    import starlette.routing\n"
    )
    assert undeclared(file, {"requests"}) == ["line 6: starlette.routing"]
    assert undeclared(file, {"requests", "starlette"}) == []
