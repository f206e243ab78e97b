"""Names that tell things apart: figures put equal ones in one place, and words of ours are nobody's name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import pandas as pd

from components.text.untrusted import plain

T = TypeVar("T")
LONGEST = 400
NO_NAME = "no name"


def told_apart(names: pd.Series, *ids: pd.Series) -> pd.Series:
    """The name of each row's thing, as it is read. Where several things have the same, with the first of ``ids`` that tells
    them apart, else with all of them; ``ids`` together say which thing it is. A row without ids keeps its name."""
    keys = [
        [str(key) if there else "" for key, there in zip(one.astype(object), one.notna(), strict=True)] for one in ids
    ]
    rows = list(zip(names, *keys, strict=True))  # a frame names a thing in many rows: it is told apart once
    made = _apart({row: _read(row[0]) for row in dict.fromkeys(rows)})
    return pd.Series([made[row] for row in rows], names.index, dtype="str", name=names.name)


def _apart(read: Mapping[tuple[Any, ...], str]) -> dict[tuple[Any, ...], str]:
    """What each row of a name and its ids is called, by how its name is ``read``."""
    things = {row: "/".join(row[1:]) for row in read}
    marked = {
        # The last is for where a name ends like another one's marks.
        row: [*(f"{name} · {key}" for key in row[1:]), f"{name} · {things[row]}", f"“{name}” · {things[row]}"]
        for row, name in read.items()
    }
    made = dict(read)
    for step in range(max(map(len, marked.values()), default=0)):
        called: dict[str, set[str]] = {}
        for row, name in made.items():
            called.setdefault(name, set()).add(things[row])
        several = [row for row, name in made.items() if len(called[name]) > 1 and things[row].strip("/")]
        made |= {row: marked[row][step] for row in several}
    return made


def _read(name: object) -> str:
    """A name as a reader sees it: two that differ only in what is not seen are one to them."""
    return (plain(name, LONGEST) if isinstance(name, str) else "") or NO_NAME


def jobs_apart(frame: pd.DataFrame) -> pd.DataFrame:
    """``frame`` with a ``name`` that tells its jobs apart."""
    return frame.assign(name=told_apart(frame["name"], frame["workspace_id"], frame["job_id"]))


def things_apart(frame: pd.DataFrame, name: str, key: str) -> pd.DataFrame:
    """``frame`` with ``name`` and ``workspace`` telling apart its things, which ``key`` identifies within a workspace."""
    places = told_apart(frame["workspace"], frame["workspace_id"])
    return frame.assign(workspace=places, **{name: told_apart(frame[name], frame["workspace_id"], frame[key])})


def named(values: pd.Series, mark: str | pd.Series) -> pd.Series:
    """Each value, ``mark`` (one for all, or one for each row) where there is none; a value that really reads like a mark
    stands in quotation marks."""
    marks = mark if isinstance(mark, pd.Series) else pd.Series(mark, values.index)
    ours = set(marks.dropna())
    return values.map(lambda value: f"“{value}”" if value in ours else value).where(values.notna(), marks)


def lines(frame: pd.DataFrame) -> pd.Series:
    """What each ``group_key`` of ``frame`` is called, once: its ``label``, which without a key is a word of ours (Other,
    untagged). A label that reads like one stands in quotation marks, equal ones have their keys behind them."""
    ours = set(frame.loc[frame["group_key"].isna(), "label"])
    pairs = zip(frame["label"], frame["group_key"].notna(), strict=True)
    names = pd.Series([f"“{label}”" if real and label in ours else label for label, real in pairs], frame.index)
    return told_apart(names, frame["group_key"])


def short(names: Iterable[Any], limit: int) -> list[str]:
    """``names`` cut to about ``limit`` characters, no two alike: what differs only behind the cut is cut in the middle, what
    does not differ at all is numbered."""
    texts = [plain(name, LONGEST) for name in names]
    often = Counter(plain(text, limit) for text in texts)
    made: dict[str, None] = {}
    for text in texts:
        called = plain(text, limit)
        if often[called] > 1 and len(text) > limit:
            called = f"{text[: limit // 2].rstrip()}…{text[-(limit // 2) :].lstrip()}"
        unlike, number = called, 1
        while unlike in made:
            unlike, number = f"{called} ({number + 1})", number + 1
        made[unlike] = None
    return list(made)


def words_for(
    options: Iterable[T], called: Callable[[T], str], limit: int = 80, key: Callable[[T], str] = str
) -> Callable[[T], str]:
    """What a control calls its ``options``: a browser says what was chosen in these words, so no two are alike. Those that
    are ``called`` the same have their ``key`` behind it."""
    options = list(options)
    texts = [plain(called(one), LONGEST) for one in options]
    often = Counter(texts)
    keyed = [text if often[text] < 2 else f"{text} · {key(one)}" for text, one in zip(texts, options, strict=True)]
    words = dict(zip(options, short(keyed, limit), strict=True))
    return lambda one: words.get(one) or plain(called(one), limit)
