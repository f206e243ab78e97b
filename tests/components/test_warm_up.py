"""Nobody waits for an import: what the script of the frame needs is there before its first run."""

from __future__ import annotations

import ast

import pytest

from app import SHELL
from components.frame import warm_up
from components.tiles import menu


def test_what_the_shell_imports_is_imported_before_the_first_visit(monkeypatch: pytest.MonkeyPatch) -> None:
    imported: list[str] = []
    monkeypatch.setattr(warm_up, "import_module", imported.append)
    monkeypatch.setattr(menu, "sources", lambda query: None)
    warm_up.warm_up(SHELL)
    shell = ast.parse(SHELL.read_text(encoding="utf-8"))
    needed = {node.module for node in ast.walk(shell) if isinstance(node, ast.ImportFrom)}
    assert {"components.search.box", "components.things.drawer"} <= needed <= set(imported)
