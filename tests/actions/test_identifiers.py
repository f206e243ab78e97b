"""What may run: every identifier looks like what it is, and reaches exactly the object of that name."""

from __future__ import annotations

import types
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from actions import intake, registry
from actions.kinds.shared.identifiers import BadTarget, in_path
from actions.kinds.shared.principals import Ambiguous, held_as
from actions.registry import BadParams, parsed
from approvals.ledger.ledger import Actor
from approvals.values.canonical import canonical, digest
from approvals.values.proposal import Draft, Target
from demo.names import PROD
from demo.workspace.securables import key
from tests.actions import kind_cases, kind_cases_catalog
from tests.actions.kind_cases_catalog import target
from tests.actions.office import BY, Office, office
from tests.actions.workspace_server import Served, served

CASES = {case.kind: case for case in (*kind_cases.CASES, *kind_cases_catalog.CASES)}
UNSEEN = [
    "{}\u200b",
    "\u202e{}",
    "{}\u00ad",
    "\ufeff{}",
    "{}e\u0301",
    "{}\u2066",
    "{}\ue000",
    "{}\u3164",
    "{}\u00a0",
    "{}\ufe0f",
]
KEY = "a" * 64


@pytest.fixture
def workspace() -> Iterator[Served]:
    with served() as made:
        yield made


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Office]:
    with office(f"sqlite:///{tmp_path / 'store.sqlite'}") as made:
        yield made


def _holds_text(annotation: Any) -> bool:
    if typing.get_origin(annotation) is typing.Literal:
        return False
    inner = typing.get_args(annotation)
    return annotation is str or any(_holds_text(one) for one in inner if one is not types.NoneType)


def identifiers() -> Iterator[tuple[str, str]]:
    """Kind and field, of every field that holds text and is no free text."""
    for name, kind in registry.KINDS.items():
        for field, about in kind.Params.model_fields.items():
            if _holds_text(about.annotation) and field not in kind.Params.words:
                yield name, field


def _refused(kind: str, field: str, text: str) -> str:
    given: Any = [text] if "list" in str(registry.KINDS[kind].Params.model_fields[field].annotation) else text
    params = {**CASES[kind].params, field: given} if kind in CASES else {field: given}
    with pytest.raises(BadParams) as refused:
        parsed(registry.KINDS[kind], params)
    return str(refused.value)


@pytest.mark.parametrize(("kind", "field"), list(identifiers()))
@pytest.mark.parametrize("odd", UNSEEN)
def test_no_parameter_of_any_kind_hides_anything(kind: str, field: str, odd: str) -> None:
    _refused(kind, field, odd.format("abc"))


@pytest.mark.parametrize("odd", UNSEEN)
@pytest.mark.parametrize("case", list(CASES.values()), ids=str)
def test_no_target_of_any_kind_hides_anything(case: Any, odd: str, here: Office) -> None:
    there = case.target.model_copy(update={"id": odd.format(case.target.id)})
    with pytest.raises(BadTarget):
        intake.take(here.desk, Draft(kind=case.kind, target=there, params=case.params, agent=BY), Actor("agent", BY.id))


def test_two_names_that_look_alike_have_two_digests() -> None:
    assert digest(["caf\u00e9"]) != digest(["cafe\u0301"])
    assert canonical({"caf\u00e9": 1, "cafe\u0301": 2}).count(":") == 2


PRINCIPALS = ["o'brien@example.com", "jd_mail.example#EXT#@contoso.onmicrosoft.com", "Data Team / EMEA", "R&D 100%",
              'the "A" team', "a\\b", "who?", "москва"]  # fmt: skip


@pytest.mark.parametrize("principal", PRINCIPALS)
def test_principals_of_every_spelling_are_served(principal: str, workspace: Served) -> None:
    on, add, revoke = CASES["grant.add"].target, registry.KINDS["grant.add"], registry.KINDS["grant.revoke"]
    params = parsed(add, {"principal": principal, "privileges": ["SELECT"]})
    add.execute(workspace.act, on, params, add.snapshot(workspace.read, on, params), KEY)
    assert workspace.state.objects["grants"][key("table", on.id)][principal] == ["SELECT"]
    revoke.execute(workspace.act, on, params, revoke.snapshot(workspace.read, on, params), KEY)
    assert principal not in workspace.state.objects["grants"][key("table", on.id)]
    give = registry.KINDS["permission.update"]
    job = CASES["permission.update"].target
    level = parsed(give, {"principal": principal, "principal_type": "group", "level": "CAN_VIEW"})
    give.execute(workspace.act, job, level, give.snapshot(workspace.read, job, level), KEY)
    assert give.plan(give.snapshot(workspace.read, job, level), level) == ()


TABLES = ["main.payments_gold.it's", 'main.payments_gold."q"', "main.payments_gold.100%ab", "main.payments_gold.a#b?c=d&e",
          "main.payments_gold.größe", "main.payments_gold.a\\b"]  # fmt: skip


