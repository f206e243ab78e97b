"""Names that differ only in how their letters are put together are one row, and no money is lost."""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Iterator, Sequence
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from queries import catalogue as catalogues
from queries.catalogue import catalogue, name_cost_centers
from queries.folding import COST_CENTER_TAGS
from queries.kinds import COLUMNS
from warehouse.normalise import normalise

KINDS = {"day": "date", "name": "spelling", "word": "text", "cost": "money", "rows": "count"}
DAY = dt.date(2026, 2, 1)
NAMES = st.sampled_from(["café", "cafe\u0301", "Å", "A\u030a", "\u212b", "x", None])


def table(rows: Sequence[tuple[dt.date, str | None, str, Decimal | None, int]]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(KINDS)
    return pa.table(
        [pa.array(column, COLUMNS[kind]) for column, kind in zip(columns, KINDS.values(), strict=True)],
        names=list(KINDS),
    )


def test_two_forms_of_one_name_are_one_row() -> None:
    found = normalise(
        table(
            [(DAY, "café", "few", Decimal(1), 1), (DAY, "x", "a", None, 2), (DAY, "cafe\u0301", "many", Decimal(3), 4)]
        ),
        KINDS,
    ).to_pylist()
    assert [(row["name"], row["word"], row["cost"], row["rows"]) for row in found] == [
        ("café", "many", 4, 5),
        ("x", "a", None, 2),
    ]


@given(st.lists(st.tuples(st.just(DAY), NAMES, st.just("w"), st.decimals(0, 9, places=2), st.integers(0, 9))))
def test_nothing_is_lost_and_every_name_is_there_once(
    rows: list[tuple[dt.date, str | None, str, Decimal, int]],
) -> None:
    before, after = table(rows), normalise(table(rows), KINDS)
    for name in ("cost", "rows"):
        assert sum(after[name].to_pylist()) == sum(before[name].to_pylist())
    names = [name and unicodedata.normalize("NFC", name) for name in before["name"].to_pylist()]
    if before["name"].to_pylist() != names:
        assert sorted(after["name"].to_pylist(), key=str) == sorted(set(names), key=str)
    assert after.schema == before.schema


@pytest.fixture
def usual() -> Iterator[None]:
    yield
    name_cost_centers(COST_CENTER_TAGS)


@pytest.mark.usefixtures("usual")
def test_which_keys_mean_a_cost_centre_is_a_setting() -> None:
    before = catalogue()
    name_cost_centers(COST_CENTER_TAGS)
    assert catalogue() is before
    name_cost_centers(("Kosten-Stelle", "o'brien"))
    assert "array('kostenstelle', 'o''brien')" in catalogue()["finops.spend_total"].sql
    assert "'costcenter'" not in catalogues.catalogue()["finops.spend_total"].sql
