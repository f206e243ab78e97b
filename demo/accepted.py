"""What a good operator would do about each planted fault: every action that mends it, on what, with which parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from demo.faults import Fault, granted
from demo.organisation import Organisation
from demo.releases import model_of
from demo.training import weekly_job
from demo.use import lost_table
from demo.workloads import RUNTIMES

MESSAGES, LESSONS = ("notify.owner", "ticket.open"), ("training.suggest", "notify.owner", "ticket.open")
SLOW_BOARD = "01ef7a2b9c3d1e5f8a7b6c5d4e3f2a1b"  # the dashboard whose statement takes minutes
SIZES = {"2X_SMALL": "2X-Small", "X_SMALL": "X-Small", "SMALL": "Small", "MEDIUM": "Medium", "LARGE": "Large",
         "X_LARGE": "X-Large"}  # fmt: skip


@dataclass(frozen=True)
class Accepted:
    """An action of ``kind`` on one of ``targets`` (ids or names): each of its ``parameters`` has that value (a list: these at
    least), or lies ``within`` two numbers. Whatever else it has is its own affair."""

    kind: str
    targets: tuple[str, ...] = ()
    parameters: Mapping[str, Any] = field(default_factory=dict)
    within: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    def mends(self, kind: str, targets: frozenset[str], params: Mapping[str, Any]) -> bool:
        """Whether an action of ``kind`` on what ``targets`` are the names of, with ``params``, is this one."""
        return (
            kind == self.kind
            and not targets.isdisjoint(self.targets)
            and all(_same(params.get(name), wanted) for name, wanted in self.parameters.items())
            and all(_between(params.get(name), *ends) for name, ends in self.within.items())
        )


def _same(value: Any, wanted: Any) -> bool:
    if isinstance(wanted, list | tuple):
        return isinstance(value, list | tuple) and {*wanted} <= {*value}
    return bool(value == wanted)


def _between(value: Any, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def accepted(world: Organisation, fault: Fault) -> tuple[Accepted, ...]:
    """Every action that mends ``fault``. One without targets of its own is of what the fault is of, by id or name."""
    own = (fault.entity_id, fault.entity_name, *_also(world, fault))
    ways = _WAYS[fault.kind](world, fault) if fault.kind in _WAYS else _told(fault)
    return tuple(Accepted(one.kind, one.targets or own, one.parameters, one.within) for one in ways)


def _told(fault: Fault) -> tuple[Accepted, ...]:
    """Somebody is told: where what they know is the matter, a lesson does as well."""
    return tuple(Accepted(kind) for kind in (LESSONS if fault.dimension == "userops" else MESSAGES))


def _also(world: Organisation, fault: Fault) -> tuple[str, ...]:
    """What else stands for the thing that is wrong."""
    if fault.kind == "slow_dashboard":
        return (SLOW_BOARD,)
    if fault.kind == "left_out":
        return (fault.entity_id.removeprefix("team-"),)
    if fault.kind == "failing_runs":
        return ("/Shared/pricing",)
    if fault.entity_type == "endpoint":
        return (model_of(fault.entity_name),)
    return ()


Ways = Callable[[Organisation, Fault], tuple[Accepted, ...]]


def _one(kind: str, within: Mapping[str, tuple[int, int]] | None = None, **parameters: Any) -> Ways:
    return lambda world, fault: (Accepted(kind, (), parameters, within or {}),)


def _warehouse(world: Organisation, fault: Fault) -> Any:
    return world.warehouses[world.warehouses.warehouse_id == fault.entity_id].iloc[0]


def _more_clusters(world: Organisation, fault: Fault) -> tuple[Accepted, ...]:
    now = int(_warehouse(world, fault).max_clusters)
    return (Accepted("warehouse.set_max_clusters", (), {}, {"max_num_clusters": (now + 1, now + 6)}),)


def _size_of_before(world: Organisation, fault: Fault) -> tuple[Accepted, ...]:
    return (Accepted("warehouse.resize", (), {"cluster_size": SIZES[_warehouse(world, fault).warehouse_size]}),)


def _fewer_workers(world: Organisation, fault: Fault) -> tuple[Accepted, ...]:
    ranges = ({"num_workers": (1, 5)}, {"min_workers": (1, 5), "max_workers": (1, 5)})
    return tuple(Accepted("cluster.resize", (), {}, one) for one in ranges)


def _given_back(world: Organisation, fault: Fault) -> tuple[Accepted, ...]:
    job = world.jobs[(world.jobs.job_id == fault.entity_id) & (world.jobs.workspace_id == fault.workspace_id)].iloc[0]
    lost = {"principal": job.run_as_user_name, "privileges": ["SELECT"]}
    return (Accepted("grant.add", (lost_table(world, job.position),), lost),)


def _revoked(world: Organisation, fault: Fault) -> tuple[Accepted, ...]:
    who, what = next((who, what) for one, who, what in granted(world) if one == fault)
    return (Accepted("grant.revoke", (), {"principal": who, "privileges": [what]}),)


def _version_before(world: Organisation, fault: Fault) -> tuple[Accepted, ...]:
    before = {"alias": "champion", "version": 2}
    return (Accepted("model.set_alias", (model_of(fault.entity_name),), before), Accepted("serving.set_traffic"))


def _trained_anew(world: Organisation, fault: Fault) -> tuple[Accepted, ...]:
    return (*_told(fault), Accepted("job.run_now", (str(weekly_job(world).job_id),)))


def _repaired(world: Organisation, fault: Fault) -> tuple[Accepted, ...]:
    return (Accepted("job.repair_run", (), {"rerun_all_failed_tasks": True}), Accepted("job.run_now"))


def _or_told(*ways: Ways) -> Ways:
    return lambda world, fault: (*(one for way in ways for one in way(world, fault)), *_told(fault))


# What is not here is mended by a message.
_WAYS: Mapping[str, Ways] = MappingProxyType({
    "idle_warehouse": _one("warehouse.set_autostop", {"auto_stop_minutes": (5, 20)}),
    "no_auto_termination": _one("cluster.set_autotermination", {"auto_termination_minutes": (10, 120)}),
    "oversized": _fewer_workers,
    "queue_pressure": _more_clusters,
    "permission_lost": _given_back,
    "not_started": _one("job.run_now"),
    "flaky": _one("job.set_retries", {"max_retries": (1, 3)}),
    "never_succeeded": _or_told(_one("job.pause_schedule", paused=True)),
    "broken_off": _repaired,
    "stuck": _one("job.cancel_run"),
    "pipeline_failing": _or_told(_one("pipeline.validate")),
    "unused_grant": _revoked, "forgotten_grant": _revoked, "broad_grant": _revoked, "self_grant": _revoked,
    "errors": _version_before,
    "idle_endpoint": _one("serving.set_scale", scale_to_zero=True),
    "drift": _trained_anew,
    "runaway": _one("gateway.set_rate_limit", key="user"),
    "throttled": _one("gateway.set_rate_limit", key="endpoint"),
    "tool_loop": _or_told(_one("gateway.set_rate_limit")),
    "index_lag": _one("index.sync"),
    "unwatched": _one("monitor.enable"),
    "policy_drift": _or_told(_one("cluster.enforce_policy")),
    "cost_rise": _size_of_before,
    "all_purpose_job": _or_told(_one("job.set_compute")),
    "untagged_rise": _or_told(_one("tag.set"), _one("pipeline.set_tag")),
    "end_of_support": _or_told(*(_one("cluster.set_runtime", spark_version=one) for one in RUNTIMES[:2])),
    "late_start": _or_told(_one("job.set_schedule")),
    "unmasked_sensitive": _or_told(_one("mask.set")),
    "inactive": _or_told(_one("user.deactivate")),
})  # fmt: skip
