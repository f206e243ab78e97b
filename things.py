"""The things of an account that people know by name: which kinds there are, what identifies one, and its address.

A thing is a kind, an id and the workspace it lives in. Things of the whole account (tables, schemas, catalogs,
people, cost centres, workspaces, proposals) have no workspace. Whatever shows a name of one can say which thing it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal
from urllib.parse import urlencode

Kind = Literal[
    "job", "run", "pipeline", "cluster", "warehouse", "table", "endpoint", "model", "agent", "principal", "cost_centre",
    "workspace", "proposal", "dashboard", "app", "database", "notebook", "schema", "catalog",
    "figure", "space", "index", "gateway",
]  # fmt: skip
PAGE = "thing"  # the address of every thing's page, before its words
LONGEST = 400  # characters of an id


@dataclass(frozen=True)
class ThingKind:
    """``columns`` are those of a question that identify one, the workspace first where it lives in one."""

    key: Kind
    title: str
    plural: str
    icon: str
    columns: tuple[str, ...]

    @property
    def in_workspace(self) -> bool:
        """Whether its ids say nothing without the workspace."""
        return self.columns[0] == "workspace_id" and len(self.columns) > 1


KINDS: Mapping[str, ThingKind] = MappingProxyType(
    {
        one.key: one
        for one in (
            ThingKind("job", "Job", "jobs", ":material/work:", ("workspace_id", "job_id")),
            ThingKind("run", "Run", "runs", ":material/play_circle:", ("workspace_id", "job_id", "run_id")),
            ThingKind("pipeline", "Pipeline", "pipelines", ":material/account_tree:", ("workspace_id", "pipeline_id")),
            ThingKind("cluster", "Cluster", "clusters", ":material/memory:", ("workspace_id", "cluster_id")),
            ThingKind("warehouse", "SQL warehouse", "SQL warehouses", ":material/dns:", ("workspace_id", "warehouse_id")),
            ThingKind("table", "Table", "tables", ":material/table:", ("table_full_name",)),
            ThingKind("schema", "Schema", "schemas", ":material/folder:", ("schema_full_name",)),
            ThingKind("catalog", "Catalog", "catalogs", ":material/folder_open:", ("catalog",)),
            ThingKind("endpoint", "Serving endpoint", "serving endpoints", ":material/hub:", ("workspace_id", "endpoint_id")),
            ThingKind("model", "Registered model", "registered models", ":material/model_training:", ("model_full_name",)),
            ThingKind("agent", "Agent", "agents", ":material/smart_toy:", ("agent",)),
            ThingKind("principal", "Person or service", "people and services", ":material/person:", ("principal",)),
            ThingKind("cost_centre", "Cost centre", "cost centres", ":material/sell:", ("cost_center",)),
            ThingKind("dashboard", "Dashboard", "dashboards", ":material/dashboard:", ("workspace_id", "dashboard_id")),
            ThingKind("app", "App", "apps", ":material/web:", ("workspace_id", "app_id")),
            ThingKind("database", "Database", "databases", ":material/database:", ("workspace_id", "database_id")),
            ThingKind("notebook", "Notebook", "notebooks", ":material/description:", ("workspace_id", "notebook_id")),
            ThingKind("space", "Genie space", "Genie spaces", ":material/forum:", ("workspace_id", "space_id")),
            ThingKind("index", "Vector index", "vector indexes", ":material/manage_search:", ("workspace_id", "index_id")),
            ThingKind("gateway", "Gateway service", "gateway services", ":material/route:", ("workspace_id", "gateway_id")),
            ThingKind("workspace", "Workspace", "workspaces", ":material/workspaces:", ("workspace_id",)),
            ThingKind("figure", "Figure", "figures", ":material/monitoring:", ("figure",)),
            ThingKind("proposal", "Proposal", "proposals", ":material/inbox:", ("proposal_id",)),
        )
    }
)  # fmt: skip


@dataclass(frozen=True)
class ThingColumn:
    """Which thing the name in a column is: of ``kind``, identified by ``columns``, in the order of the kind's. Where the
    kind differs from row to row, ``kind`` is empty and ``kind_column`` holds the word of the system tables for it."""

    kind: str
    columns: tuple[str, ...]
    kind_column: str = ""


# What questions call kinds of things: what usage is billed for and grouped by, and who reads a table. Of the tags, costs
# are grouped by that of the cost centre.
SPOKEN: Mapping[str, Kind] = MappingProxyType(
    {
        **{one.key: one.key for one in KINDS.values()}, "person": "principal", "service": "principal",
        "owner": "principal", "tag": "cost_centre", "view": "table",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Thing:
    """One thing. ``id`` of a run is ``job/run``; of all else what the system tables identify it by."""

    kind: Kind
    id: str
    workspace: str = ""

    @property
    def words(self) -> dict[str, str]:
        """The words of its address."""
        place = {"w": self.workspace} if self.workspace else {}
        return {"kind": self.kind, **place, "id": self.id}

    @property
    def address(self) -> str:
        """Its page's address, from the root of the app."""
        return f"/{PAGE}?{urlencode(self.words)}"


def named_by(kind: str, ids: Sequence[object]) -> Thing | None:
    """The thing of ``kind`` that ``ids`` identify, in the order of the kind's columns; None where one of them is not
    there, as in the row of a rest."""
    words = [one if isinstance(one, str) else "" for one in ids]
    if not all(words):
        return None
    sort = KINDS[kind]
    return Thing(sort.key, "/".join(words[1:]), words[0]) if sort.in_workspace else Thing(sort.key, "/".join(words))


def thing_of(column: ThingColumn, row: Mapping[str, object]) -> Thing | None:
    """The thing that ``column`` names in ``row``; None where it names none, or one of no kind we know. Where the kind
    differs from row to row, a kind takes as many of the columns as it has, and one of the whole account the last."""
    kind = column.kind or SPOKEN.get(str(row[column.kind_column]))
    if kind is None:
        return None
    sort, columns = KINDS[kind], column.columns
    if not column.kind:
        columns = columns[: len(sort.columns)] if sort.in_workspace else columns[-1:]
    return named_by(kind, [row[name] for name in columns])


def read(words: Mapping[str, str]) -> Thing | None:
    """The thing that the words of an address name; None where they name none that could be."""
    sort, ident, place = KINDS.get(words.get("kind", "")), words.get("id", ""), words.get("w", "")
    if sort is None or not 0 < len(ident) <= LONGEST or not ident.isprintable():
        return None
    if sort.in_workspace != (place.isascii() and place.isdigit() and len(place) <= 20):
        return None
    parts = len(sort.columns) - sort.in_workspace
    if parts > 1 and len([part for part in ident.split("/") if part]) != parts:
        return None
    return Thing(sort.key, ident, place if sort.in_workspace else "")
