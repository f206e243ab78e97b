"""What a process makes once: one try for all who come meanwhile, and a failure is told for a while."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from single_flight import SharedOnce


class Maker:
    """Makes numbers; fails as long as ``broken``; goes on when ``may`` is set."""

    def __init__(self, broken: bool = False) -> None:
        self.broken, self.tries, self.now = broken, 0, 0.0
        self.begun, self.may = threading.Event(), threading.Event()
        self.may.set()
        self.once = SharedOnce(self.make, again=5, ticks=lambda: self.now)

    def make(self) -> int:
        self.tries += 1
        self.begun.set()
        assert self.may.wait(10)
        if self.broken:
            raise ConnectionError("nobody there")
        return self.tries


def test_it_is_made_once_however_often_it_is_asked_for() -> None:
    maker = Maker()
    assert [maker.once() for _ in range(3)] == [1, 1, 1]
    maker.now = 1_000.0
    assert maker.once() == 1


@pytest.mark.parametrize("broken", [False, True])
def test_who_comes_meanwhile_shares_what_comes_of_it(broken: bool) -> None:
    maker = Maker(broken)
    maker.may.clear()
    with ThreadPoolExecutor(8) as pool:
        first = pool.submit(maker.once)
        assert maker.begun.wait(10)
        others = [pool.submit(maker.once) for _ in range(7)]
        maker.may.set()
        told = [one.exception(10) or one.result() for one in (first, *others)]
    assert maker.tries == 1
    assert len({id(one) for one in told}) == 1


def test_a_failure_is_told_for_a_while_then_it_is_tried_again() -> None:
    maker = Maker(broken=True)
    for maker.now, tries in ((0.0, 1), (4.9, 1), (5.0, 2), (9.9, 2)):
        with pytest.raises(ConnectionError):
            maker.once()
        assert maker.tries == tries
    maker.broken, maker.now = False, 10.0
    assert maker.once() == 3
