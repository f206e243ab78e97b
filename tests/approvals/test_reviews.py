"""Reviews of access, over SQLite and a real Postgres: a frozen roster, decisions by those who may, each once, and what the ledger
proves."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

import pytest
import sqlalchemy as sa

from approvals.deciding import reviews
from approvals.deciding.reviews import REVIEW_LINES, Asked, BadReview, Line
from approvals.ledger import ledger
from approvals.people.people import Person
from approvals.store.store import Tx
from approvals.values.canonical import digest
from approvals.values.refusals import NotYours
from tests.actions.office import the_policy

POLICY = the_policy()
GOV = Person("u-gov", "gov@example.com", frozenset({"governance-approvers"}))
ANN = Person("u-ann", "Ann@example.com", frozenset({"team-risk"}))
BO = Person("u-bo", "bo@example.com", frozenset())
MINE = Asked("table", "main.s.t", "bo@example.com", "SELECT", "ann@example.com", "no use in 365 days")
TEAMS = Asked("table", "main.s.u", "cy@example.com", "MODIFY", "TEAM-RISK", "last used in the week of 2026-11-02")
OWN = Asked("table", "main.s.t", "ann@example.com", "SELECT", "ann@example.com", "")
NOBODYS = Asked("catalog", "main", "account users", "SELECT", "", "")


def due(tx: Tx) -> dt.date:
    return tx.now.date() + dt.timedelta(days=14)


def opened(tx: Tx, *roster: Asked) -> str:
    return reviews.open_review(
        tx, " Q4 \n payments ", due(tx), roster or (MINE, TEAMS, OWN, NOBODYS, MINE), GOV, POLICY
    )


def line(tx: Tx, review: str, asked: Asked) -> Line:
    return next(one for one in reviews.lines_of(tx, review) if one.asked == asked)


def events(tx: Tx) -> list[str]:
    return [one.event for one in reversed(ledger.search(tx, event="review."))]


def test_the_roster_is_frozen_with_its_digest_in_the_ledger(tx: Tx) -> None:
    review = opened(tx)
    (one,) = reviews.reviews(tx)
    assert (one.review_id, one.title, one.opened_by, one.closed_at) == (review, "Q4 payments", GOV.name, None)
    assert {each.asked for each in reviews.lines_of(tx, review)} == {MINE, TEAMS, OWN, NOBODYS}
    (entry,) = ledger.search(tx, event="review.")
    assert json.loads(entry.body)["roster"] == one.roster_digest and reviews.is_as_told(tx, one)


@pytest.mark.parametrize(
    "change", [{"grantee": "x"}, {"evidence": "x"}, {"decision": "keep"}, {"reviewer": "bo@example.com"}]
)
def test_a_roster_or_decision_that_was_changed_beside_the_ledger_shows(tx: Tx, change: dict[str, str]) -> None:
    opened(tx)
    tx.connection.execute(sa.update(REVIEW_LINES).where(REVIEW_LINES.c.line == 1).values(**change))
    assert not reviews.is_as_told(tx, reviews.reviews(tx)[0])


def test_only_the_reviewer_or_a_governance_person_decides_and_nobody_about_their_own() -> None:
    may = reviews.may_decide
    assert may(POLICY, ANN, MINE) and may(POLICY, ANN, TEAMS) and may(POLICY, GOV, NOBODYS) and may(POLICY, GOV, MINE)
    assert not may(POLICY, BO, TEAMS) and not may(POLICY, BO, MINE) and not may(POLICY, ANN, NOBODYS)
    assert not may(POLICY, ANN, OWN) and not may(POLICY, replace(GOV, name="BO@example.com"), MINE)
    assert not may(POLICY, Person("", "", frozenset()), NOBODYS)


def test_who_may_not_decides_nothing_at_all(tx: Tx) -> None:
    review = opened(tx)
    lines = [line(tx, review, one).line for one in (MINE, OWN)]
    with pytest.raises(NotYours):
        reviews.decide(tx, review, lines, "keep", "", ANN, POLICY)
    with pytest.raises(NotYours):
        reviews.open_review(tx, "x", due(tx), [MINE], ANN, POLICY)
    with pytest.raises(NotYours):
        reviews.close(tx, review, ANN, POLICY)
    assert events(tx) == ["review.opened"]  # of the first of them, a transaction that fails keeps nothing


def test_a_decision_counts_once_and_can_be_changed_until_it_is_proposed(tx: Tx) -> None:
    review = opened(tx)
    at = line(tx, review, MINE).line
    assert reviews.decide(tx, review, [at], "keep", "", ANN, POLICY) == 1
    assert reviews.decide(tx, review, [at], "keep", "", ANN, POLICY) == 0
    assert reviews.decide(tx, review, [at, at], "remove", "left  the team", ANN, POLICY) == 1
    found = line(tx, review, MINE)
    assert (found.decision, found.why, found.decided_by) == ("remove", "left the team", ANN.name)
    reviews.proposed(tx, review, at, "P1")
    reviews.proposed(tx, review, at, "P2")
    assert line(tx, review, MINE).proposal_id == "P1"
    with pytest.raises(BadReview, match="proposed already"):
        reviews.decide(tx, review, [at], "keep", "", ANN, POLICY)
    assert events(tx) == ["review.opened", "review.decided", "review.decided", "review.proposed"]
    assert reviews.is_as_told(tx, reviews.reviews(tx)[0])


def test_what_makes_no_sense_is_refused_with_a_sentence(tx: Tx) -> None:
    review = opened(tx)
    for chosen, decision, why in (
        ([], "keep", ""),
        ([99], "keep", ""),
        ([1], "remove", " "),
        ([1], "ask", "x" * 513),
        ([1], "", "x"),
    ):
        with pytest.raises(BadReview, match=r"\.$"):
            reviews.decide(tx, review, chosen, decision, why, GOV, POLICY)  # type: ignore[arg-type]
    with pytest.raises(BadReview):
        reviews.proposed(tx, review, 1, "P1")
    today = tx.now.date()
    late = today + dt.timedelta(days=121)
    wrong = [("", due(tx), [MINE]), ("x", today, [MINE]), ("x", late, [MINE]), ("x", due(tx), [])]
    for title, day, roster in [*wrong, ("Q4 payments", due(tx), [MINE])]:
        with pytest.raises(BadReview, match=r"\.$"):
            reviews.open_review(tx, title, day, roster, GOV, POLICY)


def test_what_nobody_decided_is_no_keep_and_a_closed_one_stays_as_it_is(tx: Tx) -> None:
    review = opened(tx)
    reviews.decide(tx, review, [line(tx, review, NOBODYS).line], "remove", "open to all", GOV, POLICY)
    with pytest.raises(BadReview, match="propose them first"):
        reviews.close(tx, review, GOV, POLICY)
    reviews.proposed(tx, review, line(tx, review, NOBODYS).line, "P1")
    result = reviews.close(tx, review, GOV, POLICY)
    told = json.loads(ledger.search(tx, event="review.")[0].body)
    assert told == {"review": review, "result": result, "undecided": 3, "keep": 0, "remove": 1, "ask": 0}
    assert result == reviews.result_of(reviews.lines_of(tx, review))
    with pytest.raises(BadReview, match="closed"):
        reviews.close(tx, review, GOV, POLICY)
    with pytest.raises(BadReview, match="closed"):
        reviews.decide(tx, review, [1], "keep", "", GOV, POLICY)


THROUGH = Asked("schema", "main.s", "all-data", "SELECT", "", "", "cy@example.com", "team-a")
OFF = POLICY.model_copy(update={"kinds": POLICY.kinds.model_copy(update={"enabled": ()})})


def test_a_removal_whose_kind_the_policy_has_off_waits_and_the_review_is_closed_with_that(tx: Tx) -> None:
    review = opened(tx, THROUGH, MINE)
    every = [one.line for one in reviews.lines_of(tx, review)]
    reviews.decide(tx, review, every, "remove", "left", GOV, OFF)
    found = reviews.lines_of(tx, review)
    through, direct = (line(tx, review, one).line for one in (THROUGH, MINE))
    assert reviews.waiting(OFF, found) == {through} and reviews.waiting(POLICY, found) == frozenset()
    with pytest.raises(BadReview, match="propose them first"):
        reviews.close(tx, review, GOV, OFF)  # a grant can be revoked
    reviews.proposed(tx, review, direct, "P1")
    with pytest.raises(BadReview, match="propose them first"):
        reviews.close(tx, review, GOV, POLICY)  # here the kind is on
    result = reviews.close(tx, review, GOV, OFF)
    told = json.loads(ledger.search(tx, event="review.")[0].body)
    assert (told["remove"], told["waiting_for_policy"], told["result"]) == (2, 1, result)
    kept = reviews.lines_of(tx, review)
    assert result == reviews.result_of(kept)
    assert result != reviews.result_of([replace(one, decision="") if one.line == through else one for one in kept])
    assert reviews.is_as_told(tx, reviews.reviews(tx)[0])


def test_a_review_without_such_removals_has_the_digest_that_it_always_had(tx: Tx) -> None:
    review = opened(tx, MINE, TEAMS)
    at = line(tx, review, MINE).line
    reviews.decide(tx, review, [at], "remove", "left", GOV, POLICY)
    reviews.proposed(tx, review, at, "P1")
    lines = reviews.lines_of(tx, review)
    assert reviews.result_of(lines) == digest(
        [[one.asked.told, one.decision, one.why, one.decided_by, one.proposal_id] for one in lines]
    )
