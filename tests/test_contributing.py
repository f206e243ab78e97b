"""The sample changes of CONTRIBUTING.md are true: applied to a copy, one after the other, they make what they say."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from settings import ROOT

TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
CHANGES = [
    (section.partition("\n")[0], block)
    for section in re.split(r"^## ", TEXT, flags=re.MULTILINE)[1:]
    for block in re.findall(r"^```diff\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)
]
LEFT_OUT = shutil.ignore_patterns(".*", "__pycache__", "screenshots", "*.duckdb", "*.sqlite")
MADE = """
from actions.registry import KINDS
from agents.round import CAPABILITIES
from approvals.policy.policy_file import load
from components.panels import chargeback
from queries.catalogue import catalogue
import pages.finops

assert "finops.price_skus" in catalogue()
assert chargeback.price_skus.title == "SKUs by cloud"
assert "finops.never_stops" in {one.name for one in CAPABILITIES}
assert "finops.never_stops" in {one.id for one in load("policies/default.yaml").agents}
assert KINDS["review.ask"].right.words
"""


def run(where: Path, *words: str) -> None:
    done = subprocess.run(words, cwd=where, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, f"{' '.join(words)}\n{done.stdout}{done.stderr}"


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with every sample change."""
    copy: Path = tmp_path_factory.mktemp("contributing") / "lakehelm"
    copy.mkdir()
    for one in ROOT.iterdir():
        if one.name.startswith(".") or one.name == "__pycache__":
            continue
        if one.is_dir():
            shutil.copytree(one, copy / one.name, ignore=LEFT_OUT)
        else:
            shutil.copy2(one, copy / one.name)
    for number, (title, change) in enumerate(CHANGES):
        file = copy.parent / f"{number}.diff"
        file.write_text(change, encoding="utf-8")
        done = subprocess.run(["git", "apply", str(file)], cwd=copy, capture_output=True, text=True)
        assert done.returncode == 0, f"{title}: {done.stderr}"
    return copy


def test_there_is_a_sample_of_each() -> None:
    titles = [title for title, _ in CHANGES]
    assert titles == ["A question", "A case", "A tile", "A capability", "A kind of action"]


def test_what_was_added_is_found(changed: Path) -> None:
    run(changed, sys.executable, "-c", MADE)


@pytest.mark.costs("the checks are those of a shell, each a process of its own")
def test_the_question_passes_its_checks_and_the_code_its_own(changed: Path) -> None:
    run(changed, sys.executable, "-m", "queries", "check")
    run(changed, sys.executable, "-m", "ruff", "check", "-q", ".")


def test_its_cases_are_answered_as_worked_out(changed: Path) -> None:
    run(
        changed,
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "tests/queries/test_cases.py",
        "-k",
        "price_skus",
    )


def test_the_papers_name_what_is_there() -> None:
    """Links of the documents at the top lead somewhere."""
    for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"):
        found = re.findall(r"\]\(([^)#:]+)\)", (ROOT / name).read_text(encoding="utf-8"))
        assert [link for link in found if not (ROOT / link).exists()] == [], name


def test_no_document_counts_what_a_command_counts() -> None:
    """Numbers of kinds, questions and capabilities stand in the pages that commands write."""
    counted = re.compile(r"\b(\d{2,}) (?:kinds of action|questions|capabilities|queries)\b")
    for path in (
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        ROOT / "docs" / "architecture.md",
        ROOT / "docs" / "deploy.md",
    ):
        assert counted.findall(path.read_text(encoding="utf-8")) == [], path.name
