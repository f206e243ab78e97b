"""How one kind of notice is looked for: which questions are asked, and what their rows say of each notice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from approvals.people.notices import Notice
from approvals.people.telling import Event
from approvals.store.store import Tx
from warehouse.interface import Ask

Frames = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class Seen:
    """What is seen of one notice: what happened, or why that cannot be told. ``standing`` names the condition that holds now
    (empty: none holds); None: whatever was known of it goes on."""

    events: tuple[Event, ...] = ()
    could_not: str = ""
    standing: str | None = None


def nothing_known(tx: Tx, notices: Sequence[Notice]) -> Frames:
    return {}


@dataclass(frozen=True)
class Look:
    """How the notices of ``kind`` are looked for. ``known`` reads what the app's own database has to say; ``asks`` are the
    questions of one notice, at a time (UTC) and with that at hand: those that ask the same are judged together, by a pure
    function of all these frames, to what is seen of each by its id. The frames of answers have their coverage in ``attrs``."""

    kind: str
    asks: Callable[[Notice, dt.datetime, Frames], Mapping[str, Ask]]
    judge: Callable[[Frames, Sequence[Notice], dt.datetime], Mapping[str, Seen]]
    known: Callable[[Tx, Sequence[Notice]], Frames] = nothing_known
