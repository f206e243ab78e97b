"""The shape of a bundle: the schema that `databricks bundle schema` of CLI 1.13.0 prints, kept beside this file.

Its descriptions were left out and it is compressed (25 KB in place of 900): only shapes are checked, nobody reads it.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).with_name("bundle_schema.json.gz")
_RESOURCE = ("github.com", "databricks", "cli", "bundle", "config", "resources")
# The schema's name of a kind's type where it is not the plural without its last letter.
_TYPES = {"apps": "App", "jobs": "Job", "sql_warehouses": "SqlWarehouse", "schemas": "Schema", "volumes": "Volume",
          "postgres_projects": "PostgresProject", "postgres_roles": "PostgresRole"}  # fmt: skip
# What exists only once the resource does.
OUTPUTS = {"id", "url", "full_name", "service_principal_client_id", "service_principal_id", "service_principal_name"}


@cache
def schema() -> dict[str, Any]:
    """The JSON schema, its letter classes in Python's spelling."""
    text = gzip.decompress(_FILE.read_bytes()).decode()
    text = text.replace(r"[\\p{L}\\p{N}]", r"[^\\W_]").replace(r"\\p{L}", r"[^\\W\\d_]")
    read: dict[str, Any] = json.loads(text)
    return read


@cache
def _validator() -> Any:
    from jsonschema import Draft202012Validator  # type: ignore[import-untyped]

    return Draft202012Validator(schema())


def complaints(tree: Any) -> Iterator[str]:
    """What is wrong with the shape of a bundle, each with its place."""
    for error in _validator().iter_errors(tree):
        for leaf in _leaves(error):
            place = ".".join(map(str, leaf.absolute_path)) or "the file"
            yield f"{place}: {leaf.message[:200]}"


def _leaves(error: Any) -> list[Any]:
    """The branch of an alternative that explains best: the one that went furthest."""
    if not error.context:
        return [error]
    best = max(error.context, key=lambda e: (len(e.absolute_path), e.validator not in ("type", "pattern", "enum")))
    return _leaves(best)


def fields(kind: str) -> frozenset[str] | None:
    """The fields that a resource of ``kind`` (``apps``) has, outputs included; None for a kind that is not known here."""
    if kind not in _TYPES:
        return None
    node = schema()["$defs"]
    for part in ("/".join(_RESOURCE) + f".{_TYPES[kind]}").split("/"):
        node = node[part]
    shape = next(one for one in node.get("oneOf", node.get("anyOf", [node])) if one.get("type") == "object")
    return frozenset(shape["properties"]) | OUTPUTS
