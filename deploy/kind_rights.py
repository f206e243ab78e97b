"""What the app must hold on an object to carry out each kind of action there. Rights are given object by object, by
whoever owns the object; nothing here is given by the deployment."""

from __future__ import annotations

from dataclasses import dataclass

# From low to high; who holds a level holds those before it.
LEVELS = {
    "jobs": ("CAN_VIEW", "CAN_MANAGE_RUN", "CAN_MANAGE", "IS_OWNER"),
    "clusters": ("CAN_ATTACH_TO", "CAN_RESTART", "CAN_MANAGE"),
    "warehouses": ("CAN_VIEW", "CAN_MONITOR", "CAN_USE", "CAN_MANAGE", "IS_OWNER"),
    "pipelines": ("CAN_VIEW", "CAN_RUN", "CAN_MANAGE", "IS_OWNER"),
    "serving-endpoints": ("CAN_VIEW", "CAN_QUERY", "CAN_MANAGE"),
}


@dataclass(frozen=True)
class Right:
    """``level`` on an object of the permissions API's type ``on``; or, where ``on`` is "", in ``words``."""

    on: str = ""
    level: str = ""
    words: str = ""


NOTHING = Right(words="nothing: it sends a message")
RIGHTS: dict[str, Right] = {
    "cluster.enforce_policy": Right("clusters", "CAN_MANAGE"),
    "cluster.permanent_delete": Right("clusters", "CAN_MANAGE"),
    "cluster.resize": Right("clusters", "CAN_MANAGE"),
    "cluster.set_autotermination": Right("clusters", "CAN_MANAGE"),
    "cluster.start": Right("clusters", "CAN_RESTART"),
    "cluster.terminate": Right("clusters", "CAN_RESTART"),
    "gateway.set_rate_limit": Right("serving-endpoints", "CAN_MANAGE"),
    "grant.add": Right(words="MANAGE on the securable, or ownership"),
    "grant.revoke": Right(words="MANAGE on the securable, or ownership"),
    "index.sync": Right(words="ownership of the index, and USE CATALOG and USE SCHEMA above it"),
    "job.cancel_run": Right("jobs", "CAN_MANAGE_RUN"),
    "job.pause_schedule": Right("jobs", "CAN_MANAGE"),
    "job.repair_run": Right("jobs", "CAN_MANAGE_RUN"),
    "job.run_now": Right("jobs", "CAN_MANAGE_RUN"),
    "job.set_retries": Right("jobs", "CAN_MANAGE"),
    "job.set_timeout": Right("jobs", "CAN_MANAGE"),
    "model.set_alias": Right(words="ownership of the model, and USE CATALOG and USE SCHEMA above it"),
    "notify.owner": NOTHING,
    "permission.update": Right(words="CAN_MANAGE on the object"),
    "pipeline.full_refresh": Right("pipelines", "CAN_RUN"),
    "pipeline.refresh": Right("pipelines", "CAN_RUN"),
    "pipeline.validate": Right("pipelines", "CAN_RUN"),
    "policy.edit": Right(words="workspace administration"),
    "quality.refresh": Right(words="MANAGE on the table, and USE CATALOG and USE SCHEMA above it"),
    "serving.set_scale": Right("serving-endpoints", "CAN_MANAGE"),
    "serving.set_traffic": Right("serving-endpoints", "CAN_MANAGE"),
    "tag.set": Right(words="APPLY TAG on the securable, and ASSIGN on a governed tag"),
    "ticket.open": NOTHING,
    "training.suggest": NOTHING,
    "warehouse.resize": Right("warehouses", "CAN_MANAGE"),
    "warehouse.set_autostop": Right("warehouses", "CAN_MANAGE"),
    "warehouse.set_max_clusters": Right("warehouses", "CAN_MANAGE"),
    "warehouse.start": Right("warehouses", "CAN_USE"),
    "warehouse.stop": Right("warehouses", "CAN_MANAGE"),
}
OFF_BY_THEMSELVES = frozenset({"cluster.permanent_delete", "pipeline.full_refresh"})


def holds(on: str, held: str, needed: str) -> bool:
    """Whether who holds level ``held`` on an object of type ``on`` may do what takes ``needed``."""
    order = LEVELS[on]
    return held in order and order.index(held) >= order.index(needed)
