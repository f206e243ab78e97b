"""The command of the benches knows every bench that its first line names, and no other."""

from __future__ import annotations

import pytest

import bench.__main__ as command


def test_what_the_help_names_can_be_run() -> None:
    assert command.__doc__ is not None
    named = command.__doc__.split("`")[1].split()[3].split("|")
    assert named == list(command.BENCHES)


@pytest.mark.parametrize("name", command.BENCHES)
def test_every_bench_is_handed_what_was_chosen(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(command.BENCHES, name, lambda chosen, home: {"ran": chosen.what, "home": {"named": home.name}})
    assert command.main([name]) == 0
    assert f"ran{' ' * 58}{name}" in capsys.readouterr().out
