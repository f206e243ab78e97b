"""The first row of a page says what was found, the worst first, and what is not known; it leads to the rows."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from components.text.view_context import ViewContext
from components.tiles.findings import beneath, finding
from components.tiles.summary import Clause, Said, summary
from components.tiles.tile import Finding, Frames, Lead, Leading, Note
from warehouse.coverage import Coverage

IDLE = Lead("Idle warehouses", "infraops.py", "Waste", "idle")
LOOK = ViewContext()
GAP = Coverage(gaps=("The table begins in May.",))


def frames(coverage: Mapping[str, Coverage] | None = None, **rows: int) -> Frames:
    return Frames({name: pd.DataFrame({"n": range(count)}) for name, count in rows.items()}, coverage)


def clause(about: str, name: str, tone: str, lead: Lead | None = None) -> Clause:
    def says(found: Frames, _: object) -> Said:
        count = len(found[name])
        return Said(f"{count} {about}", tone) if count else Said(f"no {about}", "ok")  # type: ignore[arg-type]

    return Clause(about, (name,), says, lead)


PANEL = summary(
    "Today",
    "What needs a look.",
    clause("late tables", "late", "watch"),
    clause("idle warehouses", "idle", "act", IDLE),
    clause("broken rules", "rules", "watch"),
)


def bodies(found: Frames) -> list[Note]:
    return list(PANEL(found, LOOK))  # type: ignore[arg-type]


def test_the_worst_is_the_title_the_others_follow_and_each_leads_to_its_rows() -> None:
    title, rest = bodies(frames(late=2, idle=3, rules=0))
    assert title == Finding("3 idle warehouses", "act")
    assert rest == Leading("2 late tables; no broken rules.", leads=(IDLE,))


def test_what_could_not_be_had_is_not_known_and_the_others_are_still_said() -> None:
    title, rest = bodies(frames(late=2))
    assert title == Finding("2 late tables", "watch")
    assert rest.text == "Not known: idle warehouses, broken rules."


def test_nothing_found_in_a_part_is_not_known_and_something_found_is() -> None:
    title, rest = bodies(frames({"late": GAP, "idle": GAP}, late=1, idle=0, rules=0))
    assert (title.text, rest.text) == ("1 late tables", "No broken rules. Not known: idle warehouses.")


def test_where_nothing_is_known_that_is_all_that_is_said() -> None:
    assert bodies(frames()) == [Note("Not known: late tables, idle warehouses, broken rules.", "unknown")]


def test_links_stay_where_the_title_says_all() -> None:
    one = summary("Today", "What needs a look.", clause("idle warehouses", "idle", "act", IDLE))
    shown = list(one(frames(idle=1), LOOK))  # type: ignore[arg-type]
    assert beneath(shown[1], finding(shown, [])) == Leading("", leads=(IDLE,))


def test_a_name_keeps_its_letters_where_it_begins_the_sentence() -> None:
    one = summary("Today", "Why.", Clause("waits", (), lambda _f, _l: Said("bi-prod-1 made people wait 2 h")))
    title, _ = one(frames(), LOOK)  # type: ignore[misc]
    assert title == Finding("bi-prod-1 made people wait 2 h")
