"""Nothing that decides is taken from whoever proposes: a field of a draft either changes nothing of it, or it is refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from actions import intake, registry, working_out
from actions.admission import NotAdmitted
from approvals.deciding.budgets import demand_of
from approvals.deciding.transitions import Row, proposal
from approvals.ledger.ledger import Actor
from approvals.policy.policy_file import PolicyError, load, parse
from approvals.policy.rules import RegisteredAgent
from approvals.values.considered import Benefit, Ooda
from approvals.values.proposal import Draft, Evidence, Scalar
from queries.catalogue import catalogue
from tests.actions.kind_cases import CASES
from tests.actions.kind_cases_catalog import CASES as CATALOGUED
from tests.actions.kind_cases_catalog import IN_THE_STORE
from tests.actions.office import BY, POLICY, Office, office
from tests.components.reading import Reader, rows

CASE = next(case for case in CASES if case.kind == "warehouse.set_autostop")
QUERY, USERS = "finops.warehouse_idle", "platform.warehouse_users"
PLACE = {"workspace_id": CASE.target.workspace_id, "warehouse_id": CASE.target.id}
ASKED = {"start": "2026-10-20", "end": "2026-11-20", "currency": "USD", "basis": "list", "workspaces": ""}
GROUNDS = Evidence(
    title="Its idle time", query=QUERY, params=ASKED, match=PLACE, scalars=(Scalar(column="warehouse", observed="w"),)
)
HONEST = Draft(
    kind=CASE.kind,
    target=CASE.target,
    params=CASE.params,
    agent=BY,
    evidence=(GROUNDS,),
    benefit=Benefit(kind="cost", low=Decimal(10), high=Decimal(20)),
)
KNOWN = RegisteredAgent(id=BY.id, principal=BY.principal, kinds=("warehouse.*",), targets=("warehouse",))


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Office]:
    with office(f"sqlite:///{tmp_path / 'store.sqlite'}") as made:
        found: dict[str, Any] = dict.fromkeys(catalogue()[QUERY].columns)
        found |= PLACE | {"warehouse": "w"}
        named = {"platform.workspaces": rows("platform.workspaces", [])}
        reader: Any = Reader({QUERY: rows(QUERY, [found]), USERS: rows(USERS, []), **named})
        reader.reread = reader.submit
        policy = made.desk.policy.model_copy(update={"agents": (KNOWN,)})
        yield Office(made.there, replace(made.desk, reader=reader, policy=policy))


def taken(here: Office, draft: Draft) -> Row:
    made = intake.take(here.desk, draft, Actor("agent", draft.agent.id))
    with here.desk.store.reading() as tx:
        return proposal(tx, made)


def decides(here: Office, draft: Draft) -> tuple[Any, ...]:
    """Everything of the draft's outcome that decides: what runs, how risky it is, who must agree, when, how much."""
    content, verdict = working_out.worked_out(here.desk, draft)
    return (
        content.kind,
        content.target.key,
        content.params,
        content.changes,
        content.env,
        content.owner,
        content.risk,
        content.requirement,
        content.title,
        content.undo_of,
        content.emergency,
        verdict.outcome,
        verdict.requirement,
        verdict.auto_by,
        verdict.decision_ttl_s,
        verdict.approval_ttl_s,
        verdict.undo_s,
        content.rollback,
        demand_of(content, {"*": Decimal(50)}).model_dump(exclude={"money", "currency"}),
        content.reversibility,
        content.dimension,
    )


WORDS: dict[str, Any] = {
    "ooda": Ooda(why="because"), "narrative": "Approved by the CFO", "confidence": Decimal("0.999"),
    "benefit": Benefit(kind="risk", method="nothing"), "evidence": (GROUNDS, GROUNDS),
    "agent": BY.model_copy(update={"version": "9.9", "run_id": "r"}),
}  # fmt: skip
WISH = {"kind", "target", "params"}  # what it asks for
ONLY_WORSE = {"raise_risk"}


def test_every_field_of_a_draft_is_thought_of() -> None:
    assert {*WORDS, *WISH, *ONLY_WORSE} == set(Draft.model_fields)


@pytest.mark.parametrize("name", WORDS)
def test_words_change_nothing_that_decides(here: Office, name: str) -> None:
    assert decides(here, HONEST.model_copy(update={name: WORDS[name]})) == decides(here, HONEST)


def test_a_reason_only_raises_the_risk(here: Office) -> None:
    plain, raised = (
        working_out.worked_out(here.desk, HONEST.model_copy(update={"raise_risk": why}))[0] for why in ("", "x")
    )
    assert raised.risk > plain.risk or plain.risk == 4
    assert intake.refreshed(here.desk, raised).risk == raised.risk  # also when it is worked out again


@pytest.mark.parametrize("more", [{"emergency": "INC-1"}, {"undo_of": "01ABC"}, {"replaces": "01ABC"}, {"risk": 0}, {"env": "dev"},
                                  {"requirement": {}}, {"title": "Nothing"}, {"before": {}}])  # fmt: skip
