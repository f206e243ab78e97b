"""Links lead into the workspace or nowhere."""

from __future__ import annotations

from typing import Any

import pytest

from components.text.links import Kind, host_of, is_https, link

HOST = "https://adb-7405605519549535.15.azuredatabricks.net"
UUID = "01ef7b2c-1c2d-1f3a-8b4c-0123456789ab"


@pytest.mark.parametrize(
    ("kind", "ids", "path"),
    [
        ("job", (123,), "/jobs/123"),
        ("run", ("123", "456"), "/jobs/123/runs/456"),
        ("cluster", ("0923-164208-meows279",), "/compute/clusters/0923-164208-meows279"),
        ("warehouse", ("abcdef0123456789",), "/sql/warehouses/abcdef0123456789"),
        ("query", (UUID,), f"/sql/history?queryId={UUID}"),
        ("pipeline", (UUID,), f"/pipelines/{UUID}"),
        ("update", (UUID, UUID), f"/pipelines/{UUID}/updates/{UUID}"),
    ],
)
def test_objects_have_their_pages(kind: Kind, ids: tuple[Any, ...], path: str) -> None:
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
     ("warehouse", ("../x",)), ("query", ("x' or 1",)), ("cluster", ("0923-164208-meows279\n",)), ("pipeline", ("",))],
)  # fmt: skip
def test_a_strange_id_gives_no_link(kind: Kind, ids: tuple[Any, ...]) -> None:
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
