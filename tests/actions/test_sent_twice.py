"""Something in between sends the request a second time when the first one is through: where the API has no guard against
it, it is done twice, and the state does not say that all went as planned."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from actions import registry
from tests.actions.kind_cases import CASES
from tests.actions.kind_cases_catalog import CHANGING, KindCase
from tests.actions.office import Office, office
from tests.support.tiers import crossed

EVERY = {case.kind: case for case in (*CASES, *CHANGING)}
UNGUARDED = {name for name in EVERY if registry.kind(name).idempotency == "search"}


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Office]:
    with office(f"sqlite:///{tmp_path / 'store.sqlite'}") as made:
        yield made


def sent_again(here: Office, after: float, first: bool) -> None:
    """Every change of the app is sent again when ``after`` seconds have gone by; the ``first`` answer is handed on, or
    the second."""
    whole = here.there.workspace.answer

    def answer(method: str, path: str, query: Mapping[str, str], body: Any, by: str, place: str = "") -> Any:
        told = whole(method, path, query, body, by, place)
        if method == "GET" or by != "lakehelm-app":
            return told
        here.there.clock.forward(after)
        again = whole(method, path, query, body, by, place)
        return told if first else again

    here.there.workspace.answer = answer  # type: ignore[assignment]


@pytest.mark.parametrize(("case", "told"), crossed(EVERY.values(), ["first answer", "second answer"]))
def test_what_was_done_twice_is_not_called_verified(case: KindCase, told: str, here: Office) -> None:
    made, known = here.approved(case), len(here.there.effects)
    sent_again(here, 40.0, told == "first answer")
    row = here.work(made, here.executor())
    assert row is not None
    done = here.effects(known)
    assert len(done) == (2 if case.kind in UNGUARDED else 1), done
    if case.kind in UNGUARDED:
        assert row.state == "inconclusive", (row.state, row.checks)
        assert any(one["id"] == "once" and one["observed"].startswith("2,") for one in row.checks), row.checks
    else:
        assert row.state in ("verified", "indeterminate", "inconclusive"), row.state
