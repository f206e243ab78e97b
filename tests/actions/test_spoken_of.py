"""Evidence speaks of what would be changed: rows about another object, workspace or principal are no grounds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from actions import intake, registry, spoken_of
from actions.spoken_of import OffTarget, could_name
from approvals.ledger.ledger import Actor
from approvals.values.proposal import Draft, Evidence, Scalar, Target
from queries.catalogue import catalogue
from tests.actions.kind_cases import CASES
from tests.actions.kind_cases_catalog import CASES as CATALOGUED
from tests.actions.office import BY, Office, office
from tests.components.reading import Reader, rows

EVERY = (*CASES, *CATALOGUED)
QUERIES = catalogue()
ABOUT = {
    name: Target(workspace_id="0" if name in ("table", "column") else "11", type=name, id=text, name="Its name")
    for name, text in (
        ("job", "7"),
        ("run", "8"),
        ("cluster", "c-1"),
        ("warehouse", "w1"),
        ("pipeline", "p-1"),
        ("endpoint", "chat"),
        ("table", "main.hr.pay"),
        ("column", "main.hr.pay.salary"),
    )
}
CARRY = [(kind, name) for kind in ABOUT for name, query in QUERIES.items() if could_name(query, kind)]


def said(query: str, cells: dict[str, Any], *more: dict[str, Any], scalars: tuple[Scalar, ...] = ()) -> Evidence:
    """Evidence with these rows; what is a parameter of the question is asked for by the first one."""
    asked = {name: cells[name] for name in QUERIES[query].params if name in cells}
    columns = tuple(QUERIES[query].columns)
    found = tuple(tuple(row.get(name) for name in columns) for row in (cells, *more))
    return Evidence(
        title="t",
        query=query,
        params=asked,
        match={},
        columns=columns,
        rows=found,
        row_count=len(found),
        scalars=scalars,
    )


def naming(target: Target) -> dict[str, Any]:
    """A row that names it in every way in which rows name things."""
    table = target.id.rpartition(".")[0] if target.type == "column" else target.id
    return {
        "workspace_id": target.workspace_id,
        f"{target.type}_id": target.id,
        "table_name": table,
        "table_full_name": table,
        "resource_kind": target.type,
        "resource_id": target.id,
        "resource": target.name,
        "service": target.id if target.type == "endpoint" else None,
    }


def speaks(one: Evidence, target: Target, params: Any = None) -> bool:
    try:
        spoken_of.check((one,), target, params or {})
    except OffTarget:
        return False
    return True


def test_the_questions_can_name_what_agents_act_on() -> None:
    assert {kind for kind, _ in CARRY} == set(ABOUT)


def test_a_row_about_another_object_is_no_ground() -> None:
    for kind, query in CARRY:
        target = ABOUT[kind]
        other = target.model_copy(update={"id": target.id.replace("pay", "sick") + "9", "name": "Another"})
        assert speaks(said(query, naming(target)), target), (kind, query)
        assert not speaks(said(query, naming(other)), target), (kind, query)
        asked = not set(naming(target)).isdisjoint(QUERIES[query].params)
        assert asked or speaks(said(query, naming(other), naming(target)), target), (kind, query)


def test_a_row_of_another_workspace_is_no_ground() -> None:
    for kind, query in CARRY:
        elsewhere = naming(ABOUT[kind]) | {"workspace_id": "12"}
        says = "workspace_id" in {*QUERIES[query].columns, *QUERIES[query].params}
        wanted = kind in ("table", "column") or not says
        assert speaks(said(query, elsewhere), ABOUT[kind]) == wanted, (kind, query)


def test_what_names_nothing_of_its_type_is_no_ground() -> None:
    for kind, target in ABOUT.items():
        for query in QUERIES.values():
            assert speaks(said(query.name, naming(target)), target) == could_name(query, kind), (kind, query.name)


def test_the_row_whose_figures_count_names_it() -> None:
    target, figure = ABOUT["job"], (Scalar(column="runs", observed=Decimal(1)),)
    other = naming(target.model_copy(update={"id": "70"}))
    assert speaks(said("pipelineops.success_by_job", other, naming(target)), target)
    assert not speaks(said("pipelineops.success_by_job", other, naming(target), scalars=figure), target)
    assert speaks(said("pipelineops.success_by_job", naming(target), other, scalars=figure), target)


def test_a_number_that_happens_to_be_equal_names_nothing() -> None:
    target = ABOUT["job"]
    assert not speaks(said("pipelineops.success_by_job", {"job_id": "70", "runs": 7, "name": "7"}), target)


def test_who_goes_by_a_name_is_known_by_it() -> None:
    row = {"resource_kind": "endpoint", "resource_id": "0123abcd", "resource": "Chat", "workspace_id": "11"}
    assert speaks(said("finops.spend_tree", row), ABOUT["endpoint"])
    assert not speaks(said("finops.spend_tree", row | {"resource": "chat-2"}), ABOUT["endpoint"])
    assert not speaks(said("finops.spend_tree", row | {"resource_kind": "job"}), ABOUT["endpoint"])


def test_the_grant_of_another_principal_is_no_ground() -> None:
    row = {"table_name": "MAIN.hr.pay", "grantee": "Ann@Corp"}
    assert speaks(said("governanceops.unused_grants", row), ABOUT["table"], {"principal": "ann@corp"})
    assert not speaks(said("governanceops.unused_grants", row), ABOUT["table"], {"principal": "bo@corp"})


def test_a_table_is_named_in_full_under_either_word() -> None:
    row = {"table_full_name": "Main.hr.pay", "grantee": "account users"}
    assert speaks(said("governanceops.grants", row), ABOUT["table"], {"principal": "account users"})
    assert not speaks(said("governanceops.grants", row | {"table_full_name": "main.hr.pay2"}), ABOUT["table"])


def test_what_is_called_through_the_gateway_goes_by_its_service() -> None:
    row = {"service": "chat", "workspace_id": "11"}
    assert speaks(said("agentops.services", row), ABOUT["endpoint"])
    assert not speaks(said("agentops.services", row | {"service": "chat-2"}), ABOUT["endpoint"])
    assert not speaks(said("agentops.services", row | {"workspace_id": "12"}), ABOUT["endpoint"])


def test_what_no_question_names_is_near_what_they_speak_of() -> None:
    schema = Target(workspace_id="0", type="schema", id="main.hr")
    assert not any(could_name(one, "schema") for one in QUERIES.values())
    assert speaks(said("governanceops.unused_grants", {"table_name": "main.hr.pay"}), schema)
    assert not speaks(said("governanceops.unused_grants", {"table_name": "main.hr2.pay"}), schema)
    policy = Target(workspace_id="11", type="policy", id="p")
    assert speaks(said("finops.spend_tree", {"workspace_id": "11"}), policy)
    assert not speaks(said("finops.spend_tree", {"workspace_id": "12"}), policy)


def test_somebody_is_named_in_any_column_that_the_question_says_names_people() -> None:
    about = Target(workspace_id="", type="principal", id="ann@corp")
    assert speaks(said("governanceops.privilege_changes", {"grantee": "Ann@Corp", "who": "bo@corp"}), about)
    assert not speaks(said("governanceops.privilege_changes", {"grantee": "cy@corp", "who": "bo@corp"}), about)
    assert not speaks(said("platform.workspaces", {"workspace_id": "1"}), about)  # it names nobody


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with office(f"sqlite:///{tmp_path_factory.mktemp('store') / 'store.sqlite'}") as made:
        yield made


NEED = [one for one in EVERY if registry.kind(one.kind).needs_evidence and one.target.type != "model"]


@pytest.mark.parametrize("case", NEED, ids=str)
def test_intake_asks_it_of_every_kind(here: Office, case: Any) -> None:
    """A row about a job that is not it, in a workspace that is not its own, on a table that is not near it."""
    query = "platform.job_consumers"
    row = dict.fromkeys(QUERIES[query].columns) | {"table_name": "other.place.t", "consumer": "x"}
    reader: Any = Reader({query: rows(query, [row])})
    reader.reread = reader.submit
    if case.prepare is not None:
        case.prepare(here.there.state)
    asked = {"start": "2026-10-20", "end": "2026-11-20", "workspace_id": "9", "job_id": "9", "limit": 10}
    draft = Draft(
        kind=case.kind,
        target=case.target,
        params=case.params,
        agent=BY,
        evidence=(Evidence(title="Others", query=query, params=asked, match={}),),
    )
    with pytest.raises(OffTarget):
        intake.take(replace(here.desk, reader=reader), draft, Actor("agent", BY.id))
