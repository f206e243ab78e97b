"""What the kinds on clusters share: reading one, and telling where it is between two states."""

from __future__ import annotations

from typing import TYPE_CHECKING

from actions.kinds.shared.identifiers import checked, read_as
from actions.kinds.shared.kind import Gone
from approvals.values.proposal import Check, Target, VerifyPlan
from approvals.values.value import Json

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

GOING_UP = ("PENDING", "RESTARTING", "RESIZING")
UP = ("RUNNING", *GOING_UP)
OF_A_SERVICE = ("JOB", "PIPELINE", "PIPELINE_MAINTENANCE", "MODELS", "SQL")  # made for one run; not ours to change
UNTIL_IT_RUNS = VerifyPlan(checks=("settings", "running"), settle_s=5, interval_s=15, window_s=1800)


def image_of(read: WorkspaceClient, target: Target, *names: str) -> Json:
    """The settings called ``names``; ``_state``, ``_source`` and ``_policy_id`` as context. Raises :class:`Gone`."""
    from databricks.sdk.errors import NotFound

    try:
        found: Json = read.clusters.get(checked(target, "cluster")).as_dict()
    except NotFound as error:
        raise Gone(target.id) from error
    read_as(target, found.get("cluster_id"))
    own = {name: found.get(name) for name in names}
    return own | {
        "_name": found.get("cluster_name") or "",
        "_state": found.get("state", ""),
        "_source": found.get("cluster_source", ""),
        "_policy_id": found.get("policy_id"),
    }


def not_of_a_service(image: Json) -> Check:
    """Clusters that a job or a pipeline made for itself cannot be changed."""
    return Check(
        id="all_purpose",
        expected="an all-purpose cluster",
        observed=image["_source"] or "not said",
        ok=image["_source"] not in OF_A_SERVICE,
    )


def in_state(image: Json, *states: str) -> Check:
    """The cluster is in one of ``states``."""
    return Check(id="state", expected=" or ".join(states), observed=image["_state"], ok=image["_state"] in states)


def running(image: Json, before: Json) -> Check:
    """A cluster that ran before the change runs again; one that did not is left alone."""
    state = image["_state"]
    if before["_state"] not in UP:
        return Check(id="running", expected="it was not running", observed=state, ok=True)
    ok = True if state == "RUNNING" else None if state in GOING_UP else False
    return Check(id="running", expected="the cluster runs", observed=state, ok=ok)
