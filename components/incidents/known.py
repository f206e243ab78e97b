"""What the page of incidents shows: read from the store once after each change of it, its tables made once for everybody."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from approvals.deciding import deadlines
from approvals.reading import incidents as reading
from approvals.reading.incident_ways import Way, keys, ways
from approvals.reading.thing_story import Step, story_about
from approvals.store.store import Tx
from components.incidents.ways import ways_table
from components.incidents.words import NO_KINDS, Kinds, choices, each, found, in_turn, listed, past, stepped
from components.sections.became import database
from components.tiles.answers import Memo
from components.tiles.tile import Grid, Sets
from things import ThingColumn

THING = ThingColumn("", ("workspace_id", "thing_id"), "thing_kind")
OPEN = {
    "name": ("What", "text"), "open": ("", "text"), "title": ("What was found", "long"), "found": ("Findings", "count"),
    "opened": ("Since", "lately"), "owner": ("Owner", "text"), "waiting": ("Proposed", "text"),
}  # fmt: skip
CLOSED = {
    "name": ("What", "text"), "open": ("", "text"), "title": ("What was found", "long"), "opened": ("Since", "lately"),
    "closed": ("Closed", "lately"), "owner": ("Owner", "text"), "why": ("Why", "long"),
}  # fmt: skip
FOUND = {
    "name": ("On what", "text"), "because": ("Why it is part of it", "long"), "agent": ("Found by", "text"),
    "kind": ("It proposes", "long"), "began": ("Since", "lately"), "first": ("First seen", "lately"), "last": ("Last seen", "lately"),
}  # fmt: skip
STEPS = {"at": ("When", "time"), "what": ("What", "text"), "who": ("Who", "text"), "words": ("Words", "long")}
ALIKE = {
    "name": ("What", "text"), "open": ("", "text"), "title": ("What was found", "long"), "closed": ("Closed", "lately"),
    "took": ("Open for", "seconds"), "owner": ("Owner", "text"), "why": ("What ended it", "long"),
}  # fmt: skip
_KEPT = Memo(64)


@dataclass(frozen=True)
class Known:
    """``rows`` are all incidents (:func:`approvals.reading.incidents.incidents`). ``findings``, ``steps`` and ``ways`` are those of
    the ``chosen`` one (its id), ``story`` the steps of the proposals about its things, and what ended that is ``alike``;
    ``promised`` are the declared deadlines, ``kinds`` the kinds of action in words. ``mark`` is another
    text whenever any of it is another."""

    rows: pd.DataFrame
    findings: pd.DataFrame
    steps: tuple[reading.Step, ...]
    alike: pd.DataFrame
    ways: tuple[Way, ...] = ()
    story: tuple[Step, ...] = ()
    promised: pd.DataFrame = field(default_factory=pd.DataFrame)
    kinds: Kinds = field(default_factory=dict)
    chosen: str = ""
    mark: str = ""

    @cached_property
    def names(self) -> dict[str, str]:
        """What each is called in a choice of one, by its id, in the order in which they need somebody."""
        names = choices(each(self.rows))
        return {one: names[one] for one in in_turn(self.rows)}

    @cached_property
    def going(self) -> pd.DataFrame:
        """Those that are not closed."""
        return self.rows[self.rows["closed_at"].isna()]

    @cached_property
    def open(self) -> Grid:
        """The table of what is open."""
        return _list(self.going, OPEN)

    @cached_property
    def closed(self) -> Grid:
        """The table of what was closed lately."""
        return _list(self.rows[self.rows["closed_at"].notna()], CLOSED)

    @cached_property
    def found(self) -> Grid:
        """The table of what was found in the chosen one."""
        rows = found(self.findings, self.kinds)
        columns = {name: said for name, said in FOUND.items() if name != "because" or rows[name].notna().any()}
        return Grid(rows, columns, things={"name": THING})

    @cached_property
    def done(self) -> Grid:
        """The table of what was done about the chosen one."""
        return Grid(stepped(self.steps), STEPS)

    @cached_property
    def possible(self) -> Grid:
        """The table of what can be done about the chosen one."""
        return ways_table(self.ways, self.findings, self.kinds)

    @cached_property
    def past(self) -> Grid:
        """The table of what ended and is like the chosen one."""
        there = frozenset(self.rows["incident_id"])
        return Grid(past(self.alike, there), ALIKE, things={"name": THING}, sets={"open": Sets("words")})


def known(tx: Tx, places: tuple[str, ...] | None, wanted: str, kinds: Kinds = NO_KINDS) -> Known:
    """The incidents of the workspaces ``places`` (None: all), and of the ``wanted`` one its parts; of the first that needs somebody
    where that is not there."""
    mark = f"{database(tx)} {reading.mark(tx)} {deadlines.mark(tx)} {tx.now:%Y-%m-%d %H} {places} {wanted}"
    shown: Known = _KEPT.once(mark, lambda: _read(tx, places, wanted, kinds, mark))
    return shown


def _read(tx: Tx, places: tuple[str, ...] | None, wanted: str, kinds: Kinds, mark: str) -> Known:
    rows = reading.incidents(tx, places)
    if rows.empty:
        return Known(rows, pd.DataFrame(), (), pd.DataFrame())
    chosen = wanted if wanted in set(rows["incident_id"]) else in_turn(rows)[0]
    return Known(
        rows,
        reading.findings(tx, chosen),
        tuple(reading.steps(tx, chosen)),
        reading.alike(tx, chosen, places),
        tuple(ways(tx, chosen, places)),
        tuple(story_about(tx, keys(tx, chosen), places)),
        deadlines.frame(tx),
        kinds,
        chosen,
        mark,
    )


def _list(rows: pd.DataFrame, columns: dict[str, tuple[str, str]]) -> Grid:
    return Grid(listed(rows), columns, things={"name": THING}, sets={"open": Sets("words")})
