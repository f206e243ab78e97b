"""Whether every ``${…}`` of a bundle leads somewhere, and whether its parts fit together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from deploy.bundle_schema import OUTPUTS, fields

REFERENCE = re.compile(r"\$\{([^}]*)\}")
_BUNDLE = {"target", "name", "environment", "uuid", "git.branch", "git.commit", "git.origin_url"}
_WORKSPACE = {"host", "root_path", "file_path", "artifact_path", "state_path", "resource_path", "profile",
              "current_user.userName", "current_user.short_name", "current_user.domain_friendly_name"}  # fmt: skip
# Which of an app's resources stand for which resource of the bundle, and the field that names it.
_HELD = {"job": ("jobs", "id"), "sql_warehouse": ("sql_warehouses", "id")}


def strings(tree: Any, place: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every text of the tree with its place."""
    if isinstance(tree, Mapping):
        for name, value in tree.items():
            yield from strings(value, (*place, str(name)))
    elif isinstance(tree, list):
        for position, value in enumerate(tree):
            yield from strings(value, (*place, str(position)))
    elif isinstance(tree, str):
        yield place, tree


def references(tree: Any) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every reference (``var.catalog``) with its place."""
    for place, text in strings(tree):
        for found in REFERENCE.findall(text):
            yield place, found
        if "${" in REFERENCE.sub("", text):
            yield place, text[text.rindex("${") + 2 :] + " (not closed)"


def complaints(bundle: Mapping[str, Any]) -> Iterator[str]:
    """What does not lead anywhere or does not fit, in a bundle as one target sees it; a sentence each."""
    for place, found in references(bundle):
        if why := _lost(bundle, found):
            yield f"{'.'.join(place)}: ${{{found}}} {why}"
    if _host_with_reference(bundle):
        yield "workspace.host: the host decides where to sign in, so it cannot hold a reference"
    yield from _rights_taken_away(bundle)
    yield from _circles(bundle)
    yield from _names_twice(bundle)


def required(bundle: Mapping[str, Any]) -> frozenset[str]:
    """The variables that are used and have no value: whoever deploys gives them."""
    declared: Mapping[str, Any] = bundle.get("variables") or {}
    used = {found.split(".")[1] for _, found in references(bundle) if found.startswith("var.")}
    return frozenset(n for n in used & declared.keys() if not ({"default", "lookup"} & (declared[n] or {}).keys()))


def _lost(bundle: Mapping[str, Any], found: str) -> str | None:
    head, _, rest = found.partition(".")
    if head == "var":
        return None if rest.split(".")[0] in (bundle.get("variables") or {}) else "is not declared under variables"
    if head == "bundle":
        return None if rest in _BUNDLE else "is nothing that a bundle has"
    if head == "workspace":
        return None if rest in _WORKSPACE else "is nothing that a workspace has"
    if head != "resources":
        return "is no reference: it begins with var, bundle, workspace or resources"
    kind, name, *path = [*rest.split("."), "", ""][:3] if rest.count(".") < 2 else rest.split(".")
    resource = ((bundle.get("resources") or {}).get(kind) or {}).get(name)
    if resource is None:
        return "names a resource that this target does not have"
    if not path or not path[0]:
        return "names a resource, not a field of it"
    known = fields(kind)
    field = path[0].split("[")[0]
    if known is not None and field not in known:
        return f"names a field that {kind} do not have"
    if field not in OUTPUTS and known is not None and field not in resource:
        return f"names the field {field}, which {kind}.{name} does not set"
    return None


def _host_with_reference(bundle: Mapping[str, Any]) -> bool:
    return "${" in str((bundle.get("workspace") or {}).get("host") or "")


def _rights_taken_away(bundle: Mapping[str, Any]) -> Iterator[str]:
    """A list of permissions is the whole list: at the second deployment what the app was given would be gone."""
    resources = bundle.get("resources") or {}
    for app, made in (resources.get("apps") or {}).items():
        client = f"${{resources.apps.{app}.service_principal_client_id}}"
        for one in made.get("resources") or []:
            for word, (kind, field) in _HELD.items():
                match = re.fullmatch(rf"\$\{{resources\.{kind}\.([\w-]+)\.id\}}", str((one.get(word) or {}).get(field)))
                target = (resources.get(kind) or {}).get(match[1]) if match else None
                given = (target or {}).get("permissions")
                if given and client not in [entry.get("service_principal_name") for entry in given]:
                    yield (
                        f"resources.{kind}.{match[1] if match else ''}.permissions: a second deployment takes the right "
                        f"of app {app} away; add service_principal_name: {client}"
                    )
    if bundle.get("permissions"):
        yield "permissions: a list for the whole bundle replaces the rights of the app on its resources; give them one by one"


def _circles(bundle: Mapping[str, Any]) -> Iterator[str]:
    """Resources that wait for each other. Permissions and grants are given after both exist."""
    edges: dict[str, set[str]] = {}
    for place, found in references({"resources": bundle.get("resources") or {}}):
        if (
            found.startswith("resources.")
            and found.count(".") >= 3
            and "permissions" not in place
            and "grants" not in place
        ):
            edges.setdefault(".".join(place[1:3]), set()).add(".".join(found.split(".")[1:3]))
    for start in sorted(edges):
        seen, todo = set[str](), list(edges[start])
        while todo:
            one = todo.pop()
            if one == start:
                yield f"resources.{start}: waits for itself through what it names"
                break
            if one not in seen:
                seen.add(one)
                todo += edges.get(one, ())


def _names_twice(bundle: Mapping[str, Any]) -> Iterator[str]:
    for app, made in ((bundle.get("resources") or {}).get("apps") or {}).items():
        names = [one.get("name") for one in made.get("resources") or []]
        for name in sorted({str(one) for one in names if names.count(one) > 1}):
            yield f"resources.apps.{app}.resources: two are called {name}"
