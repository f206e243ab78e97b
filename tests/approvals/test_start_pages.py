"""Where a person begins is their own choice, kept until they take it back."""

from __future__ import annotations

import pytest

from approvals.people.people import Person
from approvals.people.start_pages import LONGEST, choose, chosen, forget
from approvals.store.store import Tx
from approvals.values.refusals import Refusal

ANN, BO = Person("u-ann", "ann@example.com"), Person("u-bo", "bo@example.com")


def test_the_newest_choice_counts_for_oneself_alone(tx: Tx) -> None:
    assert chosen(tx, ANN) is None
    choose(tx, ANN, "finops")
    choose(tx, ANN, "inbox")
    assert (chosen(tx, ANN), chosen(tx, BO)) == ("inbox", None)
    forget(tx, BO)
    forget(tx, ANN)
    assert chosen(tx, ANN) is None


@pytest.mark.parametrize(("person", "page"), [(Person("", "nobody"), "finops"), (ANN, ""), (ANN, "x" * (LONGEST + 1))])
def test_nobody_and_no_page_are_refused(tx: Tx, person: Person, page: str) -> None:
    with pytest.raises(Refusal):
        choose(tx, person, page)
