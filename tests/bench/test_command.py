"""The command of the benches runs what the README names, and hands each what was chosen."""

from __future__ import annotations

import re

import pytest

import bench.__main__ as command
from settings import ROOT


def test_what_the_readme_names_can_be_run() -> None:
    named = re.findall(r"python -m bench ([a-z|]+)", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert named and {one for words in named for one in words.split("|")} <= command.BENCHES.keys()


@pytest.mark.parametrize("name", command.BENCHES)
def test_every_bench_is_handed_what_was_chosen(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(command.BENCHES, name, lambda chosen, home: {"ran": chosen.what, "home": {"named": home.name}})
    assert command.main([name]) == 0
    assert f"ran{' ' * 58}{name}" in capsys.readouterr().out
