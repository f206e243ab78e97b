"""Sources: what nothing can be told of is never fine, each table is judged by itself and by its own habit of arriving."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from components.panels import sources, sources_cost, sources_today
from components.panels.source_states import Reader, states
from components.text.view_context import ViewContext
from components.tiles.tile import Empty, Finding, Frames, Grid, Leading
from queries import schema
from queries.catalogue import catalogue
from queries.lineage import tables_read
from queries.needs import needs
from tests.components.bodies import frame, listed, one, seen
from warehouse.coverage import Coverage
from warehouse.left_out import sentences

NOW, HOUR = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC), dt.timedelta(hours=1)
LOOK, READER = ViewContext(), Reader("the-app", NOW)
BILL, HISTORY, QUALITY = "system.billing.usage", "system.query.history", "system.data_quality_monitoring.table_results"
NEEDED = {need.table: need for need in needs()}
GROWING = [table for table in NEEDED if table in schema.facts()]
OTHERS = [table for table, need in NEEDED.items() if table not in schema.facts() and need.granted]


def looked(
    empty: tuple[str, ...] = (),
    gaps: tuple[str, ...] = (),
    behind: dict[str, float] | None = None,
    arrived: tuple[float, ...] = (),
) -> Frames:
    """What is known where every source has rows of an hour ago but for the ``empty`` ones and those ``behind`` (hours)."""
    ages = dict.fromkeys(GROWING, 1.0) | (behind or {})
    newest = {table: None if table in empty else NOW - ages[table] * HOUR for table in GROWING}
    oldest = {table: None if table in empty else NOW - 9000 * HOUR for table in GROWING}
    return sources.lags(
        states(
            Frames(
                {
                    **frame("platform.source_lag", *({"table_name": t, "newest": at} for t, at in newest.items())),
                    **frame("platform.source_span", *({"table_name": t, "oldest": at} for t, at in oldest.items())),
                    **frame(
                        "platform.source_rows",
                        *({"table_name": t, "row_count": 0 if t in empty else 7} for t in OTHERS),
                    ),
                    **frame(
                        "platform.source_arrivals",
                        *(
                            {"table_name": BILL, "day": NOW.date() - dt.timedelta(days=n + 1), "lag": hours * 3600}
                            for n, hours in enumerate(arrived)
                        ),
                    ),
                },
                {"source_lag": Coverage(gaps=gaps)},
            ),
            READER,
        )
    )


def state(frames: Frames) -> dict[str, str]:
    return dict(zip(frames["sources"]["table_name"], frames["sources"]["state"], strict=True))


def test_every_source_that_does_not_grow_is_counted() -> None:
    assert {*OTHERS} - {*tables_read(catalogue()["platform.source_rows"].sql)} == set()


def test_all_that_questions_read_is_looked_at_and_fine() -> None:
    frames = looked()
    assert {*state(frames)} == {*NEEDED} and {*state(frames).values()} == {"rows", "open"}
    said = listed(sources.blind(frames, LOOK))
    assert one(said, Finding).text == f"All {len(NEEDED)} sources can be read and hold rows" and len(said) == 2


def test_an_empty_table_is_not_fine() -> None:
    frames = looked(empty=(QUALITY,))
    assert state(frames)[QUALITY] == "empty"
    title, first, second, links = listed(sources.blind(frames, LOOK))
    assert isinstance(links, Leading) and "dataops.py" in {lead.file for lead in links.leads}
    assert isinstance(title, Finding) and title.tone == "watch"
    assert title.text.startswith("No row: data_quality_monitoring.table_results; ") and "cannot be judged" in title.text
    assert isinstance(first, Grid) and seen(first, "source", "said", "mend")[0] == (
        "data_quality_monitoring.table_results",
        "No row",
        None,
    )
    assert isinstance(second, Grid) and ("DataOps", "data_quality_monitoring.table_results") in seen(
        second, "page", "source"
    )
    assert sources.readable_said(frames, LOOK).tone == "watch"


def test_one_that_is_refused_hides_no_other_and_comes_with_its_grant() -> None:
    frames = looked(gaps=sentences([QUALITY], [QUALITY]))
    known = state(frames)
    assert known[QUALITY] == "refused" and list(known.values()).count("rows") == len(GROWING) + len(OTHERS) - 1
    title, grid, _, _ = listed(sources.blind(frames, LOOK))
    assert isinstance(title, Finding) and title.tone == "act" and title.text.startswith("Not granted: ")
    assert isinstance(grid, Grid) and "both account admin and metastore admin" in grid.caption
    ((_, mend),) = [row for row in seen(grid, "source", "mend") if row[1]]
    assert mend.endswith("GRANT SELECT ON TABLE `system`.`data_quality_monitoring`.`table_results` TO `the-app`;")
    assert sources.readable_said(frames, LOOK).text == f"{len(NEEDED) - 1} of {len(NEEDED)} sources can be read"


def test_one_that_is_absent_is_told_apart_from_one_that_is_refused() -> None:
    frames = looked(gaps=sentences([HISTORY, f"{BILL}.usage_policy_id"]))
    assert state(frames)[HISTORY] == "absent" and state(frames)[BILL] == "rows"  # a column that is lacking is no table


def test_what_was_not_looked_at_is_not_known() -> None:
    frames = states(Frames({}), READER)
    assert {*state(frames).values()} == {"unknown", "open"}
    assert "Not looked at: " in one(sources.blind(frames, LOOK), Finding).text


def test_questions_that_look_at_the_sources_do_not_suffer() -> None:
    lacking = looked(empty=(BILL,))["suffering"]
    assert not lacking["question"].str.contains("How far behind").any() and len(lacking) > 20


def test_a_source_is_late_by_its_own_habit_of_arriving() -> None:
    habit = (*[9.0] * 25, *[10.0] * 5)
    frames = looked(behind={BILL: 14.0}, arrived=habit)
    said = listed(sources.late(frames, LOOK))
    assert one(said, Finding).text == "billing.usage is 5 h later than usual" and one(said, Finding).tone == "watch"
    assert seen(one(said, Grid), "source", "low", "high", "days")[0] == ("billing.usage", 9 * 3600, 10 * 3600, 30)
    assert sources.billing_said(frames, LOOK).text == "newest billing row 14 h old (usually 9 h)"


@pytest.mark.parametrize(
    ("behind", "arrived", "late"),
    [
        ({BILL: 9.5}, (9.0,) * 20 + (10.0,) * 10, False),  # within what it was on eight days in ten
        ({BILL: 35.0}, (9.0,) * 5, False),  # five days are no habit: what is assumed counts
        ({BILL: 37.0}, (9.0,) * 5, True),
        ({HISTORY: 13.0}, (), True),  # rows do not say when they arrived: as assumed
        ({HISTORY: 11.0}, (), False),
        ({"system.access.outbound_network": 100.0}, (), False),  # silence is normal there
    ],
)
def test_without_a_habit_it_is_late_beyond_what_is_assumed(
    behind: dict[str, float], arrived: tuple[float, ...], late: bool
) -> None:
    said = one(sources.late(looked(behind=behind, arrived=arrived), LOOK), Finding)
    assert (said.tone == "watch") is late, said.text


def own(*rows: tuple[str, str | None, int]) -> dict[str, Any]:
    whole = sum(Decimal(cost) for _, cost, _ in rows if cost)
    told: dict[str, Any] = {
        "all_cost": whole,
        "all_statements": sum(runs for *_, runs in rows),
        "all_bytes": 2_100_000_000_000,
    }
    return frame(
        "platform.own_questions",
        *(
            {"question": name, "cost": None if cost is None else Decimal(cost), "statements": runs, **told}
            for name, cost, runs in rows
        ),
    )


def test_how_few_questions_make_up_the_cost() -> None:
    frames = own(("finops.spend_tree", "2.00", 40), ("dataops.freshness", "0.90", 9), ("finops.owners", "1.20", 90))
    rows = frames["own_questions"].sort_values("cost", ascending=False)
    said = listed(sources_cost.own_questions({"own_questions": rows}, LOOK))
    assert one(said, Finding).text == "2 of 3 questions are 78% of our cost of $4.10"
    grid = one(said, Grid)
    assert grid.caption == "in all $4.10, 139 runs, 2.1 TB read" and sum(
        part for (part,) in seen(grid, "part")
    ) == pytest.approx(1)
    assert seen(grid, "asks")[0] != ("",)


def test_runs_without_a_price_are_no_free_runs() -> None:
    frames = own(("finops.owners", None, 3))
    assert (
        one(sources_cost.own_questions(frames, LOOK), Finding).text == "1 question ran; none of the hours has a price"
    )
    assert isinstance(sources_cost.own_questions(own(), LOOK), Empty)


def test_the_first_sentence_says_what_is_read_what_is_blind_and_what_it_costs() -> None:
    frames = looked(empty=(QUALITY,), behind={BILL: 14.0}, arrived=(9.0,) * 30)
    paid = own(("finops.owners", "4.10", 3))["own_questions"]
    said = listed(sources_today.today({**frames, "own": paid}, LOOK))
    text = f"{said[0].text} {said[1].text}" if isinstance(said[0], Finding) and isinstance(said[1], Leading) else ""
    assert f"{len(NEEDED)} of {len(NEEDED)} sources can be read, 1 of them without a row" in text.lower()
    for part in (
        "Newest billing row 14 h old (usually 9 h)",
        "blind in part (DataOps",
        "read 2.1 TB for $4.10 yesterday",
    ):
        assert part in text, text
    lacking = listed(sources_today.today(frames, LOOK))[1]
    assert isinstance(lacking, Leading) and "Not known: what the cockpit costs." in lacking.text
