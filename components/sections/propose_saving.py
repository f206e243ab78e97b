"""What is proposed about the savings, and the form that proposes a change: opened by the buttons of a list."""

from __future__ import annotations

from collections.abc import Callable, Collection

import streamlit as st

from approvals.people.people import Person
from approvals.reading.proposed import Proposed, newest_of_kinds
from components.frame.store_unavailable import read_in_time
from components.panels.savings import ACTS
from components.runtime.opened import asked_to_propose
from components.things.actions import Proposes, Subject, open_form


def proposed_already(places: tuple[str, ...] | None, acts: Collection[str] = ACTS) -> list[Proposed]:
    """The proposals of the kinds ``acts`` in the workspaces ``places`` (None: all); none, and a warning, where the store is
    away."""
    nothing: list[Proposed] = []
    lacking = "What is proposed already is not known."
    return read_in_time(lambda tx: newest_of_kinds(tx, acts, places), nothing, lacking)


def propose_asked(
    places: tuple[str, ...] | None, intake: Callable[[], Proposes | None], me: Callable[[], Person | None]
) -> None:
    """Open the form for the row whose button was pressed just now; ``intake`` is None where no workspace is connected."""
    if (asked := asked_to_propose()) is None:
        return
    if (at := intake()) is None:
        st.toast("Nothing can be proposed here: no workspace is connected.", icon=":material/block:")
    else:
        subject = Subject(asked.thing, asked.name, places=places)
        open_form(subject, at, me, asked.kind, asked.params, asked.why)
