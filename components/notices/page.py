"""The page of somebody's notices: what they are told of, and what they were told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import pandas as pd
import streamlit as st

from approvals.people import notices
from approvals.people.identity import Unproven
from approvals.people.notice_choices import Choice, chosen
from approvals.people.notices import KINDS, Notice, Told
from approvals.people.people import Person, Unreachable
from components.notices import choice
from components.notices.own import NOBODY, Own, press, said, say
from components.runtime.run_to_completion import run_to_completion
from components.text import format as fmt
from components.text.names import words_for
from components.text.untrusted import plain, safe
from components.text.view_context import ViewContext
from components.tiles.bodies import table
from components.tiles.tile import Grid
from things import KINDS as THINGS
from things import ThingColumn

NONE = "You are told of nothing. Open a thing, by search or by its name in any table, and press **Tell me**."
SILENT = "You have been told of nothing yet."
MUTES = {"a day": 1, "a week": 7, "30 days": 30}
_WHICH, _HOW_LONG = "notice-which", "notice-mute"
THING = ThingColumn("", ("workspace_id", "thing_id"), "thing_kind")
WATCHED = {
    "thing": ("Of what", "text"), "when": ("When", "text"), "state": ("State", "text"), "told": ("Last told", "time"),
    "checked": ("Last looked", "time"), "sort": ("What it is", "text"),
}  # fmt: skip
LATELY = {
    "told_at": ("Told", "time"), "subject": ("What happened", "text"), "thing": ("Of what", "text"),
    "happened_at": ("When it happened", "time"), "text": ("More", "text"),
}  # fmt: skip


@dataclass(frozen=True)
class Mine:
    """What a person is told of, what they were told, and how much of that is new to them."""

    watched: Sequence[Notice]
    told: Sequence[Told]
    unread: int
    choice: Choice = Choice()


def draw(at: Own, look: ViewContext, now: dt.datetime, channels: Collection[str] = ()) -> None:
    """The whole page below its title; ``now`` is UTC, ``channels`` are set up. Raises what a store raises that is away."""
    try:
        person = at.known()
    except (Unreachable, Unproven) as why:
        st.warning(safe(str(why), 400), icon=":material/person_off:")
        return
    if person is None:
        st.info(NOBODY)
        return
    found = _read(at, person)
    if (answer := said()) is not None:
        (st.success if answer[0] else st.error)(safe(answer[1], 400))
    st.markdown(safe(sentence(found), 300))
    _watched(at, found.watched, look, now)
    choice.draw(at, found.choice, channels, look.zone)
    st.subheader("What you were told", anchor=False)
    if not found.told:
        st.caption(SILENT)
        return
    table(
        st.container(),
        "notices-told",
        Grid(lately(found), LATELY, things={"thing": THING}, styles={"new": "font-weight: 700"}),
        look,
        height=420,
    )
    if found.unread:
        _looked(at, person)


def _read(at: Own, person: Person) -> Mine:
    with at.store.reading() as tx:
        return Mine(
            notices.mine(tx, person), notices.told(tx, person), notices.unread(tx, person), chosen(tx, person.id)
        )


def _looked(at: Own, person: Person) -> None:
    with at.store.writing() as tx:
        notices.looked(tx, person)


def sentence(found: Mine) -> str:
    """What there is, in words."""
    new = (
        f"{fmt.counted(found.unread, 'message')} new since you looked"
        if found.unread
        else "Nothing new since you looked"
    )
    blind = sum(bool(one.could_not) for one in found.watched)
    unknown = f" {fmt.counted(blind, 'of them', 'of them')} could not be checked." if blind else ""
    return f"{new}. You are told of {fmt.counted(len(found.watched), 'thing')}.{unknown}"


def _watched(at: Own, found: Sequence[Notice], look: ViewContext, now: dt.datetime) -> None:
    st.subheader("What you are told of", anchor=False)
    if not found:
        st.markdown(NONE)
        return
    table(
        st.container(), "notices", Grid(watched(found, look, now), WATCHED, things={"thing": THING}), look, height=420
    )
    words = at.words()
    with st.form("notice", border=False):
        which, how_long, mute, again, end = st.columns([5, 2, 1, 1, 1], vertical_alignment="bottom")
        known = {one.notice_id: one for one in found}
        which.selectbox(
            "Change one",
            list(known),
            index=None,
            key=_WHICH,
            format_func=words_for(known, lambda ident: _called(known[ident])),
        )
        how_long.selectbox("Mute for", list(MUTES), key=_HOW_LONG)
        for place, label, verb in ((mute, "Mute", "mute"), (again, "Unmute", "unmute"), (end, "End", "end")):
            act = partial(_change, at, verb, known, words)
            place.form_submit_button(safe(label), on_click=act, width="stretch", disabled=not words)


@run_to_completion
def _change(at: Own, verb: str, known: Mapping[str, Notice], words: Mapping[str, str]) -> None:
    one = known.get(st.session_state[_WHICH] or "")
    if one is None:
        say("Choose one first.", done=False)
        return
    called = plain(_called(one), 200)
    if verb == "end":
        press(at, words, "end", lambda tx, me: notices.end(tx, me, one.notice_id), f"Ended: {called}")
        return
    days = MUTES[st.session_state[_HOW_LONG]]
    until = at.now() + dt.timedelta(days=days) if verb == "mute" else None
    done = f"Muted for {st.session_state[_HOW_LONG]}: {called}" if until else f"Told again: {called}"
    press(at, words, "mute", lambda tx, me: notices.mute(tx, me, one.notice_id, until), done)


def _called(one: Notice) -> str:
    return f"{one.name}: {when(one)}"


def when(one: Notice) -> str:
    """What is told of, in words, with the budget where there is one."""
    title = KINDS[one.kind].title if one.kind in KINDS else one.kind
    return f"{title} of {one.budget:,.2f} {one.currency}" if one.budget is not None else title


def watched(found: Sequence[Notice], look: ViewContext, now: dt.datetime) -> pd.DataFrame:
    """A row for each notice, columns of :data:`WATCHED` and of :data:`THING`; foreign text made plain."""
    made = [
        {
            "thing": plain(one.name, 200) or one.thing.id,
            "sort": THINGS[one.thing.kind].title,
            "when": when(one),
            "told": one.last_told,
            "checked": one.checked_at,
            "state": state(one, look, now),
            "workspace_id": one.thing.workspace,
            "thing_id": one.thing.id,
            "thing_kind": one.thing.kind,
        }
        for one in found
    ]
    return _timed(pd.DataFrame(made), WATCHED)


def state(one: Notice, look: ViewContext, now: dt.datetime) -> str:
    """How it stands with a notice, in words."""
    if one.muted_until is not None and one.muted_until > now:
        return f"Muted until {fmt.moment(one.muted_until, look.zone, now)}"
    if one.could_not:
        return plain(one.could_not, 300)
    return "Watching" if one.checked_at is not None else "Not looked at yet: every half hour"


def lately(found: Mine) -> pd.DataFrame:
    """A row for each message, columns of :data:`LATELY` and of :data:`THING`, ``new`` where it was not read before."""
    made = [
        {
            "told_at": one.told_at,
            "thing": plain(one.name, 200) or one.thing.id,
            "subject": plain(one.subject, 300),
            "text": plain(one.text, 600),
            "happened_at": one.happened_at,
            "workspace_id": one.thing.workspace,
            "thing_id": one.thing.id,
            "thing_kind": one.thing.kind,
            "new": place < found.unread,
        }
        for place, one in enumerate(found.told)
    ]
    return _timed(pd.DataFrame(made), LATELY)


def _timed(frame: pd.DataFrame, columns: Mapping[str, tuple[str, str]]) -> pd.DataFrame:
    """``frame`` with its times as such, also where there is none."""
    times = [name for name, (_, kind) in columns.items() if kind == "time"]
    return frame.assign(**{name: pd.to_datetime(frame[name], utc=True) for name in times})
