"""A page is one file: what it declares is its place in the navigation and in every list of pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from approvals.people.roles import ALL, Roles
from pages import map as pages_map
from pages.map import SECTIONS, asking, pages

FILES = {one.stem for one in Path(pages_map.__file__).parent.glob("*.py")} - {"map", "navigated", "shell"}


def test_every_file_is_a_page_under_its_own_name() -> None:
    assert {one.key for one in pages()} == FILES


def test_the_navigation_reads_as_before() -> None:
    listed = [(one.section, one.title, one.path) for one in pages() if not one.hidden]
    assert listed == [
        ("", "Overview", ""),
        ("", "Inbox", "inbox"),
        ("", "Incidents", "incidents"),
        ("", "My notices", "notices"),
        ("Operate", "AgentOps", "agentops"),
        ("Operate", "DataOps", "dataops"),
        ("Operate", "FinOps", "finops"),
        ("Operate", "GovernanceOps", "governanceops"),
        ("Operate", "InfraOps", "infraops"),
        ("Operate", "MLOps", "mlops"),
        ("Operate", "PipelineOps", "pipelineops"),
        ("Operate", "UserOps", "userops"),
        ("Account for", "Value", "value"),
        ("Account for", "Ledger", "ledger"),
        ("Account for", "Controls", "controls"),
        ("Account for", "Sources", "sources"),
        ("Account for", "Policy", "policy"),
        ("Account for", "Settings", "configuration"),
        ("Account for", "Glossary", "glossary"),
    ]
    operate = ("agentops", "dataops", "finops", "governanceops", "infraops", "mlops", "pipelineops", "userops")
    assert asking() == ("", *operate, "value", "sources")


def test_every_view_of_a_page_has_its_words() -> None:
    named = {one.key: one.by_view for one in pages()}
    assert named["overview"] == {"overview": ""}
    assert named["value"]["value_by_hand"] == "view=By%20hand"
    assert [len(one.by_view) for one in pages()] == [max(len(one.views), 1) for one in pages()]


def test_one_page_starts_and_all_stand_in_a_known_section() -> None:
    assert [one.key for one in pages() if one.start] == ["overview"]
    assert {one.section for one in pages()} <= set(SECTIONS)


def test_the_ledger_is_for_those_who_may_audit() -> None:
    hidden = {one.key for one in pages() if not one.shown_to(Roles(looks=True))}
    assert hidden == {"ledger"}
    assert all(one.shown_to(ALL) for one in pages())


@pytest.mark.parametrize("key", sorted(FILES))
def test_a_page_is_drawn_only_when_it_is_run(key: str) -> None:
    """Lists of pages import every page, outside of any visit."""
    text = (Path(pages_map.__file__).parent / f"{key}.py").read_text(encoding="utf-8")
    assert text.endswith('\n\nif __name__ == "__main__":\n    draw()\n')
