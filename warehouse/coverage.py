"""What an answer covers: absence is a fact only in a whole answer.

A reading may be cut at the reader's row limit, its source tables may begin later than the question asks or end before
now, and an account may lack a table or a column. Each of these makes "nothing found" mean "could not check". The value
here travels with the rows, from the warehouse through every derivation to the sentence on the tile.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Coverage:
    """The rows speak of ``since`` up to, not including, ``until`` (UTC; None where no bound is known). ``gaps`` says in
    whole sentences what is not in them; without gaps they are whole."""

    since: dt.datetime | None = None
    until: dt.datetime | None = None
    gaps: tuple[str, ...] = ()
    cut: bool | None = field(
        default=None, compare=False
    )  # whether rows or parts are lacking within the span; None: as soon as there is any gap

    @property
    def told(self) -> tuple[str, ...]:
        """The gaps that people are told under any figure."""
        return tuple(gap for gap in self.gaps if gap != UNKNOWN)

    @property
    def complete(self) -> bool:
        """Whether what is absent from the rows is absent from the account."""
        return not self.gaps

    @property
    def patchy(self) -> bool:
        """Whether something may be lacking even between ``since`` and ``until``."""
        return bool(self.gaps) if self.cut is None else self.cut

    def reaches(self, start: dt.datetime, end: dt.datetime) -> bool:
        """Whether ``start`` to ``end`` (UTC) lies within what the rows speak of, all of it in them."""
        begins = self.since is None or self.since <= start
        ends = self.until is None or end <= self.until
        return not self.patchy and begins and ends

    def holds(self, start: dt.datetime, end: dt.datetime) -> bool:
        """Whether ``start`` to ``end`` (UTC) lies within what the rows speak of and nothing of it was left out."""
        return self.complete and self.reaches(start, end)


WHOLE = Coverage()
# A gap of its own kind: it closes by itself, so it is said only where something would be read from absence.
UNKNOWN = "How far its source tables reach back is not known yet."


def joined(parts: Iterable[Coverage]) -> Coverage:
    """What rows made from all ``parts`` together speak of: the narrowest span and every gap once."""
    known = list(parts)
    return Coverage(
        max((one.since for one in known if one.since), default=None),
        min((one.until for one in known if one.until), default=None),
        tuple(dict.fromkeys(gap for one in known for gap in one.gaps)),
        any(one.patchy for one in known),
    )
