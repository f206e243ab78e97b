"""A model's words are taken only where every sentence cites evidence and says nothing that is not in what it cites."""

from __future__ import annotations

import pytest

from agents.narrative_check import LONGEST, refused

FACTS = {
    "o1": "idle for 1,204.5 h of 28 days, USD 310.00 a month",
    "o2": "3 statements queued on finance-sql-1, half of them of etl_team",
    "e1": "the warehouse: auto_stop_minutes 120, idle_hours 1204.5",
}
TAKEN = [
    "It stood idle for 1,204.5 hours [o1].",
    "It stood idle for 1204.50 hours in 28 days [o1]. That is USD 310 a month [o1].",
    "auto_stop_minutes is 120. [e1] Half of the 3 statements are of etl_team [o2].",
    "Nobody uses finance-sql-1 for 28 days [o1] [o2].",
    "The warehouse payments-sql-3 stands idle [o1].",  # what is acted on may be named
]
REFUSED = [
    ("", "empty"),
    ("  \n ", "empty"),
    ("It stood idle for long.", "cites nothing"),
    ("It stood idle [o1]. It should stop.", "cites nothing"),
    ("It stood idle [o9].", "cites what is not there: o9"),
    ("It stood idle for 1,205 hours [o1].", "does not: 1,205"),
    ("It costs USD 310 a month [o2].", "does not: 310"),  # a figure of another fact than the one cited
    ("It stood idle for twenty-eight days [o1].", "does not: twenty"),
    ("It stood idle twice as long [o1].", "does not: twice"),
    ("Half of the time nobody asks [o1].", "does not: Half"),
    ("It belongs to data_team [o1].", "does not: data_team"),
    ("Ask ada.arden@example.com [o1].", "does not: ada.arden@example.com"),
    ("payments-sql-4 stands idle [o1].", "does not: "),
    ("See https://example.com [o1].", "links"),
    ("**Stop it** [o1].", "links"),
    ("[Stop](it) [o1].", "links"),
    ("It stood\u202e idle [o1].", "links"),
    (f"It stood idle {'so ' * LONGEST}[o1].", "longer"),
]


@pytest.mark.parametrize("text", TAKEN)
def test_what_the_evidence_says_is_taken(text: str) -> None:
    assert refused(text, FACTS, "payments-sql-3") == ""


@pytest.mark.parametrize(("text", "why"), REFUSED)
def test_what_it_does_not_say_is_refused(text: str, why: str) -> None:
    assert why in refused(text, FACTS, "payments-sql-3")
