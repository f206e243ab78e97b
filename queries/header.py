"""What a question says of itself: the YAML in the leading ``--`` comment of its file, checked when it is read.

A column is ``kind``, or ``kind  Label``, or ``kind  Label  (remark)``, two blanks between: the label heads it in tables,
in the order of the columns, and one without a label is not shown. ``python -m queries schema`` prints the JSON schema.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any, NamedTuple, Self, TypeVar

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, WithJsonSchema, model_validator

from queries import kinds
from things import KINDS as THINGS
from things import ThingColumn


class BadQuery(ValueError):
    """A query file that does not say what it must; the message names the file and each fault."""


class Column(NamedTuple):
    """A column of an answer. ``label`` is empty where tables do not show it."""

    kind: str
    label: str = ""
    remark: str = ""


_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # compiled where it is installed so
_COLUMN = rf"({'|'.join(kinds.COLUMNS)})(?: {{2,}}([^\s(](?:[^(]*[^\s(])?(?: \([^)]*\))?))?(?: {{2,}}\((.+)\))?"
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_LIKE = {"m": 5, "h": 1, "d": 90}


def _column(written: object) -> Column:
    text = str(written).rstrip()
    if text.split(" ")[0] not in kinds.COLUMNS:
        raise ValueError(f"unknown kind {text.split(' ')[0]!r}; known are {', '.join(kinds.COLUMNS)}")
    found = re.fullmatch(_COLUMN, text)
    if found is None:
        raise ValueError("must look like: kind  Label  (remark), two blanks between")
    kind, label, remark = (part or "" for part in found.groups())
    return Column(kind, label, remark)


def _span(units: str) -> Callable[[object], timedelta]:
    def read(written: object) -> timedelta:
        found = re.fullmatch(rf"(\d+)([{units}])", str(written))
        if found is None:
            raise ValueError(
                f"must look like {' or '.join(f'{number}{unit}' for unit, number in _LIKE.items() if unit in units)}"
            )
        return timedelta(**{_UNITS[found.group(2)]: int(found.group(1))})

    return read


def _param(written: object) -> str:
    if written not in kinds.PARAMS:
        raise ValueError(f"unknown kind {written!r}; known are {', '.join(kinds.PARAMS)}")
    return str(written)


def _thing(written: object) -> ThingColumn:
    """``job``, or the kind and the columns that identify the thing; ``=resource_kind`` names the column of its kind."""
    parts = [str(part) for part in written] if isinstance(written, list) else [str(written)]
    kind, columns = parts[0], tuple(parts[1:])
    if kind.startswith("=") and columns:
        return ThingColumn("", columns, kind.removeprefix("="))
    if kind not in THINGS:
        raise ValueError(f"unknown kind of thing {kind!r}; known are {', '.join(THINGS)}")
    return ThingColumn(kind, columns or THINGS[kind].columns)


def _one_line(written: object) -> object:
    return " ".join(written.split()) if isinstance(written, str) else written


Words = Annotated[str, Field(min_length=1), BeforeValidator(_one_line)]
WrittenColumn = Annotated[
    Column, BeforeValidator(_column), WithJsonSchema({"type": "string", "pattern": f"^{_COLUMN}$"})
]
Param = Annotated[str, BeforeValidator(_param), WithJsonSchema({"enum": list(kinds.PARAMS)})]
Freshness = Annotated[
    timedelta, BeforeValidator(_span("mh")), WithJsonSchema({"type": "string", "pattern": r"^\d+[mh]$"})
]
Days = Annotated[timedelta, BeforeValidator(_span("d")), WithJsonSchema({"type": "string", "pattern": r"^\d+d$"})]
WrittenThing = Annotated[
    ThingColumn,
    BeforeValidator(_thing),
    WithJsonSchema({"anyOf": [{"enum": list(THINGS)}, {"type": "array", "items": {"type": "string"}, "minItems": 2}]}),
]
Table = Annotated[str, Field(pattern=r"^[a-z_]+(\.[a-z_]+){2,4}$")]


class SharedHeader(BaseModel):
    """The header of a shared CTE."""

    model_config = ConfigDict(extra="forbid", frozen=True, title="Header of a shared CTE")

    note: Words | None = Field(None, description="the billing or platform truth that it holds to")
    uses: tuple[str, ...] = Field((), description="shared CTEs, files in queries/shared")
    optional: frozenset[Table] = Field(
        frozenset(), description="tables or columns that an account may lack; recent columns need not be named"
    )
    look_back: Days | None = Field(None, description="how many days before the first date the answer rests on")


class Header(SharedHeader):
    """The header of a question."""

    model_config = ConfigDict(title="Header of a question")

    note: Words = Field(description="the billing or platform truth that it holds to")
    question: Words = Field(description="what is asked, in words")
    params: dict[str, Param] = Field({}, description="the parameters and their kinds")
    grain: tuple[str, ...] = Field(description="the columns that identify a row; none: one row")
    columns: dict[str, WrittenColumn] = Field(description="the columns, in the order of the output")
    things: dict[str, WrittenThing] = Field(
        {},
        description="the columns that name a thing, and which: its kind, else [kind, the columns that identify it]; "
        "[=column, ...] where a column holds the kind",
    )
    ttl: Freshness = Field(description="for how long an answer is fresh: 5m, 1h, 12h")
    evidence: frozenset[Table] = Field(
        frozenset(),
        description="the fact tables whose reach in time is that of the answer; none named: all that are read",
    )

    @model_validator(mode="after")
    def _grain_of_columns(self) -> Self:
        if strangers := set(self.grain) - self.columns.keys():
            raise ValueError(f"grain names no column {', '.join(sorted(strangers))}")
        return self

    @model_validator(mode="after")
    def _things_of_columns(self) -> Self:
        named = {column for one in self.things.values() for column in (*one.columns, *filter(None, [one.kind_column]))}
        if strangers := (self.things.keys() | named) - self.columns.keys():
            raise ValueError(f"things name no column {', '.join(sorted(strangers))}")
        return self


AnyHeader = TypeVar("AnyHeader", bound=SharedHeader)


def split_header(text: str, path: Path) -> tuple[Mapping[str, Any], str]:
    """The YAML header and the SQL below it."""
    lines = text.splitlines()
    size = next((i for i, line in enumerate(lines) if not line.startswith("--")), len(lines))
    try:
        written = "\n".join(line[2:].removeprefix(" ") for line in lines[:size])
        header = yaml.load(written, Loader=_LOADER)  # noqa: S506  a safe one
    except yaml.YAMLError as error:
        raise BadQuery(f"{path}: the header is no YAML: {' '.join(str(error).split())}") from None
    if not isinstance(header, dict):
        raise BadQuery(f"{path}: no YAML header")
    return header, "\n".join(lines[size:]).strip()


def read(path: Path, kind: type[AnyHeader]) -> tuple[AnyHeader, str]:
    """The checked header of a file and the SQL below it; :class:`BadQuery` says every fault at once."""
    written, body = split_header(path.read_text(encoding="utf-8"), path)
    try:
        return kind.model_validate(written), body
    except ValidationError as error:
        faults = [
            f"{'.'.join(map(str, one['loc'])) or 'header'}: {one['msg'].removeprefix('Value error, ')}"
            for one in error.errors()
        ]
        raise BadQuery(f"{path}: {'; '.join(faults)}") from None