def test_what_a_draft_cannot_say_is_refused(more: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Draft(**{name: getattr(HONEST, name) for name in Draft.model_fields}, **more)


def test_a_draft_written_before_is_still_read() -> None:
    old = HONEST.model_dump(mode="json") | {"owner": "mallory@corp", "replaces": None, "undo_of": None, "emergency": ""}
    assert Draft.model_validate(old) == HONEST


def test_the_owner_is_whom_the_workspace_names(here: Office) -> None:
    said = Draft.model_validate(HONEST.model_dump(mode="json") | {"owner": "mallory@corp"})
    owner = here.there.state.get("warehouses", CASE.target.id)["creator_name"]
    assert taken(here, said).owner == owner != ""


@pytest.mark.parametrize("case", [*CASES, *CATALOGUED], ids=str)
def test_every_kind_of_target_has_its_owner_read(here: Office, case: Any) -> None:
    from actions.owners import owner_of

    if case.kind not in (*IN_THE_STORE, "index.sync") and case.target.type != "principal":  # nobody owns people
        assert owner_of(here.desk.workspaces.reach(case.target, registry.kind(case.kind).scope)[0].read, case.target), (
            case.target.type
        )


FORGED = ["person", "Person", "person ", "per\u200bson", "ｐerson", "tests.operator\u200b", "Tests.operator", "tests.operatоr", "x",
          "tests.operator\n", " tests.operator", "", "policy", "system"]  # fmt: skip


@pytest.mark.parametrize("name", FORGED)
def test_only_a_registered_agent_is_heard(here: Office, name: str) -> None:
    with pytest.raises(NotAdmitted):
        taken(here, HONEST.model_copy(update={"agent": BY.model_copy(update={"id": name})}))


@pytest.mark.parametrize("who", ["agent:somebody-else", "Agent:tests", "agent:tests ", ""])
def test_an_agent_is_bound_to_whom_it_signs_in_as(here: Office, who: str) -> None:
    with pytest.raises(NotAdmitted):
        taken(here, HONEST.model_copy(update={"agent": BY.model_copy(update={"principal": who})}))


@pytest.mark.parametrize("change", [{"evidence": ()}, {"kind": "cluster.terminate", "params": {}},
                                    {"target": CASE.target.model_copy(update={"type": "cluster"})}])  # fmt: skip
def test_what_it_may_not_propose_is_refused(here: Office, change: dict[str, Any]) -> None:
    with pytest.raises(NotAdmitted):
        taken(here, HONEST.model_copy(update=change))


@pytest.mark.parametrize("name", ["person", "Person", "policy", "per\u200bson"])
def test_a_reserved_name_cannot_be_registered(name: str) -> None:
    text = POLICY.read_text(encoding="utf-8").replace("finops.idle_warehouse, principal", f'"{name}", principal')
    with pytest.raises(PolicyError):
        parse(text)


def test_the_agents_of_the_house_are_registered() -> None:
    from agents.round import CAPABILITIES

    policy = load(POLICY)
    for agent in [one.agent for one in CAPABILITIES]:
        known = policy.agent(agent.id)
        assert known is not None and known.principal == agent.principal and known.evidence


def test_figures_may_be_held_closer_than_the_kind_does_never_looser(here: Office) -> None:
    for wanted, held in ((Decimal(10**9), Decimal("0.2")), (Decimal(0), Decimal(0))):
        loose = GROUNDS.model_copy(
            update={"scalars": (Scalar(column="warehouse", observed="w", tolerance=wanted),), "max_age_s": 10**9}
        )
        content, _ = working_out.worked_out(here.desk, HONEST.model_copy(update={"evidence": (loose,)}))
        assert [one.tolerance for one in content.evidence[0].scalars] == [held]
        assert content.evidence[0].max_age_s == registry.kind(CASE.kind).evidence_lasts_s


SAID = [(None, 50), (Benefit(kind="cost"), 50), (Benefit(kind="cost", high=Decimal(70)), 70),
        (Benefit(kind="cost", low=Decimal(-80)), 80), (Benefit(kind="cost", high=Decimal(1)), 50)]  # fmt: skip


@pytest.mark.parametrize(("benefit", "counts"), SAID)
def test_nobody_frees_the_budget_by_declaring_nothing(here: Office, benefit: Benefit | None, counts: int) -> None:
    content, _ = working_out.worked_out(here.desk, HONEST.model_copy(update={"benefit": benefit}))
    assert demand_of(content, {"warehouse.*": Decimal(50), "*": Decimal(5)}).money == counts


def test_what_the_evidence_says_in_money_counts_too(here: Office) -> None:
    content, _ = working_out.worked_out(here.desk, HONEST.model_copy(update={"benefit": None}))
    figure = Scalar(column="saving_high", observed=Decimal(900), unit="USD")
    read = content.evidence[0].model_copy(update={"scalars": (figure,)})
    assert demand_of(content.model_copy(update={"evidence": (read,)}), {}).money == 900


HOSTILE = "sandbox` to 120 min (was 60), nothing else. Ticket `OPS-1"


@pytest.mark.parametrize("case", [*CASES, *CATALOGUED], ids=str)
def test_a_name_does_not_end_its_quotation(case: Any) -> None:
    """Whatever the name or a parameter holds, the title has as many quotations as with a plain one."""
    kind = registry.kind(case.kind)
    params = registry.parsed(kind, case.params)

    def title(word: str) -> str:
        named = case.target.model_copy(update={"name": word})
        texts = {
            name: word
            for name, value in params
            if isinstance(value, str) and value not in FIXED and not value.startswith("{")
        }
        return registry.titled(kind, named, params.model_copy(update=texts))

    assert title(HOSTILE).count("`") == title("plain").count("`")


FIXED = {"group", "user", "endpoint", "high", "CAN_VIEW", "X-Large", "Small"}  # words that a kind looks up
