"""Deep links into the Databricks workspace. Only https, only hosts that are names, only identifiers that look right:
everything in them comes from tables that other people fill."""

from __future__ import annotations

import re
from typing import Any, Literal
from urllib.parse import urlsplit

Kind = Literal["job", "run", "cluster", "warehouse", "query", "pipeline", "update"]

_HOST = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}", re.IGNORECASE)
_NUMBER = re.compile(r"[0-9]{1,20}")
_CLUSTER = re.compile(r"[0-9]{4}-[0-9]{6}-[a-z0-9]{4,16}(-v[0-9]+n)?", re.IGNORECASE)
_HEX = re.compile(r"[0-9a-f]{8,32}", re.IGNORECASE)
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)

_PATHS: dict[Kind, tuple[str, tuple[re.Pattern[str], ...]]] = {
    "job": ("/jobs/{}", (_NUMBER,)),
    "run": ("/jobs/{}/runs/{}", (_NUMBER, _NUMBER)),
    "cluster": ("/compute/clusters/{}", (_CLUSTER,)),
    "warehouse": ("/sql/warehouses/{}", (_HEX,)),
    "query": ("/sql/history?queryId={}", (_UUID,)),
    "pipeline": ("/pipelines/{}", (_UUID,)),
    "update": ("/pipelines/{}/updates/{}", (_UUID, _UUID)),
}


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


def link(workspace_url: Any, kind: Kind, *ids: Any) -> str | None:
    """The page of an object in its workspace, ``run`` being (job, run) and ``update`` (pipeline, update); None when
    the host or an identifier is not well formed."""
    host = host_of(workspace_url)
    path, patterns = _PATHS[kind]
    if host is None or len(ids) != len(patterns):
        return None
    words = [str(i) for i in ids]
    if not all(pattern.fullmatch(word) for pattern, word in zip(patterns, words, strict=True)):
        return None
    return f"https://{host}{path.format(*words)}"


def is_https(url: Any) -> bool:
    """Whether ``url`` may stand behind a link in a table."""
    if not isinstance(url, str) or any(c.isspace() or not c.isprintable() for c in url):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(_HOST.fullmatch(parts.netloc))
