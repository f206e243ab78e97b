"""What a page costs is measured view by view."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.addresses import views
from bench.pages import by_view
from tests.lakehouses import lakehouse

pytestmark = [pytest.mark.xdist_group("browser")]  # as busy as a browser: not beside one


def test_every_view_of_the_pages_that_are_measured_has_its_address() -> None:
    assert views()["overview"] == {"overview": "?"}
    assert views()["sources"]["sources_cost"] == "sources?view=Cost"


@pytest.mark.deep
@pytest.mark.costs("an app of its own")
def test_the_views_of_a_page_are_measured_one_by_one(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path) -> None:
    lakehouse(tmp_path_factory, tmp_path / "lakehouse.duckdb", None)
    found = by_view(tmp_path, 2, {"sources": views()["sources"]})["views"]
    assert found.keys() == views()["sources"].keys()
    for name, figures in found.items():
        assert figures["exceptions"] == 0, name
        assert figures["kilobytes"] > 1 and figures["warm_p50_ms"] > 0
