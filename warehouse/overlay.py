"""The overlay: rows that stand beside the embedded lakehouse, and rows of it that no longer count. Its form on disk.

The lakehouse file is read-only and ends when it was built. What has happened since lies in a folder beside it: for each
table one file of rows and one of removals, and a list that names the files. Each is complete under its name before the
list names it, so a reader never sees half of a change.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

LIST = "tables.json"

Json = dict[str, Any]  # a row: column -> value; times and dates in ISO form, decimals as text


@dataclass(frozen=True)
class Gone:
    """Rows of the lakehouse that no longer count: every column of ``match`` (a dot reaches into a struct) has that text,
    and the time column ``since[0]``, where it is given, is at or after ``since[1]`` (ISO, UTC)."""

    match: tuple[tuple[str, str], ...]
    since: tuple[str, str] | None = None


@dataclass(frozen=True)
class Beside:
    """What stands beside one table."""

    rows: tuple[Json, ...] = ()
    gone: tuple[Gone, ...] = ()


def stamp(folder: Path) -> tuple[int, int] | None:
    """Changes whenever the overlay in ``folder`` does; None when there is none."""
    try:
        found = (folder / LIST).stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino


def listed(folder: Path) -> dict[str, str]:
    """Table -> the name of its file, which is another one whenever its content is another one; empty without overlay."""
    try:
        return dict(json.loads((folder / LIST).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return {}


def read(folder: Path, file: str) -> Beside:
    """What the overlay holds for one table. Raises ``FileNotFoundError`` when a newer file has just replaced it."""
    with (folder / file).open(encoding="utf-8") as lines:
        size = json.loads(next(lines))
        rows = tuple(json.loads(next(lines)) for _ in range(size["rows"]))
        gone = tuple(_gone(json.loads(next(lines))) for _ in range(size["gone"]))
    return Beside(rows, gone)


def _gone(written: Json) -> Gone:
    since = written["since"]
    return Gone(tuple((name, text) for name, text in written["match"]), (since[0], since[1]) if since else None)


def write(folder: Path, changed: Mapping[str, Beside]) -> None:
    """Take ``changed`` over into the overlay of ``folder``; other tables stay as they are, and so do those that hold the same
    already. One writer at a time."""
    folder.mkdir(parents=True, exist_ok=True)
    before = listed(folder)
    known = dict(before)
    for table, beside in changed.items():
        first = {"rows": len(beside.rows), "gone": len(beside.gone)}
        taken_out: list[Json] = [{"match": one.match, "since": one.since} for one in beside.gone]
        content = _lines([first, *beside.rows, *taken_out])
        if table in known and _content(folder / known[table]) == content:
            continue
        number = int(known[table].rsplit("-", 1)[1].split(".")[0]) + 1 if table in known else 1
        known[table] = f"{table}-{number}.jsonl"
        _replace(folder / known[table], content)
    if known != before:
        _replace(folder / LIST, _lines([known]))
    for path in folder.glob("*.jsonl"):
        if path.name not in known.values():
            path.unlink(missing_ok=True)


def clear(folder: Path) -> None:
    """Remove the overlay."""
    for path in (folder / LIST, *folder.glob("*.jsonl")):
        path.unlink(missing_ok=True)


def _lines(rows: Iterable[Json]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def _content(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def _replace(path: Path, content: str) -> None:
    half = path.with_name(f"{path.name}.{os.getpid()}.half")
    try:
        half.write_text(content, encoding="utf-8")
        half.replace(path)
    finally:
        with suppress(OSError):
            half.unlink()


def typed(rows: Iterable[Json], schema: pa.Schema) -> pa.Table:
    """``rows`` as a table of exactly ``schema``: what a row does not name is NULL, columns the schema lacks are left out.
    Raises ``ValueError`` or ``TypeError`` for a value that does not fit its column."""
    kinds = {field.name: field.type for field in schema}
    made = [{name: _value(kinds[name], value) for name, value in row.items() if name in kinds} for row in rows]
    return pa.Table.from_pylist(made, schema=schema)


def _value(kind: pa.DataType, value: Any) -> Any:
    """A JSON value as pyarrow takes it for ``kind``."""
    if value is None:
        return None
    if pa.types.is_timestamp(kind):
        return dt.datetime.fromisoformat(value)
    if pa.types.is_date(kind):
        return dt.date.fromisoformat(value)
    if pa.types.is_decimal(kind):
        return Decimal(value)
    if pa.types.is_map(kind):
        return [(key, _value(kind.item_type, inner)) for key, inner in value.items()]
    if pa.types.is_list(kind):
        return [_value(kind.value_type, inner) for inner in value]
    if pa.types.is_struct(kind):
        fields = {field.name: field.type for field in kind}
        if strangers := value.keys() - fields.keys():
            raise ValueError(f"a struct has no field {sorted(strangers)[0]}")
        return {name: _value(inner, value.get(name)) for name, inner in fields.items()}
    return value
