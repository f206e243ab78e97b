"""Inbox: what agents and people propose, who must agree, what runs, and what needs a look."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from actions import evidence, intake, registry
from actions.desk import Desk
from actions.failures import describe_for_person
from actions.open import NotOpen, desk, why_not_open
from approvals.ledger.ledger_verify import said
from approvals.people.people import Unreachable
from approvals.reading.ledger_export import verify_store
from approvals.values.proposal import Json
from approvals.values.refusals import Refusal
from components.frame.identity import acting, limits
from components.inbox.page import draw as show_inbox
from components.inbox.polling import wait_until_open
from components.inbox.services import InboxServices, KindForm
from components.runtime import state
from pages.map import Entry
from settings import settings


@st.cache_resource(show_spinner=False)
def forms() -> dict[str, KindForm]:
    """What the forms need to know of each kind of action."""
    return {
        name: KindForm((one.__doc__ or name).split("\n")[0], one.Params.model_json_schema(),
                       (one.resource, *one.further_resources))
        for name, one in registry.KINDS.items()
    }  # fmt: skip


def wrong(kind: str, params: Json) -> dict[str, str]:
    """A sentence for each parameter that the kind does not take."""
    try:
        registry.parsed(registry.kind(kind), params)
    except registry.BadParams as problems:
        return problems.problems
    return {}


def said_so(at: Desk, act: Callable[..., Any]) -> Callable[..., Any]:
    """``act`` at the desk ``at``; whatever the workspace answers becomes a sentence for the person."""

    def tried(*given: object) -> Any:
        try:
            return act(at, *given)
        except (Refusal, Unreachable):
            raise
        except Exception as error:
            raise Refusal(f"It could not be worked out: {describe_for_person(error)}.") from error

    return tried


def proved(at: Desk, proposal_id: str) -> tuple[bool, str]:
    """Whether the whole ledger, and with it this proposal's record, is as it was written."""
    report = verify_store(at.store)
    return report.code == 0, f"Record of {proposal_id}: " + said(report).splitlines()[0]


PAGE = Entry("inbox", "Inbox", ":material/inbox:", place=1)


def draw() -> None:
    try:
        at = desk()
    except NotOpen:
        wait_until_open(why_not_open)
        st.stop()
    tried = partial(said_so, at)
    show_inbox(
        InboxServices(
            store=at.store,
            directory=at.directory,
            me=lambda: acting(settings(), at.directory),
            now=state.clock,
            kinds=forms,
            wrong=wrong,
            edited=tried(intake.edited),
            overridden=tried(intake.overridden),
            undone=tried(intake.undone),
            reread=tried(lambda on, one: evidence.read(on.reader, one)),
            emergency=tried(intake.emergency),
            emergency_groups=frozenset(at.policy.groups.break_glass),
            starts=lambda tx, content, due: intake.start_of(tx, at, content, due),
            proved=tried(proved),
            workspaces=limits(settings()).places,
            most=at.policy.bulk.most,
            typed_above=at.policy.bulk.typed_above,
        )
    )


if __name__ == "__main__":
    draw()
