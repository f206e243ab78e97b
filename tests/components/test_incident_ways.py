"""What can be done about an incident: what is proposed, what was weighed, what is not asked yet, and always doing nothing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from approvals.deciding import incidents as deciding
from approvals.reading.incident_ways import Way, ways
from approvals.reading.incidents import findings
from approvals.store.store import Store
from approvals.values.considered import Benefit, Ooda, Option
from components.incidents.ways import ways_in_words, ways_table
from components.tiles.tile import Grid
from tests.approvals.test_incidents import FAILED, JOB, LOOKED, OTHER, STALE, TABLE
from tests.approvals.world import content, do, proposed, seats
from tests.support.clock import Clock
from things import Thing

WEIGHED = Ooda(
    options=(
        Option(what="run it again", expected="done by 06:00"),
        Option(what="wait for the next run", expected="late by a day", rejected_because="the close is at 06:00"),
        Option(what="Do nothing", expected="9 readers go on with old rows.", rejected_because="they decide on them"),
    )
)
MONEY = Benefit(kind="cost", low=Decimal(310), high=Decimal(460))


def opened(store: Store) -> str:
    (one,) = do(store, deciding.observed, [FAILED, STALE], LOOKED)
    return str(one)


def repair(store: Store, **more: Any) -> str:
    wanted: dict[str, Any] = {
        "kind": "job.repair_run", "target": JOB, "title": "Run `orders` again", "ooda": WEIGHED, "risk": 3, "benefit": MONEY,
        "requirement": seats(("red", 1), ("blue", 1)), "reversibility": "partial",
    }  # fmt: skip
    return proposed(store, content(**(wanted | more)))


def read(store: Store, incident: str, places: tuple[str, ...] | None = None) -> list[Way]:
    with store.reading() as tx:
        return ways(tx, incident, places)


KINDS = {"job.repair_run": "Job run: repair it. Every repair names the one before it."}


def shown(store: Store, incident: str) -> Grid:
    with store.reading() as tx:
        return ways_table(ways(tx, incident), findings(tx, incident), KINDS)


def test_what_is_proposed_stands_with_its_risk_who_must_agree_and_its_way_back(store: Store) -> None:
    one = opened(store)
    card = repair(store)
    table = shown(store, one)
    first = table.frame.iloc[0]
    assert (first["what"], first["state"], first["risk"]) == ("Run ‘orders’ again", "proposed", "High risk")
    assert (first["who"], first["undo"]) == ("2 people: red; blue", "in part")
    assert (first["brings"], first["expected"]) == ("$310–460 a month", "done by 06:00")
    assert table.thing_at("card", 0) == Thing("proposal", card)
    with store.reading() as tx:
        said = ways_in_words(ways(tx, one))
    assert said == (
        "1 change is proposed, high risk at most, up to 2 people have to agree. "
        "Doing nothing: 9 readers go on with old rows."
    )  # fmt: skip


def test_nothing_is_recommended_without_what_else_there_is(store: Store) -> None:
    one = opened(store)
    repair(store)
    rows = shown(store, one).frame
    assert rows["state"].tolist() == ["proposed", "weighed", "always possible"]
    assert rows["expected"][1] == "late by a day; not proposed: the close is at 06:00"
    assert (rows["what"][2], rows["expected"][2]) == ("Do nothing", "9 readers go on with old rows.")


def test_without_a_proposal_doing_nothing_stands_and_what_agents_would_propose(store: Store) -> None:
    one = opened(store)
    rows = shown(store, one).frame
    assert rows["what"].tolist() == ["orders: repair it", "Do nothing"]
    assert rows["state"].tolist() == ["not in the inbox", "always possible"]
    assert rows["expected"][1] == "What waiting costs is not known."
    assert ways_in_words(()) == "0 changes are proposed. Doing nothing: what waiting costs is not known."


def test_only_what_waits_about_its_own_things_is_there(store: Store, clock: Clock) -> None:
    one = opened(store)
    table = repair(store, kind="quality.refresh", target=TABLE)
    repair(store, target=OTHER)
    assert [way.proposal_id for way in read(store, one)] == [table]
    assert read(store, one, ("2",)) == [] and read(store, "none") == []
    clock.forward(days=2)  # its time is over
    assert read(store, one) == []


def test_foreign_words_are_plain(store: Store) -> None:
    one = opened(store)
    evil = Option(what="<b>[x](http://y)</b>", expected="\u202e**bold**", rejected_because="`no`")
    repair(store, title="Run `<b>` again", ooda=Ooda(options=(evil,)))
    rows = shown(store, one).frame
    assert not any("\u202e" in str(cell) for cell in rows.to_numpy().ravel())
