"""Runbooks are made of what a capability and its kind of action declare: each says what is seen, done, checked and undone."""

from __future__ import annotations

import pytest

from actions.registry import KINDS
from agents.round import CAPABILITIES
from pages.parts.runbook import lines, runbook

BROKEN = [one for one in CAPABILITIES if one.incident]
ABOUT = ("What it is", "Seen by", "Would do", "Check before", "Check after", "Undo", "Ends")


@pytest.mark.parametrize("name", [one.name for one in BROKEN])
def test_each_that_opens_incidents_has_one(name: str) -> None:
    of = next(one for one in BROKEN if one.name == name)
    told = dict(lines(of))
    assert tuple(told) == ABOUT and all(said.endswith((".", "?", ")")) for said in told.values()), told
    assert f"({of.evidence.query})" in told["Seen by"]
    assert told["Would do"].startswith(f"{of.kind}: ") and f"Risk R{KINDS[of.kind].base_risk}" in told["Would do"]
    assert runbook(name) == tuple(lines(of))


def test_one_that_opens_none_or_is_gone_has_none() -> None:
    quiet = next(one.name for one in CAPABILITIES if not one.incident)
    assert runbook(quiet) == () and runbook("dataops.gone") == ()


def test_the_way_back_is_that_of_the_kind() -> None:
    by_kind = {one.kind: dict(lines(one)) for one in BROKEN}
    assert by_kind["notify.owner"]["Check after"].startswith("A message")
    assert by_kind["model.set_alias"]["Undo"] == "The approved way back restores what was there."
    assert "read back (run) every 30 s, for 24 h at most" in by_kind["job.repair_run"]["Check after"]
