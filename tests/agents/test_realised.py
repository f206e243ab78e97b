"""What actions were worth, worked out by hand: 28 days before and 27 after, of which three weeks are judged."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from agents.detectors.realised import by_kind, realised, student, together

START = dt.date(2026, 9, 1)
DONE = dt.datetime(2026, 9, 29, 10, tzinfo=dt.UTC)
UNTIL = dt.date(2026, 10, 27)
OTHERS = tuple(f"c{number}" for number in range(6))


def costs(things: Mapping[str, tuple[float, float]], kind: str = "warehouse") -> pd.DataFrame:
    """What a day of each thing costs until the day of the action, and from then on."""
    rows = [
        (START + dt.timedelta(days=day), kind, "1", thing, Decimal(str(both[day >= 28])))
        for thing, both in things.items()
        for day in range(56)
    ]
    return pd.DataFrame(rows, columns=["usage_date", "resource_kind", "workspace_id", "resource_id", "cost"])


def action(thing: str = "a", made: dt.datetime | None = DONE, **more: Any) -> dict[str, Any]:
    told = {
        "proposal_id": f"p-{thing}", "kind": "warehouse.set_autostop", "workspace_id": "1", "thing_kind": "warehouse",
        "thing_id": thing, "made": made, "undone": None, "least": Decimal(300), "most": Decimal(600), "currency": "USD",
        "promise": "cost",
    }  # fmt: skip
    return told | more


def judged(
    *actions: dict[str, Any],
    days: pd.DataFrame | None = None,
    until: dt.date = UNTIL,
    changes: pd.DataFrame | None = None,
) -> pd.DataFrame:
    frame = pd.DataFrame(list(actions))
    frame = frame.assign(**{name: pd.to_datetime(frame[name], utc=True) for name in ("made", "undone")})
    usual = costs({"a": (100, 60), **dict.fromkeys(OTHERS, (50, 40))})
    return realised(frame, usual if days is None else days, START, until, "USD", changes)


def only(frame: pd.DataFrame) -> Any:
    (row,) = frame.itertuples()
    return row


@pytest.mark.parametrize("kind", ["notify.owner", "training.suggest", "ticket.open"])
def test_a_message_changes_nothing_so_it_is_not_judged_and_what_it_is_about_stays_a_control(kind: str) -> None:
    said = action("c0", kind=kind, promise="", least=None, most=None)
    row = only(judged(action(), said))
    assert (row.kind, row.controls) == ("warehouse.set_autostop", 6)


def test_what_its_controls_did_too_is_not_claimed() -> None:
    """Before and after alone would claim 40 a day: 840. All things became a fifth cheaper, so 20 a day are its own."""
    row = only(judged(action()))
    assert (row.days, row.controls, row.why) == (21, 6, "")
    assert (row.before, row.after, row.expected) == (Decimal(100), Decimal(60), Decimal(80))
    assert row.realised == row.low == row.high == Decimal(420)
    assert row.promised == Decimal("310.47")  # 450 a month, 21 of 30.4375 days


def test_the_interval_holds_how_differently_controls_change() -> None:
    """Ratios .7 .8 .9 .7 .8 .9: mean .8, deviation .0894; 100 · .0894 · 21 = 187.83; · t(5) 2.015 · √(1 + 1/6) = 408.8."""
    others = {one: (50, 50 * ratio) for one, ratio in zip(OTHERS, (0.7, 0.8, 0.9) * 2, strict=True)}
    row = only(judged(action(), days=costs({"a": (100, 60), **others})))
    assert row.realised == Decimal(420)
    assert float(row.high - row.realised) == pytest.approx(408.8, abs=0.5) == float(row.realised - row.low)


def test_a_seasonal_dip_is_no_saving() -> None:
    row = only(judged(action(), days=costs({"a": (100, 60), **dict.fromkeys(OTHERS, (50, 30))})))
    assert row.realised == 0


def test_what_costs_more_than_it_would_have_is_harm() -> None:
    row = only(judged(action(), days=costs({"a": (100, 130), **dict.fromkeys(OTHERS, (50, 50))})))
    assert row.realised == row.high == Decimal(-630)


def test_an_undone_action_counts_for_nothing_after_it_was_taken_back() -> None:
    """Taken back on the 11th day: one whole week counts, of the three that the promise was made for."""
    row = only(judged(action(undone=DONE + dt.timedelta(days=10))))
    assert (row.days, row.realised, row.promised) == (7, Decimal(140), Decimal("310.47"))
    at_once = only(judged(action(undone=DONE + dt.timedelta(hours=1))))
    assert (at_once.realised, at_once.promised, at_once.why) == (0, Decimal("310.47"), "taken back at once")


def test_two_actions_on_one_thing_are_told_apart_or_counted_once() -> None:
    """The first ends where the second begins; before the second nine whole days are the first one's: one week."""
    second = action(made=DONE + dt.timedelta(days=10), proposal_id="q")
    first: Any
    later: Any
    first, later = judged(action(), second).itertuples()
    assert (first.days, first.realised) == (7, Decimal(140))
    assert (later.days, later.before, later.expected, later.realised) == (14, Decimal(60), Decimal(60), 0)
    newer, older = judged(action(proposal_id="q"), action()).itertuples()  # the newest stands first
    assert older.realised == Decimal(420)
    assert (newer.realised, newer.why) == (None, "counted with another action of that day")
    hours = judged(action(made=DONE + dt.timedelta(days=4), proposal_id="q"), action())
    assert list(hours["why"]) == ["changed within the week before", "changed again within a week"]


