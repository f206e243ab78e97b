"""What can be done, what is proposed and what can be set, as pages of ``docs/reference/``. Here, because only this floor
knows the kinds of action, the agents and the rights that a kind needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

from actions.kinds.shared.kind import Kind
from actions.registry import KINDS
from agents.capability import Capability, Window
from agents.round import CAPABILITIES
from pages.parts.runbook import lines
from reference import code, page, section, table
from settings import ROOT, Settings, variable_of

_UNDO = {
    "auto": "the approved way back restores what was there",
    "none": "nothing takes it back",
}
_RANGES = (("minimum", "from"), ("exclusiveMinimum", "above"), ("maximum", "to"), ("exclusiveMaximum", "below"))


def actions() -> str:
    """Every kind of action: risk, way back, the right it needs, its parameters."""
    return page(
        "deploy reference actions",
        "Kinds of action",
        f"There are {len(KINDS)}; nothing else can be proposed. Risk goes from R0 to R4 and grows with what a change "
        "reaches. Rights are those of the app's principal on the object itself. A kind's file is found in `actions/kinds/`.",
        *(section(code(name), *_kind(one)) for name, one in KINDS.items()),
    )


def _kind(one: Kind[Any]) -> Iterator[str]:
    yield " ".join((type(one).__doc__ or "").split())
    off = "" if one.enabled else ". Off until a policy names it"
    facts = [
        f"On: {', '.join((one.resource, *one.further_resources))}; dimension {one.dimension}",
        f"Risk: R{one.base_risk} at least{off}",
        f"Undone: {one.reversibility}" + (f", {_UNDO[one.reversibility]}" if one.reversibility in _UNDO else ""),
        f"Dry run: {one.dry_run_mode}",
        f"Needs: {one.right.words or f'{one.right.level} on it'}",
    ]
    yield "\n".join(f"- {fact}" for fact in facts)
    schema = one.Params.model_json_schema()
    required = schema.get("required", ())
    yield table(
        ("Parameter", "Takes", "In the form", "Must be given"),
        (
            (code(name), _takes(field, schema), str(field.get("title", "")), "yes" if name in required else "no")
            for name, field in schema.get("properties", {}).items()
        ),
    )


def _takes(field: Mapping[str, Any], whole: Mapping[str, Any]) -> str:
    """The values a parameter takes, in words."""
    if "$ref" in field:
        return _takes(whole["$defs"][field["$ref"].rsplit("/", 1)[1]], whole)
    if "anyOf" in field:
        return " or ".join("nothing" if one.get("type") == "null" else _takes(one, whole) for one in field["anyOf"])
    if "enum" in field or "const" in field:
        return ", ".join(code(str(one)) for one in field.get("enum", [field.get("const")]))
    if field.get("type") == "array":
        return f"a list of {_takes(field['items'], whole)}"
    if field.get("type") == "object" and "properties" in field:
        return "; ".join(f"{code(name)}: {_takes(one, whole)}" for name, one in field["properties"].items())
    limits = [f"{word} {field[name]}" for name, word in _RANGES if name in field]
    return " ".join([str(field.get("type", "a value")), *limits, *filter(None, [str(field.get("unit", ""))])])


def capabilities() -> str:
    """Every capability of the agents: what it proposes, on which grounds."""
    return page(
        "deploy reference capabilities",
        "Capabilities",
        f"What the agents look for by themselves: {len(CAPABILITIES)} capabilities, asked all at once. A capability's file "
        "is found in `agents/<dimension>/`.",
        *(section(code(one.name), *_capability(one)) for one in sorted(CAPABILITIES, key=lambda one: one.name)),
    )


def _capability(one: Capability) -> Iterator[str]:
    module = __import__(one.judge.__module__, fromlist=["__doc__"])
    yield " ".join((module.__doc__ or "").split())
    yield "\n".join(
        f"- {fact}"
        for fact in (
            f"Version {one.version}, its principal is {code(one.agent.principal)}",
            f"Proposes {code(one.kind)}",
            f"Asks first: {', '.join(map(_window, one.opens.values()))}",
            f"Evidence: {_window(one.evidence)}, one row by {', '.join(map(code, one.match))}",
            f"Evidence is at most {one.max_age_s // 3600} hours old when it acts",
        )
    )


def _window(one: Window) -> str:
    if one.days is None:
        return f"{code(one.query)} (as it is now)"
    ahead = f" to {abs(one.ahead)} days {'after' if one.ahead > 0 else 'before'} today" if one.ahead else ""
    return f"{code(one.query)} ({one.days} days before today{ahead})"


def runbooks() -> str:
    """What is to be known of each incident that an agent opens."""
    broken = sorted((one for one in CAPABILITIES if one.incident), key=lambda one: one.name)
    return page(
        "deploy reference runbooks",
        "Runbooks",
        f"What {len(broken)} agents call broken, and what they know of it: the page of an incident shows the same. "
        "It is made of what a capability and its kind of action declare.",
        *(section(code(one.name), "\n".join(f"- **{what}**: {said}" for what, said in lines(one))) for one in broken),
    )


def settings() -> str:
    """Every setting with its variable, its default and what it means."""
    made = ((code(variable_of(one.name)), code(_default(one.default)), one.metadata["doc"]) for one in fields(Settings))
    return page(
        "deploy reference settings",
        "Settings",
        "Read once from the environment at start (`settings.py`); an empty variable means the default. "
        "[settings.md](../settings.md) is the page by hand.",
        table(("Variable", "Default", "Meaning"), made),
    )


def _default(value: Any) -> str:
    if value is MISSING:
        return ""
    if isinstance(value, Path):
        return value.relative_to(ROOT).as_posix()
    return (
        str(value).lower() if isinstance(value, bool) else ",".join(value) if isinstance(value, tuple) else str(value)
    )


PAGES: Mapping[str, Callable[[], str]] = {
    "actions": actions,
    "capabilities": capabilities,
    "runbooks": runbooks,
    "settings": settings,
}
