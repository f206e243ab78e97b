"""What stops actions: kill switches, breakers, and how much of the budgets is used. Drawn for everybody; only those whom
the policy names may turn anything."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import streamlit as st

from approvals.deciding import budgets, switches
from approvals.deciding.switches import Names, Switch, SwitchRefused
from approvals.ledger.ledger import Actor
from approvals.people.people import Person, Unreachable
from approvals.policy.rules import Policy
from approvals.reading.attention import TARGET, attention
from approvals.store.store import Store, Tx
from approvals.values.canonical import digest
from approvals.values.refusals import Refusal
from components.frame import stopped
from components.frame.store_unavailable import StoreUnavailable
from components.inbox import page_nonces
from components.runtime.run_to_completion import run_to_completion
from components.text import format as fmt
from components.text.names import words_for
from components.text.untrusted import plain, safe

T = TypeVar("T")
EVERYTHING = ("global", switches.EVERYTHING)
_WHICH, _WHY = "stop-which", "stop-why"


@dataclass(frozen=True)
class Console:
    """What the page works with. ``me`` looks up who acts, at every press; ``kill`` is the switch in the environment;
    ``workspaces`` are those whose switches the person may see, None: all. ``on`` finds the switches that are on, ``names``
    what there is to stop; ``now`` is UTC."""

    store: Store
    policy: Policy
    me: Callable[[], Person | None]
    kinds: Sequence[str]
    kill: Callable[[], str]
    workspaces: tuple[str, ...] | None = None
    on: Callable[[Tx], tuple[Switch, ...]] | None = None
    names: Callable[[Tx], Names] = switches.seen
    now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC)
    places: Mapping[str, str] = field(default_factory=dict)  # names of workspaces by their ids


def show_switches(console: Console, zone: str, now: dt.datetime) -> None:
    """The switches that are on, and a form that turns one on."""
    with console.store.reading() as tx:
        on = console.on(tx) if console.on else switches.active(tx, console.kill())
        names = console.names(tx)
    me = _who_may(console)
    if not (on := stopped.visible(on, console.workspaces)):
        none = "No kill switch is on" if console.workspaces is None else "No kill switch is on that you may see"
        st.markdown(f":green[:material/check_circle:] **{safe(none)}.** Approved actions start when they are due.")
    for place, one in enumerate(on):
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(f":red[:material/front_hand:] **{safe(stopped.named(one))}**")
            since = fmt.moment(one.at, zone, now) if one.at else "since the start of the app"
            st.caption(safe(f"{one.by}, {since}: {one.reason}", 300))
            if one.at is not None:
                label = "Confirm release" if one.release_by else "Release"
                by = f"{one.release_by} wants to release it; a second person confirms." if one.release_by else ""
                st.caption(safe(by))
                st.button(
                    label,
                    key=f"release-{place}",
                    disabled=me is None,
                    on_click=_release,
                    args=(console, one.level, one.name, _words(console, me, one.text)),
                )
    _form(console, names, me)
    if me is None:
        st.caption(safe(f"Only members of {', '.join(console.policy.groups.kill_switch)} may turn these."))


def _form(console: Console, names: Names, me: Person | None) -> None:
    with st.form("kill", border=True):
        st.markdown("**Stop actions now.** Nothing new starts within a second; what runs is finished and looked at.")
        found = choices(names, console.workspaces)
        st.selectbox(
            "What",
            found,
            key=_WHICH,
            format_func=words_for(found, lambda one: _choice(one, console.places), 120),
        )
        st.text_input("Why", max_chars=400, key=_WHY)
        st.form_submit_button(
            ":red-background[**Stop**]",
            key="stop",
            icon=":material/front_hand:",
            disabled=me is None,
            on_click=_stop,
            args=(console, _words(console, me, "stop")),
        )


def choices(names: Names, workspaces: tuple[str, ...] | None) -> list[tuple[str, str]]:
    """Everything first, then whatever else can be stopped, as level and name."""
    levels = ("dimension", "agent", "kind", "workspace")
    found = [(level, name) for level in levels for name in sorted(names.at(level)) if name]
    return [EVERYTHING, *(one for one in found if workspaces is None or one[0] != "workspace" or one[1] in workspaces)]


def _choice(one: tuple[str, str], places: Mapping[str, str]) -> str:
    level, name = one
    beside = f" ({places[name]})" if level == "workspace" and places.get(name) else ""
    return stopped.WHAT[level] if level == "global" else f"{stopped.WHAT[level]} {stopped.called(level, name)}{beside}"


def _words(console: Console, me: Person | None, about: str) -> Mapping[str, str]:
    """A word for a press of one of these buttons, good once."""
    return page_nonces.given(console, me, *_about(about), ("turn",)) if me is not None else {}


def _about(what: str) -> tuple[str, int, str]:
    return "controls", 0, digest(what)


def show_breakers(console: Console, zone: str, now: dt.datetime) -> None:
    """Kinds that had to be taken back too often: they ask people until somebody answers for them."""
    with console.store.reading() as tx:
        tripped: Mapping[str, str] = {
            kind: why for kind in console.kinds if (why := budgets.tripped(tx, kind, console.policy.error_budget))
        }
    if not tripped:
        st.markdown(":green[:material/check_circle:] **No kind of action had to be taken back too often.**")
    me = _who_may(console)
    for kind, why in tripped.items():
        with st.container(border=True):
            st.markdown(f":orange[:material/warning:] **{safe(kind)}** asks people for everything: {safe(why)}")
            reason = st.text_input("Why it may run by itself again", key=f"close-{plain(kind)}", max_chars=400)
            st.button(
                "Let it run by itself again",
                key=f"closing-{plain(kind)}",
                disabled=me is None or not reason.strip(),
                on_click=_close,
                args=(console, kind, reason, _words(console, me, f"breaker:{kind}")),
            )


def show_attention(console: Console) -> None:
    """For administrators: how many approvals came before anybody could have read what they approved."""
    if _acting(console, console.policy.groups.admin) is None:
        return
    with console.store.reading() as tx:
        found = attention(tx)
    st.subheader("Attention", anchor=False)
    if found.share is None:
        st.caption("Nobody has approved anything of medium risk or above in the last 30 days.")
        return
    mark = ":green[:material/check_circle:]" if found.share < TARGET else ":orange[:material/warning:]"
    said = f"{found.blind:,} of {found.approvals:,} approvals ({fmt.percent(found.share, 0)})"
    st.markdown(f"{mark} **{safe(said)}** came within 5 s of opening the card.")
    st.caption(
        "Medium risk and above, last 30 days. Less than 5% should; more says that people approve without reading."
    )


def show_policy(policy: Policy) -> None:
    """Which policy is in force."""
    st.caption(
        safe(f"Policy in force: digest {policy.digest[:12]}; at most {policy.budgets.concurrent} actions at once.")
    )


def _acting(console: Console, groups: Collection[str]) -> Person | None:
    """Who acts now, when they are in one of the ``groups``."""
    try:
        person = console.me()
    except Unreachable:
        return None
    return person if person and person.groups & set(groups) else None


def _who_may(console: Console) -> Person | None:
    """Who acts now, when they may turn what stands here."""
    return _acting(console, console.policy.groups.kill_switch)


def _turned(
    console: Console, what: str, about: str, words: Mapping[str, str], act: Callable[[Tx, Person], T]
) -> tuple[T | None, str]:
    """What came of it, done in one transaction by whoever acts now, with the word that was given out with the button; or
    the sentence that says why it was not."""
    person = _who_may(console)
    if person is None:
        return None, f"You may not {what}."
    try:
        with console.store.writing() as tx:
            page_nonces.once(words, "turn", *_about(about))(tx, person)
            made = act(tx, person)
    except (SwitchRefused, Refusal, ValueError, *StoreUnavailable) as why:
        return None, str(why)
    stopped.forget()
    return made, ""


@run_to_completion
def _stop(console: Console, words: Mapping[str, str]) -> None:
    (level, name), reason = st.session_state.get(_WHICH) or EVERYTHING, str(st.session_state.get(_WHY) or "")

    def act(tx: Tx, me: Person) -> None:
        switches.flip(tx, level, name, Actor("human", me.name), reason, console.names(tx))

    _, refused = _turned(console, "turn this switch", "stop", words, act)
    if refused:
        st.toast(safe(refused))
    else:
        st.session_state[_WHICH], st.session_state[_WHY] = EVERYTHING, ""


@run_to_completion
def _release(console: Console, level: str, name: str, words: Mapping[str, str]) -> None:
    state, refused = _turned(
        console,
        "turn this switch",
        f"{level}:{name}",
        words,
        lambda tx, me: switches.release(tx, level, name, me, console.policy.groups.kill_switch),
    )
    st.toast(safe(refused) or ("It is off." if state == "off" else "A second person has to confirm."))


@run_to_completion
def _close(console: Console, kind: str, reason: str, words: Mapping[str, str]) -> None:
    about = f"breaker:{kind}"
    _, refused = _turned(
        console,
        "let this kind run by itself again",
        about,
        words,
        lambda tx, me: budgets.close(tx, kind, Actor("human", me.name), reason),
    )
    if refused:
        st.toast(safe(refused))
