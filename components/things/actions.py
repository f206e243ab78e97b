"""What can be done now with a thing, and proposing it by hand: the answer stands beside the form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import streamlit as st

from approvals.people.people import Person, Unreachable
from approvals.values.proposal import Target
from approvals.values.refusals import Refusal
from approvals.values.value import Json
from components.frame.store_unavailable import StoreUnavailable
from components.inbox import typed_form
from components.inbox.services import KindForm
from components.runtime.dialogs import show_dialog
from components.runtime.run_to_completion import run_to_completion
from components.text.names import words_for
from components.text.untrusted import safe
from things import KINDS, Kind, Thing

# Kinds of things that actions have targets of, by the word that targets have for them.
TARGETS: Mapping[Kind, str] = {
    "job": "job", "run": "run", "pipeline": "pipeline", "cluster": "cluster", "warehouse": "warehouse", "table": "table",
    "schema": "schema", "catalog": "catalog", "endpoint": "endpoint", "model": "model",
    # Nothing changes these but who is in which group; a ticket and a message can be about them.
    "principal": "principal", "workspace": "workspace", "cost_centre": "cost_centre", "dashboard": "dashboard", "app": "app",
    "database": "database", "notebook": "notebook", "figure": "figure", "space": "space", "index": "index",
    "gateway": "endpoint",
}  # fmt: skip
ANYTHING = "any"
WHY = "Why (others decide on it, and read this first)"


class Proposes(Protocol):
    """What the room of actions does for who proposes by hand (``actions/inbox_intake.py``)."""

    def kinds(self) -> Mapping[str, KindForm]:
        """Every kind of action, by its name."""

    def wrong(self, kind: str, params: Json) -> Mapping[str, str]:
        """A sentence for each parameter that the kind does not take."""

    def why_not(self, person: Person | None, kind: str = "") -> str:
        """Why the person may not propose it; empty where they may."""

    def propose(self, kind: str, target: Target, params: Json, person: Person, why: str) -> str:
        """The id of the proposal. Raises a refusal or :class:`approvals.people.people.Unreachable` with a sentence."""


@dataclass(frozen=True)
class Subject:
    """The thing as it is known: its name, whether it is gone. ``places`` are the workspaces that the viewer may see; None:
    all."""

    thing: Thing
    name: str
    deleted: bool = False
    places: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Possible:
    """A kind of action on this thing; ``why_not`` is empty where it can be proposed now."""

    kind: str
    form: KindForm
    why_not: str = ""


def actions_for(subject: Subject, intake: Proposes, person: Person | None) -> list[Possible]:
    """The kinds of action whose target is of this kind of thing, those that can be proposed now first, others with
    the reason why not."""
    wanted = TARGETS.get(subject.thing.kind)
    if wanted is None:
        return []
    fitting = {name: form for name, form in intake.kinds().items() if {wanted, ANYTHING} & set(form.resources)}
    every = [Possible(name, form, _why_not(subject, intake, person, name)) for name, form in sorted(fitting.items())]
    return sorted(every, key=lambda one: bool(one.why_not))


def _why_not(subject: Subject, intake: Proposes, person: Person | None, kind: str) -> str:
    if subject.deleted:
        return f"{KINDS[subject.thing.kind].title} {subject.name} is deleted."
    if subject.places is not None and _place(subject.thing) not in subject.places:
        return "It is not in a workspace whose rows you may see."
    return intake.why_not(person, kind)


def _place(thing: Thing) -> str:
    """The id of the workspace that it lives in, or is."""
    return thing.id if thing.kind == "workspace" else thing.workspace


def target_of(subject: Subject) -> Target:
    """The thing as the target of an action: a run by its own id, an endpoint by its name."""
    thing = subject.thing
    ident = thing.id.rpartition("/")[2] if thing.kind == "run" else thing.id
    return Target(
        workspace_id=_place(thing),
        type=TARGETS[thing.kind],
        id=subject.name if thing.kind == "endpoint" else ident,
        name=subject.name,
    )


def key_of(subject: Subject) -> str:
    """How proposals call what they act on; empty where nothing can be proposed about the kind."""
    return target_of(subject).key if subject.thing.kind in TARGETS else ""


def open_form(
    subject: Subject,
    intake: Proposes,
    me: Callable[[], Person | None],
    kind: str = "",
    params: Mapping[str, Any] | None = None,
    why: str = "",
) -> None:
    """Open the form that proposes a change of the thing, with ``kind`` of action chosen where it is one of its own; it
    begins with ``params`` of that kind and with ``why``."""
    st.session_state.pop(_key(subject, "said"), None)
    form = intake.kinds().get(kind)
    if form is not None and {TARGETS[subject.thing.kind], ANYTHING} & set(form.resources):
        st.session_state[_key(subject, "kind")] = kind
        if not params and subject.thing.kind == "principal":
            params = {"recipient": subject.thing.id}
        if params:
            typed_form.begin(typed_form.fields(form.schema), dict(params), _key(subject, kind))
            st.session_state[_key(subject, "why")] = why
    show_dialog(body, subject, intake, me, title="What can be done now", icon=":material/edit_note:", width="medium")


def body(subject: Subject, intake: Proposes, me: Callable[[], Person | None]) -> None:
    """The kinds of action, the form of the chosen one, and what became of it."""
    try:
        found = actions_for(subject, intake, me())
    except (Refusal, Unreachable) as why:
        st.warning(safe(str(why), 400))
        return
    kinds = {one.kind: one for one in found}
    st.caption(safe(f"{KINDS[subject.thing.kind].title} {subject.name}", 200))
    kind = st.selectbox(
        "Action",
        list(kinds),
        key=_key(subject, "kind"),
        format_func=words_for(kinds, lambda name: f"{kinds[name].form.title.rstrip('.')} ({name})"),
    )
    if kind is None:
        return
    if kinds[kind].why_not:
        st.info(safe(f"Not now: {kinds[kind].why_not}", 400), icon=":material/block:")
    _form(subject, intake, me, kinds[kind])
    _said(subject)


def _form(subject: Subject, intake: Proposes, me: Callable[[], Person | None], one: Possible) -> None:
    wanted = typed_form.fields(one.form.schema)
    with st.form(_key(subject, "form"), border=False):
        form, wrong = st.session_state.get(_key(subject, "wrong"), ("", {}))
        typed_form.draw(wanted, {}, _key(subject, one.kind), wrong if form == one.kind else {})
        st.text_area(WHY, key=_key(subject, "why"), max_chars=4_000, height=90)
        st.form_submit_button(
            "Propose",
            type="primary",
            disabled=bool(one.why_not),
            on_click=send,
            args=(subject, intake, me, one.kind, wanted),
        )


@run_to_completion
def send(
    subject: Subject, intake: Proposes, me: Callable[[], Person | None], kind: str, wanted: list[typed_form.Field]
) -> None:
    """Hand in what stands in the form, as whoever acts now; what was typed stays where it is."""
    params, wrong = typed_form.typed(wanted, _key(subject, kind))
    wrong = wrong or dict(intake.wrong(kind, params))
    st.session_state[_key(subject, "wrong")] = (kind, wrong)
    if wrong:
        st.session_state[_key(subject, "said")] = ("", "Nothing was proposed: see what is said beside the fields.")
        return
    try:
        person = me()
        if person is None or (why_not := _why_not(subject, intake, person, kind)):
            raise Refusal(why_not if person is not None else "Nobody is signed in who could propose.")
        why = str(st.session_state.get(_key(subject, "why")) or "")
        made = intake.propose(kind, target_of(subject), params, person, why)
    except (Refusal, Unreachable, *StoreUnavailable) as why_refused:
        st.session_state[_key(subject, "said")] = ("", f"Nothing was proposed: {why_refused}")
    else:
        st.session_state[_key(subject, "said")] = (made, "Proposed. Others decide: who proposes does not.")


def _said(subject: Subject) -> None:
    """What became of it, with the way to the card."""
    made, text = st.session_state.get(_key(subject, "said"), ("", ""))
    if made:
        st.success(safe(text, 400), icon=":material/check:")
        if st.button("Open it in the inbox", icon=":material/arrow_forward:"):
            st.switch_page("inbox.py", query_params={"p": made})
    elif text:
        st.error(safe(text, 600), icon=":material/block:")


def _key(subject: Subject, what: str) -> str:
    return f"propose-{subject.thing.address}-{what}"
