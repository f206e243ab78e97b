"""What stops actions: kill switches, breakers, and how much of the budgets is used. Drawn for everybody; only those whom
the policy names may turn anything."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar, get_args

import streamlit as st

from approvals import budgets, switches
from approvals.attention import TARGET, attention
from approvals.ledger import Actor
from approvals.people import Person, Unreachable
from approvals.proposal import Dimension
from approvals.rules import Policy
from approvals.store import Store, Tx
from approvals.switches import SwitchRefused
from components import format as fmt
from components.store_away import Away
from components.uncut import uncut
from components.untrusted import plain, safe

T = TypeVar("T")
LEVELS = {
    "global": "Everything", "dimension": "One dimension", "agent": "One agent", "kind": "One kind of action",
    "workspace": "One workspace",
}  # fmt: skip


@dataclass(frozen=True)
class Console:
    """What the page works with. ``me`` looks up who acts, at every press; ``kill`` is the switch in the environment;
    ``workspaces`` are those whose switches the person may see, None: all."""

    store: Store
    policy: Policy
    me: Callable[[], Person | None]
    kinds: Sequence[str]
    kill: Callable[[], str]
    workspaces: tuple[str, ...] | None = None


def show_switches(console: Console, zone: str, now: dt.datetime) -> None:
    """The switches that are on, and a form that turns one on."""
    with console.store.reading() as tx:
        on = switches.active(tx, console.kill())
    own, may = console.workspaces, _who_may(console) is not None
    on = tuple(one for one in on if own is None or one.level != "workspace" or one.name in own)
    if not on:
        st.markdown(
            ":green[:material/check_circle:] **No kill switch is on.** Approved actions start when they are due."
        )
    for place, one in enumerate(on):
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(f":red[:material/front_hand:] **{safe(one.text)}**")
            since = fmt.moment(one.at, zone, now) if one.at else "since the start of the app"
            st.caption(safe(f"{one.by}, {since}: {one.reason}", 300))
            if one.at is not None:
                label = "Confirm release" if one.release_by else "Release"
                by = f"{one.release_by} wants to release it; a second person confirms." if one.release_by else ""
                st.caption(safe(by))
                st.button(label, key=f"release-{place}", disabled=not may, on_click=_release,
                          args=(console, one.level, one.name))  # fmt: skip
    with st.form("kill", border=True, clear_on_submit=True):
        st.markdown("**Stop actions now.** Nothing new starts within a second; what runs is finished and looked at.")
        level = st.selectbox("What", list(LEVELS), format_func=LEVELS.__getitem__)
        name = st.text_input("Which one (dimension, agent, kind or workspace id; empty for everything)", max_chars=128)
        st.caption(f"Dimensions: {safe(', '.join(get_args(Dimension)))}")
        reason = st.text_input("Why", max_chars=400)
        if st.form_submit_button("Stop", type="primary", icon=":material/front_hand:", disabled=not may):
            _stop(console, level, name, reason)
    if not may:
        st.caption(safe(f"Only members of {', '.join(console.policy.groups.kill_switch)} may turn these."))


def show_breakers(console: Console, zone: str, now: dt.datetime) -> None:
    """Kinds whose error budget is spent: they ask people until somebody answers for them."""
    with console.store.reading() as tx:
        tripped: Mapping[str, str] = {
            kind: why for kind in console.kinds if (why := budgets.tripped(tx, kind, console.policy.error_budget))
        }
    if not tripped:
        st.markdown(":green[:material/check_circle:] **No kind of action has used up its error budget.**")
    for kind, why in tripped.items():
        with st.container(border=True):
            st.markdown(f":orange[:material/warning:] **{safe(kind)}** asks people for everything: {safe(why)}")
            reason = st.text_input("Why it may run by itself again", key=f"close-{plain(kind)}", max_chars=400)
            st.button("Close the breaker", key=f"closing-{plain(kind)}", disabled=_who_may(console) is None or not reason.strip(),
                      on_click=_close, args=(console, kind, reason))  # fmt: skip


def show_attention(console: Console) -> None:
    """For administrators: how many approvals came before anybody could have read what they approved."""
    if _acting(console, console.policy.groups.admin) is None:
        return
    with console.store.reading() as tx:
        found = attention(tx)
    st.subheader("Attention", anchor=False)
    if found.share is None:
        st.caption("Nobody has approved anything of class R2 or above in the last 30 days.")
        return
    mark = ":green[:material/check_circle:]" if found.share < TARGET else ":orange[:material/warning:]"
    said = f"{found.blind:,} of {found.approvals:,} approvals ({fmt.percent(found.share, 0)})"
    st.markdown(f"{mark} **{safe(said)}** came within 5 s of opening the card.")
    st.caption("R2 and above, last 30 days. Less than 5% should; more says that people approve without reading.")


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


def _turned(console: Console, what: str, act: Callable[[Tx, Actor], T]) -> tuple[T | None, str]:
    """What came of it, done in one transaction by whoever acts now; or the sentence that says why it was not."""
    person = _who_may(console)
    if person is None:
        return None, f"You may not {what}."
    try:
        with console.store.writing() as tx:
            return act(tx, Actor("human", person.name)), ""
    except (SwitchRefused, ValueError, *Away) as why:
        return None, str(why)


def _stop(console: Console, level: str, name: str, reason: str) -> None:
    _, refused = _turned(console, "turn this switch", lambda tx, me: switches.flip(tx, level, name, me, reason))
    if refused:
        st.error(safe(refused))
    else:
        st.rerun()


@uncut
def _release(console: Console, level: str, name: str) -> None:
    state, refused = _turned(console, "turn this switch", lambda tx, me: switches.release(tx, level, name, me))
    st.toast(safe(refused) or ("It is off." if state == "off" else "A second person has to confirm."))


@uncut
def _close(console: Console, kind: str, reason: str) -> None:
    _, refused = _turned(console, "close this breaker", lambda tx, me: budgets.close(tx, kind, me, reason))
    if refused:
        st.toast(safe(refused))
