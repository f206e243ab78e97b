"""The inbox page on a store of a test: real approvals behind every button, no workspace."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1 import AppTest

from actions import inbox_intake
from approvals.deciding import verbs
from approvals.deciding.proposals import content_of
from approvals.deciding.transitions import proposal
from approvals.people.people import Person, Unreachable
from approvals.policy.policy import Start
from approvals.store.store import Store, Tx
from approvals.values.proposal import Agent, Change, Content, Evidence
from approvals.values.refusals import Refusal
from approvals.values.value import Json
from components.inbox.services import InboxServices, KindForm
from tests.components.inbox_store import ANN, BREAK_GLASS, everybody, human, put
from tests.support.clock import Clock
from tests.support.people import People

SCRIPT = """
from components.inbox.page import draw
from tests.components.inbox_desk import DESK

draw(DESK[0].services())
"""
DESK: list[InboxDesk] = []
LOOK = 2  # seconds that people look at a card before they press anything


@dataclass
class InboxDesk:
    """Whoever is ``me`` acts; the desk is its own intake. What ``worked_out`` gives stands for what that works
    out: the wish with its parameters, judged by ``human``."""

    store: Store
    clock: Clock
    me: Person | None = ANN
    people: People = field(default_factory=everybody)
    broken: bool = False  # the workspace does not answer
    away: str = ""  # why the directory does not

    def services(self) -> InboxServices:
        return InboxServices(
            store=self.store,
            directory=self.people,
            intake=self,
            me=self.who,
            now=lambda: self.clock.now,
            emergency_groups=frozenset({"break-glass"}),
        )

    def who(self) -> Person | None:
        if self.away:
            raise Unreachable(self.away)
        return self.me

    def page(self, **words: str) -> AppTest:
        """The page at an address, drawn once."""
        DESK[:] = [self]
        test = AppTest.from_string(SCRIPT, default_timeout=60)
        for name, value in words.items():
            test.query_params[name] = value
        return test.run()

    def edit(self, proposal_id: str, revision: int, params: Json, person: Person, why: str) -> int:
        new = self.worked_out(proposal_id, params)
        with self.store.writing() as tx:
            return verbs.edit(tx, proposal_id, revision, new, human(new), person, why)

    def override(self, proposal_id: str, kind: str, params: Json, person: Person, reason: str, comment: str) -> str:
        new = self.worked_out(proposal_id, params, kind=kind, agent=_by(person))
        with self.store.writing() as tx:
            return verbs.override(tx, proposal_id, new, human(new), person, reason, comment)

    def undo(self, proposal_id: str, person: Person, comment: str) -> str:
        new = self.worked_out(proposal_id, {"auto_stop_minutes": 60}, agent=_by(person), undo_of=proposal_id)
        return put(self.store, new)

    def emergency(self, proposal_id: str, revision: int, person: Person, incident: str, why: str) -> int:
        new = self.worked_out(proposal_id, {"auto_stop_minutes": 10}, emergency=incident, requirement=BREAK_GLASS)
        with self.store.writing() as tx:
            return verbs.emergency(tx, proposal_id, revision, new, human(new), person, why, 5)

    def verify(self, proposal_id: str) -> tuple[bool, str]:
        return True, "Intact."

    def starts(self, tx: Tx, content: Content, due: dt.datetime) -> Start:
        return Start(at=due)

    def kinds(self) -> Mapping[str, KindForm]:
        return inbox_intake.forms()

    def wrong(self, kind: str, params: Json) -> Mapping[str, str]:
        return inbox_intake.wrong(kind, params)

    def worked_out(self, proposal_id: str, params: Json, **more: Any) -> Content:
        if self.broken:
            raise Refusal("The workspace does not answer now.")
        with self.store.reading() as tx:
            known = content_of(tx, proposal_id, proposal(tx, proposal_id).revision)
        wanted = params.get("auto_stop_minutes")
        changes = (Change(path="auto_stop_mins", before=60, after=wanted, unit="min"),)
        title = f"Set auto-stop of warehouse `{known.target.name}` to {wanted} min"
        return known.model_copy(update={"params": params, "changes": changes, "title": title} | more)

    def reread(self, one: Evidence) -> Evidence:
        if self.broken:
            raise Refusal("the warehouse does not answer now")
        return one.model_copy(
            update={"scalars": tuple(s.model_copy(update={"observed": Decimal("0.66")}) for s in one.scalars)}
        )


def _by(person: Person) -> Agent:
    return Agent(id="person", version="1", principal=person.name, sponsor=person.id)


def arrives(test: AppTest, state: WidgetState) -> AppTest:
    """A widget's new state arrives as a browser sends it, with whatever else has just been pressed."""
    sent = test._tree.get_widget_states()
    sent.widgets.append(state)
    test._tree = test._run(widget_state=sent)._tree
    return test


def said(test: AppTest) -> str:
    """Everything that the page says in words."""
    parts = [*test.markdown, *test.caption, *test.text, *test.warning, *test.success, *test.info, *test.subheader]
    return "\n".join(str(one.value) for one in parts).replace("\\", "").replace("\u200b", "")


def notes(test: AppTest) -> list[str]:
    """What was said about the last act."""
    return [str(one.value).replace("\\", "").replace("\u200b", "") for one in (*test.warning, *test.success)]


def press(test: AppTest, key: str) -> AppTest:
    return test.button(key=key).click().run()


def verb(test: AppTest, name: str) -> AppTest:
    """Press the button of a verb, after a look; what asks once more before it accepts gets its answer."""
    DESK[0].clock.forward(seconds=LOOK)
    return at_once(test, name)


def at_once(test: AppTest, name: str) -> AppTest:
    """As :func:`verb`, without a look at the desk's clock."""
    test = press(test, f"inbox-verb-{name}")
    asks = [one for one in test.button if one.key == "inbox-send-accept"]
    written = [one for one in test.text_area if (one.key or "").startswith("inbox-comment") and "Why" in one.label]
    return send(test, "Accept") if name == "accept" and asks and not written else test


def send(test: AppTest, label: str) -> AppTest:
    """Press the button of the open form."""
    return next(one for one in test.button if one.label == label and one.form_id).click().run()
