"""Whether there is anything new for a capability to look at: one cheap question per round, and the warehouse may sleep.

A capability has nothing new where the newest row of every fact table that it read is the one of its last look, what people
declared and decided is the same, and the day has not changed. What has no such row (grants, settings) is looked at again
after :data:`OFTEN`. It is kept in memory only: after a start, everything is looked at.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from agents.capability import Capability, Frames
from agents.proposing import PATIENCE, Scan
from queries.catalogue import catalogue
from warehouse import reach
from warehouse.interface import ask
from warehouse.reader import Reader

OFTEN = dt.timedelta(hours=6)  # what has no newest row may have changed by then
Newest = dict[str, object]  # the newest row of each fact table, by its full name


@dataclass(frozen=True)
class Look:
    """A scan at ``at`` (UTC), and what it stood on."""

    scan: Scan
    at: dt.datetime
    newest: Newest
    given: Frames


class Gate:
    """What the capabilities saw when they last looked."""

    def __init__(self) -> None:
        self._looks: dict[str, Look] = {}

    def still(self, capability: Capability, newest: Newest, given: Frames, now: dt.datetime) -> Scan | None:
        """Its last scan, where there is nothing new at ``now`` (UTC); None: it is to look."""
        last = self._looks.get(capability.name)
        if last is None or capability.live or last.at.date() != now.date() or now - last.at >= OFTEN:
            return None
        same = last.newest == _of(last.scan, newest) and all(given[name].equals(last.given[name]) for name in given)
        return last.scan if same else None

    def keep(self, capability: Capability, scan: Scan, newest: Newest, given: Frames, now: dt.datetime) -> None:
        """Remember a scan; one that could not look, or saw rows that were being read anew, is none, and nothing is known
        without the newest rows."""
        if scan.could_not or scan.stale or not newest:
            self._looks.pop(capability.name, None)
        else:
            self._looks[capability.name] = Look(scan, now, _of(scan, newest), given)


def newest_rows(reader: Reader) -> Newest:
    """The newest row of each fact table, read now; empty where that is not known: then everything is looked at."""
    answer = reader.reread(ask(reach.LAG_QUERY), page="agents").result(PATIENCE)
    if answer.table is None or answer.error is not None:
        return {}
    names, moments = (column.to_pylist() for column in answer.table.columns)
    return dict(zip(names, moments, strict=True))


def _of(scan: Scan, newest: Newest) -> Newest:
    """The part of ``newest`` that the questions of ``scan`` read."""
    known = catalogue()
    read = {
        table for one in scan.asked if one.query in known for table in reach.sources(known[one.query], dict(one.params))
    }
    return {table: at for table, at in newest.items() if table in read}
