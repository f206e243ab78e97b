"""Where somebody is told, and how often: said in a sentence, and changed in a form."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import streamlit as st

from approvals.people import notice_choices
from approvals.people.notice_choices import HERE, OWN, USUAL, Choice, offered
from components.notices.own import Own, press
from components.runtime.run_to_completion import run_to_completion
from components.text.untrusted import plain, safe

AT_ONCE = "At once"
OFTEN = (AT_ONCE, *(f"Once a day at {hour:02}:00" for hour in range(24)))
_WHERE, _OFTEN = "notices-where", "notices-often"


def sentence(choice: Choice, channels: Collection[str]) -> str:
    """``Messages go to Slack, once a day at 07:00.``; where nothing is set up, that they are kept here."""
    if choice.channel == HERE:
        return "Messages stand here and go nowhere else."
    where = "the usual channel" if choice.channel == USUAL else plain(choice.channel.removeprefix(OWN).capitalize(), 60)
    if choice.channel not in channels:
        return f"Messages stand here: {where} is not set up."
    often = AT_ONCE.lower() if choice.hour is None else f"once a day at {choice.hour:02}:00 ({plain(choice.zone, 40)})"
    return f"Messages go to {where}, {often}."


def draw(at: Own, choice: Choice, channels: Collection[str], zone: str) -> None:
    """The sentence, and the form under it; ``channels`` are those that are set up, ``zone`` is the viewer's."""
    st.caption(safe(sentence(choice, channels), 300))
    words = _words(channels)
    with st.expander("Where and how often"), st.form("notice-choice", border=False):
        where, often, save = st.columns([3, 3, 1], vertical_alignment="bottom")
        known = list(words)
        where.selectbox(
            "Where",
            known,
            index=known.index(choice.channel) if choice.channel in words else 0,
            key=_WHERE,
            format_func=lambda one: words[one],
        )
        hour = 0 if choice.hour is None else choice.hour + 1
        often.selectbox("How often", OFTEN, index=hour, key=_OFTEN, help=safe(f"Times in {zone}", 80))
        given = at.words()
        save.form_submit_button(
            "Save", on_click=_save, args=(at, channels, zone, given), width="stretch", disabled=not given
        )


def _words(channels: Collection[str]) -> Mapping[str, str]:
    found = dict(offered(channels))
    if USUAL not in channels:
        found[USUAL] += " (not set up)"
    return found


@run_to_completion
def _save(at: Own, channels: Collection[str], zone: str, words: Mapping[str, str]) -> None:
    hour = OFTEN.index(st.session_state[_OFTEN]) - 1
    choice = Choice(st.session_state[_WHERE], None if hour < 0 else hour, zone)
    press(at, words, "choose", lambda tx, me: notice_choices.choose(tx, me, choice, channels), "Kept.")
