"""A bundle as one of its targets sees it: what the target says is laid over what stands above it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# Lists whose elements have a name are merged by it; all others are put one behind the other.
_KEYS = {
    "tasks": "task_key",
    "job_clusters": "job_cluster_key",
    "environments": "environment_key",
    "parameters": "name",
}
_NAMED_IN = {"apps": {"resources": "name"}}
OVERLAID = ("bundle", "permissions", "presets", "resources", "run_as", "sync", "variables", "workspace")


def merged(tree: Mapping[str, Any], target: str) -> dict[str, Any]:
    """The bundle for ``target``, its other targets left out."""
    over = (tree.get("targets") or {}).get(target) or {}
    whole = {name: value for name, value in tree.items() if name != "targets"}
    whole["mode"] = over.get("mode")
    for name in OVERLAID:
        if name in over:
            whole[name] = _laid(whole.get(name), _as_declared(name, over[name]), (name,))
    return whole


def _as_declared(name: str, value: Any) -> Any:
    """A target may give a variable's value bare."""
    if name != "variables":
        return value
    return {key: one if isinstance(one, Mapping) else {"default": one} for key, one in (value or {}).items()}


def _laid(below: Any, over: Any, place: tuple[str, ...]) -> Any:
    if isinstance(below, Mapping) and isinstance(over, Mapping):
        return {
            name: _laid(below[name], over[name], (*place, name))
            if name in below and name in over
            else over.get(name, below.get(name))
            for name in [*below, *(one for one in over if one not in below)]
        }
    if isinstance(below, list) and isinstance(over, list):
        key = _key(place)
        if key is None or not all(isinstance(one, Mapping) and key in one for one in below + over):
            return below + over
        rows: dict[Any, Any] = {}
        for one in below + over:
            rows[one[key]] = _laid(rows[one[key]], one, (*place, "")) if one[key] in rows else one
        return list(rows.values())
    return over


def _key(place: tuple[str, ...]) -> str | None:
    if len(place) == 4 and place[0] == "resources" and place[3] in _NAMED_IN.get(place[1], {}):
        return _NAMED_IN[place[1]][place[3]]
    return _KEYS.get(place[-1])
