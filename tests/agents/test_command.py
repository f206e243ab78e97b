"""The command of the agents: one dimension, another time, and how a proposal came about."""

from __future__ import annotations

import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from agents import __main__ as command
from agents import round
from agents.explain import explain, lines
from approvals.deciding.proposals import content_of
from approvals.values.considered import Ooda, Option
from approvals.values.proposal import Change, Evidence, Scalar
from approvals.values.refusals import NoSuchProposal
from tests.agents.test_round import NOW, capability, reader
from tests.approvals.world import START, proposed
from tests.support.clock import Clock
from tests.support.stores import store_at
from tests.warehouse.fakes import rows

OPTION = Option(what="stop", expected="saves")


def test_how_a_proposal_came_about_is_said_line_by_line(tmp_path: Path) -> None:
    store = store_at(tmp_path / "store.sqlite", Clock(START))
    made = proposed(store)
    assert explain(store, made).splitlines()[1] == (
        "open; proposed by finops.idle_warehouse 1.0; risk R2; confidence 0.5, as stated"
    )
    with pytest.raises(NoSuchProposal):
        explain(store, "none")
    with store.reading() as tx:
        content = content_of(tx, made, 1)
    store.engine.dispose()
    ooda = Ooda(
        observe=("ran 90 h",), options=(OPTION, OPTION.model_copy(update={"rejected_because": "dear"})), why="so"
    )
    evidence = Evidence(
        title="Idle",
        query="finops.idle_warehouses",
        params={},
        match={},
        scalars=(Scalar(column="h", observed=Decimal(9), threshold=Decimal(5)),),
    )
    changes = (Change(path="auto_stop", before=120, after=10, unit="min"),)
    told = [*lines(content.model_copy(update={"ooda": ooda, "evidence": (evidence,), "changes": changes}), "open")]
    for line in (
        "Observed: ran 90 h", "Option: stop: saves (chosen)", "Option: stop: saves (not: dear)", "Why: so",
        "Change: auto_stop: 120 -> 10 min", "Evidence: Idle: finops.idle_warehouses {}", "  h = 9 (limit 5)",
    ):  # fmt: skip
        assert line in told, told


def test_only_agents_of_the_dimension_look(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    store = store_at(tmp_path / "store.sqlite")
    monkeypatch.setattr(round, "CAPABILITIES", (capability("one.a"), capability("two.b")))
    works = reader({"one.a": rows(1), "two.b": rows(1)})
    assert [one.capability for one in round.run_once(store, works, NOW, dimension="two").looks] == ["two.b"]
    assert round.run_once(store, works, NOW, dimension="three").looks == ()
    works.close()
    store.engine.dispose()


@pytest.mark.parametrize(
    "words",
    [["run", "--as-of", "2026-11-01", "--every", "60"], ["run", "--dimension", "none"], ["run", "--as-of", "noon"], []],
)
def test_what_cannot_be_is_refused_before_anything_is_opened(
    words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as refused:
        command.main(words)
    assert refused.value.code == 2 and "usage:" in capsys.readouterr().err


@pytest.mark.costs("a process of its own")
def test_an_unknown_proposal_is_said(tmp_path: Path) -> None:
    own = {"LAKEHELM_HOME": str(tmp_path), "LAKEHELM_PROFILE": "embedded", "LAKEHELM_STORE_URL": ""}
    asked = [sys.executable, "-m", "agents", "explain", "none"]
    done = subprocess.run(asked, env=os.environ | own, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stdout) == (1, "") and "There is no such proposal." in done.stderr
