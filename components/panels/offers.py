"""A button beside a row that proposes what would mend it, and what is proposed about it already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from approvals.reading.proposed import Proposed
from components.panels.savings import with_proposals
from components.text.untrusted import plain
from components.tiles.grid import labelled
from components.tiles.tile import Frames, Proposes
from things import ThingColumn

COLUMNS = {"state": ("Proposal", "text"), "propose": ("", "text")}
STATE = ThingColumn("proposal", ("proposal_id",))


@dataclass(frozen=True)
class Offer:
    """A kind of action with what its form begins with, and why it is proposed."""

    kind: str
    why: str
    params: dict[str, Any] = field(default_factory=dict)


def button(name: str) -> Proposes:
    """The button of a row about the thing that the column ``name`` names."""
    return Proposes(name, "act", "params", "why")


def after_name(query: str, columns: Sequence[str]) -> Mapping[str, tuple[str, str]]:
    """The ``columns`` of ``query`` with those of a button after the first, which names the thing."""
    return {**labelled(query, columns[:1]), **COLUMNS, **labelled(query, columns[1:])}


def offered(rows: pd.DataFrame, kind: str, name: str, offers: Iterable[Offer | None], frames: Frames) -> pd.DataFrame:
    """``rows`` about things of ``kind``, which ``name`` calls, with the columns of a button: :func:`offered_of_kinds`."""
    own = rows.assign(resource_kind=kind, resource_id=rows[f"{kind}_id"])
    return offered_of_kinds(own, name, offers, frames)


def offered_of_kinds(rows: pd.DataFrame, name: str, offers: Iterable[Offer | None], frames: Frames) -> pd.DataFrame:
    """``rows`` about things (``resource_kind``, ``resource_id``), which ``name`` calls, with the columns of a button: one where
    there is an offer and nothing of its kind is under way. What is known of proposals is in the frame ``proposed``."""
    known = [Proposed(*row) for row in frames.get("proposed", pd.DataFrame()).itertuples(index=False, name=None)]
    made = list(offers)
    acts = pd.Series([one.kind if one else "" for one in made], rows.index, dtype=object)
    found = with_proposals(rows.assign(resource=rows[name], act=acts), known)
    return found.assign(
        propose=found["propose"].where(acts.ne(""), None),
        params=pd.Series([one.params if one else {} for one in made], rows.index, dtype=object),
        why=pd.Series([plain(one.why, 1_000) if one else "" for one in made], rows.index, dtype=object),
    )
