"""What the kinds that change a SQL warehouse's settings share: reading them, and sending them back whole.

The API's edit replaces everything: a field left out comes back with its default (an auto-stop of 120 minutes).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from actions.kinds.shared.identifiers import checked, read_as
from actions.kinds.shared.kind import Gone, NotAsApproved, essence
from actions.kinds.shared.raw import call, without
from approvals.values.proposal import Check, Target
from approvals.values.value import Json

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

REPORTED = (  # what is said of a warehouse and is no setting
    "id", "state", "health", "num_clusters", "num_active_sessions", "jdbc_url", "odbc_params", "creator_name", "creator_id",
    "workspace_id",
)  # fmt: skip
DEFAULTED = (  # left out of an edit, they get a default
    "name", "cluster_size", "auto_stop_mins", "min_num_clusters", "max_num_clusters", "enable_photon",
    "enable_serverless_compute", "warehouse_type", "spot_instance_policy",
)  # fmt: skip
PATH = "/api/2.0/sql/warehouses"
DELETED = ("DELETING", "DELETED")


def image_of(read: WorkspaceClient, target: Target, *names: str) -> Json:
    """The settings called ``names``, None where they are not said; as context ``_state``, ``_serverless``, ``_name`` and
    ``_not_said``, the settings that an edit would set to a default. Raises :class:`Gone`."""
    return _image(_found(read, target), names)


def not_deleted(image: Json) -> Check:
    """The warehouse is there to stay."""
    return Check(
        id="not_deleted",
        expected="the warehouse is not being deleted",
        observed=image["_state"],
        ok=image["_state"] not in DELETED,
    )


def all_said(image: Json, changed: str) -> Check:
    """The workspace says every setting that is sent back unchanged: one that it leaves out is not known, and the edit
    would set it to its default."""
    unknown = [one for one in image["_not_said"] if one != changed]
    return Check(
        id="all_said",
        expected="every setting is known, so that it can be sent back",
        observed=f"not said: {', '.join(unknown)}" if unknown else "all are",
        ok=not unknown,
    )


def edit(act: WorkspaceClient, target: Target, approved: Json, unmoved: Callable[[Json], None], **changed: Any) -> Json:
    """Read the settings and send them back with ``changed``; at once, the warehouse takes them over by itself.
    ``unmoved`` is asked of the reading, with the names of the ``approved`` image. Raises
    :class:`actions.kinds.shared.kind.NotAsApproved`."""
    found = _found(act, target)
    now = _image(found, tuple(essence(approved)))
    unmoved(now)
    unknown = [one for one in now["_not_said"] if one not in changed]
    if unknown:
        raise NotAsApproved(f"the workspace does not say {unknown[0]}; nothing was sent")
    call(act, "POST", f"{PATH}/{checked(target, 'warehouse')}/edit", body=without(found, *REPORTED) | changed)
    return {}


def _found(client: WorkspaceClient, target: Target) -> Json:
    from databricks.sdk.errors import NotFound

    try:
        found = call(client, "GET", f"{PATH}/{checked(target, 'warehouse')}")
    except NotFound as error:
        raise Gone(target.id) from error
    read_as(target, found.get("id"))
    return found


def _image(found: Json, names: tuple[str, ...]) -> Json:
    own = {name: found.get(name) for name in names}
    return own | {
        "_state": found.get("state", ""),
        "_serverless": bool(found.get("enable_serverless_compute")),
        "_name": found.get("name", ""),
        "_not_said": [one for one in DEFAULTED if found.get(one) is None],
    }
