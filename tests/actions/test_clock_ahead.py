"""The store's clock is set forward while a call is under way: leases end that are not over, and nothing is done twice."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from actions import registry
from actions.acting import Permit
from actions.executor import Executor
from actions.kinds.shared.kind import AnyKind
from tests.actions.kind_cases import CASES
from tests.actions.kind_cases_catalog import CHANGING, KindCase
from tests.actions.office import Office, office
from tests.support.tiers import crossed, sampled

# Of a kind with a token the API knows the call again: a second one is harmless.
WAITING = [case for case in (*CASES, *CHANGING) if registry.kind(case.kind).idempotency != "token"]
CALL = 30.0


class InFlight(BaseException):
    """The first worker is still waiting for the answer of its call."""


@pytest.mark.parametrize(("case", "lands_after"), crossed(WAITING, [1.0, CALL - 1]))
def test_a_call_under_way_is_waited_for(case: KindCase, lands_after: float, tmp_path: Path) -> None:
    """The second worker finds nothing yet; by its own clock the first one's call may still land, and it does."""
    with office(f"sqlite:///{tmp_path / 'store.sqlite'}") as here:
        made = here.approved(case)
        sent: list[Any] = []
        first = here.executor(worker="first")
        _delayed(first, sent)
        with pytest.raises(InFlight):
            first.work_one()
        here.there.clock.forward(120)  # the store's clock is set forward, the lease of 60 s seems over
        ticks = [1000.0]
        second = Executor(here.desk, "second", beat=3600, call=CALL, ticks=lambda: ticks[0])
        assert second.work_one()
        row = here.execution(made)
        assert row is not None and row.state == "reconciling" and here.effects(0) == []
        ticks[0] += lands_after
        here.there.clock.forward(CALL)
        second.work_one()
        assert here.effects(0) == [], "still less than a call may take"
        sent[0]()  # it lands
        row = _to_the_end(here, made, second, ticks)
        assert row.state == "verified" and len(here.effects(0)) == 1, row


@pytest.mark.parametrize("case", sampled(WAITING), ids=str)
def test_a_call_that_never_lands_is_made_again(case: KindCase, tmp_path: Path) -> None:
    with office(f"sqlite:///{tmp_path / 'store.sqlite'}") as here:
        made = here.approved(case)
        first = here.executor(worker="first")
        _delayed(first, [])
        with pytest.raises(InFlight):
            first.work_one()
        here.there.clock.forward(120)
        ticks = [1000.0]
        second = Executor(here.desk, "second", beat=3600, call=CALL, ticks=lambda: ticks[0])
        row = _to_the_end(here, made, second, ticks)
        assert row.state == "verified" and row.attempt == 2 and len(here.effects(0)) == 1


def _delayed(worker: Executor, sent: list[Any]) -> None:
    """The worker's call is on its way when it is last heard of; what is ``sent`` lands when it is called."""
    whole = worker._act

    def act(row: Any, content: Any, kind: AnyKind, params: Any) -> Any:
        class Slow:
            sends = kind.sends

            def __getattr__(self, name: str) -> Any:
                return getattr(kind, name)

            def execute(self, act: Any, target: Any, wanted: Any, image: Any, key: str) -> Any:
                gone = worker.desk.workspaces.reach(target, kind.scope)[0].acting(Permit())  # it has left already
                sent.append(lambda: kind.execute(gone, target, wanted, image, key))
                raise InFlight

        return whole(row, content, Slow(), params)  # type: ignore[arg-type]

    worker._act = act  # type: ignore[method-assign]


def _to_the_end(here: Office, made: str, worker: Executor, ticks: list[float]) -> Any:
    for _ in range(60):
        worker.work_one()
        row = here.execution(made)
        assert row is not None
        if row.state in ("verified", "failed", "indeterminate", "inconclusive"):
            return row
        step = max(row.due_at - here.there.clock.now, dt.timedelta(seconds=1))
        here.there.clock.now += step
        ticks[0] += step.total_seconds()
    raise AssertionError(row)
