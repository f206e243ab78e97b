"""A form made of a JSON schema: a field for each parameter, with its type, unit and range, filled with what is there.

Nothing is corrected on the way: what a person typed comes back as they typed it, with a sentence beside it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

import streamlit as st

from approvals.values.value import Json
from components.text.names import words_for
from components.text.untrusted import safe

Shape = Literal["whole", "number", "flag", "choice", "several", "text", "long", "texts", "json"]
SHAPES = get_args(Shape)
LONG = 500  # characters from which a text gets an area


@dataclass(frozen=True)
class Field:
    """One parameter. ``optional``: empty means none. ``hint`` says unit and range in words."""

    name: str
    title: str
    shape: Shape
    choices: tuple[Any, ...] = ()
    optional: bool = False
    default: Any = None
    hint: str = ""


def fields(schema: Json) -> list[Field]:
    """The fields of a kind's schema, in its order."""
    parts = schema.get("$defs", {})
    return [_field(name, one, parts) for name, one in schema.get("properties", {}).items()]


def begin(wanted: list[Field], values: Json, key: str) -> None:
    """Have the fields show ``values`` when they are drawn, whatever was typed before."""
    for field in wanted:
        st.session_state.pop(f"{key}-{field.name}", None)
        _begin(field, values.get(field.name, field.default), f"{key}-{field.name}")


def draw(wanted: list[Field], values: Json, key: str, wrong: Mapping[str, str]) -> None:
    """Draw the fields, beginning with ``values``; ``wrong`` has a sentence for a field."""
    for field in wanted:
        _widget(field, values.get(field.name, field.default), f"{key}-{field.name}")
        said = [text for place, text in wrong.items() if place.split(".")[0] == field.name]
        for text in said:
            st.markdown(f":red[:material/error: {safe(text, 300)}]")
    if wrong.get(""):
        st.markdown(f":red[:material/error: {safe(wrong[''], 300)}]")


def typed(wanted: list[Field], key: str) -> tuple[Json, dict[str, str]]:
    """What stands in the fields as parameters, and a sentence for each that cannot be read."""
    params: Json = {}
    problems: dict[str, str] = {}
    for field in wanted:
        raw = st.session_state.get(f"{key}-{field.name}", field.default)
        if field.shape == "texts":
            params[field.name] = [line.strip() for line in str(raw or "").splitlines() if line.strip()]
        elif field.shape == "json":
            try:
                params[field.name] = json.loads(raw) if str(raw or "").strip() else None
            except ValueError as error:
                problems[field.name] = f"{field.title}: not JSON, {str(error).split(':')[0].lower()}."
        elif field.shape == "whole" and isinstance(raw, float):
            params[field.name] = int(raw) if raw.is_integer() else raw
        elif field.shape in ("text", "long") and raw == "" and field.optional:
            params[field.name] = None
        else:
            params[field.name] = raw
        if params.get(field.name) is None and not field.optional and field.name not in problems:
            problems[field.name] = f"{field.title}: fill this in."
    return {name: value for name, value in params.items() if name not in problems}, problems


def _field(name: str, one: Json, parts: Json) -> Field:
    bare, optional = _bare(one, parts)
    hint = _hint(bare, one)
    items = _bare(bare.get("items", {}), parts)[0]
    choices = tuple(bare.get("enum", ()) or items.get("enum", ())) or ((bare["const"],) if "const" in bare else ())
    return Field(
        name=name,
        title=str(one.get("title") or bare.get("title") or name),
        shape=_shape(bare, choices, parts),
        choices=choices,
        optional=optional,
        default=one.get("default"),
        hint=hint,
    )


def _bare(one: Json, parts: Json) -> tuple[Json, bool]:
    """The schema of the value itself, references followed, and whether it may be none."""
    if "anyOf" in one:
        some = [each for each in one["anyOf"] if each.get("type") != "null"]
        return (_bare(some[0], parts)[0] if len(some) == 1 else {}), len(some) < len(one["anyOf"])
    if "$ref" in one:
        return _bare(parts.get(str(one["$ref"]).rpartition("/")[2], {}), parts)
    return one, False


def _shape(bare: Json, choices: tuple[Any, ...], parts: Json) -> Shape:
    if choices:
        return "several" if bare.get("type") == "array" else "choice"
    if bare.get("type") == "array" and _bare(bare.get("items", {}), parts)[0].get("type") == "string":
        return "texts"
    if bare.get("type") == "string" and int(bare.get("maxLength", LONG)) > LONG:
        return "long"
    known: Mapping[str, Shape] = {"integer": "whole", "number": "number", "boolean": "flag", "string": "text"}
    return known.get(str(bare.get("type")), "json")


def _hint(bare: Json, one: Json) -> str:
    least, most = bare.get("minimum"), bare.get("maximum")
    unit = one.get("unit") or bare.get("unit") or ""
    span = (
        f"{least} to {most}"
        if least is not None and most is not None
        else f"at least {least}"
        if least is not None
        else ""
    )
    described = str(one.get("description") or "")
    return " · ".join(part for part in (described, f"{span} {unit}".strip()) if part)


def _widget(field: Field, value: Any, key: str) -> None:
    """One field. Ranges are not enforced here: what is out of range is told in words when it is sent."""
    label = safe(field.title)
    hint = safe(field.hint, 300) or None
    _begin(field, value, key)
    if field.shape == "whole":
        st.number_input(label, value=None, step=1, key=key, help=hint)
    elif field.shape == "number":
        st.number_input(label, value=None, step=0.1, key=key, help=hint)
    elif field.shape == "flag":
        st.checkbox(label, key=key, help=hint)
    elif field.shape == "choice":
        options = ([None] if field.optional else []) + list(field.choices)
        st.selectbox(
            label, options, key=key, help=hint, format_func=words_for(options, lambda v: "–" if v is None else str(v))
        )
    elif field.shape == "several":
        st.multiselect(label, list(field.choices), key=key, help=hint, format_func=words_for(field.choices, str))
    elif field.shape in ("texts", "json", "long"):
        st.text_area(label, key=key, help=hint, placeholder="One a line" if field.shape == "texts" else None)
    else:
        st.text_input(label, key=key, help=hint)


def _begin(field: Field, value: Any, key: str) -> None:
    """What a field shows first; afterwards it keeps what was typed."""
    if key in st.session_state:
        return
    if field.shape in ("whole", "number"):
        fine = isinstance(value, int | float) and not isinstance(value, bool)
        st.session_state[key] = (int(value) if field.shape == "whole" else float(value)) if fine else None
    elif field.shape == "flag":
        st.session_state[key] = bool(value)
    elif field.shape == "choice":
        options = [*([None] if field.optional else []), *field.choices]
        st.session_state[key] = value if value in options else options[0]
    elif field.shape == "several":
        st.session_state[key] = [one for one in value or () if one in field.choices]
    elif field.shape == "texts":
        st.session_state[key] = "\n".join(map(str, value or ()))
    elif field.shape == "json":
        st.session_state[key] = json.dumps(value, indent=2, ensure_ascii=False)
    else:
        st.session_state[key] = "" if value is None else str(value)
