"""The buttons of a review of access and their dialogs: to open one, to decide on rights, to propose removals, to close."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import streamlit as st

from approvals.deciding import reviews
from approvals.deciding.reviews import Asked, Decision, Line
from approvals.people.people import Unreachable
from approvals.values.refusals import Refusal
from components.frame.store_unavailable import StoreUnavailable
from components.panels.access_review import OPEN
from components.runtime.dialogs import show_dialog
from components.sections.access_review import (
    WHICH,
    Known,
    Reviewing,
    closed,
    decided,
    opened,
    pack,
    removals_proposed,
)
from components.text import format as fmt
from components.text.names import words_for
from components.text.untrusted import safe

USUAL = dt.timedelta(days=21)  # that a review takes
SAID: dict[Decision, str] = {"keep": "Keep", "remove": "Remove", "ask": "Ask the holder"}
_ASKED = "review-asked"
Roster = Callable[[], Sequence[Asked]]


def controls(found: Known, now: dt.datetime) -> None:
    """Which review is looked at, and what can be done with it."""
    if found.review is None:
        return
    titles = {one.review_id: one.title for one in found.every}
    removals = [one.line for one in found.lines if one.decision == "remove" and not one.proposal_id]
    waiting = len([line for line in removals if line not in found.waits])
    over = found.review.closed_at is not None
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if len(titles) > 1:
            st.selectbox(
                "Review",
                list(titles),
                key=WHICH,
                format_func=words_for(titles, titles.__getitem__),
                bind="query-params",
                width=320,
            )
        _button("Decide", ":material/rule:", over, _deciding, found)
        _button(f"Propose {fmt.counted(waiting, 'removal')}", ":material/send:", over or not waiting, _proposing, found)
        _button("Close it", ":material/lock:", over, _closing, found)
        st.download_button(
            "Evidence pack (ZIP)",
            data=partial(pack, found, now),
            file_name=f"lakehelm_review_{now:%Y-%m-%d}.zip",
            mime="application/zip",
            on_click="ignore",
            key="review-pack",
            icon=":material/inventory_2:",
            help="Roster and decisions, with the digests that the ledger has.",
        )


def roster_controls(roster: Roster) -> None:
    """The button that opens a review of what is listed."""
    _button("Open a review of these", ":material/playlist_add_check:", False, _opening, roster)


def show_asked(at: Reviewing) -> None:
    """Open the dialog whose button was pressed just now."""
    asked = st.session_state.pop(_ASKED, None)
    if asked is not None:
        title, body, given = asked
        show_dialog(body, at, given, title=title, icon=":material/rule:", width="medium")


def _button(label: str, icon: str, disabled: bool, body: Callable[[Reviewing, Any], None], given: Any) -> None:
    if st.button(safe(label), icon=icon, disabled=disabled, key=f"review{body.__name__}"):
        st.session_state[_ASKED] = (label, body, given)


def _opening(at: Reviewing, roster: Roster) -> None:
    today = at.now().date()
    asked, words = roster(), at.words()
    st.caption(safe(f"{fmt.counted(len(asked), 'right')} as they are now; who owns the securable reviews."))
    title = st.text_input("Its name", key="review-title", max_chars=200)
    due = st.date_input("Due", today + USUAL, min_value=today + dt.timedelta(days=1), key="review-due")
    if st.button("Open it", type="primary", key="review-open", disabled=not words) and isinstance(due, dt.date):
        _press(lambda: opened(at, words, title, due, asked))


def _deciding(at: Reviewing, found: Known) -> None:
    assert found.review is not None
    try:
        person = at.me()
    except Unreachable as error:
        st.warning(safe(str(error), 400))
        return
    mine = {
        one.line: one
        for one in found.lines
        if person and reviews.may_decide(at.policy, person, one.asked) and not one.proposal_id
    }
    if not mine:
        st.info(
            "None of these rights is yours to decide on: who owns the securable does, and governance.",
            icon=":material/block:",
        )
        return
    words, names = at.words(), {n: _called(one) for n, one in mine.items()}
    order = sorted(mine, key=lambda n: (mine[n].decision != "", n))
    chosen = st.multiselect("Rights", order, key="review-lines", format_func=words_for(names, names.__getitem__))
    for n in chosen[:5]:
        st.caption(safe(f"{names[n]}: {mine[n].asked.evidence}", 500))
    if said := leaving_said([mine[n].asked for n in chosen]):
        st.info(safe(said, 600), icon=":material/group_remove:")
    decision: Decision = st.radio(
        "Decision", list(SAID), format_func=SAID.__getitem__, key="review-decision", horizontal=True
    )
    why = st.text_area("Why (kept with it, and in the ledger)", key="review-why", max_chars=reviews.LONGEST, height=80)
    if st.button("Save", type="primary", key="review-save", disabled=not words):
        review_id = found.review.review_id

        def act() -> None:
            decided(at, words, review_id, chosen, decision, why)

        _press(act, partial(_proposed, at, review_id) if decision == "remove" else None)


def leaving_said(chosen: Sequence[Asked]) -> str:
    """What the removal of rights means that somebody has through a group; empty where none is."""
    out = sorted({(one.member, one.leaves) for one in chosen if one.member})
    if not out:
        return ""
    who = "; ".join(f"{member} out of {group}" for member, group in out[:3]) + ("; and others" if len(out) > 3 else "")
    return (
        f"Remove takes {who}: every other right of the group ends with it. To take a right from all who are in the group, "
        "decide on the line whose holder is the group itself: that revokes the grant of the group."
    )


def _proposing(at: Reviewing, found: Known) -> None:
    assert found.review is not None
    st.caption("Each removal becomes a proposal that others decide on.")
    if st.button("Propose them", type="primary", key="review-propose"):
        _press(lambda: None, partial(_proposed, at, found.review.review_id))


def _closing(at: Reviewing, found: Known) -> None:
    assert found.review is not None
    left = sum(not one.decision for one in found.lines)
    if left:
        st.warning(safe(f"{fmt.counted(left, 'right')} stay undecided: that is no “keep”."), icon=":material/warning:")
    if found.waits:
        many = fmt.counted(len(found.waits), "removal")
        said = f"{many} the policy has off: the review is closed with that, nothing of it is removed."
        st.warning(safe(said), icon=":material/hourglass_empty:")
    words = at.words()
    if st.button("Close it for good", type="primary", key="review-close", disabled=not words):
        review_id = found.review.review_id
        _press(lambda: closed(at, words, review_id))


def _press(act: Callable[[], object], then: Callable[[], bool] | None = None) -> None:
    """Do it and draw the page again; what was refused is said in the dialog, which stays."""
    try:
        act()
        if then is None or then():
            st.rerun()
    except (Refusal, Unreachable, *StoreUnavailable) as error:
        st.error(safe(str(error), 600))


def _proposed(at: Reviewing, review_id: str) -> bool:
    """Propose what is decided to be removed; whether all could be."""
    done, problems = removals_proposed(at, review_id)
    for one in problems[:5]:
        st.error(safe(one, 600))
    if problems:
        st.info(safe(f"{fmt.counted(done, 'removal')} proposed, {len(problems):,} not yet: they wait here."))
    return not problems


def _called(one: Line) -> str:
    asked = one.asked
    holder = f"{asked.member} through {asked.grantee}" if asked.member else asked.grantee
    return f"{holder} · {asked.privilege.replace('_', ' ')} · {asked.place} ({one.decision or OPEN})"
