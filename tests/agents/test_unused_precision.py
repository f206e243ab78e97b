"""What is proposed as unused is unused: rights whose true use is planted by name, by path, through a view, by a group, once a quarter
and in other ways, through the real questions and the real judgement. What is right is known from the planting alone."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from agents.governanceops.unused_grants import CAPABILITY, DAYS, QUERY, WEEKS, about, unused_grants
from queries.catalogue import catalogue
from tests.queries.case_files import Case
from tests.queries.duckdb_engine import DuckDB
from tests.support.tiers import deep
from warehouse.coverage import Coverage

NOW = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
USED = (
    "name",
    "request",
    "path",
    "credential",
    "view",
    "capitals",
    "denied",
    "written",
    "quarter",
    "half year",
    "now and then",
)
KEPT = ("group", "service", "young", "owner", "young table")  # no trace, and nobody can say that they are unused
UNUSED = ("idle", "absent", "left", "path alike")
PLACE = "abfss://lake@acc.dfs.core.windows.net/s/"


class Planted:
    """Rights with the way in which each is used, and the rows that this leaves in the system tables."""

    def __init__(self, seed: int, of_each: int) -> None:
        self.draw, self.rows = random.Random(seed), dict[str, list[dict[str, Any]]]()
        self.truth: dict[tuple[str, str], str] = {}
        self.number = 0
        for day in range(366):  # both logs reach a year back and up to now
            self.audit(day, "cron@x.com", "accounts", "tokenLogin", {})
            self.lineage(day, "cron@x.com", source_table_full_name="main.s.other")
        self.add("schemata", catalog_name="main", schema_name="s", schema_owner="root@x.com")
        for way in (*USED, *KEPT, *UNUSED):
            for _ in range(of_each):
                self.plant(way)

    def add(self, table: str, **row: Any) -> None:
        name = f"system.information_schema.{table}" if "." not in table else table
        self.rows.setdefault(name, []).append(row)

    def at(self, ago: float) -> dict[str, Any]:
        self.number += 1
        when = NOW - dt.timedelta(days=ago, minutes=self.draw.randrange(300))
        return {"event_time": when.isoformat(), "event_date": when.date(), "event_id": f"e{self.number}"}

    def lineage(self, ago: float, who: str, **side: Any) -> None:
        self.add("system.access.table_lineage", workspace_id="1", created_by=who, **side, **self.at(ago))

    def audit(self, ago: float, who: str, service: str, action: str, params: dict[str, str], status: int = 200) -> None:
        event = {
            "service_name": service,
            "action_name": action,
            "user_identity": {"email": who},
            "request_params": params,
        }
        self.add("system.access.audit", **event, response={"status_code": status}, **self.at(ago))

    def plant(self, way: str) -> None:
        n = len(self.truth)
        who, name = f"p{n}@x.com", f"main.s.t{n}"
        grantee = {
            "capitals": who.upper(), "group": f"team-{n}", "service": f"1b2c3d4e-0000-4000-8000-{n:012d}",
        }.get(way, who)  # fmt: skip
        self.truth[grantee.casefold(), name] = way
        born = "2026-10-20T00:00:00Z" if way == "young table" else "2024-01-01T00:00:00Z"
        table = {"table_catalog": "main", "table_schema": "s", "table_name": f"t{n}"}
        kind = "VIEW" if way == "view" else "EXTERNAL"
        owner = who if way == "owner" else "root@x.com"
        self.add("tables", **table, table_type=kind, table_owner=owner, created=born, storage_path=f"{PLACE}t{n}/")
        privilege = self.draw.choice(("SELECT", "MODIFY", "ALL PRIVILEGES"))
        self.add("table_privileges", grantee=grantee, **table, privilege_type=privilege, inherited_from="NONE")
        if way != "absent" and self.draw.random() < 0.7:
            self.audit(self.draw.uniform(1, 60), who, "accounts", "tokenLogin", {})
        getattr(self, f"_{way.replace(' ', '_')}", lambda *_: None)(who, name)

    def recent(self) -> float:
        return self.draw.uniform(1, DAYS - 3)

    def _name(self, who: str, name: str) -> None:
        self.lineage(self.recent(), who, source_table_full_name=name)

    _view = _group = _capitals = _name

    def _written(self, who: str, name: str) -> None:
        self.lineage(self.recent(), who, target_table_full_name=name.upper())

    def _request(self, who: str, name: str) -> None:
        self.audit(self.recent(), who.upper(), "unityCatalog", "getTable", {"full_name_arg": name})

    def _denied(self, who: str, name: str) -> None:
        self.audit(self.recent(), who, "unityCatalog", "getTable", {"full_name_arg": name}, 403)

    def _path(self, who: str, name: str) -> None:
        self.lineage(self.recent(), who, source_type="PATH", source_path=f"{PLACE}{name.split('.')[2]}/day=1/part-0")

    def _path_alike(self, who: str, name: str) -> None:
        self.lineage(self.recent(), who, source_type="PATH", source_path=f"{PLACE}{name.split('.')[2]}x/day=1")

    def _credential(self, who: str, name: str) -> None:
        params = {"url": f"{PLACE}{name.split('.')[2]}", "operation": "PATH_READ"}
        self.audit(self.recent(), who, "unityCatalog", "generateTemporaryPathCredential", params)

    def _quarter(self, who: str, name: str) -> None:
        """Comes each quarter, and is due within a fortnight."""
        self._visits(who, name, [91 * turn + self.draw.uniform(0, 10) for turn in (1, 2, 3)])

    def _half_year(self, who: str, name: str) -> None:
        self._visits(who, name, [182 + self.draw.uniform(-10, 10)])

    def _now_and_then(self, who: str, name: str) -> None:
        self._visits(who, name, [95 + self.draw.uniform(0, 5), 200 + self.draw.uniform(0, 20), 320])

    def _left(self, who: str, name: str) -> None:
        """Came steadily for half a year, and stopped."""
        self._visits(who, name, [130 + 6 * turn for turn in range(30)])

    def _visits(self, who: str, name: str, ago: list[float]) -> None:
        for day in ago:
            self.lineage(max(day, DAYS + 1), who, source_table_full_name=name)

    def _young(self, who: str, name: str) -> None:
        changes = f'[{{"principal": "{who}", "add": ["SELECT"]}}]'
        params = {"securable_full_name": name, "securable_type": "TABLE", "changes": changes}
        self.audit(self.draw.uniform(2, 60), "root@x.com", "unityCatalog", "updatePermissions", params)


def answer(engine: DuckDB, planted: Planted, name: str, **params: Any) -> pd.DataFrame:
    query = catalogue()[name]
    case = Case(f"planted.{name}", query, params, planted.rows, frozenset(), pa.table({}), "")
    frame: pd.DataFrame = engine.rows(case).to_pandas()
    frame.attrs["coverage"] = Coverage(since=NOW - dt.timedelta(days=365))
    return frame


@pytest.mark.parametrize(("seed", "of_each"), [(1, 12), deep(2, 60), deep(3, 60), deep(4, 60)])
def test_what_is_proposed_as_unused_is_unused(tmp_path: Path, seed: int, of_each: int) -> None:
    planted, engine = Planted(seed, of_each), DuckDB(tmp_path)
    opens = CAPABILITY.opens["grants"].params(NOW)
    frames = {"grants": answer(engine, planted, QUERY, **opens | {"limit": 100_000})}
    asked = about(frames, NOW)["weeks"]
    frames["weeks"] = answer(engine, planted, WEEKS, **dict(asked.params))
    drafts = [one.draft for one in unused_grants(frames, NOW) if one.draft is not None]
    said = Counter(planted.truth[one.params["principal"].casefold(), one.target.id] for one in drafts)
    right = sum(said[way] for way in UNUSED)
    assert right >= 0.98 * sum(said.values()), said
    assert right >= 0.95 * of_each * len(UNUSED), said  # and little that is unused stays unsaid
