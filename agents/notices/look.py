"""How one kind of notice is looked for: which questions are asked, and what their rows say of each notice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from approvals.people.notices import Notice
from approvals.people.telling import Event
from warehouse.interface import Ask

Frames = Mapping[str, pd.DataFrame]
Events = Mapping[str, Sequence[Event]]  # by the id of the notice that tells of them


@dataclass(frozen=True)
class Look:
    """How the notices of ``kind`` are looked for. ``asks`` are the questions of one notice at a time (UTC): those that ask
    the same are judged together, by a pure function of their rows."""

    kind: str
    asks: Callable[[Notice, dt.datetime], Mapping[str, Ask]]
    judge: Callable[[Frames, Sequence[Notice], dt.datetime], Events]
