"""What figures can be limited to besides workspaces: the words of the address, and what people see of them.

A scope's name is that of its filter (:mod:`queries.filters`) and of its word in the address: a list, with a comma within a
value as %2C. Names are folded as the tables are; a product is its code, a job workspace_id/job_id, a tag key=value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from unicodedata import normalize

from queries.folding import joined, keyed, parted
from spelling import composed, folded

SCOPES: Mapping[str, str] = MappingProxyType({
    "owner": "Owner", "team": "Team", "cost_center": "Cost centre", "product": "Product", "environment": "Environment",
    "job": "Job", "tagged": "Tag",
})  # fmt: skip
MOST, LONGEST = 50, 300  # values of one scope, letters of one value
Only = tuple[tuple[str, tuple[str, ...]], ...]  # what is chosen: a scope's name and its values, in the order of SCOPES


def _tag(text: str) -> str:
    key, sign, value = text.partition("=")
    return f"{keyed(key)}={folded(value)}" if sign and keyed(key) and folded(value) else ""


def _job(text: str) -> str:
    return text if re.fullmatch(r"[0-9]{1,20}/[0-9]{1,20}", text) else ""


def _product(text: str) -> str:
    return text if re.fullmatch(r"[A-Za-z0-9_]{1,60}", text) else ""


_READ: Mapping[str, Callable[[str], str]] = {"tagged": _tag, "job": _job, "product": _product}


def read(words: Mapping[str, str], problems: list[str]) -> Only:
    """What the address limits to; adds a sentence to ``problems`` for each scope with values that make no sense."""
    return tuple((name, values) for name in SCOPES if (values := _values(name, words.get(name, ""), problems)))


def _values(name: str, word: str, problems: list[str]) -> tuple[str, ...]:
    said = parted(word.encode("utf-8", "ignore").decode())
    fine = {value for one in said if len(one) <= LONGEST and (value := _READ.get(name, folded)(one))}
    if len(fine) < len(set(said)) or len(fine) > MOST:
        problems.append(
            f"Some of what the address names under {SCOPES[name].lower()} cannot be that, or is named twice."
        )
    return tuple(sorted(fine)[:MOST])


def words(only: Only) -> dict[str, str]:
    """The words of the address."""
    return {name: joined(values) for name, values in only}


def params(only: Only) -> dict[str, str]:
    """The parameters of questions. A name with marks is given in both forms, because SQL cannot compose."""
    return {
        name: joined(sorted({form for one in values for form in (composed(one), normalize("NFD", one))}))
        for name, values in only
    }


def not_limited(known: Sequence[frozenset[str]], chosen: Sequence[str]) -> str:
    """What questions that know the filters ``known`` leave out of the ``chosen`` ones, in a sentence; empty: nothing."""
    lacking = [_noun(name) for name in chosen if not all(name in one for one in known)]
    if not lacking:
        return ""
    return f"Not limited to {' and '.join(lacking)}: this question knows no {' and no '.join(lacking)}."


def _noun(name: str) -> str:
    return SCOPES[name].lower() if name in SCOPES else "workspace"
