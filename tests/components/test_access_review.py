"""A review of access on its page: decided by those who may, each press once; whoever is cut off begins again and nothing is
proposed twice; what nobody decided is no "keep"."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from agents.governanceops.review_roster import ROSTER as ROSTER_COLUMNS
from approvals.deciding import reviews
from approvals.deciding.reviews import Asked, BadReview, Line, Review
from approvals.people.people import Person
from approvals.store import nonces
from approvals.store.nonces import NotThisClick
from approvals.store.store import Store
from approvals.values.proposal import Target
from approvals.values.refusals import NotYours, Refusal
from components.panels import access_review as panels
from components.sections import review_dialogs
from components.sections.access_review import ABOUT, Known, Reviewing, closed, decided, opened, pack, removals_proposed
from components.text.view_context import ViewContext
from components.tiles.tile import Empty, Finding, Frames, Grid, Leading
from tests.actions.office import the_policy
from tests.approvals.world import START
from tests.components.bodies import frame, listed, one, seen
from tests.support.clock import Clock
from tests.support.stores import store_at

LOOK = ViewContext()
GOV = Person("u-gov", "gov@example.com", frozenset({"governance-approvers"}))
ANN = Person("u-ann", "ann@example.com", frozenset())
ROSTER = [
    Asked("table", "main.s.t", f"p{n}@example.com", "SELECT", "ann@example.com" if n else "", "no trace of use")
    for n in range(4)
]
DUE = START.date() + dt.timedelta(days=9)


@dataclass
class Intake:
    """Proposes as the room of actions does: what wants the same is the same proposal. Dies after so many where told to."""

    made: dict[str, str] = field(default_factory=dict)
    dies_after: int = 99
    refuses: str = ""

    def propose(self, kind: str, target: Target, params: Any, person: Person, why: str) -> str:
        if self.refuses in target.id + str(params) and self.refuses:
            raise Refusal("The policy denies it.")
        found = self.made.setdefault(f"{kind} {target.key} {params}", f"P{len(self.made)}")
        if len(self.made) > self.dies_after:
            raise KeyboardInterrupt  # after the proposal was written, before anybody noted it
        return found


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = store_at(f"sqlite:///{tmp_path / 'store.sqlite'}", Clock(START))
    yield made
    made.engine.dispose()


def at(store: Store, me: Person | None = GOV, intake: Intake | None = None) -> Reviewing:
    return Reviewing(lambda: store, the_policy(), lambda: me, lambda: START, lambda: intake)


def word(store: Store, person: Person) -> Mapping[str, str]:
    with store.writing() as tx:
        return nonces.issue(tx, person.id, *ABOUT, ("review",))


def begun(store: Store) -> str:
    return opened(at(store), word(store, GOV), "Q4", DUE, ROSTER)


def lines(store: Store, review: str) -> list[Line]:
    with store.reading() as tx:
        return reviews.lines_of(tx, review)


def test_a_press_counts_once_for_whom_its_word_was_given(store: Store) -> None:
    review, words = begun(store), word(store, GOV)
    assert decided(at(store), words, review, [1, 2], "keep", "") == 2
    with pytest.raises(NotThisClick):
        decided(at(store), words, review, [3], "keep", "")
    with pytest.raises(NotThisClick):
        decided(at(store, ANN), word(store, GOV), review, [3], "keep", "")
    assert [one.decision for one in lines(store, review)] == ["keep", "keep", "", ""]


def test_the_reviewer_decides_their_own_lines_only(store: Store) -> None:
    review = begun(store)
    theirs = [one.line for one in lines(store, review) if one.asked.reviewer]
    others = [one.line for one in lines(store, review) if not one.asked.reviewer]
    assert decided(at(store, ANN), word(store, ANN), review, theirs, "keep", "") == 3
    with pytest.raises(NotYours):
        decided(at(store, ANN), word(store, ANN), review, others, "keep", "")
    with pytest.raises(NotYours):
        closed(at(store, ANN), word(store, ANN), review)
    with pytest.raises(Refusal, match="Nobody is signed in"):
        decided(at(store, None), {}, review, [1], "keep", "")


def test_whoever_is_cut_off_begins_again_and_nothing_is_proposed_twice(store: Store) -> None:
    review, intake = begun(store), Intake(dies_after=1)
    decided(at(store), word(store, GOV), review, [1, 2, 3], "remove", "left the team")
    with pytest.raises(KeyboardInterrupt):
        removals_proposed(at(store, intake=intake), review)
    assert [one.proposal_id for one in lines(store, review)] == ["P0", "", "", ""] and len(intake.made) == 2
    with pytest.raises(BadReview, match="propose them first"):
        closed(at(store), word(store, GOV), review)
    intake.dies_after = 99
    assert removals_proposed(at(store, intake=intake), review) == (2, [])
    assert removals_proposed(at(store, intake=intake), review) == (0, [])
    assert [one.proposal_id for one in lines(store, review)] == ["P0", "P1", "P2", ""] and len(intake.made) == 3
    assert closed(at(store), word(store, GOV), review) == reviews.result_of(lines(store, review))


def test_a_removal_that_is_refused_waits_and_says_why(store: Store) -> None:
    review = begun(store)
    decided(at(store), word(store, GOV), review, [1, 2], "remove", "left")
    first = lines(store, review)[0].asked.grantee
    done, (why,) = removals_proposed(at(store, intake=Intake(refuses=first)), review)
    assert done == 1 and first in why and why.endswith("The policy denies it.")
    assert removals_proposed(at(store), review) == (0, ["No workspace is connected."])


THROUGH = Asked("schema", "main.s", "all-data", "SELECT", "", "through team-a → all-data", "Cy@x.com", "team-a")


def test_the_removal_of_a_right_that_comes_through_a_group_takes_the_person_out_of_it(store: Store) -> None:
    review = opened(at(store), word(store, GOV), "Q4", DUE, [THROUGH, replace(THROUGH, privilege="MODIFY"), ROSTER[1]])
    every = [one.line for one in lines(store, review)]
    decided(at(store), word(store, GOV), review, every, "remove", "left the team")
    intake = Intake()
    assert removals_proposed(at(store, intake=intake), review) == (3, [])
    grant, who = sorted(intake.made)
    assert len({one.proposal_id for one in lines(store, review) if one.asked.member}) == 1  # one leaving ends both
    assert grant.startswith("grant.revoke") and who.startswith("group.remove_member") and "'group': 'team-a'" in who
    with store.reading() as tx:
        assert reviews.is_as_told(tx, reviews.reviews(tx)[0])
    said = review_dialogs.leaving_said([THROUGH, ROSTER[1]])
    assert said.startswith("Remove takes Cy@x.com out of team-a: every other right of the group ends with it.")
    assert review_dialogs.leaving_said([ROSTER[1]]) == ""


def test_what_the_policy_has_off_waits_is_shown_so_with_the_way_there_and_the_review_is_closed(store: Store) -> None:
    policy = the_policy()
    off = policy.model_copy(update={"kinds": policy.kinds.model_copy(update={"enabled": ()})})
    review = opened(at(store), word(store, GOV), "Q4", DUE, [THROUGH, ROSTER[1]])
    decided(at(store), word(store, GOV), review, [1, 2], "remove", "left the team")
    there = replace(at(store, intake=Intake()), policy=off)
    assert removals_proposed(there, review) == (1, [])
    found = known(store, review)
    waits = reviews.waiting(off, found.lines)
    drawn = listed(panels.access_review(Frames(panels.frames_of(found.review, found.lines, True, DUE, waits)), LOOK))
    assert sorted(one(drawn, Grid).frame["proposal"]) == ["Revoke", "waits for the policy"]
    text = " ".join(str(getattr(body, "text", "")) for body in drawn)
    assert "1 removal waits for the policy" in text and "not proposed yet" not in text
    assert [lead.file for body in drawn if isinstance(body, Leading) for lead in body.leads] == ["policy.py"]
    assert one(drawn, Finding).tone == "plain"
    test = dialog("_closing", there, replace(found, waits=waits))
    assert "1 removal the policy has off" in test.warning[0].value
    test.button(key="review-close").click().run()
    with store.reading() as tx:
        assert reviews.reviews(tx)[0].closed_by == GOV.name


def test_nobody_decides_about_a_right_that_they_have_through_a_group() -> None:
    cy = Person("u-cy", "cy@x.com", frozenset({"governance-approvers"}))
    assert not reviews.may_decide(the_policy(), cy, THROUGH) and reviews.may_decide(the_policy(), GOV, THROUGH)


def test_a_roster_without_members_has_the_digest_that_it_always_had() -> None:
    assert set(ROSTER[0].told) == {"kind", "place", "grantee", "privilege", "reviewer", "evidence"}
    assert set(THROUGH.told) - set(ROSTER[0].told) == {"member", "leaves"}


SCRIPT = """
from components.sections import review_dialogs
from tests.components.test_access_review import HELD

