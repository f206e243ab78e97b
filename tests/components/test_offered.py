"""What a card offers somebody is what its verbs let them do: every verb, in every state, for everybody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa

from approvals.deciding import delegating, lifting, undoing, verbs, voting
from approvals.deciding.executions import HUMAN, look
from approvals.deciding.proposals import content_of
from approvals.deciding.stand_ins import lent
from approvals.deciding.voting import Ballot
from approvals.people.people import Person
from approvals.reading.card import Card, card
from approvals.reading.offers import offers
from approvals.store.store import Store, Tx
from approvals.store.tables import PROPOSALS
from approvals.values.refusals import NotYours, Refusal
from components.inbox.seen import Seen
from components.inbox.services import NOBODY
from components.inbox.verbs_bar import LOOKS, buttons
from tests.components.inbox_desk import InboxDesk
from tests.components.inbox_store import ANN, BOB, BREAK_GLASS, CYD, EVE, NOW, fill, human
from tests.support.clock import Clock
from tests.support.people import People
from tests.support.stores import store_at

FAY = Person("dev:20", "dev:fay@lakehelm.example", frozenset({"viewers"}))  # acts for Ann
GIL = Person("dev:21", "dev:gil@lakehelm.example", frozenset({"viewers"}))  # acts for Eve, who may decide nothing
HAL = Person("dev:22", "dev:hal@lakehelm.example", frozenset({"break-glass"}))
IDA = Person("dev:23", "dev:ida@lakehelm.example", frozenset({"break-glass", "finops-approvers"}))
EVERYBODY = (ANN, BOB, CYD, EVE, FAY, GIL, HAL, IDA)
ROLES = {one.name.removeprefix("dev:").split("@")[0]: one for one in EVERYBODY} | {"nobody": NOBODY}
CARDS = ("autostop", "grant", "delete", "half", "idle14", "scheduled", "held", "running", "verified", "rolled_back", "unknown",
         "inconclusive", "auto", "rejected", "overridden", "successor")  # fmt: skip
# What the person may have had to do with the proposal before.
TIES: dict[str, Callable[[Person], dict[str, Any]]] = {
    "none": lambda one: {}, "sponsor": lambda one: {"sponsor": one.id}, "proposer": lambda one: {"agent_principal": one.name},
    "editor": lambda one: {"edited_by": one.id},
    "claims it": lambda one: {"claimed_by": one.name, "claimed_by_id": one.id, "claim_until": NOW.replace(hour=23)},
    "another claims it": lambda one: {"claimed_by": "x", "claimed_by_id": "x", "claim_until": NOW.replace(hour=23)},
    "claimed it": lambda one: {"claimed_by": one.name, "claimed_by_id": one.id, "claim_until": NOW},
    "asked": lambda one: {"question": "Why?", "asked_by": "x", "sponsor": one.id},
}  # fmt: skip


@dataclass(frozen=True)
class Try:
    """One person before one card, in a transaction that is taken back."""

    tx: Tx
    card: Card
    me: Person
    lent: list[Person]

    @property
    def id(self) -> str:
        return str(self.card.row.proposal_id)

    def voted(self, act: Callable[..., Any]) -> None:
        """As whoever of the voices may."""
        name = self.card.content.target.name or self.card.content.target.id
        mine = Ballot(
            self.id, self.card.row.revision, self.card.row.action_digest, comment="c", reason="stale", typed_name=name
        )
        self.one_of(
            *(lambda hat=hat: act(self.tx, replace(mine, on_behalf_of=hat), self.me) for hat in (None, *self.lent))
        )

    def one_of(self, *acts: Callable[[], Any]) -> None:
        for act in acts:
            if self.allowed(act):
                return
        raise NotYours("none of them")

    def allowed(self, act: Callable[[], Any]) -> bool:
        point = self.tx.connection.begin_nested()
        try:
            act()
        except Refusal:
            return False
        finally:
            point.rollback()
        return True

    def edited(self) -> None:
        new = content_of(self.tx, self.id, self.card.row.revision).model_copy(update={"steps": ("slowly",)})
        verbs.edit(self.tx, self.id, self.card.row.revision, new, human(new), self.me, "why")

    def overridden(self) -> None:
        new = self.card.content.model_copy(update={"params": {"auto_stop_minutes": 77}})
        verbs.override(self.tx, self.id, new, human(new), self.me, "stale", "why")

    def broken(self) -> None:
        if "break-glass" not in self.me.groups:
            raise NotYours("not of the emergency group")
        new = self.card.content.model_copy(update={"emergency": "INC-1", "requirement": BREAK_GLASS})
        verbs.emergency(self.tx, self.id, self.card.row.revision, new, human(new), self.me, "why", 5)

    def settled(self) -> None:
        execution = self.card.execution
        if execution is None:
            raise Refusal("nothing runs")
        self.one_of(
            *(
                lambda event=event: look(self.tx, self.id, execution.execution_id, event, self.me, "c")
                for event in HUMAN.get(execution.state, ())
            )
        )


VERBS: dict[str, Callable[[Try], Any]] = {
    "accept": lambda one: one.voted(voting.accept), "reject": lambda one: one.voted(voting.reject),
    "edit": Try.edited, "ask": lambda one: verbs.ask(one.tx, one.id, one.me, "why?", one.lent),
    "override": Try.overridden, "snooze": lambda one: verbs.snooze(one.tx, one.id, one.me, NOW.replace(hour=12), "", one.lent),
    "claim": lambda one: verbs.claim(one.tx, one.id, one.me, one.lent), "release": lambda one: verbs.release(one.tx, one.id, one.me),
    "emergency": Try.broken, "withdraw": lambda one: verbs.withdraw(one.tx, one.id, one.me, "why"),
    "answer": lambda one: verbs.answer(one.tx, one.id, one.me, "because"),
    "revoke": lambda one: voting.revoke(one.tx, one.id, one.me), "veto": lambda one: voting.veto(one.tx, one.id, one.me, "why"),
    "look": Try.settled,
    "lift": lambda one: lifting.lift(one.tx, one.id, one.me, "why"),
    "undo": lambda one: undoing.undoing(one.tx, one.id, one.me, one.lent),
}  # fmt: skip
ALWAYS = {"delegate"}  # speaks of oneself, not of the proposal


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, dict[str, str]]:
    store = store_at(tmp_path_factory.mktemp("offered") / "store.sqlite", Clock(NOW))
    ids = fill(store)
    with store.writing() as tx:
        for of, to in ((ANN, FAY), (EVE, GIL)):
            delegating.stand_in(tx, of, to, tx.now, NOW.replace(day=28))
    return store, ids


class Back(Exception):
    """Takes the transaction back."""


def tries(store: Store, ids: dict[str, str], me: Person, tie: str) -> Iterator[tuple[str, Try]]:
    people = People(*EVERYBODY)
    for name in CARDS:
        try:
            with store.writing() as tx:
                if changes := TIES[tie](me):
                    tx.connection.execute(
                        sa.update(PROPOSALS).where(PROPOSALS.c.proposal_id == ids[name]).values(**changes)
                    )
                yield name, Try(tx, card(tx, ids[name], me), me, lent(tx, people, me))
                raise Back
        except Back:
            pass


@pytest.mark.parametrize("tie", TIES)
@pytest.mark.parametrize("role", ROLES)
def test_what_is_offered_is_what_is_allowed(filled: tuple[Store, dict[str, str]], role: str, tie: str) -> None:
    me, wrong = ROLES[role], []
    for name, one in tries(*filled, me, tie):
        own = offers(one.card, me, one.lent, "break-glass" in me.groups)
        offered = {verb for verb, why in own.verbs.items() if not why} - ALWAYS
        allowed = {verb for verb, act in VERBS.items() if me.id and one.allowed(partial(act, one))}
        allowed -= {"claim"} if "release" in offered else set()  # who holds it may hold it longer
        if offered != allowed:
            wrong.append(
                f"{name}: offered {sorted(offered - allowed)} in vain, not offered {sorted(allowed - offered)}"
            )
    assert wrong == []


@pytest.mark.parametrize("role", ROLES)
def test_the_buttons_are_the_offers_and_those_that_are_off_say_why(
    filled: tuple[Store, dict[str, str]], role: str
) -> None:
    me = ROLES[role]
    services = InboxDesk(filled[0], Clock(NOW)).services()
    for _, one in tries(*filled, me, "none"):
        own = offers(one.card, me, one.lent)
        row = one.card.row
        drawn = buttons(
            one.card, own, me, Seen(row.proposal_id, row.revision, row.action_digest, row.title, row.risk), services
        )
        on = {button.verb for button in drawn if not button.why}
        assert on <= {"claim" if verb == "release" else verb for verb, why in own.verbs.items() if not why}
        assert len(drawn) == len(own.verbs)
    assert me.id or not drawn


def test_every_verb_that_can_be_offered_is_tried_here() -> None:
    assert set(LOOKS) == set(VERBS) | ALWAYS
