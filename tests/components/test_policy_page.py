"""The policy as people read it says what the policy says: no second implementation, no rule left out."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from actions import registry
from approvals.policy.policy import decide
from approvals.policy.what_if import Case, facts_of
from components.sections import policy_words as words
from tests.actions.office import the_policy

POLICY = the_policy()
MONDAY = dt.datetime(2026, 11, 23, 10, tzinfo=dt.UTC)
SATURDAY = dt.datetime(2026, 11, 28, 10, tzinfo=dt.UTC)
AUTOSTOP = Case("warehouse.set_autostop", "finops", 2, "auto", "prod")
KINDS = {
    name: Case(name, one.dimension, one.base_risk, one.reversibility, "prod", one.enabled)
    for name, one in registry.KINDS.items()
}


@pytest.mark.parametrize("at", [MONDAY, SATURDAY])
@pytest.mark.parametrize("env", words.ENVIRONMENTS)
def test_the_answer_is_what_the_policy_decides(env: str, at: dt.datetime) -> None:
    for case in KINDS.values():
        asked = replace(case, env=env, owner="growth")  # type: ignore[arg-type]
        verdict, said = words.answer(asked, POLICY, at, "UTC")
        assert verdict == decide(facts_of(asked, POLICY), POLICY, at)
        told = " ".join(said)
        assert ("refused" in told) == (verdict.outcome == "deny")
        assert all(
            group in told for seats in verdict.requirement.seats for group in seats.groups if verdict.outcome == "human"
        )


def test_who_proposes_what_where_and_when_change_the_answer() -> None:
    at_prod = words.answer(AUTOSTOP, POLICY, MONDAY, "Europe/Berlin")[1]
    assert at_prod[0] == "Its risk there is: high risk."
    assert "platform-approvers" in at_prod[1] and "team-growth" not in at_prod[1]
    assert "team-growth" in words.answer(replace(AUTOSTOP, owner="growth"), POLICY, MONDAY, "Europe/Berlin")[1][1]
    weekend = " ".join(words.answer(AUTOSTOP, POLICY, SATURDAY, "Europe/Berlin")[1])
    assert "freeze-approvers" in weekend and "lift the freeze" in weekend and "Then it starts after 2 m" in weekend
    close = replace(AUTOSTOP, kind="job.run_now", dimension="pipelineops")
    assert "waits" not in " ".join(words.answer(close, POLICY, MONDAY, "UTC")[1])  # its tags are not those of the close
    unheard = replace(AUTOSTOP, kind="no.such", enabled=False)
    assert "refused" in " ".join(words.answer(unheard, POLICY, MONDAY, "UTC")[1])


def test_every_rule_and_window_is_said() -> None:
    said = " ".join([*words.windows(POLICY, "UTC", SATURDAY), *words.autonomy(POLICY), *words.limits(POLICY)])
    names = [one.id for one in POLICY.windows] + [one.id for one in POLICY.auto] + [one.id for one in POLICY.agents]
    assert names and not [name for name in names if name not in said]
    assert said.startswith("Freeze Weekend: now, until 29 Nov 23:00")
    table = words.who_agrees(POLICY, KINDS.values(), MONDAY)
    assert set(table["Kind"]) == set(KINDS) and "" not in table.to_numpy().ravel().tolist()
    told = words.alike(table)
    assert {kind for row in told["Kind"] for kind in row.split(", ")} == set(KINDS)
    assert not told.duplicated([name for name in told.columns if name != "Kind"]).any() and len(told) < len(KINDS)


def test_the_page_answers_a_question_without_proposing() -> None:
    def script() -> None:
        from components.sections.policy_page import draw
        from tests.components.test_policy_page import KINDS, POLICY, SATURDAY

        draw(POLICY, KINDS, ["finops.idle_warehouse"], "UTC", SATURDAY)

    test = AppTest.from_function(script, default_timeout=30).run()
    test.selectbox(key="policy-kind").set_value("grant.revoke").run()
    test.text_input(key="policy-owner").set_value("growth").run()
    assert not test.exception
    told = " ".join(str(one.value) for one in (*test.markdown, *test.caption)).replace("\\", "")
    assert "team-growth" in told and "Nothing was proposed" in told
