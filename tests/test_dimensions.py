"""A dimension is called by one key wherever it is spoken of, and nothing lists the dimensions again."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.registry import KINDS
from agents.round import CAPABILITIES
from approvals.policy.policy_file import load
from components.panels.behind import BEHIND
from demo.fault_kinds import KINDS as FAULTS
from dimensions import DIMENSIONS, EARLIER, known, stored, titled
from pages.map import pages
from queries.catalogue import catalogue
from settings import ROOT

ROOMS = (
    "actions",
    "agents",
    "approvals",
    "bench",
    "components",
    "demo",
    "deploy",
    "pages",
    "queries",
    "warehouse",
    "web",
)
SHARED = {"overview", "platform", "things", "value"}  # folders of questions that are of no dimension
WORDS = {*DIMENSIONS, *EARLIER, "pipelines", "agents", "users", *(one.title for one in DIMENSIONS.values())}
MOST = 2  # words that may stand beside each other without being a list of the dimensions
OTHER_THINGS = {  # words that are also those of something else
    "components/sections/controls.py": "levels of switches", "components/inbox/address.py": "words of an address",
    "components/inbox/filters.py": "words of an address", "components/frame/stopped.py": "levels of switches",
    "approvals/deciding/switches.py": "levels of switches", "approvals/deciding/budgets.py": "scopes of budgets",
}  # fmt: skip


def test_everything_that_has_a_dimension_says_its_key() -> None:
    policy = load(ROOT / "policies" / "default.yaml")
    assert set(policy.groups.approvers) == set(DIMENSIONS)
    assert policy.earlier == ()
    assert {one.dimension for one in KINDS.values()} <= set(DIMENSIONS)
    assert {kind.dimension for kind in FAULTS.values()} == set(DIMENSIONS)


def test_folders_and_questions_are_called_by_it() -> None:
    assert {name.partition(".")[0] for name in catalogue()} - SHARED <= set(DIMENSIONS)
    of_rows = {"overview.changes", *(one.query for one in BEHIND)}
    assert {f"overview.{key}" for key in DIMENSIONS} == {
        name for name in catalogue() if name.startswith("overview.") and name not in of_rows
    }


def test_agents_are_called_by_it() -> None:
    assert len(CAPABILITIES) >= 3
    for one in CAPABILITIES:
        key = one.agent.id.partition(".")[0]
        assert key in DIMENSIONS
        assert one.agent.principal == f"agent:{key}"


def test_pages_are_called_by_it() -> None:
    by_title = {one.title: one for one in DIMENSIONS.values()}
    own = [one for one in pages() if one.title in by_title]
    assert len(own) >= 2
    for one in own:
        assert (one.key, one.icon) == (by_title[one.title].key, by_title[one.title].icon)
        assert one.behind in ("", *one.views[1:])


def lists(path: Path) -> list[int]:
    """The lines of lists, sets, tuples and mappings that hold more than :data:`MOST` words for dimensions."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        parts = node.keys if isinstance(node, ast.Dict) else getattr(node, "elts", [])
        if len({one.value for one in parts if isinstance(one, ast.Constant)} & WORDS) > MOST:
            found.append(getattr(node, "lineno", 0))
    return found


@pytest.mark.parametrize("room", ROOMS)
def test_nothing_lists_them_again(room: str) -> None:
    files = {path.relative_to(ROOT).as_posix(): path for path in (ROOT / room).rglob("*.py")}
    assert {name: lines for name, path in files.items() if name not in OTHER_THINGS and (lines := lists(path))} == {}


def test_a_list_is_found(tmp_path: Path) -> None:
    file = tmp_path / "x.py"
    file.write_text('A = ("infra", "data", "fin")\nB = {"mlops": 1, "agentops": 2, "userops": 3}\nC = ("infra", "x")\n')
    assert lists(file) == [1, 2]


@given(st.sampled_from(sorted(DIMENSIONS)), st.booleans(), st.sampled_from([str, str.upper, str.title, "  {} ".format]))
def test_every_word_leads_to_the_key_and_back(key: str, earlier: bool, spelt: object) -> None:
    one = DIMENSIONS[key]
    assert callable(spelt)
    word = spelt(one.stored if earlier else one.key)
    assert (known(word), stored(word), titled(word)) == (key, one.stored, one.title)
    assert known(one.title) == key


@given(st.text() | st.none() | st.integers())
def test_other_words_stay_as_they_are(word: object) -> None:
    if not (isinstance(word, str) and word.strip().casefold() in {*DIMENSIONS, *EARLIER}):
        assert known(word) == word
        assert not isinstance(word, str) or stored(word) == titled(word) == word
