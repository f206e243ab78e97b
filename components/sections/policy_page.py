"""The policy as people read it, and what it would say of a change that nobody has proposed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace

import streamlit as st

from approvals.policy.rules import Policy
from approvals.policy.what_if import Case
from components.sections import policy_words as words
from components.text.names import words_for
from components.text.untrusted import lines, safe
from setting_values import zone_of

PERSON = "A person"


def draw(policy: Policy, kinds: Mapping[str, Case], agents: Sequence[str], zone: str, now: dt.datetime) -> None:
    """The whole page below its title; ``kinds`` are all kinds of action, ``now`` is UTC."""
    what_if(policy, kinds, agents, zone, now)
    _listed("Freezes and windows", words.windows(policy, zone, now) or ["There are none: changes start at any time."])
    st.subheader("Who must agree", anchor=False)
    st.caption("To what a person proposes now, where no owner is known; the owner's team takes that seat where one is.")
    table = words.alike(words.who_agrees(policy, kinds.values(), now))
    st.table(lines(table), border="horizontal", hide_index=True, alt="Who must agree to which kind of action")
    _listed("What runs by itself", words.autonomy(policy))
    _listed("Limits", words.limits(policy))
    with st.expander("Details for auditors", key="policy-details"):
        st.caption(f"File {safe(policy.file)}, digest {safe(policy.digest)}")
        named = [(one.id, one.line, one.why) for one in policy.deny]
        named += [(one.id, one.line, one.why) for one in policy.require]
        named += [(one.id, one.line, one.why) for one in policy.auto]
        named += [(one.id, one.line, one.why) for one in policy.windows]
        for name, line, why in named:
            st.caption(f"{safe(name)} (line {safe(line)}): {safe(why or 'no reason given', 300)}")


def what_if(policy: Policy, kinds: Mapping[str, Case], agents: Sequence[str], zone: str, now: dt.datetime) -> None:
    """Asks for kind, thing, who and when, and says what would happen."""
    st.subheader("What would happen if", anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kind = st.selectbox(
            "Kind of action", sorted(kinds), key="policy-kind", format_func=words_for(kinds, str), width=240
        )
        env = st.selectbox("on a thing in", words.ENVIRONMENTS, index=2, key="policy-env", width=140)
        owner = st.text_input("owned by team", key="policy-owner", max_chars=120, placeholder="not known", width=160)
        who = st.selectbox("proposed by", [PERSON, *agents], key="policy-by", width=220)
        there = now.astimezone(zone_of(zone)).replace(second=0, microsecond=0, tzinfo=None)
        st.session_state.setdefault("policy-day", there.date())  # as it was when the page was opened
        st.session_state.setdefault("policy-hour", there.time())
        day = st.date_input("on", key="policy-day", width=140)
        hour = st.time_input("at", key="policy-hour", width=110)
    if kind not in kinds or not isinstance(day, dt.date) or hour is None:
        st.caption("Choose a kind, a day and a time.")
        return
    at = dt.datetime.combine(day, hour, zone_of(zone)).astimezone(dt.UTC)
    case = replace(kinds[kind], env=env, owner=owner.strip(), agent="" if who == PERSON else who)
    verdict, said = words.answer(case, policy, at, zone)
    with st.container(border=True, key="policy-answer", gap="xxsmall"):
        for sentence in said:
            st.markdown(safe(sentence, 500))
        st.caption(f"By {safe(', '.join(verdict.rules), 400)}. Nothing was proposed.")


def _listed(title: str, sentences: Sequence[str]) -> None:
    st.subheader(safe(title), anchor=False)
    for sentence in sentences:
        st.markdown(f"- {safe(sentence, 600)}")
