"""A thing is known by its kind, its id and its workspace, and its address leads back to it."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from things import KINDS, SPOKEN, Thing, ThingColumn, named_by, read, thing_of

PARTS = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=60).filter(
    lambda text: "/" not in text and text.isprintable()
)


@pytest.mark.parametrize("kind", sorted(KINDS))
@given(parts=st.lists(PARTS, min_size=3, max_size=3), place=st.integers(1, 10**19).map(str))
def test_an_address_leads_back_to_its_thing(kind: str, parts: list[str], place: str) -> None:
    sort = KINDS[kind]
    ids = [place, *parts][: len(sort.columns)] if sort.in_workspace else parts[: len(sort.columns)]
    thing = named_by(kind, ids)
    assert thing is not None
    words = dict(parse_qsl(urlsplit(thing.address).query))
    assert read(words) == thing


@pytest.mark.parametrize(
    "words",
    [
        {}, {"kind": "job"}, {"kind": "job", "id": "1"}, {"kind": "job", "id": "1", "w": "x"}, {"kind": "house", "id": "1"},
        {"kind": "job", "id": "", "w": "1"}, {"kind": "job", "id": "a\nb", "w": "1"}, {"kind": "job", "id": "1", "w": "٣"},
        {"kind": "run", "id": "1", "w": "1"}, {"kind": "run", "id": "1//2", "w": "1"} | {"id": "/1"},
        {"kind": "table", "id": "a.b.c", "w": "1"}, {"kind": "table", "id": "x" * 401},
    ],
)  # fmt: skip
def test_what_names_no_thing_is_none(words: dict[str, str]) -> None:
    assert read(words) is None


@given(st.dictionaries(st.sampled_from(["kind", "id", "w", "x"]), st.text(max_size=30)))
def test_any_words_are_a_thing_or_none(words: dict[str, str]) -> None:
    found = read(words)
    assert found is None or read(found.words) == found


@pytest.mark.parametrize("missing", [None, np.nan, ""])
def test_the_row_of_a_rest_names_none(missing: object) -> None:
    assert named_by("job", ["1", missing]) is None and named_by("principal", [missing]) is None


def test_the_kind_may_stand_in_a_column() -> None:
    column = ThingColumn("", ("workspace_id", "resource_id"), "resource_kind")
    row = {"workspace_id": "1", "resource_id": "7", "resource_kind": "warehouse"}
    assert thing_of(column, row) == Thing("warehouse", "7", "1")
    assert thing_of(column, row | {"resource_kind": "none"}) is None
    assert thing_of(column, row | {"resource_id": "ann", "resource_kind": "person"}) == Thing("principal", "ann")
    assert set(SPOKEN.values()) <= KINDS.keys()


def test_where_kinds_are_mixed_what_has_no_workspace_is_known_by_its_id() -> None:
    column = ThingColumn("", ("workspace_id", "thing_id"), "kind")
    row = {"workspace_id": "1", "thing_id": "main.sales.orders", "kind": "table"}
    assert thing_of(column, row) == Thing("table", "main.sales.orders")
    assert thing_of(column, row | {"kind": "volume"}) is None
