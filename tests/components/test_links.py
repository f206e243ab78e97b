"""Links lead into the workspace or nowhere."""

from __future__ import annotations

from typing import Any

import pytest

from components.text.links import databricks_url, host_of, is_https, link
from things import KINDS, Thing

HOST = "https://adb-7405605519549535.15.azuredatabricks.net"
WORKSPACE = "7405605519549535"
UUID = "01ef7b2c-1c2d-1f3a-8b4c-0123456789ab"


@pytest.mark.parametrize(
    ("kind", "ids", "path"),
    [
        ("job", (123,), "/jobs/123"),
        ("run", ("123", "456"), "/jobs/123/runs/456"),
        ("cluster", ("0923-164208-meows279",), "/compute/clusters/0923-164208-meows279"),
        ("warehouse", ("abcdef0123456789",), "/sql/warehouses/abcdef0123456789"),
        ("pipeline", (UUID,), f"/pipelines/{UUID}"),
    ],
)
def test_objects_have_their_pages(kind: str, ids: tuple[Any, ...], path: str) -> None:
    assert link(HOST, kind, *ids) == HOST + path


@pytest.mark.parametrize(
    "host",
    ["http://adb.example.com", "javascript:alert(1)", "https://user@adb.example.com", "https://adb.example.com:8443",
     "https://adb.example.com/path", "https://adb.example.com?x", "https://localhost", "https://10.0.0.1",
     "//x.example.com", "https://ex ample.com", "https://exаmple.com", "", None, 5, "https://[::1"],
)  # fmt: skip
def test_a_strange_host_gives_no_link(host: Any) -> None:
    assert link(host, "job", 1) is None


@pytest.mark.parametrize(
    ("kind", "ids"),
    [("job", ("1/../../x",)), ("job", ("１２",)), ("job", (None,)), ("job", ("-1",)), ("run", (1,)), 
     ("warehouse", ("../x",)), ("pipeline", ("x' or 1",)), ("cluster", ("0923-164208-meows279\n",)), ("pipeline", ("",))],
)  # fmt: skip
def test_a_strange_id_gives_no_link(kind: str, ids: tuple[Any, ...]) -> None:
    assert link(HOST, kind, *ids) is None


def test_a_bare_host_will_do() -> None:
    assert host_of("Dbc-a1.cloud.databricks.com") == "dbc-a1.cloud.databricks.com"


@pytest.mark.parametrize(
    ("url", "fine"),
    [(HOST + "/jobs/1", True), ("http://adb.example.com/", False), ("javascript:alert(1)", False), (None, False),
     ("https://a.example.com/\u202e", False), ("https://a.example.com@evil.com/", False), ("https://[", False)],
)  # fmt: skip
def test_only_https_stands_behind_a_table_link(url: Any, fine: bool) -> None:
    assert is_https(url) is fine


