"""Every kind of action there is, by its name: those of the files in ``actions/kinds``. A kind that is not here does not
exist: no proposal of it is taken."""

from __future__ import annotations

import json
import pkgutil
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from types import MappingProxyType, ModuleType
from typing import Any

from pydantic import ValidationError

from actions.kinds.shared.kind import AnyKind, Kind, Params
from approvals.values.proposal import Target
from approvals.values.value import Json


class UnknownKind(LookupError):
    """There is no kind of this name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"there is no kind of action {name[:64]!r}")
        self.name = name


class BadParams(ValueError):
    """Parameters that the kind does not take; ``problems`` has a sentence for each field ("" for the whole)."""

    def __init__(self, kind: str, problems: Mapping[str, str]) -> None:
        super().__init__(f"{kind}: " + " ".join(problems.values()))
        self.kind, self.problems = kind, dict(problems)


def _found() -> dict[str, AnyKind]:
    made: dict[str, AnyKind] = {}
    for found in pkgutil.iter_modules([str(Path(__file__).with_name("kinds"))]):
        if found.ispkg:
            continue  # what kinds share
        own = list(_declared(import_module(f"actions.kinds.{found.name}")))
        if not own:
            raise ValueError(f"there is no kind of action in actions/kinds/{found.name}.py")
        for one in own:
            if one.name in made:
                raise ValueError(f"two kinds of action are called {one.name}")
            made[one.name] = one
    return dict(sorted(made.items()))


def _declared(module: ModuleType) -> Iterator[AnyKind]:
    """One of each class of the module that is a kind and has a name; the others are what these share."""
    for one in vars(module).values():
        if (
            isinstance(one, type)
            and issubclass(one, Kind)
            and one.__module__ == module.__name__
            and "name" in vars(one)
        ):
            yield one()


KINDS: Mapping[str, AnyKind] = MappingProxyType(_found())


def kind(name: str) -> AnyKind:
    """The kind of this name; raises :class:`UnknownKind`."""
    if name not in KINDS:
        raise UnknownKind(name)
    return KINDS[name]


def parsed(kind: AnyKind, params: Json) -> Params:
    """The typed parameters; raises :class:`BadParams`. Nothing is converted: "10" is not 10."""
    try:
        return kind.Params.model_validate_json(json.dumps(params, allow_nan=False))
    except ValidationError as error:
        problems: dict[str, str] = {}
        for one in error.errors(include_url=False, include_input=False):
            place = ".".join(str(part) for part in one["loc"])
            if one["type"] != "too_short" or not any(other.startswith(f"{place}.") for other in problems):
                problems.setdefault(place, _sentence(place, one["type"], one["msg"], one.get("ctx", {})))
        raise BadParams(kind.name, problems) from None
    except (TypeError, ValueError):
        raise BadParams(kind.name, {"": "The parameters are not JSON values."}) from None


def titled(kind: AnyKind, target: Target, params: Params) -> str:
    """The kind's own title of the action. It has names in backquotes: a backquote in a name would end the quotation and
    let what follows pass for ours."""
    quoted = {name: _unquoted(value) for name, value in params}
    plain = target.model_copy(update={"name": target.name.replace("`", "'"), "id": target.id.replace("`", "'")})
    return kind.title(plain, params.model_copy(update=quoted))


def _unquoted(value: Any) -> Any:
    """``value`` with an apostrophe for every backquote, in lists and in what they hold as well."""
    if isinstance(value, str):
        return value.replace("`", "'")
    if isinstance(value, list | tuple):
        return type(value)(_unquoted(one) for one in value)
    if isinstance(value, Params):
        return value.model_copy(update={name: _unquoted(own) for name, own in value})
    return value


def _sentence(place: str, type_: str, said: str, context: Mapping[str, Any]) -> str:
    if type_ == "missing":
        return f"{place} is missing."
    if type_ == "extra_forbidden":
        return f"{place[:64]} is not a parameter of this kind."
    if type_ in ("too_short", "too_long"):
        least, most = context.get("min_length"), context.get("max_length")
        return f"{place} needs at least {least}." if most is None else f"{place} takes at most {most}."
    if type_ == "string_pattern_mismatch":
        return f"{place} has a form that is not allowed."
    said = said.removeprefix("Value error, ").removeprefix("Input ").rstrip(".")
    return f"{place} {said}." if place else f"{said[:1].upper()}{said[1:]}."
