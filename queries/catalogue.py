"""The catalogue of questions: one ``.sql`` file each, whose leading ``--`` comment is a YAML header.

Header keys: ``question`` (words), ``params`` (name: kind), ``grain`` (columns that identify a row), ``columns``
(name: kind, in output order), ``ttl`` (``5m``, ``1h``, ``12h``), ``note`` (the billing or platform truth), and
optionally ``uses`` (shared CTEs, in ``shared/``), ``optional`` (tables or columns an account may lack; the reader
replaces an absent table by an empty one and an absent column by NULL; columns that the schema calls recent need not be
named), ``evidence`` (the fact tables whose reach in time
decides what an answer speaks of; without it all that are read) and ``look_back`` (``90d``: how many days before the first
date the answer rests on). Kinds are in :mod:`queries.kinds`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from queries import kinds, schema
from queries.folding import COST_CENTER_TAGS
from queries.macros import written_out

ROOT = Path(__file__).resolve().parent
_KEYS = {"question", "params", "grain", "columns", "ttl", "note", "uses", "optional", "evidence", "look_back"}
_REQUIRED = {"question", "grain", "columns", "ttl", "note"}
_TTL = re.compile(r"(\d+)([mh])")
_DAYS = re.compile(r"(\d+)d")


class BadQuery(ValueError):
    """A query file that does not say what it must; the message names the file."""


@dataclass(frozen=True)
class Query:
    """One question. ``sql`` is the text that runs on Databricks, shared CTEs included."""

    name: str
    question: str
    params: Mapping[str, str]
    grain: tuple[str, ...]
    columns: Mapping[str, str]
    ttl: timedelta
    note: str
    uses: tuple[str, ...]
    optional: frozenset[str]
    sql: str
    path: Path
    evidence: frozenset[str] = frozenset()  # none named: every fact table that is read
    look_back: timedelta | None = None

    @property
    def is_cut(self) -> bool:
        """Whether it is a list that ends at :limit; other questions with a limit sum what it leaves out."""
        return self.sql.rstrip().endswith("LIMIT :limit")


def split_header(text: str, path: Path) -> tuple[dict[str, Any], str]:
    """The YAML header and the SQL below it."""
    lines = text.splitlines()
    size = next((i for i, line in enumerate(lines) if not line.startswith("--")), len(lines))
    header = yaml.safe_load("\n".join(line[2:].removeprefix(" ") for line in lines[:size]))
    if not isinstance(header, dict):
        raise BadQuery(f"{path}: no YAML header")
    return header, "\n".join(lines[size:]).strip()


@dataclass(frozen=True)
class _Shared:
    """A shared CTE: its SQL, the optional tables or columns it reads, and how far back it looks."""

    sql: str
    optional: frozenset[str]
    look_back: timedelta | None


def _shared(names: Iterable[str], root: Path, seen: tuple[str, ...] = ()) -> dict[str, _Shared]:
    """The CTEs called ``names`` and what they use themselves, in the order they must be written."""
    parts: dict[str, _Shared] = {}
    for name in names:
        path = root / "shared" / f"{name}.sql"
        if name in seen:
            raise BadQuery(f"{path}: uses itself")
        if not path.exists():
            raise BadQuery(f"{path}: no such shared CTE")
        header, body = split_header(path.read_text(encoding="utf-8"), path)
        parts |= _shared(header.get("uses") or (), root, (*seen, name))
        parts[name] = _Shared(body, frozenset(header.get("optional") or ()), _look_back(header, path))
    return parts


def _look_back(header: Mapping[str, Any], path: Path) -> timedelta | None:
    """The header's ``look_back``; None where it says none."""
    if "look_back" not in header:
        return None
    if (days := _DAYS.fullmatch(str(header["look_back"]))) is None:
        raise BadQuery(f"{path}: look_back must look like 90d")
    return timedelta(days=int(days.group(1)))


