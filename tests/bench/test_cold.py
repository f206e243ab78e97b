"""Twenty-five people on the same cold page cause one execution per question, and nobody sees an exception."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.cold import cold
from pages.map import asking
from tests.lakehouses import lakehouse

pytestmark = [pytest.mark.xdist_group("browser")]  # as busy as a browser: not beside one


def test_twenty_five_people_cause_one_execution_per_question(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    lakehouse(tmp_path_factory, tmp_path / "lakehouse.duckdb", None)
    pages = cold(tmp_path / "lakehouse.duckdb", people=25, seconds=0.3)["pages"]
    assert len(pages) == len(asking())
    for name, figures in pages.items():
        assert figures["exceptions"] == 0, name
        assert figures["executions"] >= 5
        assert figures["executions_of_25_people"] == figures["executions"], name
