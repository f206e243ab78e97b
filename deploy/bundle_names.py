"""What the names of a bundle resolve to: the platform takes fewer letters than a reference may bring."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from deploy.bundle_references import REFERENCE

# Type of resource -> field -> what the platform takes, as a pattern and in words.
RULES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "apps": {"name": (r"[a-z0-9-]{2,30}", "app name: 2-30 small letters, digits and hyphens")},
    "postgres_projects": {
        "project_id": (r"[a-z][a-z0-9-]{0,62}", "project id: 1-63 small letters, digits and hyphens, a letter first")},
    "postgres_roles": {"role_id": (r"[a-z][a-z0-9-]{0,62}", "role id: 1-63 small letters, digits and hyphens, a letter first")},
    "schemas": {"name": (r"[A-Za-z0-9_]{1,255}", "schema name: letters, digits and underscores, or it needs quoting everywhere")},
    "volumes": {"name": (r"[A-Za-z0-9_]{1,255}", "volume name: letters, digits and underscores, or it needs quoting everywhere")},
}  # fmt: skip
SHARED = (("apps", "name"), ("postgres_projects", "project_id"))  # the CLI puts no developer before these
_USER = {"short_name": "ann_arden", "domain_friendly_name": "ann-arden", "userName": "ann.arden@example.com"}
_DEPTH = 8  # references within references


def complaints(bundle: Mapping[str, Any], target: str) -> Iterator[str]:
    """What the platform would refuse of the names of ``bundle``, as ``target`` sees it; a sentence each."""
    for kind, name, field, written in _named(bundle):
        pattern, rule = RULES[kind][field]
        made = resolved(bundle, target, written)
        if "${" not in made and not re.fullmatch(pattern, made):
            yield f"resources.{kind}.{name}.{field}: {made[:80]!r} is no {rule}"
        if (
            bundle.get("mode") == "development"
            and (kind, field) in SHARED
            and "current_user" not in _outer(bundle, written)
        ):
            yield f"resources.{kind}.{name}.{field}: two developers would share {made[:80]}; put the developer into the name"


def resolved(bundle: Mapping[str, Any], target: str, text: str) -> str:
    """``text`` with every reference that is known before a deployment replaced; the developer is a made-up one."""
    for _ in range(_DEPTH):
        text = REFERENCE.sub(lambda found: _value(bundle, target, found), text)
    return text


def _value(bundle: Mapping[str, Any], target: str, found: re.Match[str]) -> str:
    head, _, rest = found[1].partition(".")
    if found[1] in ("bundle.target", "bundle.environment"):
        return target
    if found[1] == "bundle.name":
        return str((bundle.get("bundle") or {}).get("name", ""))
    if found[1].startswith("workspace.current_user."):
        return _USER.get(rest.removeprefix("current_user."), found[0])
    if head == "var":
        default = ((bundle.get("variables") or {}).get(rest) or {}).get("default")
        return str(default) if isinstance(default, str | int) else found[0]
    return found[0]


def _outer(bundle: Mapping[str, Any], text: str) -> str:
    """``text`` with the variables in it replaced, and nothing else."""
    for _ in range(_DEPTH):
        text = REFERENCE.sub(lambda found: _value(bundle, "", found) if found[1].startswith("var.") else found[0], text)
    return text


def _named(bundle: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    """Type, key, field and text of every name that has a rule."""
    for kind, rules in RULES.items():
        for name, made in ((bundle.get("resources") or {}).get(kind) or {}).items():
            for field in rules.keys() & (made or {}).keys():
                yield kind, name, field, str(made[field])
