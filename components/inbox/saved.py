"""Views of one's own: what the address says now under a name, and back to it with one press."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode

import streamlit as st

from approvals.people import saved_views
from approvals.people.people import Person, Unreachable
from approvals.store.store import Tx
from approvals.values.refusals import Refusal
from components.inbox import messages
from components.inbox.address import FILTERS, narrow
from components.inbox.services import InboxServices
from components.runtime.run_to_completion import run_to_completion
from components.text.untrusted import plain, safe

_NAME = "inbox-view-name"


def words() -> str:
    """View and filters of the address as a query string; the open card is not part of a view."""
    held = {name: st.query_params[name] for name in ("view", *FILTERS) if st.query_params.get(name)}
    return urlencode(held)


def draw(services: InboxServices, person: Person) -> None:
    """A drawer with the person's views, and a field to name what is on the screen."""
    drawer = st.popover("Views", icon=":material/bookmark:", key="inbox-saved", on_change="rerun")
    if not drawer.open:
        return
    with drawer:
        if not person.id:
            st.caption("Only people of the workspace can keep views.")
            return
        with services.store.reading() as tx:
            known = saved_views.saved(tx, person)
        for number, (name, query) in enumerate(known.items()):
            with st.container(horizontal=True, vertical_alignment="center"):
                st.button(
                    safe(name),
                    key=f"inbox-saved-{number}",
                    type="tertiary",
                    on_click=_use,
                    args=(query,),
                    help=safe(query, 300) or "All proposals",
                )
                st.button(
                    "Forget",
                    key=f"inbox-forget-{number}",
                    type="tertiary",
                    icon=":material/delete:",
                    on_click=_forget,
                    args=(services, name),
                )
        if not known:
            st.caption("None yet. A view keeps the chosen tab and all filters.")
        st.text_input("Name of what is on the screen", key=_NAME, max_chars=saved_views.LONGEST)
        st.button("Keep this view", key="inbox-keep", on_click=_keep, args=(services, words()))


def _use(query: str) -> None:
    chosen = dict(parse_qsl(query))
    narrow(**{name: chosen.get(name) for name in ("view", *FILTERS)})


@run_to_completion
def _keep(services: InboxServices, query: str) -> None:
    name = str(st.session_state.get(_NAME) or "")
    if _do(services, lambda tx, me: saved_views.save(tx, me, name, query)):
        messages.mention(f"Kept: {plain(name, 60)}")
        st.session_state[_NAME] = ""


@run_to_completion
def _forget(services: InboxServices, name: str) -> None:
    _do(services, lambda tx, me: saved_views.forget(tx, me, name))


def _do(services: InboxServices, act: Callable[[Tx, Person], Any]) -> bool:
    messages.clear()
    try:
        me = services.me()
        if me is None:
            raise Refusal("Nobody is signed in who could keep a view.")
        with services.store.writing() as tx:
            act(tx, me)
    except (Refusal, Unreachable) as why:
        messages.say(str(why), "refused")
        return False
    return True
