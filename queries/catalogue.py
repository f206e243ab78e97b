"""The catalogue of questions: one ``.sql`` file each, whose leading ``--`` comment is a YAML header (:mod:`queries.header`).

Shared CTEs, in ``shared/``, are written in front of a question's own; what both write in macros and constructs of the house
(:mod:`queries.macros`) is written out. The reader replaces an optional table that an account lacks by an empty one and an
optional column by NULL; columns that the schema calls recent are optional by themselves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from types import MappingProxyType

from queries import schema
from queries.filters import known_by
from queries.folding import TAG_KEYS
from queries.header import BadQuery, Column, Header, SharedHeader, read
from queries.macros import written_out
from things import ThingColumn

ROOT = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Query:
    """One question. ``sql`` is the text that runs on Databricks, shared CTEs included; ``columns`` are their kinds, and
    ``described`` what else the header says of them."""

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
    described: Mapping[str, Column] = field(default_factory=dict)
    things: Mapping[str, ThingColumn] = field(default_factory=dict)  # the columns that name a thing
    filters: frozenset[str] = frozenset()  # what it can be limited to besides (queries.filters); each a list parameter
    source: str = ""  # the text in which its filters are not yet written out

    @property
    def is_cut(self) -> bool:
        """Whether it is a list that ends at :limit; other questions with a limit sum what it leaves out."""
        return self.sql.rstrip().endswith("LIMIT :limit")

    def limited_to(self, chosen: frozenset[str]) -> Query:
        """This question with the ``chosen`` ones of its filters as further parameters."""
        return _limited(self.name, self.source, chosen, self) if chosen else self


@dataclass(frozen=True)
class _Shared:
    """A shared CTE: what its header says, and its SQL."""

    header: SharedHeader
    sql: str


def _shared(names: Iterable[str], root: Path, seen: tuple[str, ...] = ()) -> dict[str, _Shared]:
    """The CTEs called ``names`` and what they use themselves, in the order they must be written."""
    parts: dict[str, _Shared] = {}
    for name in names:
        path = root / "shared" / f"{name}.sql"
        if name in seen:
            raise BadQuery(f"{path}: uses itself")
        if not path.exists():
            raise BadQuery(f"{path}: no such shared CTE")
        header, body = read(path, SharedHeader)
        parts |= _shared(header.uses, root, (*seen, name))
        parts[name] = _Shared(header, body)
    return parts


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
    """The query in ``path``; raises :class:`BadQuery` when it or what it uses does not say what it must."""
    header, body = read(path, Header)
    shared = _shared(header.uses, root)
    headers = [header, *(part.header for part in shared.values())]
    source = _compose(shared, body)
    try:
        sql = _written_out(source)
    except ValueError as error:
        raise BadQuery(f"{path}: {error}") from None
    return Query(
        name=".".join(path.relative_to(root).with_suffix("").parts),
        question=header.question,
        params=MappingProxyType(header.params),
        grain=header.grain,
        columns=MappingProxyType({name: column.kind for name, column in header.columns.items()}),
        ttl=header.ttl,
        note=header.note,
        uses=header.uses,
        optional=_recent(sql).union(*(one.optional for one in headers)),
        sql=sql,
        path=path,
        evidence=header.evidence,
        look_back=max((one.look_back for one in headers if one.look_back is not None), default=None),
        described=MappingProxyType(header.columns),
        things=MappingProxyType(header.things),
        filters=known_by(source),
        source=source,
    )


_NAMES: dict[str, tuple[str, ...]] = dict(TAG_KEYS)  # what this account calls things


def name_tags(**keys: tuple[str, ...]) -> None:
    """Which tag keys mean what in this account, by the names of ``TAG_KEYS``; the questions are read anew where that is
    something new."""
    if any(_NAMES[means] != found for means, found in keys.items()):
        _NAMES.update(keys)
        catalogue.cache_clear()
        _LIMITED.clear()


def name_cost_centers(tags: tuple[str, ...]) -> None:
    """As :func:`name_tags`, for cost centres alone."""
    name_tags(cost_center=tags)


def _written_out(sql: str, chosen: frozenset[str] = frozenset()) -> str:
    others = {means: keys for means, keys in _NAMES.items() if means != "cost_center"}
    return written_out(sql, _NAMES["cost_center"], chosen, **others)


_LIMITED: dict[tuple[str, str, frozenset[str]], Query] = {}


def _limited(name: str, source: str, chosen: frozenset[str], query: Query) -> Query:
    """``query`` limited to ``chosen``, worked out once."""
    key = (name, source, chosen)
    if key not in _LIMITED:
        sql = _written_out(source, chosen)
        params = {**query.params, **dict.fromkeys(sorted(chosen), "text")}
        reads = {"system.lakeflow.jobs.run_as_user_name"} if "run_as_user_name" in sql else set()
        _LIMITED[key] = replace(
            query, sql=sql, params=MappingProxyType(params), optional=query.optional | _recent(sql) | reads
        )
    return _LIMITED[key]


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
