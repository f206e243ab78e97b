"""Two apps and two workers killed by chance for half a minute: nothing is lost, nothing is done twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from bench.chaos import chaos

pytestmark = [pytest.mark.soak, pytest.mark.xdist_group("rehearse")]


def test_half_a_minute_of_chaos() -> None:
    with ThreadPoolExecutor(1) as aside:  # a browser test in this process keeps a loop of its own running
        told = aside.submit(chaos, 0.5, seed=3, every=1.5).result()
    assert (told["lost"], told["double"], told["not_drained"], told["ledger"]) == (0, 0, {}, 0), told
    assert (told["not_recovered"], told["bad_exits"]) == ([], []), told
    assert told["ends"].get("verified", 0) >= 3 and told["effects"] >= 3, told
    assert sum(told["kills"].values()) >= 2 and told["kills"]["postgres"] >= 1, told
    assert told["pages"]["served"] >= 1, told
