"""Every kind through every fault of the wire, with the real SDK: the effect is there once or not at all, and the state of
the execution says which."""

from __future__ import annotations

from pathlib import Path

import pytest

from actions import registry
from tests.actions.kind_cases import CASES
from tests.actions.kind_cases_catalog import CHANGING, KindCase
from tests.actions.office import office

FAULTS = ("dropped", "dropped_after", "slow", "throttled", "unavailable", "server_error", "truncated_body", "duplicate")
TIMEOUT = 0.6  # of the client that acts, seconds; `slow` takes longer
EVERY = [(case, fault) for case in (*CASES, *CHANGING) for fault in FAULTS]


def chosen(every: list[tuple[KindCase, str]]) -> list[object]:
    """Of every kind two faults in each run, all of them in the long form."""
    return [
        pytest.param(
            case, fault, id=f"{case}-{fault}", marks=() if (place // 8 + place % 8) % 4 == 0 else pytest.mark.soak
        )
        for place, (case, fault) in enumerate(every)
    ]


@pytest.mark.parametrize(("case", "fault"), chosen(EVERY))
def test_an_effect_once_or_never_and_the_state_says_which(case: KindCase, fault: str, tmp_path: Path) -> None:
    with office(f"sqlite:///{tmp_path / 'store.sqlite'}", TIMEOUT) as here:
        made = here.approved(case)
        faults, known = here.there.emulator.faults, len(here.there.effects)

        def at_the_call(name: str) -> None:
            if name == "before_call" and not set_once:
                set_once.append(fault)
                faults.set(fault, value=TIMEOUT * 2 if fault == "slow" else 1)  # type: ignore[arg-type]

        set_once: list[str] = []
        row = here.work(made, here.executor(at_the_call))
        assert set_once, "the call was reached"
        done = here.effects(known)
        assert len({(one.action, one.id) for one in done}) <= 1 and len(done) <= most(case, fault), done
        assert row is not None
        if row.state in ("verified", "inconclusive"):
            assert done
        else:
            assert row.state in ("failed", "indeterminate"), row.state
            assert row.state == "indeterminate" or not done


def most(case: KindCase, fault: str) -> int:
    """How often the effect may be there. What a proxy sends twice is done twice where the API has no guard against it."""
    unguarded = registry.kind(case.kind).idempotency == "search" and fault == "duplicate"
    return 2 if unguarded else 1
