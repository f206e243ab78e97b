"""Whoever wants one effect, however they say it, asks for one proposal: one target, one spelling, one key."""

from __future__ import annotations

import contextlib
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions import intake, registry
from actions.kinds.shared.identifiers import BadTarget
from actions.kinds.shared.kind import UNORDERED, Params
from actions.registry import BadParams
from approvals.ledger.ledger import Actor
from approvals.values.canonical import canonical
from approvals.values.proposal import Draft, Target
from tests.actions.kind_cases import CASES
from tests.actions.kind_cases_catalog import CASES as CATALOGUED
from tests.actions.office import BY, Office, office

EVERY = (*CASES, *CATALOGUED)
CANCEL = next(one for one in CASES if one.kind == "job.cancel_run")


def key(kind: str, target: Target, params: Any) -> str:
    """What tells two proposals apart."""
    known = registry.kind(kind)
    there, said = known.one_way(target, registry.parsed(known, params))
    return canonical([there.key, said])


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Office]:
    with office(f"sqlite:///{tmp_path / 'store.sqlite'}") as made:
        yield made


def taken(here: Office, target: Target, params: Any) -> str:
    draft = Draft(kind="job.cancel_run", target=target, params=params, agent=BY)
    return intake.take(here.desk, draft, Actor("agent", BY.id))


def of_its_job(here: Office) -> Target:
    """The job of the run that the case cancels."""
    there = here.desk.workspaces.of(CANCEL.target, "workspace").read
    job = there.jobs.get_run(int(CANCEL.target.id)).job_id
    return CANCEL.target.model_copy(update={"type": "job", "id": str(job)})


def test_a_run_that_is_named_by_its_job_is_the_same_run(here: Office) -> None:
    first = taken(here, CANCEL.target, {})
    assert taken(here, of_its_job(here), {"run_id": CANCEL.target.id}) == first
    assert taken(here, CANCEL.target, {"run_id": CANCEL.target.id}) == first


def test_a_run_of_another_job_is_still_refused(here: Office) -> None:
    other = next(one.target for one in CASES if one.kind == "job.run_now")
    stranger = CANCEL.target.model_copy(update={"type": "job", "id": other.id})
    with pytest.raises(BadTarget):
        taken(here, stranger, {"run_id": CANCEL.target.id})


@pytest.mark.parametrize("said", ["0{}", "00{}", "9{}"])
def test_a_run_has_one_spelling_and_one_name(here: Office, said: str) -> None:
    other = said.format(CANCEL.target.id)
    with pytest.raises(BadTarget):
        taken(here, CANCEL.target, {"run_id": other})
    if other.startswith("0"):
        with pytest.raises(BadTarget):
            taken(here, of_its_job(here), {"run_id": other})


def lists(model: type[Params], place: str = "") -> Iterator[tuple[str, Any]]:
    for name, field in model.model_fields.items():
        said = str(field.annotation)
        if "list[" in said or "tuple[" in said or "List[" in said or "Sequence[" in said:
            yield f"{model.__name__}.{name}", field


def test_every_list_has_one_spelling() -> None:
    found = [(place, field) for kind in registry.KINDS.values() for place, field in lists(kind.Params)]
    assert len({place for place, _ in found}) >= 6
    assert [place for place, field in found if UNORDERED not in field.metadata] == []


def twisted(value: Any, by: random.Random) -> Any:
    """The same in another spelling: lists in another order and said twice, names in another order."""
    if isinstance(value, dict):
        names = by.sample(sorted(value), len(value))
        return {name: twisted(value[name], by) for name in names}
    if isinstance(value, list):
        again = [twisted(one, by) for one in value + by.sample(value, by.randint(0, len(value)))]
        return by.sample(again, len(again))
    return value


SAID: list[tuple[str, Any]] = [
    *((one.kind, one.params) for one in EVERY),
    ("job.repair_run", {"rerun_all_failed_tasks": False, "rerun_tasks": ["b", "a", "c"]}),
    ("job.set_retries", {"max_retries": 2, "task_keys": ["b", "a"]}),
    ("job.set_retries", {"each": [{"task_key": "b", "max_retries": 1}, {"task_key": "a"}]}),
    ("pipeline.refresh", {"refresh_selection": ["c.s.b", "c.s.a"]}),
    ("grant.revoke", {"principal": "a@x", "privileges": ["SELECT", "MODIFY", "APPLY_TAG"]}),
    (
        "serving.set_traffic",
        {"routes": [{"served_entity": "b", "percentage": 60}, {"served_entity": "a", "percentage": 40}]},
    ),
]
TARGETS = {one.kind: one.target for one in EVERY}


@pytest.mark.parametrize(("kind", "params"), SAID, ids=[f"{place}-{kind}" for place, (kind, _) in enumerate(SAID)])
@given(st.randoms(use_true_random=False))
def test_another_order_is_the_same_wish(kind: str, params: Any, by: random.Random) -> None:
    assert key(kind, TARGETS[kind], twisted(params, by)) == key(kind, TARGETS[kind], params)


@pytest.mark.parametrize(("kind", "params"), SAID, ids=[f"{place}-{kind}" for place, (kind, _) in enumerate(SAID)])
def test_said_in_one_way_it_stays_so(kind: str, params: Any) -> None:
    known = registry.kind(kind)
    once = known.one_way(TARGETS[kind], registry.parsed(known, params))
    assert known.one_way(*once) == once


SAME = [
    ("serving.set_traffic", {"routes": [{"served_entity": "a", "percentage": 100}]},
     {"routes": [{"served_entity": "a", "percentage": 100}, {"served_entity": "b", "percentage": 0}]}),
    ("job.set_retries", {"max_retries": 2, "task_keys": ["a", "b"]},
     {"each": [{"task_key": "b", "max_retries": 2}, {"task_key": "a", "max_retries": 2}]}),
    ("policy.edit", {"definition": '{"a": {"type": "fixed", "value": 1}, "b": {"type": "unlimited"}}'},
     {"definition": ' {"b":{"type":"unlimited"},\n "a":{"value":1.0,"type":"fixed"}}'}),
    ("policy.edit", {"definition": '{"é": {"type": "unlimited"}}'}, {"definition": '{"\\u00e9": {"type": "unlimited"}}'}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "one", "other"), SAME)
def test_two_ways_to_say_one_effect_are_one(kind: str, one: Any, other: Any) -> None:
    assert key(kind, TARGETS[kind], one) == key(kind, TARGETS[kind], other)


VALUES = ["1", '"1"', "true", '"true"', "2", "null", "[]", "[1]", "{}"]


@pytest.mark.parametrize("before", VALUES)
@pytest.mark.parametrize("after", VALUES)
def test_another_value_of_a_rule_is_seen(before: str, after: str) -> None:
    edit = registry.kind("policy.edit")
    params = registry.parsed(edit, {"definition": f'{{"a": {{"value": {after}}}}}'})
    seen = edit.plan({"definition": f'{{"a": {{"value": {before}}}}}'}, params)
    assert bool(seen) == (before != after)


def numbers(value: Any) -> Iterator[tuple[Any, str]]:
    for name, one in value.items():
        if type(one) is int:
            yield value, name


@pytest.mark.parametrize("case", [one for one in EVERY if any(numbers(one.params))], ids=str)
def test_a_number_in_another_spelling_is_no_other_wish(case: Any) -> None:
    for _, name in numbers(case.params):
        for other in (float(case.params[name]), str(case.params[name]), True):
            said = case.params | {name: other}
            with contextlib.suppress(BadParams):
                assert key(case.kind, case.target, said) == key(case.kind, case.target, case.params), json.dumps(said)
