"""Results that all sessions share: worked out once however many ask at once, and the last of them are kept."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from components.tiles.answers import Memo


def test_who_comes_meanwhile_waits_for_the_first() -> None:
    memo, begun, may = Memo(8), threading.Event(), threading.Event()
    made: list[object] = []

    def make() -> object:
        begun.set()
        assert may.wait(10)
        made.append(object())
        return made[-1]

    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(memo.once, "a", make)
        assert begun.wait(10)
        others = [pool.submit(memo.once, "a", make) for _ in range(7)]
        may.set()
        assert {id(one.result(10)) for one in (first, *others)} == {id(made[0])}
    assert len(made) == 1


def test_a_failure_is_told_and_not_kept() -> None:
    memo = Memo(8)
    with pytest.raises(ZeroDivisionError):
        memo.once("a", lambda: 1 / 0)
    assert memo.get("a") is None
    assert memo.once("a", lambda: 2) == 2
    assert memo.once("a", lambda: 3) == 2


def test_the_least_recent_goes_first() -> None:
    memo = Memo(2)
    for key in ("a", "b", "a", "c"):
        memo.once(key, lambda key=key: key)  # type: ignore[misc]
    assert [memo.get(key) for key in "abc"] == ["a", None, "c"]
    assert memo._making == {}
