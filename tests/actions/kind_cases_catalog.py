"""One ready-made action of each kind on the catalog, permissions, models, serving, vector search, data quality, and of
each kind that sends a message; suites of faults and kills go over them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from actions.kinds import mask_set
from actions.kinds.mask_set import Mask
from approvals.values.proposal import Target
from approvals.values.value import Json
from demo.catalog import sensitive
from demo.faults import faults_of
from demo.names import PROD
from demo.organisation import GOLD, Organisation
from demo.releases import model_of
from demo.workspace.securables import schema_id
from demo.workspace.state import State
from tests.actions.workspace_server import world


@dataclass(frozen=True)
class KindCase:
    """An action that has something to change; ``prepare`` brings the state to where it does, if it is not so anyway."""

    kind: str
    target: Target
    params: Json
    prepare: Callable[[State], None] | None = None

    def __str__(self) -> str:
        return self.kind


def target(type_: str, identifier: str, name: str = "") -> Target:
    """A target in the workspace where it is; what belongs to none is seen from production."""
    return Target(workspace_id=_places().get((type_, identifier), PROD), type=type_, id=identifier, name=name)


@functools.cache
def _places() -> dict[tuple[str, str], str]:
    """Type and id to workspace."""
    made = world()
    frames = {("job", "job_id"): made.jobs, ("pipeline", "pipeline_id"): made.pipelines, ("cluster", "cluster_id"): made.clusters,
              ("warehouse", "warehouse_id"): made.warehouses, ("endpoint", "endpoint_name"): made.endpoints,
              ("endpoint", "agent_name"): made.agents, ("index", "index_name"): made.indexes}  # fmt: skip
    found: dict[tuple[str, str], str] = {}
    for (type_, column), frame in frames.items():
        for one in frame.itertuples():
            found.setdefault((type_, str(getattr(one, column))), str(one.workspace_id))
    return found


def cases(made: Organisation) -> Iterator[KindCase]:
    """The cases for an organisation; every one is possible and changes something."""
    people, tables = made.people.email, made.tables.full_name
    failing, custom = made.endpoints.endpoint_name[0], made.endpoints.endpoint_name[1]
    about = target("table", tables[GOLD + 7])
    yield KindCase(
        "grant.add", target("table", tables[5]), {"principal": people[2], "privileges": ["SELECT", "MODIFY"]}
    )
    yield KindCase(
        "grant.revoke",
        target("table", faults_of(made, "unused_grant")[0].entity_id),
        {"principal": people[59], "privileges": ["MODIFY"]},
    )
    yield KindCase(
        "permission.update",
        target("job", made.jobs.job_id[2], made.jobs.name[2]),
        {"principal": "team-research", "principal_type": "group", "level": "CAN_VIEW"},
    )
    team = {name: made.people[made.people.team == name].email.iloc[0] for name in ("risk", "finance")}
    yield KindCase("group.add_member", target("principal", team["risk"]), {"group": "team-finance"})
    yield KindCase("group.remove_member", target("principal", team["finance"]), {"group": "team-finance"})
    yield KindCase("user.deactivate", target("principal", people[33]), {})
    yield KindCase("user.activate", target("principal", people[34]), {}, prepare=_inactive)
    yield KindCase("tag.set", target("table", tables[3]), {"key": "reviewed", "value": "2026-11"})
    tagged = target("table", tables[sensitive(made.tables)].iloc[1])
    mask = {"tag": "class.email_address", "function": "main.risk_gold.mask_contact", "except_principals": ["team-risk"]}
    yield KindCase("mask.set", tagged, mask)
    yield KindCase("mask.remove", tagged, {"tag": "class.email_address"}, prepare=_masked)
    schema = target("schema", "main.payments_gold")
    yield KindCase("monitor.enable", schema, {"leave_out": ["main.payments_gold.t_9999"]})
    yield KindCase("monitor.disable", schema, {}, prepare=_watched)
    yield KindCase("model.set_alias", target("model", model_of(failing)), {"alias": "champion", "version": 2})
    yield KindCase(
        "serving.set_traffic",
        target("endpoint", failing),
        {
            "routes": [
                {"served_entity": f"{failing}-3", "percentage": 10},
                {"served_entity": f"{failing}-2", "percentage": 90},
            ]
        },
    )
    yield KindCase(
        "serving.set_scale",
        target("endpoint", custom),
        {"served_entity": f"{custom}-2", "workload_size": "Small", "scale_to_zero": True},
    )
    yield KindCase(
        "gateway.set_rate_limit",
        target("endpoint", made.agents.agent_name[0]),
        {"key": "user", "principal": people[18], "calls": 30, "tokens": 50_000},
    )
    yield KindCase("index.sync", target("index", made.indexes.index_name[0]), {})
    yield KindCase("quality.refresh", about, {})
    yield KindCase(
        "notify.owner", about, {"recipient": people[7], "subject": "Its data is late", "text": "Since Monday."}
    )
    yield KindCase("ticket.open", about, {"queue": "data-platform", "subject": "Late data", "priority": "high"})
    yield KindCase(
        "training.suggest", about, {"recipient": people[17], "subject": "Filters", "topic": "Partition pruning"}
    )
    yield KindCase("setting.change", target("setting", "hourly_rate"), {"setting": "hourly_rate", "value": "95 EUR"})
    yield KindCase(
        "autonomy.change", target("agent", "finops.idle_warehouse"), {"kind": "warehouse.set_autostop", "level": 2}
    )
    yield KindCase(
        "floor.change",
        target("agent", "finops.idle_warehouse"),
        {"kind": "warehouse.set_autostop", "measure": "money", "least": 50, "currency": "USD"},
    )


def _inactive(state: State) -> None:
    """The person of the case was deactivated."""
    name = world().people.email[34]
    who = next(one for one, found in state.objects["users"].items() if found["userName"] == name)
    state.put("users", who, state.get("users", who) | {"active": False})


def _masked(state: State) -> None:
    """The table of the case is masked."""
    there = next(one.target for one in CASES if one.kind == "mask.set")
    params = Mask(tag="class.email_address", function="main.risk_gold.mask_contact", except_principals=["admins"])
    body = mask_set._body(there, params)
    state.put("abac_policies", f"table {there.id}", {body["name"]: body | {"id": "p-1", "created_by": "ann"}})


def _watched(state: State) -> None:
    """The schema of the case is watched, but for one table."""
    name = "main.payments_gold"
    config = {"excluded_table_full_names": [f"{name}.t_0001"]}
    state.put("schema_monitors", schema_id(name), {"id": schema_id(name), "full_name": name, "config": config})


CASES = tuple(cases(world()))
IN_THE_STORE = (
    "autonomy.change",
    "floor.change",
    "notify.owner",
    "setting.change",
    "ticket.open",
    "training.suggest",
)  # nothing of the workspace
CHANGING = tuple(one for one in CASES if one.kind not in IN_THE_STORE)
