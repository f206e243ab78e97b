"""Every kind through every fault of the wire, with the real SDK: the effect is there once or not at all, and the state of
the execution says which. `make test` takes a part of the matrix, `make deep` more of it, `make soak` the whole.

Targets of other workspaces and targets that change meanwhile are tried with every kind in each run:
`test_workspaces.py`, `test_changed_meanwhile.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from actions import registry
from tests.actions.kind_cases import CASES
from tests.actions.kind_cases_catalog import CHANGING, KindCase
from tests.actions.office import office

TIMEOUT = 0.6  # of the client that acts, seconds; `slow` takes longer
DATE = "Wed, 21 Oct 2026 07:28:00 GMT"
FOR_EVER = -1
FAULTS: Mapping[str, tuple[str, int, Mapping[str, Any]]] = {
    "dropped": ("dropped", 1, {}),
    "dropped after": ("dropped_after", 1, {}),
    "dropped after, each time": ("dropped_after", FOR_EVER, {}),
    "slow": ("slow", 1, {"value": TIMEOUT * 2}),
    "429": ("throttled", 1, {"retry_after": ""}),
    "429, again at once": ("throttled", 1, {"retry_after": "0"}),
    "429, on a date": ("throttled", 1, {"retry_after": DATE}),
    "429, for ever": ("throttled", FOR_EVER, {"retry_after": "0"}),
    "503": ("unavailable", 1, {}),
    "503, again at once": ("unavailable", 1, {"retry_after": "0"}),
    "503, on a date": ("unavailable", 1, {"retry_after": DATE}),
    "503 after": ("unavailable_after", 1, {"retry_after": "0"}),
    "503 after, each time": ("unavailable_after", FOR_EVER, {"retry_after": "0"}),
    "502, a page": ("bad_gateway", 1, {}),
    "502, a page, after": ("bad_gateway_after", 1, {}),
    "500": ("server_error", 1, {}),
    "307": ("redirect", 1, {}),
    "cut": ("truncated_body", 1, {}),
    "sent twice between": ("duplicate", 1, {}),
}  # fmt: skip
EVERY = [(case, fault) for case in (*CASES, *CHANGING) for fault in FAULTS]
MORE = 9  # in the deep tier every kind meets about two faults, every fault about three kinds


def chosen(every: list[tuple[KindCase, str]]) -> list[object]:
    """In each run every kind once and every fault once or twice, more in the deep tier, the whole matrix in the long form."""
    size, made = len(FAULTS), list[object]()
    for place, (case, fault) in enumerate(every):
        turn = place // size + place % size
        marks = () if turn % size == 0 else pytest.mark.deep if turn % MORE == 0 else pytest.mark.soak
        made.append(pytest.param(case, fault, id=f"{case}-{fault}", marks=marks))
    return made


def test_every_kind_that_calls_and_every_fault_is_tried_in_each_run() -> None:
    short = [one for one in chosen(EVERY) if not one.marks]  # type: ignore[attr-defined]
    calling = {kind for kind, one in registry.KINDS.items() if not one.sends and one.scope != "own"}
    assert {one.values[0].kind for one in short} == calling  # type: ignore[attr-defined]
    assert {one.values[1] for one in short} == set(FAULTS)  # type: ignore[attr-defined]


@pytest.mark.parametrize(("case", "fault"), chosen(EVERY))
def test_an_effect_once_or_never_and_the_state_says_which(case: KindCase, fault: str, tmp_path: Path) -> None:
    kind, times, how = FAULTS[fault]
    with office(f"sqlite:///{tmp_path / 'store.sqlite'}", TIMEOUT) as here:
        made = here.approved(case)
        faults, known = here.there.emulator.faults, len(here.there.effects)

        def at_the_call(name: str) -> None:
            if name == "before_call" and not set_once:
                set_once.append(fault)
                faults.set(kind, times, **how)  # type: ignore[arg-type]

        set_once: list[str] = []
        row = here.work(made, here.executor(at_the_call))
        assert set_once, "the call was reached"
        done = here.effects(known)
        assert len({(one.action, one.id) for one in done}) <= 1 and len(done) <= most(case, kind), done
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
