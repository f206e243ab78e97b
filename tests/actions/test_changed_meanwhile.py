"""What people change between the approval and the call is not overwritten: whoever comes in between is seen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from actions import evidence, registry
from actions.kinds.shared.kind import essence
from approvals.values.proposal import Check
from demo.workspace.state import State
from tests.actions.kind_cases import CASES
from tests.actions.kind_cases_catalog import CHANGING, KindCase
from tests.actions.office import Office, office

EVERY = {case.kind: case for case in (*CASES, *CHANGING)}
# Kinds that send back what they read: also between the last look and their own reading nothing gets lost.
SENT_BACK = (
    "warehouse.set_autostop", "warehouse.resize", "warehouse.set_max_clusters", "policy.edit", "job.set_retries",
    "job.pause_schedule", "serving.set_scale", "serving.set_traffic", "gateway.set_rate_limit", "permission.update",
    "tag.set", "model.set_alias", "job.set_schedule", "job.set_tag", "job.set_source", "pipeline.set_tag", "mask.set", "mask.remove",
)  # fmt: skip
# Nothing of these is approved by its value: a run more, an update more.
COUNTED = ("index.sync", "quality.refresh")
# Whoever comes before them wants the same: nothing is left to do.
SWITCHES = (
    "warehouse.start", "warehouse.stop", "cluster.start", "cluster.terminate", "database.start", "database.stop",
    "job.cancel_run", "group.add_member", "group.remove_member", "app.start", "app.stop", "monitor.enable", "monitor.disable",
    "user.activate", "user.deactivate",
)  # fmt: skip


def _of(collection: str, **changes: Any) -> Callable[[State, KindCase], None]:
    def move(state: State, case: KindCase) -> None:
        state.put(collection, case.target.id, state.get(collection, case.target.id) | changes)

    return move


def _settings(change: Callable[[Any], Any]) -> Callable[[State, KindCase], None]:
    def move(state: State, case: KindCase) -> None:
        found = state.get("jobs", case.target.id)
        state.put("jobs", case.target.id, found | {"settings": change(found["settings"])})

    return move


def _tasks(settings: Any) -> Any:
    return settings | {"tasks": [one | {"max_retries": 7} for one in settings["tasks"]]}


def _serverless(settings: Any) -> Any:
    """The first task runs on no cluster any more."""
    first, *others = settings["tasks"]
    return settings | {"tasks": [{k: v for k, v in first.items() if k != "existing_cluster_id"}, *others]}


def _cron(settings: Any) -> Any:
    return settings | {"schedule": settings["schedule"] | {"quartz_cron_expression": "0 59 23 * * ?"}}


def _own(params: Any) -> Callable[[State, KindCase], None]:
    """Another value of what the kind sets, by a person."""

    def move(state: State, case: KindCase) -> None:
        _person(case, params)

    return move


_HERE: list[Office] = []


def _person(case: KindCase, params: Any, name: str = "") -> None:
    """A person does the same kind of thing with other ``params``."""
    there = _HERE[-1].there
    kind = registry.kind(name or case.kind)
    wanted = registry.parsed(kind, params)
    kind.execute(there.person, case.target, wanted, kind.snapshot(there.read, case.target, wanted), "p" * 64)


def _serving(state: State, case: KindCase) -> None:
    found = state.get("serving", case.target.id)
    config = found["config"]
    entities = [one | {"workload_size": "Large", "scale_to_zero_enabled": False} for one in config["served_entities"]]
    for one in entities:
        one.pop("min_provisioned_concurrency", None)
        one.pop("max_provisioned_concurrency", None)
    routes = config["traffic_config"]["routes"]
    if len(routes) == 2:
        routes = [routes[0] | {"traffic_percentage": 55}, routes[1] | {"traffic_percentage": 45}]
    changed = config | {"served_entities": entities, "traffic_config": {"routes": routes}}
    state.put("serving", case.target.id, found | {"config": changed})


def _pipeline(state: State, case: KindCase) -> None:
    found = state.get("pipelines", case.target.id)
    state.put("pipelines", case.target.id, found | {"spec": found["spec"] | {"development": True, "edition": "CORE"}})


def _tagged(settings: Any) -> Any:
    return settings | {"tags": {**settings.get("tags", {}), "cost_center": "by hand"}}


def _branch(settings: Any) -> Any:
    return settings | {"git_source": settings["git_source"] | {"git_branch": "develop"}}


def _pipeline_tag(state: State, case: KindCase) -> None:
    found = state.get("pipelines", case.target.id)
    state.put("pipelines", case.target.id, found | {"spec": _tagged(found["spec"])})


def _mask(state: State, case: KindCase) -> None:
    wanted = {"tag": case.params["tag"], "function": "main.risk_gold.own_region", "except_principals": []}
    _person(case, wanted, "mask.set")


MOVES: dict[str, Callable[[State, KindCase], None]] = {
    "job.run_now": _settings(_tasks), "job.set_retries": _settings(_tasks), "job.pause_schedule": _settings(_cron),
    "job.set_compute": _settings(_serverless),
    "job.set_timeout": _settings(lambda own: own | {"timeout_seconds": 777}),
    "job.repair_run": _own({}), "job.set_schedule": _settings(_cron), "job.set_tag": _settings(_tagged),
    "job.set_source": _settings(_branch), "pipeline.set_tag": _pipeline_tag, "mask.set": _mask, "mask.remove": _mask,
    "cluster.set_runtime": _of("clusters", spark_version="13.3.x-scala2.12"),
    "pipeline.validate": _pipeline, "pipeline.refresh": _pipeline, "pipeline.full_refresh": _pipeline,
    "cluster.set_autotermination": _of("clusters", autotermination_minutes=77),
    "cluster.resize": _of("clusters", num_workers=9), "cluster.permanent_delete": _of("clusters", cluster_name="new"),
    "cluster.enforce_policy": _of("clusters", autotermination_minutes=4000),
    "policy.edit": _of("policies", definition="{}"),
    "warehouse.set_autostop": _of("warehouses", auto_stop_mins=25),
    "warehouse.resize": _of("warehouses", cluster_size="Medium"),
    "warehouse.set_max_clusters": _of("warehouses", max_num_clusters=9),
    "grant.add": lambda state, case: _person(case, case.params | {"privileges": ["SELECT"]}),
    "grant.revoke": lambda state, case: _person(case, case.params | {"privileges": ["SELECT"]}, "grant.add"),
    "permission.update": lambda state, case: _person(case, case.params | {"level": "CAN_MANAGE_RUN"}),
    "tag.set": lambda state, case: _person(case, case.params | {"value": "by hand"}),
    "model.set_alias": lambda state, case: _person(case, case.params | {"version": 1}),
    "serving.set_traffic": _serving, "serving.set_scale": _serving,
    "gateway.set_rate_limit": lambda state, case: _person(case, case.params | {"calls": 7}),
}  # fmt: skip


def test_every_kind_is_here() -> None:
    assert {*MOVES, *COUNTED, *SWITCHES} == set(EVERY)
    assert set(SENT_BACK) <= set(MOVES)


def carried_out(here: Office, case: KindCase, at: str) -> tuple[str, str]:
    """The end of an action whose target somebody changes at the checkpoint ``at``: its state and error."""
    made = here.approved(case)
    kind = registry.kind(case.kind)
    moved: list[Any] = []

    def checkpoint(name: str) -> None:
        if name == at and not moved:
            MOVES[case.kind](here.there.state, case)
            moved.append(kind.snapshot(here.there.read, case.target, registry.parsed(kind, case.params)))

    row = here.work(made, here.executor(checkpoint))
    assert moved and row is not None
    assert here.effects(0) == [], "nothing was sent"
    left = kind.snapshot(here.there.read, case.target, registry.parsed(kind, case.params))
    assert essence(left) == essence(moved[0]), "what the person did is still there"
    return row.state, row.error_text or ""


@pytest.mark.parametrize("name", MOVES)
def test_changed_after_the_preflight(name: str, tmp_path: Path) -> None:
    with office(f"sqlite:///{tmp_path / 'store.sqlite'}") as here:
        _HERE[:] = [here]
        state, why = carried_out(here, EVERY[name], "intended")
        assert state == "failed" and "changed since it was approved; nothing was sent" in why


@pytest.mark.parametrize("name", SENT_BACK)
def test_changed_between_the_last_look_and_the_call(name: str, tmp_path: Path) -> None:
    with office(f"sqlite:///{tmp_path / 'store.sqlite'}") as here:
        _HERE[:] = [here]
        state, why = carried_out(here, EVERY[name], "before_call")
        assert state == "failed" and "changed since it was approved; nothing was sent" in why


def test_changed_while_the_evidence_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Evidence may take minutes of a cold warehouse; the target is looked at afterwards."""
    with office(f"sqlite:///{tmp_path / 'store.sqlite'}") as here:
        case = EVERY["warehouse.set_autostop"]
        made = here.approved(case)

        def slowly(_reader: Any, _known: Any) -> str:
            MOVES[case.kind](here.there.state, case)
            return ""

        monkeypatch.setattr(evidence, "changed", slowly)
        here.executor().work_one()
        from approvals.deciding.transitions import proposal

        with here.desk.store.reading() as tx:
            row = proposal(tx, made)
        assert (row.state, row.revision) == ("open", 2), "it goes back to people, worked out anew"
        assert here.effects(0) == []
        assert here.there.state.get("warehouses", case.target.id)["auto_stop_mins"] == 25


