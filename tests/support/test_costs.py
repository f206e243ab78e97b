"""The budget of a test: it counts CPU, also of children, not what is shared, and hears a mark that says why."""

from __future__ import annotations

import pytest

from settings import ROOT

pytest_plugins = ["pytester"]
BURNING = """
    import subprocess, sys, time
    import pytest
    from tests.support import costs

    costs.BUDGET = 0.1
    BURN = "import time\\nwhile time.process_time() < {until}: pass"

    def burn():
        until = time.process_time() + 0.4
        while time.process_time() < until:
            pass

    @pytest.fixture(scope="module")
    def shared():
        burn()

    @pytest.fixture
    def own():
        burn()

    def test_call(): burn()
    def test_own(own): pass
    def test_ended_child(): subprocess.run([sys.executable, "-c", BURN.format(until=0.4)], check=True)
    def test_living_child():
        child = subprocess.Popen([sys.executable, "-c", BURN.format(until=0.4) + "\\nprint(flush=True)\\ntime.sleep(60)"],
                                 stdout=subprocess.PIPE)
        living.append(child)
        child.stdout.readline()
    living = []

    def test_shared(shared): pass
    def test_sleeps(): time.sleep(0.3)
    @pytest.mark.costs("the long way is the only one")
    def test_says_why(): burn()
    @pytest.mark.deep
    def test_deep(): burn()
    def test_last(): [one.kill() for one in living]
"""


def test_who_is_above_the_budget_and_does_not_say_why_is_named_and_passes(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytester.makepyfile(BURNING)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    told = pytester.runpytest_subprocess("-p", "tests.support.costs", "--costs", "3", "-W", "ignore")
    over = {line.split("::")[1].split(":")[0] for line in told.outlines if line.startswith("above 0.1 s of CPU: ")}
    assert over == {"test_call", "test_own", "test_ended_child", "test_living_child"}
    assert told.ret == 0
    assert any(line.startswith("     9 ") and line.endswith("  all") for line in told.outlines)
