"""What is planted in the synthetic organisation's jobs, pipelines and tables is proposed with the right action, its twins never."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from actions.registry import kind, parsed
from agents import proposing
from agents.proposing import Scan
from agents.round import CAPABILITIES
from queries.catalogue import catalogue
from tests.lakehouses import lakehouse as small
from warehouse.embedded import Embedded
from warehouse.reader import Reader

pytestmark = pytest.mark.xdist_group("organisation")
NOW = dt.datetime(2026, 11, 20, 10, 25, tzinfo=dt.UTC)
OF = {
    "stuck": "pipelineops.stuck_run",
    "not_started": "pipelineops.not_started",
    "flaky": "pipelineops.flaky_job",
    "never_succeeded": "pipelineops.never_succeeded",
    "pipeline_failing": "pipelineops.failing_pipeline",
    "permission_lost": "pipelineops.lost_permission",
    "wrote_nothing": "pipelineops.empty_run",
    "slower": "pipelineops.slower_job",
    "late_start": "pipelineops.late_start",
    "stale_table": "dataops.stale_table",
    "row_drop": "dataops.row_drop",
    "unhealthy_freshness": "dataops.failing_check",
    "schema_change": "dataops.gone_column",
    "failed_starts": "infraops.failed_starts",
}
Listed = list[dict[str, Any]]


@pytest.fixture(scope="module")
def lakehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small(tmp_path_factory, tmp_path_factory.mktemp("planted") / "lakehouse.duckdb", NOW)


@pytest.fixture(scope="module")
def looks(lakehouse: Path) -> Iterator[dict[str, Scan]]:
    reader = Reader(Embedded(lakehouse), catalogue(), clock=lambda: NOW, threads=2)
    wanted = [one for one in CAPABILITIES if one.name in OF.values()]
    yield {one.name: proposing.scan(one, reader, NOW) for one in wanted}
    reader.close()


def listed(lakehouse: Path, name: str) -> Listed:
    found: Listed = json.loads(lakehouse.with_name(name).read_text(encoding="utf-8"))
    return found


def found_in(look: Scan) -> set[str]:
    """The jobs and pipelines that its drafts are about: a run is its job's, a grant that of the job that lacks it."""
    assert look.could_not == ""
    return {str(draft.evidence[-1].match.get("job_id", draft.target.id)) for draft in look.drafts}


@pytest.mark.parametrize("fault", OF)
def test_what_is_planted_is_proposed_and_nothing_else(lakehouse: Path, looks: dict[str, Scan], fault: str) -> None:
    planted = [one for one in listed(lakehouse, "faults.json") if one["kind"] == fault]
    look = looks[OF[fault]]
    assert found_in(look) == {one["entity_id"] for one in planted}
    for draft in look.drafts:
        assert draft.kind == planted[0]["action"]
        assert planted[0]["parameters"].items() <= draft.params.items()
        parsed(kind(draft.kind), draft.params)


def test_twins_are_left_alone(lakehouse: Path, looks: dict[str, Scan]) -> None:
    twins = {
        one["entity_id"]
        for one in listed(lakehouse, "twins.json")
        if one["entity_type"] in ("job", "pipeline", "table")
    }
    assert len(twins) >= 6
    assert not twins & {one for look in looks.values() for one in found_in(look)}
