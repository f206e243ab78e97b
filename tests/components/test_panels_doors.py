"""What stands behind a source: the questions that read it are those whose text does, and whether they can do without it."""

from __future__ import annotations

from components.panels.source_doors import GONE, PART, behind_source, questions_of
from components.panels.source_states import LOOKING
from components.text.view_context import ViewContext
from components.tiles.tile import Empty, Finding, Grid, Leading
from queries.catalogue import catalogue
from queries.lineage import tables_read
from tests.components.bodies import listed, one
from tests.components.test_panels_sources import BILL, HISTORY, looked

LOOK = ViewContext()


def test_the_questions_are_those_whose_text_reads_it() -> None:
    expected = {
        name
        for name, query in catalogue().items()
        if HISTORY in tables_read(query.sql) and not name.startswith(LOOKING)
    }
    found = questions_of(HISTORY)
    assert set(found["asks"]) == expected and len(found) == len(expected) > 5
    for name, without, also in zip(found["asks"], found["without"], found["also"], strict=True):
        assert without == (PART if HISTORY in catalogue()[name].optional else GONE)
        assert len(also) == len(tables_read(catalogue()[name].sql)) - 1


def test_a_source_is_found_by_a_part_of_its_name_else_the_one_that_most_read() -> None:
    first = one(behind_source("")(looked(), LOOK), Finding).text
    assert " stands behind " in first and "cannot do without it" in first
    bodies = listed(behind_source("QUERY hist")(looked(), LOOK))
    assert one(bodies, Finding).text.startswith("query.history (has rows) stands behind ")
    assert one(bodies, Grid).caption.startswith("0 more sources")
    links = next(body for body in bodies if isinstance(body, Leading)).leads
    assert {lead.file for lead in links} >= {"userops.py", "finops.py"}
    assert listed(behind_source("nothing")(looked(), LOOK))[0] == Empty(
        f"None of {len(looked()['sources'])} sources is called “nothing”.", "Type less of it."
    )


def test_what_cannot_do_without_it_stands_first() -> None:
    without = questions_of(BILL)["without"].tolist()
    assert without == sorted(without) and {GONE, PART} == set(without)
