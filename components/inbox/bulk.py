"""Deciding many at once: what is ticked, what it sums to, one comment for all; what changed meanwhile is left out."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Literal

import streamlit as st

from approvals.deciding.together import decide_together
from approvals.deciding.voting import REASONS, Ballot
from approvals.people.people import Person, Unreachable
from approvals.values.canonical import digest
from approvals.values.refusals import Refusal
from approvals.values.titles import titled
from components.inbox import messages, page_nonces, selection
from components.inbox.groups import bulk_money
from components.inbox.selection import Tick
from components.inbox.services import InboxServices
from components.inbox.words import REASON
from components.runtime.name_button import Part, line_with_names
from components.runtime.run_to_completion import run_to_completion
from components.text.principals import principal_of
from components.text.untrusted import plain, safe

_COMMENT, _REASON, _COUNT = "inbox-bulk-comment", "inbox-bulk-reason", "inbox-bulk-count"
BULK = "inbox-bulk"
MOST_OWNERS = 6  # named
_WORST = ("", "low", "medium", "high")


def bar(services: InboxServices, person: Person) -> None:
    """The totals of what is ticked and the two decisions; nothing while nothing is ticked."""
    chosen = list(selection.ticked().values())
    if not chosen:
        return
    with st.container(border=True, key=BULK):
        st.markdown(f"**{safe(len(chosen))} ticked** · {safe(totals(chosen), 400)}")
        line_with_names(owners(chosen), "inbox-bulk-owners")
        with st.form("inbox-bulk-form", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
            st.text_input("One comment, copied to each", key=_COMMENT, max_chars=2_000, width=320)
            st.selectbox(
                "Reason, to reject", REASONS, index=None, key=_REASON, format_func=lambda r: REASON[r], width=220
            )
            if len(chosen) > services.typed_above:
                st.text_input(f"Type {safe(len(chosen))} to confirm", key=_COUNT, max_chars=4, width=150)
            shown = tuple(chosen)
            words = page_nonces.given(services, person, *_all_of(shown), ("accept", "reject"))
            off = why_not(chosen, services.most)
            st.form_submit_button(
                f"Accept {safe(len(chosen))}",
                type="primary",
                disabled=bool(off),
                help=safe(off, 400) or None,
                on_click=_decide,
                args=(services, "accept", shown, words),
            )
            st.form_submit_button(
                f"Reject {safe(len(chosen))}",
                disabled=bool(off),
                help=safe(off, 400) or None,
                on_click=_decide,
                args=(services, "reject", shown, words),
            )
            st.form_submit_button("Untick all", type="tertiary", on_click=selection.keep, args=({},))
        messages.draw(BULK)
        if off:
            st.markdown(f":orange[:material/block: {safe(off, 400)}]")
        else:
            st.caption("Each is decided by itself, exactly as it was when you ticked it.")


def why_not(chosen: Sequence[Tick], most: int) -> str:
    """Why those that are ticked cannot be decided together, and which to untick; empty where they can."""
    if len(chosen) > most:
        return f"At most {most:,} are decided together: untick {len(chosen) - most:,}."
    if alone := [one for one in chosen if one.alone]:
        why = "of high risk, about rights, or the policy does not allow it with others"
        return f"To be decided by itself ({why}): {_titles(alone)}."
    kinds = Counter(one.kind for one in chosen)
    if len(kinds) > 1:
        usual = kinds.most_common(1)[0][0]
        others = [one for one in chosen if one.kind != usual]
        return f"Only one kind of action is decided together. Another kind than {plain(usual, 60)}: {_titles(others)}."
    policies = Counter(one.policy for one in chosen)
    if len(policies) > 1:
        usual = policies.most_common(1)[0][0]
        others = [one for one in chosen if one.policy != usual]
        return f"Only those are decided together of which the policy asks the same. Something else is asked of {_titles(others)}."
    return ""


def _titles(ticks: Sequence[Tick]) -> str:
    named = ", ".join(plain(titled(one.title), 80) for one in ticks[:3])
    return named + (f" and {len(ticks) - 3:,} more" if len(ticks) > 3 else "")


def totals(chosen: Sequence[Tick]) -> str:
    """Money, objects and the worst consumer of what is ticked."""
    worst = max((one.worst for one in chosen), key=_WORST.index)
    hit = sum(one.consumers for one in chosen)
    parts = [
        f"{bulk_money(chosen)} a month",
        f"{sum(one.objects for one in chosen):,} objects",
        f"{hit} consumers, the worst {worst}" if hit else "no consumer known",
    ]
    return " · ".join(parts)


def owners(chosen: Sequence[Tick]) -> list[Part]:
    """Whose what is ticked is: each name opens."""
    found = sorted({one.owner for one in chosen if one.owner})
    if not found:
        return ["No owner known"]
    more = [f"and {len(found) - MOST_OWNERS:,} more"] if len(found) > MOST_OWNERS else []
    return ["Owners:", *((one, principal_of(one)) for one in found[:MOST_OWNERS]), *more]


def _all_of(chosen: Sequence[Tick]) -> tuple[str, int, str]:
    """What a click on all of these is bound to, in place of one proposal, its revision and its digest."""
    return "together", len(chosen), digest([[one.proposal_id, one.revision, one.action_digest] for one in chosen])


@run_to_completion
def _decide(
    services: InboxServices, verb: Literal["accept", "reject"], chosen: Sequence[Tick], words: Mapping[str, str]
) -> None:
    messages.clear()
    comment, reason = str(st.session_state.get(_COMMENT) or ""), st.session_state.get(_REASON) or ""
    if len(chosen) > services.typed_above and str(st.session_state.get(_COUNT) or "").strip() != str(len(chosen)):
        messages.say(f"Type {len(chosen)} to confirm: that many would be decided.", "refused", at=BULK)
        return
    if verb == "reject" and not (comment.strip() and reason):
        lacking = [] if reason else ["A reason is missing: choose one from the list."]
        lacking += [] if comment.strip() else ["A comment is missing: the next proposal learns from it."]
        messages.say(f"A rejection needs a reason and a comment. {' '.join(lacking)}", "refused", at=BULK)
        return
    now = time.monotonic()
    ballots = [
        Ballot(
            one.proposal_id,
            one.revision,
            one.action_digest,
            comment=comment,
            reason=reason,
            dwell_ms=int((now - one.since) * 1000),
            client={"bulk": len(chosen)},
        )
        for one in chosen
    ]
    try:
        person = services.me()
        if person is None:
            messages.say("Nobody is signed in who could decide.", "refused")
            return
        with services.store.writing() as tx:
            page_nonces.once(words, verb, *_all_of(chosen))(tx, person)
        outcome = decide_together(services.store, verb, ballots, person, services.most)
    except (Refusal, Unreachable) as why:
        messages.refused(why, services.now(), at=BULK)
        return
    titles = {one.proposal_id: one.title for one in chosen}
    word = "Accepted" if verb == "accept" else "Rejected"
    messages.mention(f"{word} {len(outcome.done)}")
    messages.say(f"{word} {len(outcome.done)} of {len(chosen)}.", "ok" if outcome.done else "info")
    for one in outcome.skipped:
        messages.say(
            f"Left out: {plain(titled(titles[one.proposal_id]), 120)}. {messages.sentence(one.why, services.now())}",
            "refused",
        )
    selection.keep({})
    for key in (_COMMENT, _COUNT):
        st.session_state[key] = ""
