"""An agent that has earned it is proposed to be trusted more, once, and never by itself."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from agents.raising import AGENT as PROPOSER
from agents.raising import propose_more_trust, wanted
from approvals.deciding import autonomy
from approvals.policy.policy_file import load
from approvals.store.store import Store
from approvals.store.tables import EXECUTIONS
from approvals.values.proposal import Draft
from settings import ROOT
from tests.approvals.world import AGENT, ANN, START, proposed, say_yes
from tests.support.clock import Clock
from tests.support.stores import store_at

POLICY = load(ROOT / "policies" / "default.yaml")
KIND = "warehouse.set_autostop"


@pytest.fixture(scope="module")
def earned(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The store after so many good changes, one every half day."""
    clock = Clock(START)
    made = store_at(tmp_path_factory.mktemp("earned") / "store.sqlite", clock)
    for _ in range(58):
        clock.forward(hours=12)
        say_yes(made, proposed(made), ANN, dwell_ms=60_000)
        with made.engine.begin() as connection:
            connection.execute(sa.update(EXECUTIONS).values(state="verified"))
    return made


def drafts(store: Store) -> list[Draft]:
    with store.reading() as tx:
        return list(wanted(tx, POLICY))


def test_one_level_more_is_proposed_once(earned: Store) -> None:
    (draft,) = drafts(earned)
    assert draft.target.key == f"/agent/{AGENT.id}" and draft.params == {"kind": KIND, "level": 2}
    assert draft.agent == PROPOSER and POLICY.agent(PROPOSER.id) is not None
    assert "none of them taken back" in draft.ooda.observe[0] and float(draft.confidence) >= 0.9
    first, second = propose_more_trust(earned, POLICY), propose_more_trust(earned, POLICY)
    assert (len(first.new), second.new, second.known) == (1, (), 1)


def test_nobody_is_trusted_more_than_there_is_nor_who_is_registered_no_more(earned: Store) -> None:
    with earned.writing() as tx:
        autonomy.set_level(tx, POLICY, AGENT.id, "warehouse.resize", 3, "people agreed to it")
    gone = POLICY.model_copy(update={"agents": tuple(one for one in POLICY.agents if one.id != AGENT.id)})
    with earned.reading() as tx:
        assert list(wanted(tx, gone)) == []
    with earned.writing() as tx:
        autonomy.set_level(tx, POLICY, AGENT.id, KIND, 3, "people agreed to it")
    assert drafts(earned) == []


def test_a_record_that_is_too_short_proposes_nothing(tmp_path: Path) -> None:
    made = store_at(tmp_path / "store.sqlite", Clock(START))
    say_yes(made, proposed(made), ANN, dwell_ms=60_000)
    assert drafts(made) == []
    made.engine.dispose()
