"""One ready-made action of each kind on the catalog, permissions, models, serving, vector search, data quality, and of
each kind that sends a message; suites of faults and kills go over them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from approvals.values.proposal import Target
from approvals.values.value import Json
from demo.faults import faults_of
from demo.names import PROD
from demo.organisation import GOLD, Organisation
from demo.releases import model_of
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
    yield KindCase("tag.set", target("table", tables[3]), {"key": "reviewed", "value": "2026-11"})
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


CASES = tuple(cases(world()))
IN_THE_STORE = ("notify.owner", "setting.change", "ticket.open", "training.suggest")  # nothing of the workspace
CHANGING = tuple(one for one in CASES if one.kind not in IN_THE_STORE)
