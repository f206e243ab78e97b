"""A table of many columns is as wide as a page at most: words give way, and what has no room is left to the table to take along."""

from __future__ import annotations

from typing import Any

import pandas as pd

from components.text.view_context import ViewContext
from components.tiles import bodies
from components.tiles.column_widths import EDGES, LETTER, ROOM, Fit
from components.tiles.sheets import written
from components.tiles.tile import Grid, Proposes
from things import ThingColumn

NAME, WORDS = "name", "a sentence of words that goes on and on for some time"


class Box:
    """What is drawn in it."""

    def dataframe(self, _: object, *, column_order: list[str] | None, **__: object) -> None:
        self.order = column_order

    def caption(self, text: str) -> None:
        self.said = text.replace("\\", "")


def wide(columns: int, kind: str, value: object, **more: Any) -> Grid:
    """A table of jobs with a button, and so many further columns."""
    rest = {f"c{n}": (f"Column {n}", kind) for n in range(columns)}
    frame = pd.DataFrame([{NAME: "nightly", "act": "Propose", "kind": "job.pause", **dict.fromkeys(rest, value)}])
    shown = {NAME: ("Job", "text"), **rest, "act": ("", "text")}
    return Grid(
        frame, shown, things={NAME: ThingColumn("job", (NAME,))}, proposes={"act": Proposes(NAME, "kind")}, **more
    )


def test_what_has_room_is_left_to_the_browser() -> None:
    assert wide(6, "count", 5).fit == Fit()
    assert not wide(2, "text", WORDS).fit.left


def test_words_give_way_and_figures_do_not() -> None:
    shown = wide(4, "text", WORDS)
    whole = Grid(shown.frame.assign(cost=1234567.5), {**shown.columns, "cost": ("Cost", "money")}, things=shown.things)
    found = whole.fit
    assert not found.left and sum(found.widths.values()) <= ROOM
    assert found.widths["cost"] >= 90 and len({found.widths[f"c{n}"] for n in range(4)}) == 1


def test_what_has_no_room_is_in_the_table_to_take_along_and_said() -> None:
    shown, box = wide(16, "money", 1234567.5), Box()
    found = shown.fit
    assert found.left and sum(found.widths.values()) <= ROOM
    assert found.left == tuple(f"c{n}" for n in range(16 - len(found.left), 16))  # the last ones, no name and no button
    bodies.table(box, "key", shown, ViewContext(), height=400)  # type: ignore[arg-type]
    assert box.order == [NAME, "act", *(f"c{n}" for n in range(16 - len(found.left)))]
    assert box.said.startswith("also in the download: Column") and box.said.endswith("Column 15")
    assert {*found.left} <= {*written(shown)}


def test_a_column_in_which_nothing_stands_is_given_up_first() -> None:
    shown = wide(9, "money", 1234567.5)
    found = Grid(shown.frame.assign(c2=None), shown.columns, things=shown.things, proposes=shown.proposes).fit
    assert (found.left[0], found.told) == ("c2", found.left[1:])
    assert len(found.left) == len(shown.fit.left)


def test_sentences_have_the_room_that_the_other_columns_leave() -> None:
    def of(columns: int, *said: str) -> Fit:
        shown = wide(columns, "count", 5)
        long = {f"long{n}": (f"Said {n}", "long") for n in range(len(said))}
        frame = shown.frame.assign(**dict(zip(long, said, strict=True)))
        return Grid(frame, {**shown.columns, **long}, things=shown.things, proposes=shown.proposes).fit

    assert of(6, WORDS).widths["long0"] == round(EDGES + LETTER * len(WORDS))  # whole
    one, other = of(3, 9 * WORDS, 9 * WORDS).widths.values()
    assert other - one <= 1 and one > 300
    few = of(6, "a word", 9 * WORDS).widths
    assert "long0" not in few and few["long1"] > 300
    assert not of(1, WORDS).widths  # a table of a few columns may stand beside another one
    assert sum(of(12, 9 * WORDS).widths.values()) <= ROOM


def test_widths_are_worked_out_once() -> None:
    shown = wide(16, "money", 1)
    assert shown.fit is shown.fit and shown.said is shown.said and shown.written is shown.written
