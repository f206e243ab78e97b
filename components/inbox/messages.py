"""What is said to the person after they did something: kept until they do the next thing."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import streamlit as st

from approvals.values.refusals import AlreadyDecided, Refusal
from components.inbox.words import STATE, VERB
from components.text import format as fmt
from components.text.untrusted import plain, safe

_KEY, _TOASTS = "inbox-notes", "inbox-toasts"
Tone = Literal["ok", "refused", "info"]


def clear() -> None:
    """A new act begins: what was said about the last one is over."""
    st.session_state.pop(_KEY, None)


def say(text: str, tone: Tone = "info") -> None:
    """Say it on the page, at the next drawing."""
    st.session_state.setdefault(_KEY, []).append((tone, text))


def mention(text: str) -> None:
    """Say it in passing."""
    st.session_state.setdefault(_TOASTS, []).append(text)


def refused(why: Exception, now: dt.datetime) -> None:
    """Say why nothing was done; who was faster is named, with when and why."""
    say(sentence(why, now), "refused")


def sentence(why: Exception, now: dt.datetime) -> str:
    """A refusal in words. Of what was decided already it says by whom, how long ago and why."""
    if not isinstance(why, AlreadyDecided):
        return str(why) if isinstance(why, Refusal) else "It could not be done now; nothing was changed. Try again."
    word = VERB.get(why.verb, STATE.get(why.state, why.state))
    by = f" by {why.by}" if why.by else ""
    ago = f" {since(now - why.at)} ago" if why.at is not None else ""
    because = f": {why.comment}" if why.comment else ""
    return f"{word}{by}{ago}{because}"


def since(span: dt.timedelta) -> str:
    """``4 s``, ``3 min``, ``2 h``."""
    seconds = max(int(span.total_seconds()), 0)
    return f"{seconds} s" if seconds < 60 else fmt.age(span)


def draw() -> None:
    """Show what there is to say."""
    for text in st.session_state.pop(_TOASTS, []):
        st.toast(safe(text), icon=":material/check:")
    for tone, text in st.session_state.get(_KEY, []):
        words = safe(plain(text, 1_000), 1_000)
        if tone == "refused":
            st.warning(words, icon=":material/block:")
        elif tone == "ok":
            st.success(words, icon=":material/check_circle:")
        else:
            st.info(words, icon=":material/info:")
