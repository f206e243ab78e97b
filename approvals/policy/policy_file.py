"""A policy read from its YAML file: checked in full, every complaint with its line, unknown names refused."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from approvals.policy.calendar_file import BadCalendar, read_calendar
from approvals.policy.rules import Policy as Policy
from approvals.policy.selector import like, listed, tagged
from approvals.values.canonical import digest
from approvals.values.proposal import Environment
from dimensions import DIMENSIONS, known

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # compiled where it is installed so
_STRICTEST: tuple[Environment, ...] = ("governance", "prod", "test", "dev")
_WITH_LINES = ("windows", "deny", "require", "auto")  # their rules are cited with their line
_OURS = {"line", "spans", "repeats"}  # fields of a rule that only this file fills in
_FILLED_IN = {"file", "digest", "earlier"}  # and of the policy
_ROLES = ("admin", "viewer", "auditor", "finops", "freeze_approvers", "break_glass", "kill_switch", "owner_fallback")
Place = tuple[str | int, ...]


class PolicyError(ValueError):
    """A policy that cannot be used: ``file``, ``line`` (0: the file as a whole) and ``field`` say where, ``why`` what."""

    def __init__(self, file: str, line: int, field: str, why: str) -> None:
        super().__init__(f"{file}:{line}: {field}: {why}" if field else f"{file}:{line}: {why}")
        self.file, self.line, self.field, self.why = file, line, field, why


def load(path: Path | str) -> Policy:
    """The policy of the file; raises :class:`PolicyError`, also where the file cannot be read. Calendars it names are
    looked for beside it."""
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyError(path.name, 0, "", f"cannot be read ({type(error).__name__})") from error
    return parse(text, path.name, path.parent)


def parse(text: str, file: str = "policy.yaml", folder: Path | None = None) -> Policy:
    """The policy that ``text`` says; raises :class:`PolicyError`."""
    lines: dict[Place, int] = {}
    tree = _tree(text, file, lines)
    for name in sorted(_FILLED_IN & set(tree)):
        raise PolicyError(file, lines[(name,)], name, "unknown field")
    for section in _WITH_LINES:
        for position, rule in enumerate(tree[section] if isinstance(tree.get(section), list) else []):
            if isinstance(rule, dict):
                _complete(rule, (section, position), file, lines, folder)
    try:
        read = Policy.model_validate(tree | {"file": file})
    except ValidationError as error:
        raise _complaint(error, file, lines) from error
    earlier = tuple(f"{file}:{lines[place]}: {word} is called {known(word)} now" for place, word in _earlier(tree))
    return read.model_copy(update={"digest": digest(read.model_dump()), "earlier": earlier})


def _earlier(tree: Mapping[str, Any]) -> Iterator[tuple[Place, str]]:
    """Where a dimension is called by its word of an earlier version."""
    approvers: Place = ("groups", "approvers")
    yield from (((*approvers, word), word) for word in tree["groups"]["approvers"] if word not in DIMENSIONS)
    for section in _WITH_LINES:
        for position, rule in enumerate(tree.get(section) or ()):
            for when in _each(rule.get("when")):
                yield from (
                    ((section, position), word) for word in _each(when.get("dimension")) if word not in DIMENSIONS
                )


def _each(value: Any) -> list[Any]:
    """One value where a list may be meant, and none, as a list."""
    return [] if value is None else list(listed(value))


def _complete(rule: dict[str, Any], place: Place, file: str, lines: dict[Place, int], folder: Path | None) -> None:
    """Write the line into the rule, and into a window that names a calendar its spans."""
    for name in _OURS & set(rule):
        raise PolicyError(file, lines[(*place, name)], _dotted((*place, name)), "unknown field")
    rule["line"] = lines[place]
    if "ics" not in rule:
        return
    at, name = lines[(*place, "ics")], str(rule["ics"])
    if folder is None or not re.fullmatch(r"[\w-]+\.ics", name):
        raise PolicyError(file, at, _dotted((*place, "ics")), "the name of an .ics file beside the policy")
    try:
        text = (folder / name).read_text(encoding="utf-8")
        rule["spans"], rule["repeats"] = read_calendar(text, str(rule.get("zone", "UTC")))
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyError(file, at, _dotted((*place, "ics")), f"{name} cannot be read") from error
    except BadCalendar as error:
        raise PolicyError(name, error.line, _dotted((*place, "ics")), error.why) from error
    except (ValueError, KeyError) as error:
        raise PolicyError(file, at, _dotted((*place, "zone")), f"unknown time zone {rule.get('zone')!r}") from error


def _complaint(error: ValidationError, file: str, lines: dict[Place, int]) -> PolicyError:
    """The complaint that comes first in the file; what is missing comes last, because the name that was mistaken for it
    says more."""
    wrong = error.errors(include_url=False, include_input=False)
    found = []
    for one in wrong:
        place: Place = one["loc"]
        if any(other["loc"][: len(place)] == place for other in wrong if len(other["loc"]) > len(place)):
            continue  # a list that is too short without its wrong entries
        known = place
        while known and known not in lines:
            known = known[:-1]
        why = {"extra_forbidden": "unknown field", "missing": "is missing"}.get(one["type"], one["msg"])
        found.append((one["type"] == "missing", lines.get(known, 1), _dotted(place), why.removeprefix("Value error, ")))
    return PolicyError(file, *min(found)[1:])


def _dotted(place: Place) -> str:
    return ".".join(str(part) for part in place)


def _tree(text: str, file: str, lines: dict[Place, int]) -> dict[str, Any]:
    """The YAML as plain values, and the line of each. Decimals stay exact; only ``true`` and ``false`` are truth
    values; keys that stand twice, aliases and tags are refused, because they hide what a file says."""
    try:
        for token in yaml.scan(text, Loader=_LOADER):
            if isinstance(token, yaml.AliasToken | yaml.AnchorToken | yaml.TagToken):
                raise PolicyError(file, token.start_mark.line + 1, "", "anchors, aliases and tags are not read")
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        why = getattr(error, "problem", None) or "not YAML"
        raise PolicyError(file, mark.line + 1 if mark else 0, "", why) from error
    if not isinstance(node, yaml.MappingNode):
        raise PolicyError(file, 1, "", "a policy is a mapping of names to rules")
    read: dict[str, Any] = _value(node, (), file, lines)
    return read


def _value(node: yaml.Node, place: Place, file: str, lines: dict[Place, int]) -> Any:
    lines[place] = node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        return [_value(one, (*place, position), file, lines) for position, one in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        made: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise PolicyError(file, key.start_mark.line + 1, _dotted(place), "a name is a word")
            if key.value in made:
                raise PolicyError(file, key.start_mark.line + 1, _dotted((*place, key.value)), "stands twice")
            made[key.value] = _value(value, (*place, key.value), file, lines)
            lines[(*place, key.value)] = key.start_mark.line + 1
        return made
    return _scalar(node) if isinstance(node, yaml.ScalarNode) else None


def _scalar(node: yaml.ScalarNode) -> Any:
    text: str = node.value
    if node.style:  # quoted: a word, whatever it looks like
        return text
    if text in ("true", "false"):
        return text == "true"
    if text in ("", "null", "~"):
        return None
    if re.fullmatch(r"-?\d+", text):
        return int(text)
    return Decimal(text) if re.fullmatch(r"-?\d+\.\d+", text) else text


def environment_of(policy: Policy, workspace_id: str, workspace_name: str, tags: Mapping[str, str]) -> Environment:
    """Where a thing stands: the strictest of the rules that match, prod where none does."""
    found = {
        rule.env
        for rule in policy.environments
        if (not rule.workspace or like(workspace_id, rule.workspace))
        and (not rule.name or like(workspace_name, rule.name))
        and tagged(tags, rule.tags)
    }
    return next((env for env in _STRICTEST if env in found), "prod")


def approver_groups(policy: Policy, dimension: str) -> tuple[str, ...]:
    """The groups whose members may approve in ``dimension``; an unknown dimension has nobody."""
    return next((groups for name, groups in policy.groups.approvers.items() if name == known(dimension)), ())


def role_groups(policy: Policy, role: str) -> tuple[str, ...]:
    """The groups that have ``role`` (admin, viewer, auditor, finops, freeze_approvers, break_glass, kill_switch,
    owner_fallback); an unknown role has nobody."""
    found: tuple[str, ...] = getattr(policy.groups, role) if role in _ROLES else ()
    return found


def kind_enabled(policy: Policy, kind: str, by_itself: bool) -> bool:
    """Whether ``kind`` may be proposed: not disabled, and on ``by_itself`` or named as enabled."""
    return kind not in policy.kinds.disabled and (by_itself or kind in policy.kinds.enabled)
