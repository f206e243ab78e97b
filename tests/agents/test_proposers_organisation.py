"""The agents on the synthetic organisation: they find what is planted, and nothing that cannot be justified from the raw
rows by other means than theirs."""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from actions import intake
from agents import proposing
from agents.finops import idle_warehouses as finops
from agents.governanceops import unused_grants as governanceops
from agents.pipelineops import failed_runs as pipelineops
from agents.proposing import Scan
from agents.round import CAPABILITIES, run_once
from approvals.deciding import deadlines, drafts
from approvals.deciding.deadlines import Deadline
from approvals.deciding.transitions import proposal
from approvals.ledger.ledger import Actor
from approvals.store.store import Store
from approvals.values.proposal import Draft
from bench.quiet_hour import quiet_hour
from demo.accepted import Accepted
from queries.catalogue import catalogue
from queries.kinds import Param
from tests.actions.office import office
from tests.lakehouses import lakehouse as small
from tests.support.stores import store_at
from warehouse.embedded import Embedded
from warehouse.errors import Unreachable
from warehouse.interface import ask
from warehouse.reader import Reader

pytestmark = pytest.mark.xdist_group("organisation")
NOW = dt.datetime(2026, 11, 20, 10, 25, tzinfo=dt.UTC)
TODAY = NOW.date()
Fault = dict[str, Any]


@pytest.fixture(scope="module")
def lakehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small(tmp_path_factory, tmp_path_factory.mktemp("organisation") / "lakehouse.duckdb", NOW)


@pytest.fixture(scope="module")
def reader(lakehouse: Path) -> Iterator[Reader]:
    made = Reader(Embedded(lakehouse), catalogue(), clock=lambda: NOW, threads=2)
    yield made
    made.close()


@pytest.fixture(scope="module")
def faults(lakehouse: Path) -> dict[str, Fault]:
    found = json.loads(lakehouse.with_name("faults.json").read_text(encoding="utf-8"))
    return {fault["kind"]: fault for fault in found}


@pytest.fixture(scope="module")
def looks(reader: Reader) -> dict[str, Scan]:
    return {one.agent.id: proposing.scan(one, reader, NOW) for one in CAPABILITIES}


