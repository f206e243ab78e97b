"""What is said to the person after they did something: kept until they do the next thing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import streamlit as st

from approvals.values.refusals import AlreadyDecided, Refusal
from components.inbox.words import STATE, VERB
from components.text import format as fmt
from components.text.untrusted import plain, safe

_KEY, _TOASTS = "inbox-notes", "inbox-toasts"
Tone = Literal["ok", "refused", "info"]


@dataclass(frozen=True)
class Message:
    """``at`` names the button beside which it stands (empty: those of the card or the list); ``fields`` has what is said
    beside a field of the form."""

    text: str
    tone: Tone = "info"
    at: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)


def clear() -> None:
    """A new act begins: what was said about the last one is over."""
    st.session_state.pop(_KEY, None)


def say(text: str, tone: Tone = "info", *, at: str = "", fields: Mapping[str, str] | None = None) -> None:
    """Say it on the page, at the next drawing; see :class:`Message`."""
    st.session_state.setdefault(_KEY, []).append(Message(text, tone, at, fields or {}))


def beside(name: str) -> str:
    """What was said about the field ``name`` of the open form; empty where nothing was."""
    return next((one.fields[name] for one in st.session_state.get(_KEY, []) if name in one.fields), "")


def mention(text: str) -> None:
    """Say it in passing."""
    st.session_state.setdefault(_TOASTS, []).append(text)


def refused(why: Exception, now: dt.datetime, *, at: str = "") -> None:
    """Say why nothing was done; who was faster is named, with when and why."""
    say(sentence(why, now), "refused", at=at)


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


def draw(at: str = "") -> None:
    """Show what there is to say ``at`` a button, and what is said in passing."""
    for text in st.session_state.pop(_TOASTS, []):
        st.toast(safe(text), icon=":material/check:")
    for one in st.session_state.get(_KEY, []):
        if one.at != at:
            continue
        words = safe(plain(one.text, 1_000), 1_000)
        if one.tone == "refused":
            st.warning(words, icon=":material/block:")
        elif one.tone == "ok":
            st.success(words, icon=":material/check_circle:")
        else:
            st.info(words, icon=":material/info:")
