"""What people type is compared through the constructs of the house, in every question, and they say what Python says."""

from __future__ import annotations

from random import Random

import duckdb
import pyarrow as pa
import pytest
import sqlglot
from hypothesis import given, settings
from hypothesis import strategies as st

from queries.checking import source
from queries.folding import joined, keyed, parted
from queries.macros import written_out
from spelling import composed, folded
from tests.support.tiers import deep
from warehouse.dialect import to_duckdb


@pytest.mark.parametrize(("sql", "found"), [
    ("SELECT executed_by, COUNT(*) FROM system.query.history GROUP BY 1", ["executed_by"]),
    ("SELECT COUNT(DISTINCT executed_by) FROM system.query.history", ["executed_by"]),
    ("SELECT folded(executed_by) FROM system.query.history", []),
    ("SELECT 1 FROM system.access.audit WHERE user_identity.email = 'a'", ["user_identity.email"]),
    ("WITH h AS (SELECT folded(executed_by) AS executed_by FROM system.query.history) SELECT executed_by FROM h", []),
])  # fmt: skip
def test_what_is_not_folded_is_found(sql: str, found: list[str]) -> None:
    assert list(source.bare(sqlglot.parse_one(sql, read="databricks"))) == found


def in_duckdb(construct: str, texts: list[str]) -> list[str]:
    with duckdb.connect() as connection:
        connection.register("data", pa.table({"x": texts}))
        return [
            row[0] for row in connection.sql(to_duckdb(written_out(f"SELECT {construct}(x) FROM data"))[0]).fetchall()
        ]


def test_every_character_folds_in_sql_as_in_python_but_for_composing() -> None:
    every = [chr(one) for one in range(1, 0x20000) if not 0xD800 <= one <= 0xDFFF]
    texts = [f"A{one}b" for one in every] + [f"{one} Z {one}" for one in every]
    assert [composed(one) for one in in_duckdb("folded", texts)] == [folded(one) for one in texts]
    assert [composed(one) for one in in_duckdb("tidied", texts)] == [composed(one) for one in texts]


KEYS = [
    "CostCenter",
    "cost-center",
    "COST_CENTER",
    "Cost Center\u00a0",
    "cost.center",
    "\u200bcost:center",
    "cost/center",
]


def test_the_usual_spellings_of_a_key_are_one() -> None:
    assert set(in_duckdb("keyed", KEYS)) == {keyed(one) for one in KEYS} == {"costcenter"}


@given(st.lists(st.text(min_size=1)))
def test_a_list_of_any_values_comes_back(values: list[str]) -> None:
    assert list(parted(joined(values))) == values


@given(st.lists(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1), min_size=1))
def test_a_list_is_taken_apart_in_sql_as_in_python(values: list[str]) -> None:
    [found] = in_duckdb("listed", [joined(values)])
    assert list(found) == values


@pytest.mark.parametrize(
    ("sql", "out"),
    [
        ("SELECT cost_center_keys()", "SELECT array('costcenter', 'costcentre')"),
        ("SELECT unfolded(x)", "SELECT unfolded(x)"),
    ],
)
def test_constructs_are_written_out(sql: str, out: str) -> None:
    assert written_out(sql) == out


AZURE = ["abfss", "abfs", "wasbs", "wasb"]
PLACES: list[tuple[list[str], list[str]]] = [  # what may stand before a path, all meaning one place; schemes as written
    ([f"{scheme}://lake@acc.{kind}.core.windows.net/" for scheme in AZURE for kind in ("dfs", "blob")], []),
    (["s3://lake/", "s3a://lake/", "s3n://lake/"], []),
    (["gs://lake/"], []),
    (["adl://acc.azuredatalakestore.net/"], []),
    (["dbfs:/mnt/lake/", "dbfs:///mnt/lake/"], ["/mnt/lake/", "/dbfs/mnt/lake/", "file:/dbfs/mnt/lake/"]),
]


@pytest.mark.parametrize("draws", [15, deep(100)])
def test_one_place_has_one_address_and_two_places_have_two(draws: int) -> None:
    @settings(max_examples=draws)
    @given(st.lists(st.sampled_from(["S", "s", "day=1", "b c", "ä", "Ω", "%20", "x.y"]), max_size=4), st.randoms())
    def holds(steps: list[str], random: Random) -> None:
        def written(start: str, *, loud: bool) -> str:
            scheme, _, rest = start.partition(":")
            host = rest if start.startswith("dbfs") else rest.upper() if loud else rest
            slashes = ["/" * random.randrange(1, 4) for _ in steps]
            path = "".join(step + slash for step, slash in zip(steps, slashes, strict=True))
            return f"{scheme.upper() if loud else scheme}:{host}{path.rstrip('/')}" + "/" * random.randrange(3)

        found = []
        for starts, bare in PLACES:
            path = "/".join(steps)
            texts = [written(start, loud=loud) for start in starts for loud in (False, True)] + [
                one + path for one in bare
            ]
            [place] = set(in_duckdb("placed", texts))
            found.append(place)
            assert place.endswith(path) and "//" not in place
        assert len(set(found)) == len(PLACES)

    holds()
