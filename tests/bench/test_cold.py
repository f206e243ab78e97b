"""People on the same cold page cause one execution per question, and nobody sees an exception."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.addresses import addresses
from bench.cold import cold
from tests.lakehouses import lakehouse
from tests.support.tiers import deep

pytestmark = [pytest.mark.xdist_group("browser")]  # as busy as a browser: not beside one


@pytest.mark.costs("two apps, each with nothing in its memory")
@pytest.mark.parametrize(("pages", "people"), [(("finops",), 8), deep((), 25)], ids=["one page", "every page"])
def test_people_at_once_cause_one_execution_per_question(
    tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, pages: tuple[str, ...], people: int
) -> None:
    lakehouse(tmp_path_factory, tmp_path / "lakehouse.duckdb", None)
    every = addresses(tmp_path / "lakehouse.duckdb")
    assert every.keys() >= {"overview", "finops", "thing job", "thing warehouse", "thing table", "thing principal"}
    chosen = {name: every[name] for name in pages or every}
    found = cold(tmp_path / "lakehouse.duckdb", people=people, seconds=0.3, pages=chosen)["pages"]
    assert found.keys() == chosen.keys()
    for name, figures in found.items():
        assert figures["exceptions"] == 0, name
        assert figures["executions"] > 0, name
        assert figures[f"executions_of_{people}_people"] == figures["executions"], name
