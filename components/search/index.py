"""What can be found: each thing, page and proposal once, with the words it is found by."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa

from components.text.principals import NOBODY, Names
from components.text.untrusted import plain
from components.tiles.called import called
from spelling import folded
from things import KINDS, PAGE, named_by

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the results. ``page`` and ``query`` are where it leads; ``id``, ``owner`` (its name, ``owner_id`` as records
    have it), ``place`` (the workspace's name) and ``tags`` are further words for it. All but ``page`` and ``query`` may be
    foreign text."""

    name: str
    sort: str  # "Job", "Page"
    icon: str
    page: str
    query: tuple[tuple[str, str], ...]
    id: str = ""
    owner: str = ""
    place: str = ""
    tags: tuple[str, ...] = ()
    deleted: bool = False
    detail: str = ""
    owner_id: str = ""


@dataclass(frozen=True)
class Index:
    """``entries`` beside their searchable ``names``, ``texts`` (all words of each) and the ``words`` that occur in names."""

    entries: Sequence[Entry]
    names: Sequence[str]
    texts: Sequence[str]
    words: Sequence[str]


def searchable(text: str) -> str:
    """``text`` as it is compared: folded, without accents."""
    small = folded(text)
    if small.isascii():
        return small
    return "".join(one for one in unicodedata.normalize("NFKD", small) if not unicodedata.combining(one))


def words_of(text: str) -> list[str]:
    """The words of a searchable text: what stands between signs and blanks."""
    return _WORD.findall(text)


def index(entries: Iterable[Entry]) -> Index:
    """The index of ``entries``."""
    kept = list(entries)
    names = [searchable(one.name) for one in kept]
    texts = [
        "\n".join((name, *map(searchable, (one.id, one.owner, one.owner_id, one.place, one.sort, *one.tags))))
        for name, one in zip(names, kept, strict=True)
    ]
    return Index(kept, names, texts, sorted({word for name in names for word in words_of(name)}))


def things(table: pa.Table, names: Names = NOBODY) -> list[Entry]:
    """An entry for each row of ``platform.things_index``; ``names`` are those of people and services."""
    rows = table.to_pylist()
    places = {row["id"]: row["name"] or row["id"] for row in rows if row["kind"] == "workspace"}
    made = [entry for row in rows if (entry := _thing(row, places, names)) is not None]
    often = Counter((one.sort, one.name, one.place) for one in made)
    return [_with_id(one) if often[(one.sort, one.name, one.place)] > 1 else one for one in made]


def _thing(row: dict[str, object], places: dict[str, str], names: Names) -> Entry | None:
    kind = KINDS.get(str(row["kind"]))
    if kind is None:
        return None
    ids = [row["workspace_id"], row["id"]] if kind.in_workspace else [row["id"]]
    thing = named_by(kind.key, ids)
    if thing is None:
        return None
    name, by = plain(row["name"]) or plain(called(thing, thing.id, names)), plain(row["owner"])
    owner = plain(names.called(by))
    place = plain(places.get(thing.workspace, thing.workspace))
    tags = row["tags"] if isinstance(row["tags"], list) else []
    return Entry(
        name,
        kind.title,
        kind.icon,
        f"{PAGE}.py",
        tuple(thing.words.items()),
        thing.id,
        owner,
        place,
        tuple(map(plain, tags)),
        bool(row["deleted"]),
        " · ".join(filter(None, (kind.title, place, owner, "deleted" if row["deleted"] else ""))),
        by if by != owner else "",
    )


def _with_id(entry: Entry) -> Entry:
    """Told apart from others of its name in the same workspace."""
    return entry if entry.id == entry.name else replace(entry, detail=f"{entry.detail} · {entry.id}")
