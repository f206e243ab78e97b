"""The button beside an open seat that asks who could fill it to look."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from approvals.deciding import reminding
from approvals.people.people import Person, members
from approvals.store.store import Tx
from components.inbox import messages
from components.inbox.seen import Seen
from components.inbox.services import InboxServices
from components.inbox.writing import decide
from components.runtime.run_to_completion import run_to_completion
from components.text import format as fmt

HELP = "Asks each of them to look, once a day. The ledger says that you asked."


def draw(services: InboxServices, seen: Seen, seat: str, groups: Sequence[str]) -> None:
    """Draw it; what came of it is said at :func:`place`."""
    st.button(
        "Remind",
        key=place(seat),
        type="tertiary",
        icon=":material/notifications_active:",
        help=HELP,
        on_click=_press,
        args=(services, seen, seat, tuple(groups)),
    )


def place(seat: str) -> str:
    """Where it is said what came of it."""
    return f"inbox-remind-{seat}"


@run_to_completion
def _press(services: InboxServices, seen: Seen, seat: str, groups: Sequence[str]) -> None:
    people = [name for group in groups for name in members(services.directory, group)]
    asked: list[str] = []

    def act(tx: Tx, me: Person) -> None:
        asked[:] = reminding.remind(tx, seen.proposal_id, people, me)

    if decide(services, seen, "remind", act):
        said = f"Asked {fmt.counted(len(asked), 'person', 'people')} to look." if asked else "All were asked today."
        messages.say(said, "ok" if asked else "info", at=place(seat))
