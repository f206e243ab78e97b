"""What two questions have in common stands once, in ``queries/shared``."""

from __future__ import annotations

from collections import defaultdict

from queries.catalogue import ROOT
from queries.header import split_header

MOST = 7  # lines: a shorter stretch (a list of columns) reads better where it is used


def test_no_two_files_share_a_stretch_of_sql() -> None:
    found: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for path in ROOT.rglob("*.sql"):
        _, body = split_header(path.read_text(encoding="utf-8"), path)
        lines = [line.strip() for line in body.splitlines()]
        for i in range(len(lines) - MOST):
            found[tuple(lines[i : i + MOST + 1])].add(path.stem)
    assert [sorted(names) for names in found.values() if len(names) > 1] == []
