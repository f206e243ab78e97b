"""Deep links into the Databricks workspace. Only https, only hosts that are names, only identifiers that look right:
everything in them comes from tables that other people fill. The paths are those that Databricks' own command line opens
(``libs/workspaceurls`` of it); a notebook's is what its workspace shows. A host may be that of several workspaces, so
addresses name theirs where the host does not."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote, urlsplit

from spelling import UUID
from things import Thing

_HOST = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]{1,20}")
_CLUSTER = re.compile(r"[0-9]{4}-[0-9]{6}-[a-z0-9]{4,16}(-v[0-9]+n)?", re.IGNORECASE)
_HEX = re.compile(r"[0-9a-f]{8,32}", re.IGNORECASE)
_DASHBOARD = re.compile(r"[0-9a-f]{32}", re.IGNORECASE)
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}", re.IGNORECASE)
_OBJECT = re.compile(r"(?!\.)[^ ./\\]{1,255}")  # of Unity Catalog: no control, blank, point or slash

_PATHS: dict[str, tuple[str, tuple[re.Pattern[str], ...]]] = {
    "job": ("/jobs/{}", (_NUMBER,)),
    "run": ("/jobs/{}/runs/{}", (_NUMBER, _NUMBER)),
    "cluster": ("/compute/clusters/{}", (_CLUSTER,)),
    "warehouse": ("/sql/warehouses/{}", (_HEX,)),
    "pipeline": ("/pipelines/{}", (UUID,)),
    "table": ("/explore/data/{}/{}/{}", (_OBJECT, _OBJECT, _OBJECT)),
    "schema": ("/explore/data/{}/{}", (_OBJECT, _OBJECT)),
    "catalog": ("/explore/data/{}", (_NAME,)),
    "endpoint": ("/ml/endpoints/{}", (_NAME,)),
    "index": ("/explore/data/{}/{}/{}", (_OBJECT, _OBJECT, _OBJECT)),
    "model": ("/explore/data/models/{}/{}/{}", (_OBJECT, _OBJECT, _OBJECT)),
    "dashboard": ("/dashboardsv3/{}/published", (_DASHBOARD,)),
    "space": ("/genie/rooms/{}", (_DASHBOARD,)),
    "app": ("/apps/{}", (_NAME,)),
    "database": ("/compute/database-instances/{}", (_NAME,)),
    "notebook": ("/editor/notebooks/{}", (_NUMBER,)),
    "workspace": ("/", ()),
}
_BY_NAME = ("endpoint", "app", "database")  # what Databricks addresses by name, not by the id of its records


def host_of(url: Any) -> str | None:
    """The bare host of a workspace URL (``https://name.domain`` or ``name.domain``), None when it is not one."""
    if not isinstance(url, str):
        return None
    try:
        parts = urlsplit(url if "://" in url else f"https://{url}")
    except ValueError:
        return None
    plain_host = parts.netloc
    fine = parts.scheme == "https" and parts.path in ("", "/") and not parts.query and not parts.fragment
    return plain_host.lower() if fine and _HOST.fullmatch(plain_host) else None


def link(workspace_url: Any, kind: str, *ids: Any, workspace: str = "") -> str | None:
    """The page of an object in its ``workspace``, ``run`` being (job, run) and ``table`` (catalog, schema, table); None
    when the host or an identifier is not well formed."""
    host = host_of(workspace_url)
    path, patterns = _PATHS[kind]
    if host is None or len(ids) != len(patterns):
        return None
    words = [str(i) for i in ids]
    if not all(word.isprintable() and pattern.fullmatch(word) for pattern, word in zip(patterns, words, strict=True)):
        return None
    place = f"?o={workspace}" if _NUMBER.fullmatch(workspace) and workspace not in host else ""
    return f"https://{host}{path.format(*(quote(word, safe='') for word in words))}{place}"


def databricks_url(workspace_url: Any, thing: Thing, name: str | None = None) -> str | None:
    """The page of ``thing`` in the workspace at ``workspace_url`` (a table's: any that sees it); None where there is none,
    or the host or the identifier is not well formed. Endpoints, apps and databases are found by their ``name``."""
    if thing.kind not in _PATHS:
        return None
    if thing.kind in _BY_NAME:
        id_alone = _DASHBOARD.fullmatch(thing.id) or UUID.fullmatch(thing.id)
        return link(workspace_url, thing.kind, name or ("" if id_alone else thing.id), workspace=thing.workspace)
    ids = {
        "run": thing.id.split("/"),
        "table": thing.id.split("."),
        "schema": thing.id.split("."),
        "index": thing.id.split("."),
        "model": thing.id.split("."),
        "workspace": [],
    }.get(thing.kind, [thing.id])
    return link(workspace_url, thing.kind, *ids, workspace=thing.id if thing.kind == "workspace" else thing.workspace)


def is_https(url: Any) -> bool:
    """Whether ``url`` may stand behind a link in a table."""
    if not isinstance(url, str) or any(c.isspace() or not c.isprintable() for c in url):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(_HOST.fullmatch(parts.netloc))
