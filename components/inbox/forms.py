"""The forms of a card: what a verb needs in words before it is done. Nothing typed is lost when it is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from approvals.deciding.executions import HUMAN
from approvals.deciding.voting import REASONS
from approvals.people.people import Person
from approvals.reading.card import Card
from components.inbox import deciding, messages, missing, typed_form
from components.inbox.address import go
from components.inbox.seen import Seen, field_key
from components.inbox.services import InboxServices, KindForm
from components.inbox.words import LOOK, REASON
from components.text.names import words_for
from components.text.untrusted import safe

WHY = "Why (others read it, and the next proposal learns from it)"


def draw(do: str, card: Card, seen: Seen, services: InboxServices, me: Person, voices: Sequence[Person]) -> None:
    """The form of the verb ``do``, what came of it when it was sent, and a way out. ``voices``: in whose place ``me`` may
    vote."""
    if do == "override":
        _override(card, seen, services)
        return
    with st.form(f"inbox-form-{do}", border=True):
        if do == "edit":
            _edit(card, seen, services)
        elif do == "accept":
            _accept(card, seen, services, me, voices)
        elif do == "reject":
            _reject(seen, services, me, voices)
        elif do == "look":
            _look(card, seen, services)
        else:
            _SIMPLE[do](seen, services)
    _end()


def _end() -> None:
    messages.draw()
    st.button(
        "Close the form",
        key="inbox-form-close",
        type="tertiary",
        icon=":material/close:",
        on_click=go,
        kwargs={"do": None},
    )


def _comment(seen: Seen, label: str = WHY) -> None:
    """What others read, and below it that it is missing."""
    st.text_area(label, key=field_key(seen, "comment"), max_chars=4_000, height=90)
    missing.beside(seen, "comment")


def _accept(card: Card, seen: Seen, services: InboxServices, me: Person, voices: Sequence[Person]) -> None:
    st.markdown(f"**Accept** exactly this: version {safe(seen.revision)}, fingerprint {safe(seen.action_digest[:8])}")
    _for_whom(seen, me, voices)
    if seen.risk >= 4:
        name = card.content.target.name or card.content.target.id
        st.markdown(f":red[:material/warning: This cannot be undone.] Type **{safe(name)}** to confirm.")
        st.text_input("Name of the resource", key=field_key(seen, "name"), autocomplete="off")
        missing.beside(seen, "name")
    _comment(seen, WHY if seen.risk >= 3 else "Comment")
    st.form_submit_button(
        "Accept",
        key="inbox-send-accept",
        type="primary",
        icon=":material/check:",
        shortcut="Enter",
        on_click=deciding.accept,
        args=(services, seen),
    )


def _for_whom(seen: Seen, me: Person, voices: Sequence[Person]) -> None:
    """In whose place the person votes, where it could be somebody else's."""
    names = {("" if one.id == me.id else one.id): "Myself" if one.id == me.id else one.name for one in voices}
    if set(names) - {""}:
        st.selectbox(
            "I decide for",
            list(names),
            index=0 if "" in names else None,
            key=field_key(seen, "for"),
            format_func=words_for(names, lambda one: names.get(one, one)),
            placeholder="Choose for whom",
        )


def _reject(seen: Seen, services: InboxServices, me: Person, voices: Sequence[Person]) -> None:
    st.markdown("**Reject**")
    _for_whom(seen, me, voices)
    _reason(seen)
    st.date_input(
        "Not before (for bad timing; empty: in 14 days)",
        None,
        min_value=services.now().date(),
        key=field_key(seen, "not-before"),
    )
    st.form_submit_button("Reject", type="primary", on_click=deciding.reject, args=(services, seen))


def _veto(seen: Seen, services: InboxServices) -> None:
    st.markdown("**Veto**: it is approved, and will never run")
    _comment(seen)
    st.form_submit_button("Veto", type="primary", on_click=deciding.veto, args=(services, seen))


def _lift(seen: Seen, services: InboxServices) -> None:
    st.markdown("**Let it come up again**: agents may propose the same as soon as they see it")
    _comment(seen)
    st.form_submit_button("Let it come up again", type="primary", on_click=deciding.lift, args=(services, seen))


def _ask(seen: Seen, services: InboxServices) -> None:
    st.text_area("What do you want to know?", key=field_key(seen, "question"), max_chars=2_000, height=90)
    missing.beside(seen, "question")
    st.form_submit_button("Ask", type="primary", on_click=deciding.ask, args=(services, seen))


def _answer(seen: Seen, services: InboxServices) -> None:
    st.text_area(
        "Your answer (it stands under your name in a new version)",
        key=field_key(seen, "answer"),
        max_chars=3_000,
        height=90,
    )
    missing.beside(seen, "answer")
    st.form_submit_button("Answer", type="primary", on_click=deciding.answer, args=(services, seen))


def _snooze(seen: Seen, services: InboxServices) -> None:
    st.selectbox(
        "Hide it from my list for",
        [1, 4, 24, 72],
        index=1,
        key=field_key(seen, "hours"),
        format_func=lambda hours: f"{hours} h" if hours < 24 else f"{hours // 24} d",
    )
    st.text_input("Why", key=field_key(seen, "snooze-reason"), max_chars=500)
    st.caption("It comes back before it expires, and stays in everybody else's list.")
    st.form_submit_button("Snooze", type="primary", on_click=deciding.snooze, args=(services, seen))


