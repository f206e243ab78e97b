"""A page of `docs/reference/` is what the command in its first line prints."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from actions.registry import KINDS
from agents.round import CAPABILITIES
from deploy import references
from reference import MARK, code, page, section, table
from settings import ROOT, Settings, variable_of

PAGES = sorted((ROOT / "docs" / "reference").glob("*.md"))


def command(text: str) -> str:
    """The command that the first line of a page names."""
    found = re.fullmatch(re.escape(MARK).replace(r"\{\}", "(.+)"), text.split("\n", 1)[0])
    assert found, "the first line names no command: make the page with reference.page"
    return found[1]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_a_page_is_what_its_command_prints(path: Path) -> None:
    written = path.read_text(encoding="utf-8")
    words = command(written)
    told = subprocess.run(
        [sys.executable, "-m", *shlex.split(words)], cwd=ROOT, capture_output=True, text=True, timeout=120
    )
    assert told.returncode == 0, told.stderr
    assert told.stdout == written, f"stale: .venv/bin/python -m {words} > {path.relative_to(ROOT)}"


def test_what_can_be_asked_done_proposed_and_set_has_a_page() -> None:
    assert {"questions.md", *(f"{name}.md" for name in references.PAGES)} == {path.name for path in PAGES}


def test_nothing_is_left_out() -> None:
    written = {path.stem: path.read_text(encoding="utf-8") for path in PAGES}
    for name in KINDS:
        assert f"## `{name}`" in written["actions"]
    for one in CAPABILITIES:
        assert f"## `{one.name}`" in written["capabilities"]
    for field in fields(Settings):
        assert f"| `{variable_of(field.name)}` |" in written["settings"]


def test_a_page_is_made_of_sections_and_tables() -> None:
    made = page("queries x", "Title", "Words.", section("A", "said", "", table(("b", "c"), [("1|2", "3\n4")]), depth=3))
    assert made == (
        "<!-- Written by: python -m queries x -->\n\n# Title\n\nWords.\n\n"
        "### A\n\nsaid\n\n| b | c |\n|---|---|\n| 1\\|2 | 3 4 |\n"
    )
    assert command(made) == "queries x"
    assert (table(("a",), []), code(""), code("x")) == ("", "", "`x`")
