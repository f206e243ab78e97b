"""Give a cluster another Databricks Runtime."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field, StringConstraints

from actions.kinds.shared.cluster_settings import UNTIL_IT_RUNS, image_of, in_state, not_of_a_service, running
from actions.kinds.shared.identifiers import checked
from actions.kinds.shared.kind import Inverse, Kind, Params
from actions.kinds.shared.right import Right
from approvals.values.proposal import Change, Check, DryRun, Target
from approvals.values.value import Json

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

Version = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,2}\.[0-9x]{1,2}\.x(-[a-z0-9]+){0,4}-scala2\.[0-9]{2}$")]


class Runtime(Params):
    """The key of the version, as Databricks lists it: 16.4.x-scala2.12."""

    spark_version: Version = Field(title="Runtime version")


class SetRuntime(Kind[Runtime]):
    """Cluster: its Databricks Runtime. Databricks restarts a running cluster. What runs there may behave otherwise under
    another version; one that is not offered any more cannot be given back."""

    name = "cluster.set_runtime"
    right = Right("clusters", "CAN_MANAGE")
    dimension, resource = "infraops", "cluster"
    base_risk, reversibility, idempotency, repeatable = 3, "auto", "set", True
    verify_plan = UNTIL_IT_RUNS

    def title(self, target: Target, params: Runtime) -> str:
        return f"Give cluster `{target.name or target.id}` Databricks Runtime `{params.spark_version}`"

    def snapshot(self, read: WorkspaceClient, target: Target, params: Runtime) -> Json:
        image = image_of(read, target, "spark_version")
        offered = {one.key for one in read.clusters.spark_versions().versions or ()}
        return image | {
            "_offered": params.spark_version in offered,
            "_way_back": image["spark_version"] in offered,
        }

    def plan(self, image: Json, params: Runtime) -> tuple[Change, ...]:
        before, after = image["spark_version"], params.spark_version
        return () if before == after else (Change(path="spark_version", before=before, after=after),)

    def steps(self, target: Target, params: Runtime) -> tuple[str, ...]:
        return ("Write the cluster's runtime version and nothing else; if it runs, it is restarted",)

    def preconditions(self, image: Json, params: Runtime) -> tuple[Check, ...]:
        if not self.plan(image, params):
            return ()
        offered = bool(image["_offered"])
        return (
            not_of_a_service(image),
            in_state(image, "RUNNING", "TERMINATED"),
            Check(
                id="offered",
                expected="a version that the workspace offers",
                observed="it does" if offered else "it does not",
                ok=offered,
            ),
        )

    def dry_run(self, read: WorkspaceClient, target: Target, params: Runtime, image: Json) -> DryRun:
        told = []
        if image["_state"] == "RUNNING":
            told.append("The cluster is running: it will be restarted, and what runs on it is lost.")
        if not image["_way_back"]:
            told.append(f"{image['spark_version']} is not offered any more: there is no way back to it.")
        if image["_policy_id"]:
            told.append("The cluster has a policy: Databricks refuses a version that it forbids.")
        return DryRun(mode="simulated", warnings=tuple(told))

    def execute(self, act: WorkspaceClient, target: Target, params: Runtime, image: Json, key: str) -> Json:
        from databricks.sdk.service.compute import UpdateClusterResource

        wanted = UpdateClusterResource(spark_version=params.spark_version)
        act.clusters.update(checked(target, "cluster"), "spark_version", cluster=wanted)
        return {}

    def verify(
        self, read: WorkspaceClient, target: Target, params: Runtime, image: Json, refs: Json
    ) -> tuple[Check, ...]:
        now = self.snapshot(read, target, params)
        version = now["spark_version"]
        settings = Check(
            id="settings", expected=params.spark_version, observed=str(version), ok=version == params.spark_version
        )
        return (settings, running(now, image))

    def inverse(self, target: Target, params: Runtime, image: Json, refs: Json) -> Inverse | None:
        return Inverse(self.name, {"spark_version": image["spark_version"]}) if image["_way_back"] else None
