"""What the page Value says: what was promised and realised, what cannot be judged yet, and where proposals wait."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pandas as pd

from agents.detectors.loop_times import loop_times, waits
from agents.detectors.realised import by_kind, realised, together
from agents.detectors.value_frames import Looked, worth
from components.panels import value, value_by_hand, value_decisions, value_own
from components.text.view_context import ViewContext
from components.tiles.findings import LONGEST, finding
from components.tiles.tile import Empty, Finding, Frames, Grid, Note, Plot
from tests.agents.test_realised import DONE, OTHERS, START, UNTIL, costs
from tests.components.bodies import frame, listed
from things import Thing

LOOK, NOW = ViewContext(), dt.datetime(2026, 10, 28, 9, tzinfo=dt.UTC)
TIMES = ("expires", "proposed", "decided", "made", "read_back", "undone")


def rows(*things: str, **more: Any) -> pd.DataFrame:
    """A proposal for each of ``things``, carried out and read back."""
    usual: dict[str, Any] = {
        "kind": "warehouse.set_autostop", "agent": "finops", "risk": 2, "workspace_id": "1", "thing_kind": "warehouse",
        "state": "approved", "verb": "accept", "reason": "", "execution": "verified", "dwell": 0.0, "least": Decimal(300),
        "most": Decimal(600), "currency": "USD", "promise": "cost", "undone": None, "expires": DONE,
    } | dict.fromkeys(("proposed", "decided", "made", "read_back"), DONE) | more  # fmt: skip
    told = [usual | {"proposal_id": f"p-{one}", "title": f"Stop {one}", "thing_id": one, "name": one} for one in things]
    frame = pd.DataFrame(told)
    later = {name: pd.to_datetime(frame[name], utc=True) for name in TIMES}
    frame = frame.assign(**later)
    waits_longer = pd.to_timedelta(range(len(frame)), unit="h")
    return frame.assign(decided=frame["decided"] + waits_longer, made=frame["made"] + waits_longer)


def worthy(*things: str, until: dt.date = UNTIL, after: int = 60, **more: Any) -> dict[str, pd.DataFrame]:
    """The frames of the page where ``things`` were changed, which cost 100 a day before and ``after`` since, while all
    others cost 50 and 40."""
    known = rows(*things, **more)
    days = costs({**dict.fromkeys(things, (100, after)), **dict.fromkeys(OTHERS, (50, 40))})
    found = realised(known, days, START, until, "USD")
    sums = pd.DataFrame([together(found)], dtype=object)
    return {
        "thing_days": days, "judged": found, "kinds": by_kind(found), "worth": sums, "loop": loop_times(known, NOW),
        "waits": waits(known),
    }  # fmt: skip


def said(panel: Any, frames: dict[str, pd.DataFrame]) -> str:
    found = finding(listed(panel(Frames(frames), LOOK)), [])
    assert found is not None
    return found.text


def test_the_title_says_how_much_of_its_promise_a_kind_delivers() -> None:
    title, drawn, table = listed(value.promised(Frames(worthy("a")), LOOK))
    assert title == Finding("warehouse.set_autostop delivers 1.35 of its promise")  # 420 of 310.47
    assert isinstance(drawn, Plot) and isinstance(table, Grid)
    assert table.thing_at("title", 0) == Thing("proposal", "p-a")
    low, high = (table.frame[name].iloc[0] for name in ("low", "high"))
    assert table.frame["between"].iloc[0] == f"from {low:,.0f} to {high:,.0f}"
    assert not {"why", "undone"} & {*table.columns}  # nothing is judged late, nothing was taken back
    assert table.thing_at("name", 0) == Thing("warehouse", "a", "1")


def test_of_many_kinds_the_title_says_two_and_how_many_more() -> None:
    frames = worthy("a")
    names = ("cluster.resize", "cluster.set_autotermination", "warehouse.set_autostop")
    frames["kinds"] = pd.concat([frames["kinds"].assign(kind=one) for one in names])
    title = said(value.promised, frames)
    assert title == "cluster.resize delivers 1.35 of its promise, cluster.set_autotermination 1.35; 1 more kind"
    assert len(title) <= LONGEST


def test_before_anything_can_be_judged_it_says_from_when_on_and_draws_nothing() -> None:
    title, table = listed(value.promised(Frames(worthy("a", until=dt.date(2026, 10, 1))), LOOK))
    assert title == Finding("Nothing to judge yet: the first of 1 action can be judged on 7 Oct", "unknown")
    assert isinstance(table, Grid) and table.frame["realised"].isna().all()


def test_what_promised_nothing_is_said_apart() -> None:
    bare = worthy("a", promise="", least=None, most=None, currency="")
    assert said(value.promised, bare) == "$420.00 realised by actions that had promised nothing"


def test_the_first_sentence_has_the_sum_the_interval_and_the_harm() -> None:
    assert said(value.today, worthy("a")).startswith("$420.00 realised of $310.47 promised in 90 days (135%")
    harm, *rest = listed(value.today(Frames(worthy("a", after=130)), LOOK))
    assert harm == Finding("1 action harmed ($1k), none was taken back", "act")
    assert isinstance(rest[0], Note) and "realised of" in rest[0].text


def test_without_the_store_nothing_is_said() -> None:
    for panel in (value.promised, value.loop):
        assert panel(Frames({}), LOOK) == Note(value.AWAY, "unknown")
    assert listed(value.today(Frames({}), LOOK)) == [Note("Not known: what was realised, harm, what waits.", "unknown")]


def test_nothing_was_done() -> None:
    none = rows("a").head(0)
    found = realised(none, costs({"a": (1, 1)}), START, UNTIL, "USD")
    frames = {"judged": found, "kinds": by_kind(found), "worth": pd.DataFrame([together(found)], dtype=object)}
    assert isinstance(value.promised(Frames(frames), LOOK), Empty)
    assert isinstance(value.loop(Frames({"loop": loop_times(none, NOW), "waits": waits(none)}), LOOK), Empty)


def test_the_slowest_step_is_named_with_its_class() -> None:
    assert said(value.loop, worthy("a", "b", "c")) == "Half of medium risk take 1 h to be decided; nothing waits"
    open_ = worthy("a", state="open", verb="", execution="", decided=None, made=None, read_back=None)
    assert said(value.loop, open_) == "1 proposal waits now; no step is through for half of its proposals"


def by_hand(*things: str, after: int = 60) -> dict[str, pd.DataFrame]:
    """The frames of what was changed by hand, with what each thing cost before (100) and since."""
    known = rows(*things, promise="", least=None, most=None, currency="", kind="by hand")
    known = known.assign(changed="auto-stop 60 → 10 min", who="ann@x.com")
    days = costs({**dict.fromkeys(things, (100, after)), **dict.fromkeys(OTHERS, (50, 40))})
    return {"by_hand": realised(known, days, START, UNTIL, "USD")}


def decided(*verbs: str, late: bool = True) -> dict[str, pd.DataFrame]:
    known = rows(*(str(number) for number in range(len(verbs))), reason="wrong_target")
    return {"decided": known.assign(verb=list(verbs), late=late, week=dt.date(2026, 10, 19))}


def owned(cost: int) -> dict[str, pd.DataFrame]:
    """What the cockpit cost itself, and an action that was judged."""
    known = rows("a", "b", dwell=90.0)
    asked = frame("platform.own_questions", {"all_cost": Decimal(cost), "all_statements": 40, "all_bytes": 2 * 10**9})
    frames = Frames({"own": asked["own_questions"]})
    looked = Looked(known, START, UNTIL, "USD", NOW)
    made = value_own.spent(looked, lambda got: {**got, "worth": worthy("a")["worth"]})
    assert made is not None
    return dict(made(frames))


def test_the_cockpit_says_what_it_costs_itself() -> None:
    title, table = listed(value_own.own_cost(Frames(owned(3)), LOOK))
    assert title == Finding("The cockpit cost $3.00 and 3 m of people in 2 decisions, for $420.00 realised")
    assert isinstance(table, Grid) and list(table.frame["what"]) == [
        "SQL warehouse",
        "People who decide",
        "Model tokens",
    ]
    alone = {name: one for name, one in owned(3).items() if name == "own"}  # the store is away
    said_alone = said(value_own.own_cost, alone)
    assert said_alone == "The cockpit cost $3.00 and how long people decide is not known, for what is not known"
    assert isinstance(value_own.own_cost(Frames({"own": alone["own"].head(0)}), LOOK), Empty)


def test_where_nothing_was_done_nothing_is_asked_and_that_is_said() -> None:
    frames = worth(Looked(rows("a").head(0), START, UNTIL, "USD", NOW), asked=False)({})
    assert isinstance(value.promised(Frames(frames), LOOK), Empty)
    assert worth(Looked(rows("a"), START, UNTIL, "USD", NOW))({}).keys() == {"loop", "waits"}  # asked, and no answer


def test_what_was_changed_by_hand_is_measured_as_actions_are() -> None:
    assert said(value_by_hand.by_hand, by_hand("a", "b")) == "2 changes by hand: 2 saved $840.00"
    worse = finding(listed(value_by_hand.by_hand(Frames(by_hand("a", after=130)), LOOK)), [])
    assert worse == Finding("1 change by hand: 1 cost $1k", "watch")
    assert said(value_by_hand.by_hand, by_hand("a", after=80)) == "1 change by hand: none surely saved or cost"
    none = {"by_hand": by_hand("a")["by_hand"].head(0)}
    assert isinstance(value_by_hand.by_hand(Frames(none), LOOK), Empty)


def test_an_acceptance_is_no_success() -> None:
    frames = decided("accept", "accept", "reject", "override")
    taken_back = pd.Series([pd.Timestamp(DONE), pd.NaT, pd.NaT, pd.NaT])
    frames = {"decided": frames["decided"].assign(undone=taken_back, made=taken_back)}
    title, _, reasons = listed(value_decisions.decisions(Frames(frames), LOOK))
    assert title == Finding("50% of 4 decisions in 45 days said no; 1 was taken back of 1 carried out")
    assert isinstance(reasons, Grid) and set(reasons.frame["reason"]) == {"Wrong target"}
    assert said(value_decisions.decisions, decided("reject", late=False)).startswith(
        "No decision in 45 days; 100% said no"
    )
    assert isinstance(value_decisions.decisions(Frames({"decided": frames["decided"].head(0)}), LOOK), Empty)