@pytest.mark.parametrize("name", TABLES)
def test_a_table_of_any_name_is_reached_and_no_other(name: str, workspace: Served) -> None:
    workspace.state.put(
        "securables", key("table", name), {"name": name, "owner": "x", "table_id": "t1", "team": "risk"}
    )
    on = target("table", name)
    add, tag = registry.KINDS["grant.add"], registry.KINDS["tag.set"]
    params = parsed(add, {"principal": "bo@example.com", "privileges": ["SELECT"]})
    add.execute(workspace.act, on, params, add.snapshot(workspace.read, on, params), KEY)
    assert workspace.state.objects["grants"][key("table", name)] == {"bo@example.com": ["SELECT"]}
    for value in ("1", "2", None):
        wanted = parsed(tag, {"key": "it's + & 1", "value": value})
        tag.execute(workspace.act, on, wanted, tag.snapshot(workspace.read, on, wanted), KEY)
        assert workspace.state.objects["tags"][key("table", name)].get("it's + & 1") == value


@pytest.mark.parametrize("name", ["a/b", "../x", "a?b=c", "a#b", "a%2fb", "a b", "a\\b", "a;b"])
def test_a_part_of_a_path_stays_one_part(name: str) -> None:
    assert not set(in_path(name)) & set("/?#\\; ")


@pytest.mark.parametrize("step", [".", ".."])
def test_a_step_is_no_part_of_a_path(step: str) -> None:
    with pytest.raises(BadTarget):
        in_path(step)


def _lower_cases(workspace: Served, name: str, principal: str) -> None:
    workspace.state.put("grants", key("table", name), {principal: ["SELECT"]})


@pytest.mark.parametrize(("held", "asked"), [
    ("bob@x.com", "Bob@X.com"), ("Bob@X.com", "bob@x.com"), ("data team", "Data Team"), ("ÉMILE@x.com", "émile@x.com"),
])  # fmt: skip
def test_a_principal_is_found_in_any_capitals_and_written_back_as_it_stands(
    held: str, asked: str, workspace: Served
) -> None:
    on, revoke, add = CASES["grant.add"].target, registry.KINDS["grant.revoke"], registry.KINDS["grant.add"]
    _lower_cases(workspace, on.id, held)
    params = parsed(revoke, {"principal": asked, "privileges": ["SELECT"]})
    image = revoke.snapshot(workspace.read, on, params)
    assert image["privileges"] == ["SELECT"]
    assert add.plan(image, params) == ()
    revoke.execute(workspace.act, on, params, image, KEY)
    assert workspace.state.objects["grants"][key("table", on.id)] == {}
    assert workspace.effects[-1].detail["removed"] == [[held, "SELECT"]]


@pytest.mark.parametrize("asked", ["TEAM-RISK", "Team-Risk"])
def test_a_level_is_found_in_any_capitals(asked: str, workspace: Served) -> None:
    give, job = registry.KINDS["permission.update"], CASES["permission.update"].target
    for level in ("CAN_VIEW", "CAN_MANAGE", "CAN_VIEW", None):
        spelt = "team-risk" if level == "CAN_VIEW" else asked
        params = parsed(give, {"principal": spelt, "principal_type": "group", "level": level})
        give.execute(workspace.act, job, params, give.snapshot(workspace.read, job, params), KEY)
        now = [
            one
            for one in workspace.state.objects["permissions"][f"jobs {job.id}"]["direct"]
            if one[1].lower() == "team-risk"
        ]
        assert now == ([["group_name", "team-risk", level]] if level else [])


def test_a_principal_that_may_be_two_is_nobody() -> None:
    assert held_as("Data", ["Data", "data"]) == "Data"
    assert held_as("DATA", []) is None
    with pytest.raises(Ambiguous):
        held_as("DATA", ["Data", "data"])


@pytest.mark.parametrize("type_", ["catalog", "schema", "table", "volume", "function", "model", "index", "column"])
def test_one_object_of_the_catalog_has_one_key(type_: str) -> None:
    one, other = (Target(workspace_id=PROD, type=type_, id=name) for name in ("main.hr.salaries", "MAIN.hr.Salaries"))
    assert one.key == other.key
    assert (
        Target(workspace_id=PROD, type="cluster", id="A").key != Target(workspace_id=PROD, type="cluster", id="a").key
    )


def test_one_wish_in_other_capitals_joins_the_proposal_that_is_open(here: Office) -> None:
    case = CASES["grant.revoke"]
    made = set()
    for name, principal in (
        (case.target.id, case.params["principal"]),
        (case.target.id, case.params["principal"].upper()),
    ):
        draft = Draft(
            kind=case.kind, target=target("table", name), params={**case.params, "principal": principal}, agent=BY
        )
        made.add(intake.take(here.desk, draft, Actor("agent", BY.id)))
    assert len(made) == 1
