"""Every file is sound as it is written; what two questions have in common stands once, in ``queries/shared``."""

from __future__ import annotations

from pathlib import Path

import pytest

from queries.catalogue import ROOT
from queries.checking.source import files, problems, twins


@pytest.mark.parametrize("path", files(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_file_is_sound_as_it_is_written(path: Path) -> None:
    assert list(problems(path)) == []


def test_no_two_files_share_a_stretch_of_sql() -> None:
    assert twins() == []