@pytest.fixture(scope="module")
def raw(lakehouse: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The raw rows, in DuckDB's own SQL."""
    with duckdb.connect(str(lakehouse), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        yield connection


@pytest.fixture(scope="module")
def benign(lakehouse: Path) -> set[str]:
    """What looks like a fault and is none, as things are proposed about: by kind of fault and id or name."""
    made = json.loads(lakehouse.with_name("twins.json").read_text(encoding="utf-8"))
    return {f"{one['kind']} {key}" for one in made for key in (one["entity_id"], one["entity_name"])}


PLANTED = {  # by capability: the fault that it finds; endpoints are proposed about by their name, models by theirs
    "finops.cost_rise": "cost_rise",
    "finops.cost_spike": "cost_spike",
    "finops.lost_tags": "untagged_rise",
    "finops.unpriced": "unpriced",
    "infraops.memory_bound": "memory_bound",
    "infraops.never_ends": "no_auto_termination",
    "infraops.oversized": "oversized",
    "infraops.queue_pressure": "queue_pressure",
    "infraops.support_ends": "end_of_support",
    "mlops.failing_training": "failing_runs",
    "mlops.idle_endpoint": "idle_endpoint",
    "mlops.retrain": "drift",
    "mlops.skewed": "skew",
    "mlops.untracked": "untracked",
    "mlops.worse_version": "errors",
}


@pytest.mark.parametrize(("agent", "kind"), PLANTED.items())
def test_what_is_planted_is_proposed_and_nothing_else(
    looks: dict[str, Scan], faults: dict[str, Fault], benign: set[str], agent: str, kind: str
) -> None:
    look, fault = looks[agent], faults[kind]
    assert look.could_not == ""
    (draft,) = look.drafts
    called = frozenset({draft.target.id, draft.target.name})
    assert any(Accepted(**way).mends(draft.kind, called, draft.params) for way in fault["accepted"])
    assert not {f"{kind} {draft.target.id}"} & benign


def test_the_job_on_an_all_purpose_cluster_is_among_those_that_are_proposed(
    looks: dict[str, Scan], faults: dict[str, Fault]
) -> None:
    """Others run there too, as jobs do; whoever ran there once is left alone."""
    found = {draft.target.id: draft for draft in looks["finops.all_purpose_job"].drafts}
    assert found[faults["all_purpose_job"]["entity_id"]].kind == "job.set_compute"


def targets(look: Scan) -> set[str]:
    assert look.could_not == ""
    return {draft.target.id for draft in look.drafts}


def test_the_idle_warehouse_is_found(looks: dict[str, Scan], faults: dict[str, Fault]) -> None:
    found = {draft.target.id: draft for draft in looks["finops.idle_warehouse"].drafts}
    planted = faults["idle_warehouse"]
    draft = found[planted["entity_id"]]
    assert (draft.kind, draft.params) == (planted["action"], planted["parameters"])
    assert draft.benefit is not None
    assert Decimal(100) < draft.benefit.low < draft.benefit.high


def test_the_run_that_broke_off_is_found_and_no_permanently_failing_one(
    looks: dict[str, Scan], faults: dict[str, Fault], raw: duckdb.DuckDBPyConnection
) -> None:
    look, planted = looks["pipelineops.failed_run"], faults["broken_off"]
    jobs = {draft.evidence[0].match["job_id"]: draft for draft in look.drafts}
    draft = jobs[planted["entity_id"]]
    assert (draft.kind, draft.params) == (planted["action"], planted["parameters"])
    left_alone = {faults[kind]["entity_id"] for kind in ("permission_lost", "never_succeeded", "flaky")}
    assert not left_alone & jobs.keys()
    reasons = " ".join(one.why_not for one in look.observations)
    assert "times in a row" in reasons
    for job_id, one in jobs.items():
        newest = raw.execute(
            "SELECT run_id, result_state FROM lakeflow.job_run_timeline WHERE job_id = ? AND workspace_id = ? "
            "ORDER BY period_end_time DESC LIMIT 1",
            [job_id, one.target.workspace_id],
        ).fetchone()
        assert newest == (one.target.id, "FAILED")


def test_the_unused_grants_are_found(looks: dict[str, Scan], faults: dict[str, Fault]) -> None:
    found = {draft.target.id: draft for draft in looks["governanceops.unused_grant"].drafts}
    for kind in ("unused_grant", "forgotten_grant"):
        draft = found[faults[kind]["entity_id"]]
        assert draft.kind == faults[kind]["action"]
        assert draft.params["privileges"] == faults[kind]["parameters"]["privileges"]


def test_grants_that_only_look_unused_are_left_alone(looks: dict[str, Scan], raw: duckdb.DuckDBPyConnection) -> None:
    look = looks["governanceops.unused_grant"]
    reasons = {one.entity: one.why_not for one in look.observations if one.why_not}
    assert any("service principal" in why for why in reasons.values())
    assert any("granted 20 days ago" in why for why in reasons.values())
    for draft in look.drafts:
        owner = raw.execute(
            "SELECT table_owner FROM info_schema.tables WHERE table_catalog || '.' || table_schema || '.' || table_name = ?",
            [draft.target.id],
        ).fetchone()
        assert owner is not None
        assert draft.params["principal"] != owner[0]


def test_every_grant_proposed_left_no_trace_in_any_log(looks: dict[str, Scan], raw: duckdb.DuckDBPyConnection) -> None:
    """Table by table and row by row in Python: whatever names both the person and the table, in any column."""
    since = TODAY - dt.timedelta(days=90)
    for draft in looks["governanceops.unused_grant"].drafts:
        who, table = draft.params["principal"], draft.target.id
        for log in ("access.table_lineage", "access.column_lineage", "access.audit"):
            rows = raw.execute(f"SELECT CAST(t AS VARCHAR) FROM {log} AS t WHERE event_date >= ?", [since]).fetchall()
            assert not [row for (row,) in rows if who in row and table in row and "updatePermissions" not in row]


def seconds_idle(
    raw: duckdb.DuckDBPyConnection, warehouse_id: str, start: dt.date, end: dt.date, wait: int, stops: int
) -> int:
    """Brute force: the seconds between ``start`` and ``end`` in which the warehouse ran although nothing had run in it for
    ``wait`` seconds, second by second; as it is set now it ``stops`` after so many (0: never)."""
    begin = int(dt.datetime.combine(start, dt.time(), dt.UTC).timestamp())
    size = int((end - start).days) * 86400
    lead = 86400  # one day before, to know how long it has been idle
    on, busy = np.zeros(size + lead, dtype=bool), np.zeros(size + lead, dtype=bool)
    events = raw.execute(
        "SELECT epoch_ms(event_time), event_type FROM compute.warehouse_events WHERE warehouse_id = ? ORDER BY event_time",
        [warehouse_id],
    ).fetchall()
    clock, state = -lead, False
    for at, kind in [*events, ((begin + size) * 1000, "STOPPED")]:
        second = min(max(at // 1000 - begin, -lead), size)
        on[clock + lead : second + lead] = state
        clock, state = second, kind not in ("STARTING", "STOPPING", "STOPPED")
    statements = raw.execute(
        "SELECT epoch_ms(start_time), epoch_ms(end_time) FROM query.history WHERE compute.warehouse_id = ?",
        [warehouse_id],
    ).fetchall()
    for first, last in statements:
        low, high = max(first // 1000 - begin, -lead), min(-(-last // 1000) - begin, size)
        if high > low:
            busy[low + lead : high + lead] = True
    idle_for = 0
    counted = 0
    for second in range(size + lead):
        idle_for = idle_for + 1 if on[second] and not busy[second] else 0
        counted += wait < idle_for <= (stops or size) and second >= lead
    return counted


def test_the_replay_is_what_a_clock_would_count(reader: Reader, raw: duckdb.DuckDBPyConnection) -> None:
    start = TODAY - dt.timedelta(days=28)
    given: dict[str, Param] = {"currency": "USD", "basis": "list", "workspaces": "", "minutes": "5,10,60"}
    answer = reader.submit(ask(finops.QUERY, start=start, end=TODAY, **given)).result(60)
    assert answer.table is not None
    compared = 0
    for row in answer.table.to_pylist():
        stretches = int(row["idle_stretches"])
        wait, stops = 60 * row["minutes"], 60 * row["auto_stop_minutes"]
        counted = seconds_idle(raw, row["warehouse_id"], start, TODAY, wait, stops)
        # A statement begins and ends within a second: each stretch may differ by two.
        assert abs(row["saved_hours"] * 3600 - counted) <= 2 * stretches, row["warehouse"]
        compared += stretches > 0
    assert compared >= 3


def test_only_warehouses_that_stop_late_are_proposed(looks: dict[str, Scan], raw: duckdb.DuckDBPyConnection) -> None:
    for draft in looks["finops.idle_warehouse"].drafts:
        setting = raw.execute(
            "SELECT max_by(auto_stop_minutes, change_time) FROM compute.warehouses WHERE warehouse_id = ?",
            [draft.target.id],
        ).fetchone()
        assert setting is not None
        assert setting[0] > finops.LONG


def test_every_draft_rests_on_one_row_that_can_be_read_again(looks: dict[str, Scan], reader: Reader) -> None:
    every = [draft for look in looks.values() for draft in look.drafts]
    assert len(every) >= 5
    for draft in every:
        for evidence in draft.evidence:
            kinds = catalogue()[evidence.query].params
            given = {k: dt.date.fromisoformat(v) if kinds[k] == "date" else v for k, v in evidence.params.items()}
            table = reader.submit(ask(evidence.query, **given)).result(60).table
            assert table is not None
            mine = [row for row in table.to_pylist() if all(str(row[k]) == str(v) for k, v in evidence.match.items())]
            assert len(mine) == 1
            for scalar in evidence.scalars:
                same = str(scalar.observed) == str(
                    mine[0][scalar.column]
                )  # as it is read again: days and times as text
                assert same or isinstance(scalar.observed, Decimal)
                if not same:
                    assert abs(Decimal(str(mine[0][scalar.column])) - Decimal(scalar.observed or 0)) < Decimal("0.01")


@pytest.mark.costs("every kind of draft, worked out")
def test_intake_takes_every_draft(looks: dict[str, Scan], reader: Reader, tmp_path: Path) -> None:
    """Two of each agent: targets are there, parameters parse, something would change, and the evidence names what is changed."""
    with office(f"sqlite:///{tmp_path / 'store.sqlite'}") as here:
        here.there.clock.now = NOW
        desk = replace(here.desk, reader=reader)
        for draft in (draft for look in looks.values() for draft in look.drafts[:2]):
            made = intake.take(desk, draft, Actor("agent", draft.agent.id))
            with desk.store.reading() as tx:
                assert proposal(tx, made).state in ("open", "approved")  # a message runs by itself


# The round


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return store_at(tmp_path / "store.sqlite")


def waiting(store: Store) -> list[Draft]:
    with store.writing() as tx:
        return [draft for _, draft in drafts.take(tx, 100)]


@pytest.mark.costs("two rounds of every agent")
def test_a_round_hands_everything_in_and_the_next_one_nothing(
    store: Store, reader: Reader, looks: dict[str, Scan]
) -> None:
    first, second = run_once(store, reader, NOW), run_once(store, reader, NOW)
    assert sum(len(look.drafts) for look in looks.values()) >= len(first.new) >= 5  # as far as the day's budget goes
    assert second.new == ()
    assert sum(one.known for one in second.submitted) == len(first.new)
    assert {draft.kind for draft in waiting(store)} >= {"warehouse.set_autostop", "job.repair_run", "grant.revoke"}
    assert "times in a row" in str(first)
    assert str(first).count("proposed") == len(first.new)


@pytest.mark.costs("the first round of every agent, twice")
def test_an_hour_of_agents_lets_the_warehouse_sleep(lakehouse: Path, tmp_path: Path) -> None:
    figures = quiet_hour(lakehouse, tmp_path, NOW)
    print(figures)
    assert figures["wakes"] <= 2
    asked = figures["by_question"]
    assert not {"finops.idle_warehouses", "governanceops.unused_grants"} & asked.keys()  # once in twelve hours
    later = quiet_hour(lakehouse, tmp_path / "later", NOW + 4 * pipelineops.RECENT)  # nothing failed within a day
    first = [one.query for each in CAPABILITIES for one in each.asks(NOW).values()]
    assert asked_of_pipelines(later) <= {*first}  # nothing is looked into


def asked_of_pipelines(figures: dict[str, Any]) -> set[str]:
    return {name for name in figures["by_question"] if name.startswith("pipelineops.")}


def test_declared_deadlines_reach_the_agents(store: Store, reader: Reader, faults: dict[str, Fault]) -> None:
    job = faults["broken_off"]
    deadline = Deadline(job["workspace_id"], job["entity_id"], "06:30", "Europe/Berlin", "ann", NOW)
    with store.writing() as tx:
        deadlines.declare(tx, deadline)
    run_once(store, reader, NOW)
    repairs = [draft for draft in waiting(store) if draft.kind == "job.repair_run"]
    assert any("due at 06:30 Europe/Berlin (declared)" in draft.ooda.orient for draft in repairs)


class Broken:
    """A warehouse that answers all but one query."""

    name = "broken"

    def __init__(self, inner: Embedded, broken: str) -> None:
        self._inner, self._broken = inner, catalogue()[broken].sql

    def fetch(self, sql: str, params: Mapping[str, Param], *, tags: Mapping[str, str], timeout: float) -> pa.Table:
        if sql == self._broken:
            raise Unreachable("the warehouse")
        return self._inner.fetch(sql, params, tags=tags, timeout=timeout)

    def prepare(self) -> None:
        """Nothing to do."""

    def close(self) -> None:
        self._inner.close()


def test_what_could_not_be_read_is_said_and_stops_nobody_else(store: Store, lakehouse: Path) -> None:
    broken = Reader(Broken(Embedded(lakehouse), governanceops.QUERY), catalogue(), clock=lambda: NOW, threads=2)
    summary = run_once(store, broken, NOW)
    broken.close()
    could_not = {one.capability: one.could_not for one in summary.looks}
    assert governanceops.QUERY in could_not["governanceops.unused_grant"]
    assert could_not["pipelineops.failed_run"] == could_not["finops.idle_warehouse"] == ""
    handed_in = {draft.agent.id for draft in waiting(store)}
    assert {"finops.idle_warehouse", "pipelineops.failed_run"} <= handed_in
    assert "governanceops.unused_grant" not in handed_in


def test_old_rows_are_no_ground_to_act(lakehouse: Path) -> None:
    clock = [NOW]
    late = Reader(Embedded(lakehouse), catalogue(), clock=lambda: clock[0], threads=2)
    assert proposing.scan(pipelineops.CAPABILITY, late, NOW).could_not == ""
    answer = late.submit(pipelineops.CAPABILITY.asks(NOW)["newest"]).result(60)
    late.close()
    assert proposing.unusable(answer, NOW) == ""
    assert "too old" in proposing.unusable(answer, NOW + proposing.OLDEST + dt.timedelta(seconds=1))


def one_round(home: Path) -> subprocess.CompletedProcess[str]:
    """The command over the lakehouse of ``home``, if there is one."""
    own = {"LAKEHELM_HOME": str(home), "LAKEHELM_PROFILE": "embedded", "LAKEHELM_STORE_URL": ""}
    command = [sys.executable, "-m", "agents", "run"]
    return subprocess.run(command, env=os.environ | own, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.costs("the organisation that ends now, where it is the first to need it; a process of its own")
def test_the_command_runs_one_round(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> None:
    small(tmp_path_factory, tmp_path / "lakehouse.duckdb", None)  # the command has the real clock
    done = one_round(tmp_path)
    assert done.returncode == 0, done.stderr
    assert "finops.idle_warehouse:" in done.stderr
    assert (tmp_path / "store.sqlite").exists()


def test_the_command_says_when_nothing_can_be_read(tmp_path: Path) -> None:
    assert one_round(tmp_path).returncode == 1