def _delegate(seen: Seen, services: InboxServices) -> None:
    st.text_input("Who acts for me (user name)", key=field_key(seen, "delegate"), placeholder="name@company.example")
    st.number_input("Days", 1, 30, 7, key=field_key(seen, "days"))
    st.caption(
        "For all proposals, both of you may act, each proposal hears one of you. It is recorded as theirs for you."
    )
    st.form_submit_button("Delegate", type="primary", on_click=deciding.delegate, args=(services, seen))


def _undo(seen: Seen, services: InboxServices) -> None:
    st.markdown("**Undo the change**: a new proposal with exactly the way back that was approved")
    _comment(seen, "Why")
    st.form_submit_button("Undo the change", type="primary", on_click=deciding.undo, args=(services, seen))


def _emergency(seen: Seen, services: InboxServices) -> None:
    st.markdown("**Emergency**: the emergency group decides, windows and budgets do not count")
    st.caption("Digest, kill switches, locks and the ledger count as ever. You may not decide on it yourself any more.")
    st.text_input("Incident", key=field_key(seen, "incident"), placeholder="INC-1234", max_chars=120)
    missing.beside(seen, "incident")
    _comment(seen)
    st.form_submit_button("Ask the emergency group", type="primary", on_click=deciding.emergency, args=(services, seen))


def _withdraw(seen: Seen, services: InboxServices) -> None:
    st.markdown("**Withdraw**: it was your wish, and ends here")
    _comment(seen, "Why")
    st.form_submit_button("Withdraw", type="primary", on_click=deciding.withdraw, args=(services, seen))


_SIMPLE = {"veto": _veto, "withdraw": _withdraw, "ask": _ask, "answer": _answer, "snooze": _snooze, "delegate": _delegate,
           "undo": _undo, "lift": _lift, "emergency": _emergency}  # fmt: skip


def _look(card: Card, seen: Seen, services: InboxServices) -> None:
    execution = card.execution
    if execution is None or execution.state not in HUMAN:
        st.caption("There is nothing to settle any more.")
        st.form_submit_button("Close", on_click=go, kwargs={"do": None})
        return
    st.markdown("**What did you see at the target?**")
    st.radio(
        "What did you see",
        HUMAN[execution.state],
        index=None,
        key=field_key(seen, "event"),
        format_func=lambda event: LOOK[event],
        label_visibility="collapsed",
    )
    missing.beside(seen, "event")
    _comment(seen, "Say what you saw")
    st.form_submit_button(
        "Settle it", type="primary", on_click=deciding.settle, args=(services, seen, execution.execution_id)
    )


def _edit(card: Card, seen: Seen, services: InboxServices) -> None:
    st.markdown("**Edit the parameters**")
    st.caption("It is worked out anew and needs all its votes again. Who edits may not decide.")
    form = services.intake.kinds().get(card.content.kind)
    wanted = typed_form.fields(form.schema) if form is not None else []
    _typed(card.content.kind, wanted, card, seen, "edit")
    st.text_input("Why", key=field_key(seen, "comment"), max_chars=2_000)
    st.form_submit_button(
        "Save as a new revision",
        type="primary",
        disabled=not wanted,
        on_click=deciding.edit,
        args=(services, seen, card.content.kind, wanted),
    )


def _override(card: Card, seen: Seen, services: InboxServices) -> None:
    kinds = _fitting(services.intake.kinds(), card)
    with st.container(border=True, key="inbox-form-override"):
        st.markdown("**Override**: your own action in its place")
        st.caption("The policy judges it like any other; you count as its proposer, so others decide on it.")
        names = list(kinds) or [card.content.kind]
        start = names.index(card.content.kind) if card.content.kind in names else 0
        kind = st.selectbox(
            "Action",
            names,
            index=start,
            key=field_key(seen, "kind"),
            format_func=words_for(
                names, lambda name: f"{kinds[name].title.rstrip('.')} ({name})" if name in kinds else name
            ),
        )
        wanted = typed_form.fields(kinds[kind].schema) if kind in kinds else []
        with st.form("inbox-form-override-fields", border=False):
            _typed(kind, wanted, card, seen, f"override-{kind}")
            _reason(seen)
            st.form_submit_button(
                "Override",
                type="primary",
                disabled=kind not in kinds,
                on_click=deciding.override,
                args=(services, seen, kind, wanted),
            )
    _end()


def _fitting(kinds: Mapping[str, KindForm], card: Card) -> dict[str, KindForm]:
    """The kinds that can act on this target."""
    return {name: form for name, form in kinds.items() if {card.content.target.type, "any"} & set(form.resources)}


def _typed(kind: str, wanted: list[typed_form.Field], card: Card, seen: Seen, form: str) -> None:
    proposal_id, told, sentences = st.session_state.get(deciding.WRONG, ("", "", {}))
    wrong = sentences if (proposal_id, told) == (seen.proposal_id, form) else {}
    values = card.content.params if kind == card.content.kind else {}
    typed_form.draw(wanted, values, field_key(seen, form), wrong)
    if not wanted:
        st.caption("This action has no parameters.")


def _reason(seen: Seen) -> None:
    st.selectbox(
        "Reason",
        REASONS,
        index=None,
        key=field_key(seen, "reason"),
        format_func=lambda reason: REASON[reason],
        placeholder="Choose a reason",
    )
    missing.beside(seen, "reason")
    _comment(seen)
