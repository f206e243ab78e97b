"""The blind-approval meter: administrators see how many approvals nobody can have read, others do not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from approvals.deciding import switches
from approvals.ledger.ledger import Actor
from approvals.people.people import Person
from approvals.store.store import Store
from components.sections.controls import Console
from tests.actions.office import the_policy
from tests.approvals.world import ANN, START, content, proposed, say_yes
from tests.support.clock import Clock
from tests.support.stores import store_at

ADMIN = Person("u-admin", "admin@example.com", frozenset(the_policy().groups.admin))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = store_at(f"sqlite:///{tmp_path / 'store.sqlite'}", Clock(START))
    yield made
    made.engine.dispose()


def shown(store: Store, person: Person | None) -> list[str]:
    def script(console):  # type: ignore[no-untyped-def]
        from components.sections.controls import show_attention

        show_attention(console)

    console = Console(store=store, policy=the_policy(), me=lambda: person, kinds=(), kill=lambda: "")
    test = AppTest.from_function(script, args=(console,)).run(timeout=30)
    assert not test.exception
    return [str(one.value).replace("\\", "") for one in (*test.subheader, *test.markdown, *test.caption)]


def approved(store: Store, *dwells: int) -> None:
    for dwell in dwells:
        say_yes(store, proposed(store, content()), ANN, dwell_ms=dwell)


def test_administrators_see_the_share(store: Store) -> None:
    approved(store, 1_000, 60_000, 60_000, 60_000)
    heading, said, why = shown(store, ADMIN)
    assert heading == "Attention" and "1 of 4 approvals (25%)" in said and ":orange" in said and "5%" in why


def test_few_blind_ones_are_well(store: Store) -> None:
    approved(store, 1_000, *[60_000] * 20)
    assert "1 of 21 approvals (5%)" in shown(store, ADMIN)[1] and ":green" in shown(store, ADMIN)[1]


def test_nothing_approved_is_said(store: Store) -> None:
    assert "Nobody has approved" in shown(store, ADMIN)[1]


@pytest.mark.parametrize("person", [None, ANN])
def test_others_see_nothing(store: Store, person: Person | None) -> None:
    approved(store, 1_000)
    assert shown(store, person) == []


def switches_of(store: Store, workspaces: tuple[str, ...] | None) -> str:
    def script(console):  # type: ignore[no-untyped-def]
        import datetime as dt

        from components.sections.controls import show_switches

        show_switches(console, "UTC", dt.datetime(2026, 11, 25, 10, tzinfo=dt.UTC))

    console = Console(
        store=store, policy=the_policy(), me=lambda: ANN, kinds=(), kill=lambda: "", workspaces=workspaces
    )
    test = AppTest.from_function(script, args=(console,)).run(timeout=30)
    assert not test.exception
    return " ".join(str(one.value).replace("\\", "") for one in (*test.markdown, *test.caption))


def test_switches_of_other_workspaces_are_not_shown(store: Store) -> None:
    with store.writing() as tx:
        for name in ("111", "222"):
            switches.flip(tx, "workspace", name, Actor("human", "bo@example.com"), f"reason {name}")
    assert "reason 111" in switches_of(store, None) and "reason 222" in switches_of(store, None)
    limited = switches_of(store, ("111",))
    assert "reason 111" in limited and "222" not in limited


def test_a_switch_that_may_not_be_seen_is_not_denied(store: Store) -> None:
    assert "No kill switch is on." in switches_of(store, None)
    with store.writing() as tx:
        switches.flip(tx, "workspace", "222", Actor("human", "bo@example.com"), "reason 222")
    limited = switches_of(store, ("111",))
    assert "No kill switch is on that you may see." in limited and "222" not in limited
