"""The rules of GovernanceOps: what holds, what does not, and what was not measured."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from components.panels.access_rules import access_rules, part_of_days
from components.text.view_context import ViewContext
from components.tiles.tile import Finding, Frames, Grid, Note
from tests.components.bodies import frame, listed, one
from tests.components.test_panels_governanceops import change, given, idle, tried, unmasked
from warehouse.coverage import Coverage

LOOK = ViewContext()
START, END = dt.date(2026, 1, 1), dt.date(2026, 1, 11)


def at(day: int) -> dt.datetime:
    return dt.datetime(2026, 1, day, tzinfo=dt.UTC)


def measured(*parts: Frames, **coverage: Coverage) -> Frames:
    asked = {"asked": pd.DataFrame([{"start": START, "end": END}])}
    return Frames({name: rows for part in parts for name, rows in part.items()} | asked, coverage)


def results(frames: Frames) -> dict[str, tuple[str, str]]:
    found = one(listed(access_rules(frames, LOOK)), Grid).frame
    return dict(zip(found["rule"], zip(found["result"], found["found"], strict=True), strict=True))


def changed(**coverage: Coverage) -> Frames:
    rows = frame("governanceops.privilege_changes", change("root@x.com", "team"))
    return measured(Frames(rows), **coverage)


SELF = "Nobody gives rights to themselves or to everybody"


def test_nothing_found_in_a_whole_answer_holds_and_what_was_found_does_not() -> None:
    assert results(changed())[SELF] == ("holds", "0 of 1")
    assert results(changed())["Rights change by proposals only"] == ("not measured", "0 of 0")  # the store did not say
    assert results(measured(given("ann@x.com")))[SELF] == ("does not hold", "1 of 1")


def test_nothing_found_where_days_are_lacking_is_not_measured_but_what_was_found_there_is_found() -> None:
    half = Coverage(since=at(6), gaps=("It begins on 6 Jan.",), cut=False)
    assert results(changed(privilege_changes=half))[SELF][0] == "not measured"
    assert (
        results(changed(privilege_changes=Coverage(since=at(2), gaps=("It begins on 2 Jan.",), cut=False)))[SELF][0]
        == "holds"
    )
    assert results(measured(given("ann@x.com"), privilege_changes=half))[SELF][0] == "does not hold"
    assert results(changed(privilege_changes=Coverage(gaps=("Rows were cut.",))))[SELF][0] == "not measured"


def test_of_nothing_at_all_no_rule_holds() -> None:
    none = measured(Frames(frame("governanceops.sensitive_columns")))
    assert results(none) == {"Every sensitive column is protected": ("not measured", "0 of 0")}


def test_rights_that_cannot_be_judged_are_not_passed() -> None:
    used = idle(*["used"] * 8, "cannot be said", "cannot be said")
    assert results(measured(used))["No right stays unused for 90 days"] == ("not measured", "0 of 8")
    assert results(measured(idle(*["used"] * 9, "cannot be said")))["No right stays unused for 90 days"][0] == "holds"


def test_who_tried_once_has_no_usual_to_be_judged_by() -> None:
    once = tried(9)
    once["attempts"] = once["attempts"].head(1)
    assert results(measured(once))["Nobody tries far more often than usual"] == ("not measured", "0 of 0")


def test_the_score_stands_beside_how_much_was_looked_at_and_the_broken_rule_stands_first() -> None:
    half = Coverage(since=at(6), gaps=("It begins on 6 Jan.",), cut=False)
    drawn = listed(access_rules(measured(unmasked(), changed(), privilege_changes=half), LOOK))
    assert one(drawn, Finding).text == (
        "0 of 3 rules hold, 1 do not, 2 not measured; 50% of what they speak of was looked at"
    )
    found = one(drawn, Grid).frame
    assert list(found["result"]) == ["does not hold", "not measured", "not measured"]
    assert (found["part"].iloc[1], found["days"].iloc[1]) == (0.5, "5 of 10")
    assert found["words"].iloc[0] == {"view": "Sensitive"}


def test_where_nothing_could_be_read_no_score_is_said() -> None:
    assert one(listed(access_rules(measured(), LOOK)), Note).tone == "unknown"


@pytest.mark.parametrize(
    ("known", "share"),
    [
        (Coverage(), 1.0),
        (Coverage(until=at(6), gaps=("late",), cut=False), 0.5),
        (Coverage(since=at(20), gaps=("late",), cut=False), 0.0),
        (Coverage(gaps=("cut",)), 0.0),
    ],
)
def test_the_part_of_the_days(known: Coverage, share: float) -> None:
    assert part_of_days(known, START, END)[0] == share
