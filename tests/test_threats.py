"""Each threat names a test that exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "docs" / "threats.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", TEXT)) - {("tests/test_threats.py", "")})


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_the_test_that_a_threat_names_is_there(path: str, name: str) -> None:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    found = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    assert name in found if name else any(one.startswith("test_") for one in found)


def test_every_threat_names_a_test() -> None:
    lines = [line for line in TEXT.splitlines() if line.startswith("| ") and not line.startswith("| threat")]
    assert len(lines) >= 25
    assert [line for line in lines if "`tests/" not in line] == []
