"""Every kind on the catalog, permissions, models, serving, search and quality, with the real SDK over a real socket."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from actions.kinds.shared.identifiers import BadTarget
from actions.kinds.shared.kind import AnyKind, Gone, Intent, essence
from actions.registry import kind as kind_called
from actions.registry import parsed
from tests.actions.kind_cases_catalog import CHANGING, KindCase
from tests.actions.workspace_server import NOW, Served, served

KEY = "a" * 64
INTENT = Intent(KEY, NOW)
ANYTHING = {"grant.add", "grant.revoke", "group.add_member", "group.remove_member", "permission.update", "tag.set", "mask.set",
            "mask.remove", "monitor.enable", "monitor.disable", "user.activate", "user.deactivate", "model.set_alias",
            "serving.set_traffic", "serving.set_scale", "gateway.set_rate_limit"}  # fmt: skip


@pytest.fixture
def workspace() -> Iterator[Served]:
    with served() as made:
        yield made


@pytest.fixture(scope="module")
def still() -> Iterator[Served]:
    """One workspace for all the tests that change nothing."""
    with served() as made:
        yield made
        assert made.effects == []


def prepared(case: KindCase, workspace: Served) -> tuple[AnyKind, Any, dict[str, Any]]:
    """The kind, its typed parameters and the image of the target."""
    if case.prepare:
        case.prepare(workspace.state)
    kind = kind_called(case.kind)
    params = parsed(kind, case.params)
    return kind, params, kind.snapshot(workspace.read, case.target, params)


def holds(checks: Any) -> bool:
    return all(one.ok is True for one in checks)


def verified(kind: AnyKind, case: KindCase, params: Any, image: Any, refs: Any, workspace: Served) -> bool:
    """Whether the checks hold at once, or after three seconds in which they said that they cannot tell yet."""
    checks = kind.verify(workspace.read, case.target, params, image, refs)
    if any(one.ok is None for one in checks):
        workspace.clock.forward(3)
        checks = kind.verify(workspace.read, case.target, params, image, refs)
    return holds(checks)


@pytest.mark.parametrize("case", CHANGING, ids=str)
def test_there_and_back(case: KindCase, workspace: Served) -> None:
    kind, params, image = prepared(case, workspace)
    assert kind.plan(image, params), "there is something to change"
    assert holds(kind.preconditions(image, params))
    assert kind.dry_run(workspace.read, case.target, params, image).ok
    assert kind.find(workspace.read, case.target, params, image, INTENT) == "none"
    assert workspace.effects == [], "nothing has happened so far"

    refs = kind.execute(workspace.act, case.target, params, image, KEY)
    assert len(workspace.effects) == 1
    assert workspace.effects[0].by == "lakehelm-app"
    assert kind.find(workspace.read, case.target, params, image, INTENT) == "done"
    assert verified(kind, case, params, image, refs, workspace)
    assert verified(kind, case, params, image, {}, workspace), "also when the references were lost"

    inverse = kind.inverse(case.target, params, image, refs)
    assert (inverse is not None) == (kind.reversibility == "auto")
    if inverse is None:
        return
    back, wanted = kind_called(inverse.kind), parsed(kind_called(inverse.kind), inverse.params)
    now = back.snapshot(workspace.read, case.target, wanted)
    assert back.plan(now, wanted)
    undone = back.execute(workspace.act, case.target, wanted, now, KEY)
    assert verified(back, case, wanted, now, undone, workspace)
    assert essence(kind.snapshot(workspace.read, case.target, params)) == essence(image)
    assert len(workspace.effects) == 2


@pytest.mark.parametrize("case", [one for one in CHANGING if kind_called(one.kind).repeatable], ids=str)
def test_a_second_time_has_no_second_effect(case: KindCase, workspace: Served) -> None:
    kind, params, image = prepared(case, workspace)
    kind.execute(workspace.act, case.target, params, image, KEY)
    kind.execute(workspace.act, case.target, params, image, KEY)
    workspace.clock.forward(3)
    kind.execute(workspace.act, case.target, params, image, KEY)
    assert len(workspace.effects) == 1
    assert kind.plan(kind.snapshot(workspace.read, case.target, params), params) == ()


def test_the_repeatable_ones_are_those_that_set_a_value() -> None:
    assert {one.kind for one in CHANGING if kind_called(one.kind).repeatable} == ANYTHING


@pytest.mark.parametrize("case", CHANGING, ids=str)
@pytest.mark.parametrize(("fault", "effects", "found"), [("dropped", 0, "none"), ("dropped_after", 1, "done")])
def test_a_lost_answer_is_found_out(case: KindCase, fault: Any, effects: int, found: str, workspace: Served) -> None:
    kind, params, image = prepared(case, workspace)
    workspace.emulator.faults.set(fault)  # the next call that writes
    with pytest.raises(Exception, match=r"[Tt]imed? ?out|onnection"):
        kind.execute(workspace.act, case.target, params, image, KEY)
    assert len(workspace.effects) == effects
    assert kind.find(workspace.read, case.target, params, image, INTENT) == found


BAD = (
    "../../x",
    "a?force=true",
    "a#b",
    "main.sales.a\nb",
    "main.sales/../../x.y",
    "..",
    "main..x",
    "main.a.b%2f",
    "",
    "a b.c.d",
)


# People and groups have any name: theirs goes into a filter, never into a path.
STRANGE = [
    (case, bad) for case in CHANGING for bad in (BAD if case.target.type != "principal" else ("main.sales.a\nb", ""))
]


@pytest.mark.parametrize(("case", "bad"), STRANGE, ids=str)
def test_a_bad_target_stays_off_the_wire(case: KindCase, bad: str, still: Served) -> None:
    kind, params, image = prepared(case, still)
    still.workspace.asked = ()
    target = case.target.model_copy(update={"id": bad})
    for call in (
        lambda: kind.snapshot(still.read, target, params),
        lambda: kind.execute(still.act, target, params, image, KEY),
        lambda: kind.find(still.read, target, params, image, INTENT),
        lambda: kind.verify(still.read, target, params, image, {}),
    ):
        with pytest.raises(BadTarget):
            call()
    assert still.workspace.asked == ()


@pytest.mark.parametrize("case", CHANGING, ids=str)
def test_a_target_of_another_type_stays_off_the_wire(case: KindCase, still: Served) -> None:
    kind, params, image = prepared(case, still)
    still.workspace.asked = ()
    for wrong in {"token", "app", "scim"} - {kind.resource, *kind.further_resources}:
        target = case.target.model_copy(update={"type": wrong})
        with pytest.raises(BadTarget):
            kind.snapshot(still.read, target, params)
        with pytest.raises(BadTarget):
            kind.execute(still.act, target, params, image, KEY)
    assert still.workspace.asked == ()


@pytest.mark.parametrize("case", CHANGING, ids=str)
def test_what_is_not_there_is_gone(case: KindCase, still: Served) -> None:
    kind = kind_called(case.kind)
    params = parsed(kind, case.params)
    last = case.target.id[-1]
    target = case.target.model_copy(update={"id": case.target.id[:-1] + ("0" if last != "0" else "1") + "0"})
    with pytest.raises(Gone):
        kind.snapshot(still.read, target, params)


@pytest.mark.parametrize("case", CHANGING, ids=str)
def test_the_image_is_json_and_the_plan_is_pure(case: KindCase, still: Served) -> None:
    import json

    kind, params, image = prepared(case, still)
    assert json.loads(json.dumps(image, allow_nan=False)) == image
    before = json.dumps(image)
    first, second = kind.plan(image, params), kind.plan(image, params)
    kind.inverse(case.target, params, image, {})
    assert first == second
    assert json.dumps(image) == before
    assert case.target.id in kind.title(case.target, params) or case.target.name in kind.title(case.target, params)
    assert kind.steps(case.target, params)