getattr(review_dialogs, HELD["body"])(HELD["at"], HELD["given"])
"""
HELD: dict[str, Any] = {}


def dialog(body: str, at: Reviewing, given: Any) -> AppTest:
    HELD.update(body=body, at=at, given=given)
    test = AppTest.from_string(SCRIPT, default_timeout=30).run()
    assert not test.exception
    return test


def test_a_review_is_opened_decided_proposed_and_closed_in_its_dialogs(store: Store) -> None:
    intake = Intake()
    there = at(store, intake=intake)
    test = dialog("_opening", there, lambda: ROSTER)
    test.text_input(key="review-title").set_value("Q4")
    test.button(key="review-open").click().run()
    with store.reading() as tx:
        (review,) = (one.review_id for one in reviews.reviews(tx))
    test = dialog("_deciding", there, known(store, review))
    test.multiselect(key="review-lines").set_value([1, 2]).run()
    test.radio(key="review-decision").set_value("remove").run()
    test.button(key="review-save").click().run()
    assert "reason" in test.error[0].value and not intake.made
    test.text_area(key="review-why").set_value("left").run()
    test.button(key="review-save").click().run()
    assert not test.exception and [one.proposal_id for one in lines(store, review)] == ["P0", "P1", "", ""]
    test = dialog("_closing", there, known(store, review))
    assert "2 rights stay undecided" in test.warning[0].value
    test.button(key="review-close").click().run()
    with store.reading() as tx:
        assert reviews.reviews(tx)[0].closed_by == GOV.name


def test_whoever_may_decide_nothing_is_told_so(store: Store) -> None:
    test = dialog("_deciding", at(store, replace(ANN, name="x@x.com")), known(store, begun(store)))
    assert "None of these rights is yours" in test.info[0].value and not test.button


def known(store: Store, review: str) -> Known:
    with store.reading() as tx:
        (found,) = reviews.reviews(tx)
        return Known((found,), found, tuple(reviews.lines_of(tx, review)), reviews.is_as_told(tx, found))


def test_a_pack_holds_roster_decisions_and_both_digests(store: Store) -> None:
    review = begun(store)
    decided(at(store), word(store, GOV), review, [1], "ask", "=who()")
    found = known(store, review)
    with zipfile.ZipFile(io.BytesIO(pack(found, START))) as archive:
        told, rows = json.loads(archive.read("manifest.json")), archive.read("decisions.csv").decode("utf-8-sig")
    assert told["result_digest"] == reviews.result_of(found.lines) and told["as_the_ledger_tells"]
    assert rows.count("\r\n") == 5 and "'=who()" in rows


def reviewed(*decisions: str, as_told: bool = True, days: int = 0, name: str = "Q4") -> Frames:
    """A review whose lines are decided so, looked at ``days`` after it was due."""
    review = Review("r", name, DUE, "d", "gov@example.com", START, "", None)
    made = [
        Line(n, replace(ROSTER[1], grantee=f"p{n}@x.com"), one, "why", "ann@example.com" if one else "", START, "")
        for n, one in enumerate(decisions, 1)
    ]
    return Frames(panels.frames_of(review, made, as_told, DUE + dt.timedelta(days=days)))


def test_progress_is_told_and_what_nobody_decided_is_no_keep() -> None:
    drawn = listed(panels.access_review(reviewed("keep", "remove", "", ""), LOOK))
    said = one(drawn, Finding)
    assert said.text == f"Q4: 2 of 4 rights decided, due {DUE.day} {DUE:%b}" and said.tone == "watch"
    assert "1 removal is not proposed yet" in " ".join(str(getattr(body, "text", "")) for body in drawn)
    assert one(drawn, Grid).frame["decision"].tolist() == ["keep", "remove", "not decided", "not decided"]
    assert one(listed(panels.access_review(reviewed("keep", ""), LOOK)), Finding).tone == "plain"
    late = one(listed(panels.access_review(reviewed("keep", "", days=1), LOOK)), Finding)
    assert late.text.endswith("which is over") and late.tone == "watch"


def test_rows_that_the_ledger_does_not_tell_of_are_not_shown() -> None:
    (said,) = listed(panels.access_review(reviewed("keep", as_told=False), LOOK))
    assert isinstance(said, Finding) and said.tone == "act"
    (none,) = listed(panels.access_review(Frames(panels.frames_of(None, [], True, DUE)), LOOK))
    assert isinstance(none, Empty)


def asking(*who: str) -> Frames:
    """A roster of as many rights, the first of them unused."""
    told = [
        ("table", "main.s.t", one, "SELECT", "ann@x.com", "no trace", "used" if n else "unused", "", "", *[None] * 4)
        for n, one in enumerate(who)
    ]
    return Frames(
        frame("governanceops.grants", {"grantee": "x"}) | {"roster": pd.DataFrame(told, columns=ROSTER_COLUMNS)}
    )


def test_who_holds_it_through_a_group_and_by_what_each_was_last_used_stands_beside_it() -> None:
    asked = asking("bo@x.com", "all-data")["roster"]
    asked.loc[0, ["by_query", "by_job"]] = [START, START - dt.timedelta(days=2)]
    asked.loc[1, ["member", "leaves"]] = ["cy@x.com", "team-a"]
    made = Frames({**asking("bo@x.com"), "roster": asked})
    grid = one(listed(panels.review_roster(made, LOOK)), Grid)
    assert seen(grid, "holder", "through") == [("bo@x.com", "–"), ("cy@x.com", "all-data")]
    assert [name for name in grid.columns if name.startswith("by_")] == ["by_query", "by_job"]


def test_what_a_review_would_ask_is_counted() -> None:
    said = one(listed(panels.review_roster(asking("bo@x.com", "cy@x.com"), LOOK)), Finding).text
    assert said == "2 rights for 1 reviewer: 1 unused; of 0 that cannot be said"
    assert isinstance(listed(panels.review_roster(asking(), LOOK))[0], Empty)
