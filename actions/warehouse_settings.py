"""What the kinds that change a SQL warehouse's settings share: reading them, and sending them back whole.

The API's edit replaces everything: a field left out comes back with its default (an auto-stop of 120 minutes).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from actions.identifiers import checked
from actions.kind import Gone
from approvals.proposal import Check, Json, Target

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

SENT_BACK = (
    "name", "cluster_size", "auto_stop_mins", "min_num_clusters", "max_num_clusters", "enable_photon",
    "enable_serverless_compute", "spot_instance_policy", "warehouse_type", "channel", "tags", "instance_profile_arn",
    "max_dbu", "statement_timeout", "customer_version_label", "reyden_cluster_size_multiplier",
)  # fmt: skip
DELETED = ("DELETING", "DELETED")


def image_of(read: WorkspaceClient, target: Target, *names: str) -> Json:
    """The settings called ``names``; ``_state`` and ``_serverless`` as context. Raises :class:`Gone`."""
    from databricks.sdk.errors import NotFound

    try:
        found = read.warehouses.get(checked(target, "warehouse"))
    except NotFound as error:
        raise Gone(target.id) from error
    written: Json = found.as_dict()
    own = {name: written.get(name) for name in names}
    return own | {"_state": written.get("state", ""), "_serverless": bool(written.get("enable_serverless_compute"))}


def not_deleted(image: Json) -> Check:
    """The warehouse is there to stay."""
    return Check(id="not_deleted", expected="the warehouse is not being deleted", observed=image["_state"],
                 ok=image["_state"] not in DELETED)  # fmt: skip


def edit(act: WorkspaceClient, target: Target, **changed: Any) -> Json:
    """Read the settings and send them back with ``changed``; at once, the warehouse takes them over by itself."""
    identifier = checked(target, "warehouse")
    found = act.warehouses.get(identifier)
    whole: Json = {name: getattr(found, name) for name in SENT_BACK if getattr(found, name, None) is not None}
    act.warehouses.edit(id=identifier, **(whole | changed))
    return {}
