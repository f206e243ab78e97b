"""Arrays that a question explodes are unnested beside their source where that means the same, and left where it would not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb
import pytest
import sqlglot

from warehouse.dialect import to_duckdb

ROWS = "(SELECT 1 AS id, array(1, 2) AS xs UNION ALL SELECT 2, array() UNION ALL SELECT 3, NULL UNION ALL SELECT 4, array(4)) t"
ONE_SOURCE: Mapping[str, list[Any]] = {
    f"SELECT id, x FROM {ROWS} LATERAL VIEW explode(xs) e AS x": [(1, 1), (1, 2), (4, 4)],
    f"SELECT t.id, e.x + 1 FROM {ROWS} LATERAL VIEW explode(t.xs) e AS x WHERE e.x > 1 ORDER BY e.x": [(1, 3), (4, 5)],
    f"SELECT * FROM {ROWS} LATERAL VIEW explode(xs) e AS x WHERE id = 4": [(4, [4], 4)],
    f"SELECT x, y FROM {ROWS} LATERAL VIEW explode(xs) e AS x LATERAL VIEW explode(array(e.x, 9)) f AS y WHERE id = 1": [
        (1, 1), (1, 9), (2, 2), (2, 9),
    ],
    f"SELECT x, COUNT(*) FROM (SELECT e.x FROM {ROWS} LATERAL VIEW explode(xs) e AS x) u LATERAL VIEW explode(array(1, 2)) e AS y "
    "GROUP BY x": [(1, 2), (2, 2), (4, 2)],
}  # fmt: skip
OTHERS = (
    f"SELECT t.id, x FROM {ROWS} JOIN (SELECT 1 AS id) j ON j.id = t.id LATERAL VIEW explode(xs) e AS x",
    f"SELECT id, x FROM {ROWS} LATERAL VIEW OUTER explode(xs) e AS x",
    f"SELECT id FROM {ROWS} LATERAL VIEW explode(xs) e AS x WHERE EXISTS "
    "(SELECT 1 FROM (SELECT array(1) AS ys) u LATERAL VIEW OUTER explode(ys) e AS y WHERE e.y = 1)",
)


@pytest.mark.parametrize("sql", ONE_SOURCE)
def test_arrays_of_one_source_are_unnested_beside_it(sql: str) -> None:
    statement, _ = to_duckdb(sql)
    assert "CROSS JOIN" not in statement
    assert sorted(duckdb.sql(statement).fetchall(), key=str) == sorted(ONE_SOURCE[sql], key=str)


@pytest.mark.parametrize("sql", OTHERS)
def test_others_stay_as_they_are(sql: str) -> None:
    outer = sqlglot.parse_one(to_duckdb(sql)[0], read="duckdb")
    assert outer.args.get("joins") or outer.args.get("laterals")
