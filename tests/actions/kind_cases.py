"""One ready-made action of each kind on jobs, pipelines, clusters, policies and warehouses; suites of faults and kills go
over them."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator

from demo.assistants import APPS
from demo.faults import faults_of
from demo.names import PROD
from demo.organisation import Organisation
from demo.workloads import RUNTIMES
from demo.workspace import databases, policies
from demo.workspace.jobs import FAILS, FROM_GIT
from demo.workspace.past_runs import Past, facts, past
from demo.workspace.state import State
from tests.actions.kind_cases_catalog import KindCase, target
from tests.actions.workspace_server import NOW, objects, world

DEFINITION = json.dumps(
    {**policies.RULES, "autotermination_minutes": {"type": "range", "minValue": 10, "maxValue": 45}}
)


@functools.cache
def gone_by() -> Past:
    """The runs of the past of the organisation that all tests of kinds share."""
    return past(State({"organisation": {"facts": facts(world())}}, lambda: NOW))


def failed_run(made: Organisation, repaired: bool = False) -> tuple[str, str]:
    """(id, name of its job) of the latest run that failed, at its first try or also when repaired, of a job in production
    that does not fail always and has a last task that failed."""
    faults = {fault.entity_id for kind in FAILS for fault in faults_of(made, kind)}
    every = gone_by().attempts
    tries = every.groupby("run").attempt.transform("max") + 1
    ends = every[(every.attempt == tries - 1) & (every.state == "FAILED") & (tries == (2 if repaired else 1))]
    mine = ends[(ends.position >= 0) & (ends.workspace_id == PROD) & ~ends.job_id.isin(faults)]
    mine = mine[mine.job_id.isin(made.jobs.job_id)]  # of jobs that were not made again since
    last = mine.sort_values("start").iloc[-1]
    return str(int(last.run)), str(made.jobs.iloc[int(last.position)]["name"])


def cases(made: Organisation) -> Iterator[KindCase]:
    """The cases for an organisation; every one is possible and changes something."""
    jobs = made.jobs
    job = target("job", jobs.job_id[5], jobs.name[5])
    run, of = failed_run(made)
    pipeline = target("pipeline", made.pipelines.pipeline_id[0], made.pipelines.name[0])
    always, wide = faults_of(made, "no_auto_termination")[0], faults_of(made, "oversized")[0]
    cluster = target("cluster", always.entity_id, always.entity_name)
    warehouse = faults_of(made, "idle_warehouse")[0]
    idle = target("warehouse", warehouse.entity_id, warehouse.entity_name)
    stopped = made.warehouses[made.warehouses.warehouse_id != warehouse.entity_id].iloc[1::2].iloc[0]
    yield KindCase("job.run_now", job, {})
    yield KindCase("job.repair_run", target("run", run, of), {"rerun_all_failed_tasks": True})
    stuck = target("run", str(gone_by().stuck), faults_of(made, "stuck")[0].entity_name)
    stuck = stuck.model_copy(update={"workspace_id": faults_of(made, "stuck")[0].workspace_id})
    yield KindCase("job.cancel_run", stuck, {})
    yield KindCase("job.pause_schedule", job, {"paused": True})
    costly = faults_of(made, "all_purpose_job")[0]
    yield KindCase("job.set_compute", target("job", costly.entity_id, costly.entity_name), {})
    every_day = {"quartz_cron_expression": "0 30 4 * * ?", "timezone_id": "Europe/Berlin"}
    yield KindCase("job.set_schedule", job, every_day)
    yield KindCase("job.set_tag", job, {"key": "cost_center", "value": "cc-1000"})
    own = target("job", jobs.job_id[FROM_GIT - 1], jobs.name[FROM_GIT - 1])
    yield KindCase("job.set_source", own, {"git_commit": "0123456789abcdef0123456789abcdef01234567"})
    yield KindCase("job.set_timeout", job, {"timeout_seconds": 5400})
    yield KindCase("job.set_retries", target("job", jobs.job_id[4], jobs.name[4]), {"max_retries": 2})
    yield KindCase("pipeline.validate", pipeline, {})
    yield KindCase("pipeline.refresh", pipeline, {"refresh_selection": ["main.payments_silver.t_0001"]})
    yield KindCase("pipeline.full_refresh", pipeline, {})
    yield KindCase("pipeline.set_tag", pipeline, {"key": "cost_center", "value": "cc-1000"})
    yield KindCase("cluster.set_autotermination", cluster, {"auto_termination_minutes": 30})
    yield KindCase("cluster.resize", target("cluster", wide.entity_id, wide.entity_name), {"num_workers": 3})
    newest = next(one for one in RUNTIMES if one != _runtime(cluster.id))
    yield KindCase("cluster.set_runtime", cluster, {"spark_version": newest})
    yield KindCase("cluster.terminate", cluster, {})
    yield KindCase("cluster.start", cluster, {}, prepare=_terminated)
    yield KindCase(
        "cluster.enforce_policy", target("cluster", always.entity_id, always.entity_name), {}, prepare=_breaks
    )
    yield KindCase("cluster.permanent_delete", cluster, {})
    yield KindCase("policy.edit", target("policy", policies.SHARED, "Shared compute"), {"definition": DEFINITION})
    yield KindCase("database.stop", target("database", *databases.INSTANCES[:1]), {})
    yield KindCase("database.start", target("database", *databases.INSTANCES[1:]), {})
    for kind, (identifier, name, _last) in zip(("app.stop", "app.start"), APPS, strict=True):
        yield KindCase(kind, target("app", identifier, name), {})
    yield KindCase("warehouse.set_autostop", idle, {"auto_stop_minutes": 10})
    yield KindCase("warehouse.resize", idle, {"cluster_size": "X-Large"})
    yield KindCase("warehouse.set_max_clusters", idle, {"max_num_clusters": 4})
    yield KindCase("warehouse.stop", idle, {})
    yield KindCase("warehouse.start", target("warehouse", stopped.warehouse_id, stopped.warehouse_name), {})


def _runtime(cluster: str) -> str:
    """The runtime of a cluster now."""
    return str(objects()["clusters"][cluster]["spark_version"])


def _terminated(state: State) -> None:
    """The cluster that always runs has been terminated."""
    identifier = faults_of(world(), "no_auto_termination")[0].entity_id
    state.put("clusters", identifier, state.get("clusters", identifier) | {"_states": [[0, "TERMINATED"]]})


def _breaks(state: State) -> None:
    """The same cluster is under the policy, whatever it had before."""
    identifier = faults_of(world(), "no_auto_termination")[0].entity_id
    state.put("clusters", identifier, state.get("clusters", identifier) | {"policy_id": policies.SHARED})


CASES = tuple(cases(world()))