def _compose(shared: Mapping[str, _Shared], body: str) -> str:
    """``body`` with the shared CTEs written in front of its own."""
    if not shared:
        return body
    ctes = ",\n".join(f"{name} AS (\n{part.sql}\n)" for name, part in shared.items())
    own = re.match(r"WITH\s+(RECURSIVE\s+)?", body, re.IGNORECASE)
    if own is None:
        return f"WITH {ctes}\n{body}"
    return f"WITH {own.group(1) or ''}{ctes},\n{body[own.end() :]}"


def parse(path: Path, root: Path = ROOT) -> Query:
    """The query in ``path``; raises :class:`BadQuery` when the header is incomplete or says an unknown kind."""
    header, body = split_header(path.read_text(encoding="utf-8"), path)
    if missing := _REQUIRED - header.keys():
        raise BadQuery(f"{path}: header lacks {', '.join(sorted(missing))}")
    if unknown := header.keys() - _KEYS:
        raise BadQuery(f"{path}: header does not know {', '.join(sorted(unknown))}")
    columns = {str(k): str(v).split()[0] for k, v in header["columns"].items()}
    params = {str(k): str(v) for k, v in (header.get("params") or {}).items()}
    for name, kind in columns.items():
        if kind not in kinds.COLUMNS:
            raise BadQuery(f"{path}: column {name} has the unknown kind {kind!r}")
    for name, kind in params.items():
        if kind not in kinds.PARAMS:
            raise BadQuery(f"{path}: parameter {name} has the unknown kind {kind!r}")
    grain = tuple(header["grain"])
    if strangers := set(grain) - columns.keys():
        raise BadQuery(f"{path}: grain names no column {', '.join(sorted(strangers))}")
    ttl = _TTL.fullmatch(str(header["ttl"]))
    if ttl is None:
        raise BadQuery(f"{path}: ttl must look like 5m or 1h")
    minutes = int(ttl.group(1)) * (60 if ttl.group(2) == "h" else 1)
    uses = tuple(header.get("uses") or ())
    shared = _shared(uses, root)
    sql = written_out(_compose(shared, body), _NAMES["cost centre"])
    return Query(
        name=".".join(path.relative_to(root).with_suffix("").parts),
        question=" ".join(str(header["question"]).split()),
        params=MappingProxyType(params),
        grain=grain,
        columns=MappingProxyType(columns),
        ttl=timedelta(minutes=minutes),
        note=" ".join(str(header["note"]).split()),
        uses=uses,
        optional=_recent(sql).union(header.get("optional") or (), *(part.optional for part in shared.values())),
        sql=sql,
        path=path,
        evidence=frozenset(header.get("evidence") or ()),
        look_back=max(
            (
                one
                for one in (_look_back(header, path), *(part.look_back for part in shared.values()))
                if one is not None
            ),
            default=None,
        ),
    )


_NAMES: dict[str, tuple[str, ...]] = {"cost centre": COST_CENTER_TAGS}  # what this account calls things


def name_cost_centers(tags: tuple[str, ...]) -> None:
    """Which tag keys mean a cost centre in this account; the questions are read anew where that is something new."""
    if tags != _NAMES["cost centre"]:
        _NAMES["cost centre"] = tags
        catalogue.cache_clear()


def _recent(sql: str) -> frozenset[str]:
    """The recent columns (full names) that ``sql`` may read: those of its tables that it names anywhere."""
    words = frozenset(re.findall(r"[a-z_][a-z0-9_.]*", sql.lower()))
    named = words.union(*(word.split(".") for word in words - schema.tables().keys()))
    return frozenset(
        f"{table}.{column}"
        for table, known in schema.tables().items()
        if known.recent and table in words
        for column in known.recent & named
    )


@cache
def catalogue(root: Path = ROOT) -> Mapping[str, Query]:
    """Every query below ``root`` by name (``finops.spend_tree``), parsed once."""
    paths = sorted(p for p in root.rglob("*.sql") if p.parent.name != "shared")
    return MappingProxyType({q.name: q for q in (parse(p, root) for p in paths)})
