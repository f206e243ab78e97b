"""What a tile can do without: where it is missing the rest is shown, and the tile says what it lacks and why."""

from __future__ import annotations

from typing import Any

from components.text.view_context import ViewContext
from components.tiles.answers import outcome
from components.tiles.panel import Panel
from components.tiles.tile import Frames, Note, Tile
from tests.components.reading import NOW, rows
from warehouse.coverage import Coverage
from warehouse.errors import NoGrant
from warehouse.interface import Answer, Ask

LOOK = ViewContext()
NEEDED, SPARED = Ask("pipelineops.failed_lately", ()), Ask("pipelineops.job_readers", ())
GAP = Coverage(gaps=("The table begins later.",))


def build(frames: Frames, look: ViewContext) -> Note:
    return Note(f"with {', '.join(sorted(frames))}")


def tile(*spared: str) -> Tile:
    return Panel(build, "Tile", "why", 100, 1).tile(NEEDED, SPARED, spared=spared, variant=spared)


def said(ask: Ask, error: Any = None, coverage: Coverage = Coverage()) -> Answer:  # noqa: B008
    if error is not None:
        return Answer(ask, "failed", None, None, None, error)
    return Answer(ask, "fresh", rows(ask.query, []), NOW, 0.1, None, (), coverage)


def test_a_tile_is_shown_without_what_it_can_spare() -> None:
    refused = NoGrant("system.access.table_lineage", "GRANT")
    drawn = outcome(tile("job_readers"), [said(NEEDED), said(SPARED, refused)], LOOK)
    assert (drawn.face, drawn.bodies) == ("ready", (Note("with failed_lately"),))
    assert any("Who waits for what these jobs write?" in note and refused.message in note for note in drawn.notes)
    assert outcome(tile(), [said(NEEDED), said(SPARED, refused)], LOOK).face == "could_not_check"
    assert outcome(tile("job_readers"), [said(NEEDED, refused), said(SPARED)], LOOK).face == "could_not_check"


def test_gaps_of_what_is_spared_are_no_doubt_about_the_rest() -> None:
    doubted = outcome(tile(), [said(NEEDED), said(SPARED, coverage=GAP)], LOOK)
    sure = outcome(tile("job_readers"), [said(NEEDED), said(SPARED, coverage=GAP)], LOOK)
    assert doubted.found is not None and doubted.found.text.startswith("In what was read: ")
    assert sure.found is not None and sure.found.text == "with failed_lately, job_readers"
