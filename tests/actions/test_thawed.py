"""A worker that was frozen right before its request does not send it when it wakes up, whatever its kind does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from actions.acting import Permit
from actions.held import clocks
from actions.kinds.shared.kind import essence
from actions.registry import kind as kind_called
from actions.registry import parsed
from tests.actions.kind_cases import CASES
from tests.actions.kind_cases_catalog import CHANGING, KindCase
from tests.actions.office import Office, office
from tests.support.tiers import sampled

EVERY = (*CASES, *CHANGING)


def frozen(monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[], None]) -> list[Permit]:
    """What happens between the last reading of the first request that is sent and its leaving."""
    use, met = Permit.use, []  # type: ignore[var-annotated]

    def late(self: Permit) -> None:
        if not met:
            met.append(self)
            meanwhile()
        use(self)

    monkeypatch.setattr(Permit, "use", late)
    return met


@pytest.mark.parametrize("case", sampled(EVERY), ids=str)
def test_others_have_taken_over(case: KindCase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with office(f"sqlite:///{tmp_path / 'store.sqlite'}") as here:
        made = here.approved(case)
        ends: list[Any] = []

        def second() -> None:
            here.there.clock.forward(120)
            ends.append(here.work(made, here.executor(worker="second")))

        met = frozen(monkeypatch, second)
        here.executor(worker="first").work_one()
        assert ends and ends[0].state == "verified", ends
        assert met and not met[0].sent
        assert len(here.effects(0)) == 1


def test_what_a_person_did_after_the_second_worker_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole settings of a warehouse were read before the freeze; sent afterwards they would bring everything back."""
    case = next(one for one in CASES if one.kind == "warehouse.set_autostop")
    with office(f"sqlite:///{tmp_path / 'store.sqlite'}") as here:
        made = here.approved(case)

        def meanwhile() -> None:
            here.there.clock.forward(120)
            row = here.work(made, here.executor(worker="second"))
            assert row is not None and row.state == "verified"
            _by_hand(here, case)

        frozen(monkeypatch, meanwhile)
        here.executor(worker="first").work_one()
        found = here.there.state.get("warehouses", case.target.id)
        assert (found["cluster_size"], found["auto_stop_mins"]) == ("Large", 25)


def _by_hand(here: Office, case: KindCase) -> None:
    found = here.there.state.get("warehouses", case.target.id)
    here.there.state.put("warehouses", case.target.id, found | {"cluster_size": "Large", "auto_stop_mins": 25})


@pytest.mark.parametrize("which", [0, 1], ids=["the machine slept", "its clock was set"])
def test_nobody_has_taken_over_yet(which: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lease is still there, but it would end while the request is under way."""
    case = next(one for one in CASES if one.kind == "warehouse.resize")
    with office(f"sqlite:///{tmp_path / 'store.sqlite'}") as here:
        made = here.approved(case)

        def later() -> tuple[float, float]:
            now = clocks()
            return (now[0] + 31 * (which == 0), now[1] + 31 * (which == 1))

        met = frozen(monkeypatch, lambda: monkeypatch.setattr("actions.held.clocks", later))
        here.executor(worker="first").work_one()
        assert met and not met[0].sent and here.effects(0) == []
        monkeypatch.setattr("actions.held.clocks", clocks)
        kind = kind_called(case.kind)
        before = essence(kind.snapshot(here.there.read, case.target, parsed(kind, case.params)))
        row = here.work(made, here.executor(worker="second"))
        assert row is not None and row.state == "verified" and essence(row.before) == before
        assert len(here.effects(0)) == 1
