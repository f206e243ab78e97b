"""Moving through the list by keyboard, each key on a button that can also be pressed; and what the keys are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from approvals.reading.inbox import Line
from approvals.reading.inbox_details import Details
from components.inbox import selection
from components.inbox.address import Place, open_card
from components.inbox.words import KEYS
from components.runtime.run_to_completion import run_to_completion
from components.text.untrusted import safe


def neighbour(place: Place, lines: Sequence[Line], step: int) -> str | None:
    """The id ``step`` lines away from the open card; the first one when that is not in the list; None at the end."""
    ids = [line.proposal_id for line in lines]
    if place.open not in ids:
        return ids[0] if ids and step > 0 else None
    number = ids.index(place.open) + step
    return ids[number] if 0 <= number < len(ids) else None


def following(place: Place, lines: Sequence[Line]) -> str | None:
    """What opens after the open card is decided: the next one, at the end the one before."""
    return neighbour(place, lines, 1) or neighbour(place, lines, -1)


def draw(place: Place, lines: Sequence[Line], known: Mapping[str, Details]) -> None:
    """Next, previous, open or close, tick, help. None of them decides anything."""
    after, before = neighbour(place, lines, 1), neighbour(place, lines, -1)
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center", key="inbox-keys"):
        st.button(
            "Next",
            key="inbox-next",
            shortcut="J",
            type="tertiary",
            disabled=after is None,
            on_click=open_card,
            args=(after,),
        )
        st.button(
            "Previous",
            key="inbox-previous",
            shortcut="K",
            type="tertiary",
            disabled=not place.open or before is None,
            on_click=open_card,
            args=(before,),
        )
        if place.open:
            st.button("Close", key="inbox-open", shortcut="O", type="tertiary", on_click=open_card, args=(None,))
        else:
            first = lines[0].proposal_id if lines else None
            st.button(
                "Open",
                key="inbox-open",
                shortcut="O",
                type="tertiary",
                disabled=not lines,
                on_click=open_card,
                args=(first,),
            )
        here = next((line for line in lines if line.proposal_id == place.open), None)
        st.button(
            "Tick",
            key="inbox-tick",
            shortcut="X",
            type="tertiary",
            disabled=here is None,
            on_click=_tick,
            args=(lines, known, place.open),
        )
        st.button("Keys", key="inbox-help", shortcut="H", type="tertiary", icon=":material/keyboard:", on_click=_help)
    if st.session_state.get("inbox-keys-open"):
        with st.container(border=True):
            for key, what in KEYS.items():
                st.caption(f"**{safe(key)}**  {safe(what)}")
            st.caption("No key decides anything while no card is open. Keys rest while you type in a field.")


@run_to_completion
def _tick(lines: Sequence[Line], known: Mapping[str, Details], proposal_id: str) -> None:
    now = {one for one in selection.ticked() if any(line.proposal_id == one for line in lines)}
    selection.choose(lines, known, now ^ {proposal_id})


@run_to_completion
def _help() -> None:
    st.session_state["inbox-keys-open"] = not st.session_state.get("inbox-keys-open", False)
