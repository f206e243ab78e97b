"""The rehearsal of a deployment with the Python that runs the tests; `make rehearse` does it with that of Databricks Apps."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from pages.map import pages
from tests.rehearse import runtime
from tests.rehearse.checks import Check, Table, differences, rehearse
from tests.rehearse.source import upload

pytestmark = [pytest.mark.xdist_group("rehearse")]


@pytest.mark.soak
def test_every_check_of_the_rehearsal_is_well(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder: Path = tmp_path_factory.mktemp("rehearse")
    folder.parent.chmod(0o755)  # as root, Postgres runs as another user
    table = Table(lambda check: None)
    rehearse(folder, Path(sys.executable), table, undo="1s")
    assert [one for one in table.checks if not one.ok] == []
    assert len(table.checks) == 10 + len(pages())


def test_a_check_that_breaks_has_failed() -> None:
    seen: list[Check] = []
    table = Table(seen.append)
    assert not table("no", lambda: (False, "not so"))
    assert not table("breaks", lambda: (bool(1 / 0), ""))
    assert table("yes", lambda: (True, "so"))
    assert [one.ok for one in seen] == [False, False, True] and not table.well
    assert "ZeroDivisionError" in seen[1].what


def test_a_figure_that_differs_is_found() -> None:
    assert list(differences(["a", "cost 12"], ["a", "cost 12"])) == []
    assert "cost 13" in next(differences(["a", "cost 12"], ["a", "cost 13"]))
    assert "1 elements here" in next(differences(["a"], ["a", "b"]))


def test_what_is_not_as_pinned_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert runtime.differing(Path(sys.executable)) == []
    monkeypatch.setattr(runtime, "ROOT", Path("/nowhere"))
    with pytest.raises(FileNotFoundError):
        runtime.differing(Path(sys.executable))


def test_tests_and_benches_are_not_uploaded(tmp_path: Path) -> None:
    count, largest, large = upload(tmp_path)
    assert count > 200 and largest > 0 and large == []
    assert {"app.py", "app.yaml", "pages", "policies"} <= {one.name for one in tmp_path.iterdir()}
    assert not {"tests", "bench", "docs", ".github"} & {one.name for one in tmp_path.iterdir()}
