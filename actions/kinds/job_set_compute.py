"""Let tasks of a job run on a cluster that is made for each run, in place of an all-purpose one; and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, StringConstraints

from actions.kinds.shared.identifiers import BadTarget, checked
from actions.kinds.shared.job_settings import named, settings_of
from actions.kinds.shared.kind import UNORDERED, Inverse, Kind, NotAsApproved, Params
from actions.kinds.shared.raw import call
from actions.kinds.shared.right import Right
from approvals.values.proposal import Change, Check, DryRun, Target
from approvals.values.value import Json

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

OURS = "made_for_the_run"  # the key of the job cluster that is added
JOB_CLUSTER, CLUSTER = f"job cluster {OURS}", "cluster "  # where a task runs, in words
PLACES = ("existing_cluster_id", "job_cluster_key", "new_cluster", "environment_key")  # of a task: one of them
LIKE = (  # what of the all-purpose cluster a cluster for one run has too
    "spark_version", "node_type_id", "driver_node_type_id", "instance_pool_id", "driver_instance_pool_id", "num_workers",
    "autoscale", "spark_conf", "spark_env_vars", "custom_tags", "init_scripts", "data_security_mode", "single_user_name",
    "runtime_engine", "enable_elastic_disk", "aws_attributes", "azure_attributes", "gcp_attributes",
)  # fmt: skip
ClusterId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,128}$")]


class Compute(Params):
    """No cluster: one is made for each run, like the one that the tasks run on. A cluster: that one, which is the way back. No
    tasks named: all of them."""

    existing_cluster_id: ClusterId | None = Field(default=None, title="On this cluster, not on one of the run's own")
    task_keys: Annotated[list[str], UNORDERED] = Field(default=[], max_length=1000, title="Only these tasks")


class SetCompute(Kind[Compute]):
    """Job: where its tasks run. A cluster for each run is made with the machines and settings of the all-purpose cluster, and
    is billed as job compute. Changed tasks are sent back whole, the others are not sent."""

    name = "job.set_compute"
    right = Right("jobs", "CAN_MANAGE")
    dimension, resource = "finops", "job"
    base_risk, reversibility, idempotency, repeatable = 2, "auto", "set", True
    interrupts = False

    def title(self, target: Target, params: Compute) -> str:
        which = f"{len(params.task_keys)} tasks" if params.task_keys else "all tasks"
        where = (
            f"on cluster `{params.existing_cluster_id}`" if params.existing_cluster_id else "on a cluster of each run"
        )
        return f"Let {which} of job `{target.name or target.id}` run {where}"

    def snapshot(self, read: WorkspaceClient, target: Target, params: Compute) -> Json:
        return _image(read, target, settings_of(read, target))

    def plan(self, image: Json, params: Compute) -> tuple[Change, ...]:
        wanted = f"{CLUSTER}{params.existing_cluster_id}" if params.existing_cluster_id else JOB_CLUSTER
        return tuple(
            Change(path=f"tasks.{task}.compute", before=image["compute"].get(task), after=wanted)
            for task in params.task_keys or image["compute"]
            if image["compute"].get(task) != wanted
        )

    def steps(self, target: Target, params: Compute) -> tuple[str, ...]:
        made = (
            "Take the cluster of the run out of the job" if params.existing_cluster_id else "Add a cluster for each run"
        )
        return (f"{made}, and send the tasks that change back whole, in one call",)

    def preconditions(self, image: Json, params: Compute) -> tuple[Check, ...]:
        moved = self.plan(image, params)
        if not moved:
            return ()
        unknown = sorted(set(params.task_keys) - image["compute"].keys())
        known = Check(
            id="tasks", expected="the named tasks exist", observed=", ".join(unknown) or "they do", ok=not unknown
        )
        if params.existing_cluster_id:
            return (known,)
        return (
            known,
            Check(
                id="one_cluster",
                expected="these tasks run on one all-purpose cluster that is there",
                observed=", ".join(sorted({str(one.before) for one in moved})),
                ok=len({one.before for one in moved}) == 1
                and str(moved[0].before).startswith(CLUSTER)
                and bool(image["_like"]),
            ),
        )

    def dry_run(self, read: WorkspaceClient, target: Target, params: Compute, image: Json) -> DryRun:
        if params.existing_cluster_id:
            return DryRun(mode="simulated")
        told = [
            "Each run starts with its cluster, which takes some minutes; libraries installed by hand are not on it."
        ]
        if image["_policy"]:
            told.append(
                "The all-purpose cluster has a policy, the new one has none: whom the job runs as must be allowed that."
            )
        return DryRun(mode="simulated", warnings=tuple(told))

    def execute(self, act: WorkspaceClient, target: Target, params: Compute, image: Json, key: str) -> Json:
        settings = settings_of(act, target)
        now = _image(act, target, settings)
        self.unmoved(image, now, params)
        moved = {one.path.split(".", 1)[1].removesuffix(".compute") for one in self.plan(now, params)}
        tasks = {one["task_key"]: one for one in settings.get("tasks", [])}
        if unknown := sorted(moved - tasks.keys()):
            raise BadTarget(f"no task called {unknown[0][:80]!r}")
        if not moved:
            return {}
        back = params.existing_cluster_id
        place = {"existing_cluster_id": back} if back else {"job_cluster_key": OURS}
        sent = [
            {name: value for name, value in tasks[one].items() if name not in PLACES} | place for one in sorted(moved)
        ]
        body: Json = {"job_id": int(checked(target, "job")), "new_settings": {"tasks": sent}}
        left = any(place == JOB_CLUSTER for task, place in now["compute"].items() if task not in moved)
        if back and not left:
            body["fields_to_remove"] = [f"job_clusters/{OURS}"]
        if not back:
            if now["_like"] != image["_like"]:
                raise NotAsApproved("the all-purpose cluster changed since it was approved; nothing was sent")
            body["new_settings"]["job_clusters"] = [{"job_cluster_key": OURS, "new_cluster": now["_like"]}]
        call(act, "POST", "/api/2.2/jobs/update", body=body)
        return {}

    def inverse(self, target: Target, params: Compute, image: Json, refs: Json) -> Inverse | None:
        moved = [one.path.split(".", 1)[1].removesuffix(".compute") for one in self.plan(image, params)]
        if params.existing_cluster_id:
            return Inverse(self.name, {"task_keys": moved})
        if len(image["_clusters"]) != 1:
            return None
        return Inverse(self.name, {"existing_cluster_id": image["_clusters"][0], "task_keys": moved})


def _place(task: Json) -> str:
    if cluster := task.get("existing_cluster_id"):
        return f"{CLUSTER}{cluster}"
    if own := task.get("job_cluster_key"):
        return f"job cluster {own}"
    return "a cluster of its own" if task.get("new_cluster") else "serverless"


def _image(read: WorkspaceClient, target: Target, settings: Json) -> Json:
    from databricks.sdk.errors import NotFound

    tasks: list[Any] = settings.get("tasks", [])
    clusters = sorted({str(one["existing_cluster_id"]) for one in tasks if one.get("existing_cluster_id")})
    like: Json = {}
    if len(clusters) == 1:
        there = Target(workspace_id=target.workspace_id, type="cluster", id=clusters[0])
        try:
            like = read.clusters.get(checked(there, "cluster")).as_dict()
        except NotFound:
            like = {}
    return {
        "compute": {one["task_key"]: _place(one) for one in tasks},
        "_clusters": clusters,
        "_like": {name: like[name] for name in LIKE if like.get(name) is not None},
        "_policy": bool(like.get("policy_id")),
        **named(settings),
    }
