"""How somebody's own notices, and what else is done by a press on a page of its own, are read and changed: as who acts now, once
for each press."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import streamlit as st
from sqlalchemy.exc import SQLAlchemyError

from approvals.people.identity import Unproven
from approvals.people.people import Directory, Person, Unreachable
from approvals.people.roles import RowLimits
from approvals.store.store import Store, Tx
from approvals.values.canonical import digest
from approvals.values.refusals import NotYours, Refusal
from components.frame.identity import acting, as_known, limits
from components.frame.store_unavailable import StoreUnavailable
from components.inbox import page_nonces
from components.runtime import state
from settings import settings

VERBS = ("tell", "mute", "end", "choose")
_SAID = "notices-said"
NOBODY = "Nobody is signed in who could be told."
LOST = "The app's database was lost while this was written, so it is not known whether it counts. Look again."


@dataclass(frozen=True)
class Own:
    """Somebody's notices: ``me`` looks up who acts, anew at every press, ``known`` who looks; ``limits`` are the rows they
    may see. ``about`` is what the presses are about, and ``verbs`` what they do."""

    store: Store
    me: Callable[[], Person | None]
    known: Callable[[], Person | None]
    now: Callable[[], dt.datetime]
    limits: RowLimits
    about: str = "notices"
    verbs: tuple[str, ...] = VERBS

    @property
    def of(self) -> tuple[str, int, str]:
        """What a word of a press is good for."""
        return self.about, 0, digest(self.about)

    def words(self) -> Mapping[str, str]:
        """Words of a press, for each of its verbs; none while nobody may act."""
        try:
            person = self.me()
            return page_nonces.given(self, person, *self.of, self.verbs) if person is not None else {}
        except (Unreachable, Unproven, *StoreUnavailable):
            return {}


def own(directory: Directory, about: str = "notices", verbs: tuple[str, ...] = VERBS) -> Own:
    """The notices, or what else a page is about, of whoever looks at this page."""
    chosen = settings()
    known = as_known(chosen, directory)
    return Own(state.store(), lambda: acting(chosen, directory), known, state.clock, limits(chosen), about, verbs)


def written(at: Own, words: Mapping[str, str], verb: str, act: Callable[[Tx, Person], object]) -> None:
    """Do it as whoever acts now, in one transaction with its word. Raises :class:`approvals.values.refusals.Refusal` and
    :class:`approvals.people.people.Unreachable`."""
    person = at.me()
    if person is None:
        raise NotYours(NOBODY)
    with at.store.writing() as tx:
        page_nonces.once(words, verb, *at.of)(tx, person)
        act(tx, person)


def press(at: Own, words: Mapping[str, str], verb: str, act: Callable[[Tx, Person], object], done: str) -> None:
    """:func:`written`, from a callback: ``done`` or why it was not is said by the next :func:`said`."""
    try:
        written(at, words, verb, act)
    except (Refusal, Unreachable, Unproven) as why:
        say(str(why), done=False)
    except StoreUnavailable as why:
        say(f"{why} Nothing was changed. Try again.", done=False)
    except SQLAlchemyError:
        say(LOST, done=False)
    else:
        say(done, done=True)


def say(text: str, *, done: bool) -> None:
    """Have the next :func:`said` say it."""
    st.session_state[_SAID] = (done, text)


def said() -> tuple[bool, str] | None:
    """Whether the last press was done, and what is said of it, once."""
    found: tuple[bool, str] | None = st.session_state.pop(_SAID, None)
    return found