HEX = "01ef7b2c1c2d1f3a8b4c0123456789ab"
CLI = "databricks/cli libs/workspaceurls"  # the addresses that Databricks' command line opens
# The kind to an id, a name, its page, and where that shape is written down.
PAGES = {
    "job": ("123", None, "/jobs/123", f"{CLI}: jobs"),
    "run": ("123/456", None, "/jobs/123/runs/456", f"{CLI}: JobRunPath"),
    "pipeline": (UUID, None, f"/pipelines/{UUID}", f"{CLI}: pipelines"),
    "cluster": ("0923-164208-meows279", None, "/compute/clusters/0923-164208-meows279", f"{CLI}: clusters"),
    "warehouse": ("abcdef0123456789", None, "/sql/warehouses/abcdef0123456789", f"{CLI}: warehouses"),
    "table": ("main.sales.orders", None, "/explore/data/main/sales/orders", f"{CLI}: quality_monitors, of a table"),
    "schema": ("main.sales", None, "/explore/data/main/sales", f"{CLI}: schemas"),
    "catalog": ("main", None, "/explore/data/main", f"{CLI}: catalogs"),
    "endpoint": (HEX, "fraud-v2", "/ml/endpoints/fraud-v2", f"{CLI}: model_serving_endpoints"),
    "model": ("main.ml.churn", None, "/explore/data/models/main/ml/churn", f"{CLI}: registered_models"),
    "index": ("main.sales.orders_index", None, "/explore/data/main/sales/orders_index", f"{CLI}: vector_search_indexes"),
    "space": (HEX, "Sales questions", f"/genie/rooms/{HEX}", f"{CLI}: genie_spaces"),
    "dashboard": (HEX, "Sales", f"/dashboardsv3/{HEX}/published", f"{CLI}: dashboards"),
    "app": (UUID, "front-desk", "/apps/front-desk", f"{CLI}: apps"),
    "database": (UUID, "orders-db", "/compute/database-instances/orders-db", f"{CLI}: database_instances"),
    "notebook": ("133137876", None, "/editor/notebooks/133137876", "what the editor's own address bar shows"),
    "workspace": (WORKSPACE, None, "/", "docs.databricks.com workspace/workspace-details: the workspace URL"),
}  # fmt: skip
NO_PAGE = {
    "principal": "people and services are managed in the account's console, whose host no system table has",
    "gateway": "no address of a service of the gateway is documented",
    "cost_centre": "a value of a tag: nothing in Databricks has its page",
    "agent": "an agent of Lakehelm",
    "proposal": "a proposal of Lakehelm",
    "figure": "a figure of Lakehelm",
}
HOSTS = (
    HOST, "https://adb-1.2.databricks.azure.cn", "https://adb-1.2.databricks.azure.us", "https://dbc-a1.cloud.databricks.com",
    "https://dbc-a1.cloud.databricks.us", f"https://{WORKSPACE}.7.gcp.databricks.com", "https://acme.databricks.com",
)  # fmt: skip


def thing(kind: str, ident: str) -> Thing:
    return Thing(KINDS[kind].key, ident, WORKSPACE if KINDS[kind].in_workspace else "")


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("kind", sorted(PAGES))
def test_a_thing_leads_to_its_page_in_databricks_on_every_cloud(kind: str, host: str) -> None:
    """A host of several workspaces has to be told which one."""
    ident, name, path, _ = PAGES[kind]
    lives = KINDS[kind].in_workspace or kind == "workspace"
    place = f"?o={WORKSPACE}" if lives and WORKSPACE not in host else ""
    assert databricks_url(host, thing(kind, ident), name) == host + path + place


def test_every_kind_of_thing_has_a_page_whose_shape_is_documented_or_a_reason_why_none() -> None:
    assert PAGES.keys() | NO_PAGE.keys() == KINDS.keys() and not PAGES.keys() & NO_PAGE.keys()
    assert all([*(one[3] for one in PAGES.values()), *NO_PAGE.values()])
    assert all(databricks_url(HOST, thing(kind, "ann@example.com")) is None for kind in NO_PAGE)


@pytest.mark.parametrize(
    "ident", ["", "..", "../../x", "1/2/3", "a b", "x?y=1", "x#y", "x%2F..", "\u202e1", "1\n", "１２", "a.b"]
)
def test_a_strange_id_leads_nowhere_for_any_kind(ident: str) -> None:
    for kind in sorted(KINDS.keys() - {"workspace", "schema" if ident == "a.b" else "workspace"}):
        assert databricks_url(HOST, thing(kind, ident), ident) is None, kind


@pytest.mark.parametrize(
    ("table", "path"),
    [
        ("main.sales.orders?x#y", "/explore/data/main/sales/orders%3Fx%23y"),
        ("main.sales.größe", "/explore/data/main/sales/gr%C3%B6%C3%9Fe"),
        ("main.sales.a%2F..", None), ("main.sales", None), ("main..orders", None), ("a.b.c.d", None), ("main.sa/les.x", None),
        ("main.sales.a\\b", None), ("main.sales.a\u202eb", None),
    ],
)  # fmt: skip
def test_a_table_is_named_in_three_parts(table: str, path: str | None) -> None:
    assert databricks_url(HOST, thing("table", table)) == (HOST + path if path else None)


def test_what_is_found_by_name_is_not_by_its_id() -> None:
    assert databricks_url(HOST, thing("endpoint", HEX)) is None
    assert databricks_url(HOST, thing("app", UUID)) is None
    assert databricks_url(HOST, thing("endpoint", "fraud")) == HOST + "/ml/endpoints/fraud"  # usage without an id
