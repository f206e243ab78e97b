"""Asking to be told of a thing, on its page and in its drawer: a button whose form costs only while it is open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import streamlit as st

from approvals.people import notices
from approvals.people.figures import figure_of, tile_figure
from approvals.people.identity import Unproven
from approvals.people.notices import KINDS, Budget, Notice, NoticeKind, kinds_for, may_watch
from approvals.people.people import Directory, Person, Unreachable
from approvals.store.store import Tx
from components.frame import filter_bar
from components.frame.store_unavailable import StoreUnavailable
from components.notices.own import NOBODY, Own, own, press, said
from components.runtime.opened import Figure, Watching
from components.runtime.registered import page_of
from components.runtime.run_to_completion import run_to_completion
from components.text import format as fmt
from components.text.names import words_for
from components.text.untrusted import plain, safe
from things import Thing

LABEL = "Tell me"
ICON = ":material/notifications:"
_BELOW = "tell-me-below"
LISTED = "USD"  # the currency that figures are looked at in
PART = "Some of what it tells of is not yours to see, so you cannot be told of it."


def tell_me(directory: Directory | None, thing: Thing, name: str) -> None:
    """The button that asks to be told of ``thing``, which is called ``name``; nothing where nothing can be told of its kind,
    or where nobody is known yet (``directory`` None)."""
    if directory is None or not kinds_for(thing):
        return
    opened = st.popover(LABEL, icon=ICON, key="tell-me-page", on_change="rerun")
    if opened.open:
        with opened:
            body(own(directory), thing, name, "page")
            st.page_link(page_of("notices.py"), label="My notices", icon=ICON)


def tell_me_below(directory: Directory | None, thing: Thing, name: str) -> None:
    """As :func:`tell_me`, within a dialog, which the opening of a popover would close: the form stands below the button, until
    it is pressed again."""
    if directory is None or not kinds_for(thing):
        return
    if st.button(LABEL, icon=ICON, key="tell-me-drawer"):
        st.session_state[_BELOW] = None if st.session_state.get(_BELOW) == thing else thing
    if st.session_state.get(_BELOW) == thing:
        body(own(directory), thing, name, "drawer")
        st.page_link(page_of("notices.py"), label="My notices", icon=ICON)


def tell_of_tile(directory: Directory | None, watching: Watching) -> None:
    """The form for one of the figures of a tile, within a dialog; nothing where nobody is known yet."""
    if directory is None:
        return
    of = watching.figures
    one = of[0]
    if len(of) == 1:
        st.markdown(safe(_figure(one), 200))
    else:
        one = st.selectbox("Which figure", of, format_func=words_for(of, _figure), key="tell-me-which")
    body(own(directory), one.thing, f"{watching.title}: {one.label}", "tile", one.unit)
    st.page_link(page_of("notices.py"), label="My notices", icon=ICON)


def _figure(one: Figure) -> str:
    return one.label if one.value is None else f"{one.label}: {fmt.number(one.value)} {one.unit}"


def body(at: Own, thing: Thing, name: str, place: str, unit: str = "") -> None:
    """What is told of it already, and a form for the rest; a figure whose ``unit`` is known can be given a limit."""
    if not may_watch(at.limits, thing):
        st.caption(PART)
        return
    try:
        person = at.known()
        if person is None:
            st.caption(NOBODY)
            return
        with at.store.reading() as tx:
            told = [one for one in notices.mine(tx, person) if one.thing == thing]
    except (*StoreUnavailable, Unreachable, Unproven) as why:
        st.caption(safe(f"What you are told of is not known now: {why}", 400))
        return
    for one in told:
        st.markdown(f":material/check: {safe(f'You are told when {KINDS[one.kind].title}.')}")
    _form(at, thing, name, _left(thing, told), place, unit)
    if (answer := said()) is not None:
        (st.success if answer[0] else st.error)(safe(answer[1], 400))


def _left(thing: Thing, told: Sequence[Notice]) -> list[NoticeKind]:
    known = {one.kind for one in told}
    return [one for one in kinds_for(thing) if one.key not in known]


def _form(at: Own, thing: Thing, name: str, left: Sequence[NoticeKind], place: str, unit: str) -> None:
    if not left:
        return
    kind = st.radio("Tell me when", left, key=f"tell-me-{place}-kind", format_func=lambda one: one.title)
    budget, amount = None, None
    if kind.budget:
        currency, label = filter_bar.held(at.now().date()).currency, "Budget of a month ({}, list price)"
        if (figure := figure_of(thing)) is not None:
            currency, label = figure.in_words(LISTED), "Limit of a day ({})"
        elif tile_figure(thing) is not None:
            currency, label = unit, "Limit, {}"
        amount = st.number_input(
            safe(label.format(currency)),
            0.0,
            value=None,
            step=100.0,
            key=f"tell-me-{place}-budget",
        )
        budget = Budget(Decimal(str(amount or 0)), currency)
    words = at.words()
    st.button(
        LABEL,
        type="primary",
        key=f"tell-me-{place}-ask",
        disabled=not words or (budget is not None and amount is None),
        on_click=_ask,
        args=(at, thing, name, kind, budget, words),
    )


@run_to_completion
def _ask(at: Own, thing: Thing, name: str, kind: NoticeKind, budget: Budget | None, words: Mapping[str, str]) -> None:
    def asked(tx: Tx, me: Person) -> None:
        notices.ask(tx, me, at.limits, kind.key, thing, plain(name, 400), budget)

    press(at, words, "tell", asked, f"You will be told when {kind.title}.")
