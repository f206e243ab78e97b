"""Newcomers: the curve worked out by hand, who is stuck and who only waits, and what is said and offered."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from agents.detectors.newcomers import curve, judged
from agents.detectors.reach import Members, principal
from components.panels.newcomers import newcomers
from components.text.view_context import ViewContext
from components.tiles.findings import finding
from components.tiles.tile import Empty, Frames, Grid
from tests.components.bodies import frame, listed
from things import Thing

LOOK, NOW = ViewContext(), dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)
TEAM = [f"p{number}@x.com" for number in range(5)]
MEMBERS = Members(
    {
        "joiners": frozenset(map(principal, ["n0@x.com", *TEAM])),
        "team": frozenset(map(principal, TEAM[:4])),
        "few": frozenset(map(principal, TEAM[:3])),
    },
    frozenset(),
)


def joined(*waits: float | None, denied: int = 0, **more: Any) -> dict[str, Any]:
    """A newcomer for each of ``waits``, the days since they began without a success; None: they have not begun."""
    rows = [
        {
            "person": f"n{number}@x.com", "joined": NOW - dt.timedelta(days=(wait or 0) + 1),
            "started": None if wait is None else NOW - dt.timedelta(days=wait), "denied": denied, "failed": 0, "as_of": NOW,
            "table_full_name": "main.s.t", **more,
        }
        for number, wait in enumerate(waits)
    ]  # fmt: skip
    return judged(frame("userops.newcomers", *rows), MEMBERS)


def test_the_curve_counts_who_still_waits_until_now_and_no_longer() -> None:
    # Five: through after 1, 2 and 2 days, watched for 1 and for 3. After 1 day 4 of 5; then 3 are watched, two are through.
    steps = curve([1, 2, 2, 1, 3], [True, True, True, False, False])
    assert [day for day, _, _ in steps] == [0.0, 1, 2, 3]
    assert [share for _, share, _ in steps] == pytest.approx([1.0, 0.8, 0.8 / 3, 0.8 / 3])
    assert [watched for _, _, watched in steps] == [5, 5, 3, 0]


def test_nobody_through_is_no_step() -> None:
    assert curve([4, 9], [False, False]) == [(0.0, 1.0, 2), (9, 1.0, 0)]


def test_stuck_is_who_waits_a_week_or_was_denied_three_times() -> None:
    assert list(joined(2, 7, None)["newcomers"]["state"]) == ["waiting", "stuck", "not begun"]
    assert list(joined(2, denied=3)["newcomers"]["state"]) == ["stuck"]
    through = joined(9, denied=9, succeeded=NOW - dt.timedelta(days=8))["newcomers"]
    assert (through["state"].iloc[0], through["days"].iloc[0]) == ("through", 1.0)


def test_who_was_added_and_has_not_begun_is_in_no_line() -> None:
    drawn = joined(2, None)["survival"]
    assert set(drawn[drawn["cohort"] == ""]["people"]) == {1}


def test_what_most_of_the_group_hold_is_said() -> None:
    one = joined(9)["newcomers"].iloc[0]
    assert (one["group"], one["hold"]) == ("joiners", "team (4 of 5)")  # three of five are no four fifths


def test_the_title_the_rows_and_what_is_offered() -> None:
    bodies = listed(newcomers(Frames(joined(9, 2, None, denied=1)), LOOK))
    said = finding(bodies, [])
    assert said is not None
    assert said.text == "1 of 2 newcomers is stuck without a first success; 1 was denied; 1 not seen yet"
    table = next(body for body in bodies if isinstance(body, Grid))
    assert len(table.frame) == 1 and table.thing_at("person", 0) == Thing("principal", "n0@x.com")
    row = table.frame.iloc[0]
    assert (row["act"], row["grant_act"]) == ("training.suggest", "grant.add")
    assert row["grant_params"] == {"principal": "joiners", "privileges": ["SELECT"]}  # the group, never the person


def test_without_stuck_ones_nobody_is_listed() -> None:
    bodies = listed(newcomers(Frames(joined(2, 3)), LOOK))
    assert not any(isinstance(body, Grid) for body in bodies)
    none = {name: rows.head(0) for name, rows in joined(2).items()}
    assert isinstance(newcomers(Frames(none), LOOK), Empty)
