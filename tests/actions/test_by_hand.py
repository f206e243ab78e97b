"""A person proposes: the same intake as an agent, a right in the policy, and never a vote on one's own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from actions import registry
from actions.admission import NotAdmitted
from actions.by_hand import proposed_by_hand, why_not
from actions.inbox_intake import InboxIntake
from actions.kinds.shared.kind import Gone
from approvals.deciding.proposals import content_of
from approvals.deciding.transitions import proposal
from approvals.deciding.voters import may_decide
from approvals.ledger.ledger import story
from approvals.people.people import Person
from approvals.policy.rules import Kinds
from approvals.reading.target_things import thing_of
from approvals.values.proposal import Target
from approvals.values.refusals import Refusal
from components.inbox import typed_form
from demo.gateway import services
from tests.actions.kind_cases import CASES
from tests.actions.kind_cases_catalog import CASES as CATALOGUED
from tests.actions.kind_cases_catalog import KindCase
from tests.actions.office import Office, office
from tests.actions.workspace_server import world
from things import KINDS, Thing

WHY = "It has been idle for three weeks, and nobody asks for it."
OPERATOR = frozenset({"platform-approvers"})
AUTOSTOP = next(case for case in CASES if case.kind == "warehouse.set_autostop")


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with office(f"sqlite:///{tmp_path_factory.mktemp('by_hand') / 'store.sqlite'}") as made:
        yield made


def operator(here: Office, number: int = 0) -> Person:
    return replace(here.people[number], groups=OPERATOR)


def propose(here: Office, case: KindCase, person: Person, why: str = WHY) -> str:
    return InboxIntake(here.desk).propose(case.kind, case.target, case.params, person, why)


@pytest.mark.parametrize("case", [*CASES, *CATALOGUED], ids=lambda case: f"{case.kind}-{case.target.type}")
def test_every_kind_has_a_form_and_is_accepted_or_refused_in_words(here: Office, case: KindCase) -> None:
    kind = registry.kind(case.kind)
    wanted = typed_form.fields(kind.Params.model_json_schema())
    assert {field.name for field in wanted} >= case.params.keys()
    if case.prepare is not None:
        case.prepare(here.there.state)
    try:
        made = propose(here, case, operator(here))
    except (Refusal, Gone) as why:
        assert len(str(why)) > 20 and str(why)[0].isupper(), why
        return
    with here.desk.store.reading() as tx:
        row = proposal(tx, made)
        assert (row.agent_id, row.sponsor) == ("person", here.people[0].id)
        assert kind.sends or (row.state == "open" and not row.auto_by)  # only a message may go out by itself


def test_who_proposes_has_no_vote_and_is_named_in_the_ledger(here: Office) -> None:
    made = propose(here, AUTOSTOP, operator(here))
    with here.desk.store.reading() as tx:
        row = proposal(tx, made)
        content = content_of(tx, made, row.revision)
        assert content.narrative == WHY
        assert not may_decide(row, content, replace(here.people[0], groups=frozenset({"platform-approvers"})))
        assert may_decide(row, content, replace(here.people[1], groups=frozenset({"platform-approvers"})))
        assert story(tx, made)[0].actor == here.people[0].name


def test_pressed_twice_it_is_one_proposal(here: Office) -> None:
    assert propose(here, AUTOSTOP, operator(here)) == propose(here, AUTOSTOP, operator(here))


@pytest.mark.parametrize("groups", [frozenset(), frozenset({"viewers"}), frozenset({"lakehelm-admins"})])
def test_only_members_of_the_policys_groups_may(here: Office, groups: frozenset[str]) -> None:
    with pytest.raises(NotAdmitted, match="Proposing by hand is for members of platform-approvers"):
        propose(here, AUTOSTOP, replace(here.people[0], groups=groups))


def test_a_policy_that_says_nothing_lets_nobody(here: Office) -> None:
    silent = here.desk.policy.model_copy(update={"groups": here.desk.policy.groups.model_copy(update={"propose": ()})})
    assert "members of nobody" in why_not(silent, operator(here))
    assert why_not(here.desk.policy, None) == "Nobody is signed in who could propose."
    off = here.desk.policy.model_copy(update={"kinds": Kinds(disabled=(AUTOSTOP.kind,))})
    assert why_not(off, operator(here), AUTOSTOP.kind) == "The policy has switched this kind of action off."
    assert why_not(here.desk.policy, operator(here), AUTOSTOP.kind) == ""


@pytest.mark.parametrize("why", ["", "   ", "because", "x" * 4_001])
def test_the_sentence_is_the_grounds(here: Office, why: str) -> None:
    with pytest.raises(Refusal, match="Say why"):
        proposed_by_hand(here.desk, AUTOSTOP.kind, AUTOSTOP.target, AUTOSTOP.params, operator(here), why)


@pytest.mark.parametrize(
    "target",
    [
        Target(workspace_id="", type="principal", id="ann@example.com", name="ann@example.com"),
        Target(workspace_id="", type="figure", id="finops", name="FinOps: cost of the last complete day"),
        Target(workspace_id="", type="cost_centre", id="cc-100", name="cc-100"),
    ],
    ids=lambda target: target.type,
)
def test_a_message_can_be_about_what_nothing_changes(here: Office, target: Target) -> None:
    params = {"recipient": "ann@example.com", "topic": "Partition filters", "subject": "Whole tables", "text": WHY}
    made = InboxIntake(here.desk).propose("training.suggest", target, params, operator(here), WHY)
    with here.desk.store.reading() as tx:
        row = proposal(tx, made)
        content = content_of(tx, made, row.revision)
    thing = thing_of(content.target, content.before)
    assert row.kind == "training.suggest" and thing == Thing(KINDS[target.type].key, target.id)


def test_a_limit_can_be_proposed_on_every_service_that_is_called_through_the_gateway(here: Office) -> None:
    """As from its row: by the name that the calls have for it, in their workspace."""
    for one in services(world()).itertuples():
        target = Target(workspace_id=one.workspace_id, type="endpoint", id=one.agent_name, name=one.agent_name)
        params = {"key": "user", "principal": "ann@example.com", "calls": None, "tokens": 2_000_000}
        made = InboxIntake(here.desk).propose("gateway.set_rate_limit", target, params, operator(here), WHY)
        with here.desk.store.reading() as tx:
            taken = content_of(tx, made, proposal(tx, made).revision)
        assert thing_of(taken.target, taken.before) == Thing("gateway", one.agent_name, one.workspace_id)
