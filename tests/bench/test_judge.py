"""The judge over an organisation: it knows what is wrong, its agents find what they look for, and neither silence nor chance
passes."""

from __future__ import annotations

import datetime as dt
import shutil
from collections import Counter
from pathlib import Path

import duckdb
import pytest

from agents.round import CAPABILITIES
from bench.judge import BASELINES, by_agents, judge, looked, moment
from bench.judge_days import delays, over_days
from bench.judge_scores import lines, scored
from bench.judged import Agents, Made, opened
from tests.lakehouses import SCALE, SEED
from tests.lakehouses import lakehouse as small

pytestmark = pytest.mark.xdist_group("organisation")
NOW = dt.datetime(2026, 11, 20, 10, 25, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    path = small(tmp_path_factory, tmp_path_factory.mktemp("judged") / "lakehouse.duckdb", NOW)
    return opened(path, SEED, SCALE, NOW)


def test_what_is_wrong_is_known_with_what_mends_it(made: Made) -> None:
    assert all(one.accepted for one in made.known.wrong)
    planted = [one for one in made.known.wrong if not one.natural]
    assert max(Counter(one.kind for one in planted).values()) == 1
    lost = next(one for one in planted if one.kind == "permission_lost")
    assert len(lost.victims) >= 2
    assert len(made.jobs) > 1000


@pytest.mark.parametrize("name", BASELINES)
def test_neither_silence_nor_chance_passes(made: Made, name: str) -> None:
    figures = scored([looked(made, BASELINES[name])])
    assert figures["overall"]["recall"] < 0.2
    assert any("overall" in one for one in figures["misses"])


def test_the_agents_find_what_is_planted_for_them(made: Made) -> None:
    mine = [one for one in CAPABILITIES if one.name in ("finops.idle_warehouse", "governanceops.unused_grant")]
    figures = scored([looked(made, by_agents(mine))])
    assert {kind for kind, own in figures["kinds"].items() if own["found"]} >= {"idle_warehouse", "unused_grant"}
    assert figures["overall"]["twin"] == 0
    assert "finops.idle_warehouse" in "\n".join(lines(figures))


def test_organisations_end_at_moments_of_their_own() -> None:
    assert len({moment(seed).hour for seed in range(24)}) == 24
    assert len({moment(seed).weekday() for seed in range(24)}) == 7


@pytest.mark.deep
@pytest.mark.costs("builds two organisations")
@pytest.mark.parametrize("agent", BASELINES)
def test_the_command_builds_looks_and_says(agent: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    said: list[str] = []
    figures = judge([4], 0.1, agent=agent, log=said.append)
    assert figures["overall"]["organisations"] == figures["overall"]["faultless"] == 1
    assert not figures["held"]
    assert len(said) == 2 and "4 without faults" in said[1]


def test_an_agent_is_what_looks(made: Made) -> None:
    quiet: Agents = BASELINES["always_quiet"]
    assert quiet(made) == ([], {}, {})


@pytest.mark.costs("looks on three days")
def test_an_earlier_day_has_only_what_had_arrived_by_then(made: Made, tmp_path: Path) -> None:
    path = tmp_path / "lakehouse.duckdb"
    for name in ("lakehouse.duckdb", "faults.json", "twins.json", "naturals.json"):
        shutil.copy(made.path.with_name(name), tmp_path / name)
    one = opened(path, SEED, SCALE, NOW)
    mine = [each for each in CAPABILITIES if each.name == "governanceops.unused_grant"]
    seen = over_days(one, by_agents(mine), 3)
    assert {each.capability for each in seen.proposals} == {"governanceops.unused_grant"}
    assert len(seen.known.wrong) >= len(one.known.wrong)
    at = NOW - dt.timedelta(days=2)
    with duckdb.connect(str(path), read_only=True) as connection:
        connection.execute("SET TimeZone = 'UTC'")
        newest = {}
        for table, column in (("billing.usage", "usage_end_time"), ("lakeflow.job_run_timeline", "period_end_time")):
            (newest[table],) = connection.execute(f"SELECT epoch(max({column})) FROM {table}").fetchone() or (0,)
        (given,) = connection.execute(
            "SELECT count(*) FROM info_schema.table_privileges WHERE privilege_type = 'ALL_PRIVILEGES'"
        ).fetchone() or (1,)
    assert 0 <= at.timestamp() - newest["lakeflow.job_run_timeline"] - 3600 < 3600
    assert 0 <= at.timestamp() - newest["billing.usage"] - 10 * 3600 < 3600
    assert given == 0  # it was given two days ago, an hour later


def test_how_late_a_fault_was_proposed_is_known_where_it_began_in_these_days(made: Made) -> None:
    """What began three days ago and is proposed from two days ago on is a day late; what is older than the days says nothing."""
    lost = next(at for at, one in enumerate(made.known.wrong) if one.kind == "permission_lost")
    old = next(at for at, one in enumerate(made.known.wrong) if one.kind == "unused_grant")
    since = dt.datetime.fromisoformat(made.known.wrong[lost].begin)
    seen = {lost: since + dt.timedelta(days=1), old: NOW}
    assert delays(made, seen, 6) == {lost: 1.0}
    assert delays(made, seen, 1) == {}