def test_the_last_reading_is_what_an_undo_restores(tmp_path: Path) -> None:
    """Of what was approved nothing moved; a refresh that somebody else has started meanwhile is known as theirs."""
    with office(f"sqlite:///{tmp_path / 'store.sqlite'}") as here:
        _HERE[:] = [here]
        case = EVERY["quality.refresh"]
        made = here.approved(case)
        done: list[int] = []

        def checkpoint(name: str) -> None:
            if name == "intended" and not done:
                done.append(1)
                _person(case, {})
                here.there.clock.forward(7200)

        row = here.work(made, here.executor(checkpoint))
        assert row is not None and row.state == "verified", row
        assert len(row.before["_known"]) >= 1 and row.refs["refresh_id"] not in row.before["_known"]
        assert len(here.effects(0)) == 1


@pytest.mark.parametrize("case", EVERY.values(), ids=str)
def test_what_must_hold_holds_right_before_the_call(
    case: KindCase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also what is no part of the approved value: a cluster that stopped, a version that is not ready any more."""
    kind = registry.kind(case.kind)
    with office(f"sqlite:///{tmp_path / 'store.sqlite'}") as here:
        made, known = here.approved(case), len(here.there.effects)

        def at(name: str) -> None:
            if name == "intended":
                broken = (Check(id="state", expected="RUNNING", observed="TERMINATED", ok=False),)
                monkeypatch.setattr(type(kind), "preconditions", lambda *_: broken)

        row = here.work(made, here.executor(at))
        assert row is not None and row.state == "failed" and "TERMINATED" in (row.error_text or ""), row
        assert here.effects(known) == []