def test_what_somebody_else_changed_ends_what_is_judged_and_is_no_control() -> None:
    changed = [("warehouse", "1", one, pd.Timestamp("2026-10-10", tz="UTC")) for one in ("a", *OTHERS[:2])]
    changes = pd.DataFrame(changed, columns=["kind", "workspace_id", "thing_id", "at"])
    assert only(judged(action(), changes=changes)).days == 7
    assert only(judged(action(), changes=changes[1:])).why == "only 4 like it that nobody changed"


def test_what_is_too_early_says_when_it_can_be_judged() -> None:
    row = only(judged(action(), until=dt.date(2026, 10, 6)))
    assert (row.realised, row.why, row.judged_on) == (None, "too early to judge", dt.date(2026, 10, 7))
    assert only(judged(action(), until=dt.date(2026, 10, 7))).days == 7


def test_too_few_controls_give_no_number() -> None:
    few = costs({"a": (100, 60), **dict.fromkeys(OTHERS[:4], (50, 40))})
    row = only(judged(action(), days=few))
    assert (row.realised, row.why) == (None, "only 4 like it that nobody changed")
    elsewhere = costs({"a": (100, 60)} | dict.fromkeys(OTHERS[:4], (50, 40)))
    clusters = costs(dict.fromkeys(("x", "y", "z"), (50, 40)), "cluster")  # of another kind: no controls
    assert only(judged(action(), days=pd.concat([elsewhere, clusters]))).realised is None


def test_a_control_that_stopped_counts_and_one_that_is_new_does_not() -> None:
    stopped = costs({"a": (100, 60), **dict.fromkeys(OTHERS[:5], (50, 50)), "c5": (50, 0)})
    assert only(judged(action(), days=stopped)).expected == Decimal("83.33")
    new = costs({"a": (100, 60), **dict.fromkeys(OTHERS, (50, 50)), "new": (0, 50)})
    assert only(judged(action(), days=new)).controls == 6


def test_money_of_two_currencies_and_what_promised_nothing_are_not_compared() -> None:
    days = costs({"a": (100, 60), "b": (100, 60), "c": (100, 60), **dict.fromkeys(OTHERS, (50, 40))})
    bare = action("c", promise="", least=None, most=None, currency="")
    every = judged(action("a"), action("b", currency="EUR"), bare, days=days)
    assert [one is None for one in every["promised"]] == [False, True, True]
    sums = together(every)
    assert (sums["realised"], sums["promised"], sums["beside"]) == (Decimal(420), Decimal("310.47"), Decimal(840))


def test_other_actions_have_no_bill() -> None:
    right = action(kind="grant.revoke", thing_kind="table", promise="risk")
    assert judged(right, action("a", made=None)).empty
    assert together(judged(right))["realised"] is None


def test_one_kind_beside_the_other() -> None:
    days = costs({"a": (100, 60), "b": (100, 100), **dict.fromkeys(OTHERS, (50, 50))})
    kinds = by_kind(judged(action("a"), action("b", kind="warehouse.resize"), days=days))
    assert list(kinds["kind"]) == ["warehouse.resize", "warehouse.set_autostop"]
    assert list(kinds["realised"]) == [Decimal(0), Decimal(840)]


def test_the_sum_of_two_is_as_sure_as_their_common_controls_allow() -> None:
    """Each 187.83 by itself; own √(2 · 187.83²) = 265.6, shared 2 · 187.83 / √6 = 153.4; together 306.7 · 2.015 = 618."""
    others = {one: (50, 50 * ratio) for one, ratio in zip(OTHERS, (0.7, 0.8, 0.9) * 2, strict=True)}
    sums = together(judged(action("a"), action("b"), days=costs({"a": (100, 60), "b": (100, 60), **others})))
    assert sums["realised"] == Decimal(840)
    assert float(sums["high"] - sums["realised"]) == pytest.approx(618, abs=1)  # type: ignore[operator]


@pytest.mark.parametrize(("freedom", "expected"), [(4, 2.132), (5, 2.015), (10, 1.812), (19, 1.729), (100, 1.660)])
def test_students_t(freedom: int, expected: float) -> None:
    assert student(freedom) == pytest.approx(expected, abs=0.003)
