"""Whether promises held, by hand: what did not start is missed, what cannot be judged stands apart."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from agents.detectors.kept_promises import kept_promises
from agents.detectors.service_level import COLUMNS

DAY = dt.date(2026, 11, 2)


def days(*states: str, source: str = "learned") -> pd.DataFrame:
    rows = [{"day": DAY, "state": state, "source": source} for state in states]
    return pd.DataFrame(rows, columns=COLUMNS)


def test_what_did_not_start_is_missed_and_what_cannot_be_judged_stands_apart() -> None:
    # Three of three that ran were on time: still three of five, as two did not start. Two more cannot be judged.
    found = kept_promises(
        days(*["met"] * 3, "missing", "missing", "unknown", "pending"), days("met", "late", "skipped", "failed")
    )
    assert found["held"].iloc[0].to_dict() == {
        "source": "learned", "days": 5, "kept": 3, "absent": 2, "apart": 2,
        "days_before": 4, "kept_before": 1, "absent_before": 0, "apart_before": 0,
    }  # fmt: skip
    ways = found["ways"].set_index("way")["job_days"].to_dict()
    assert ways == {"kept": 3, "not started": 2, "not judged": 2}


def test_declared_and_learned_are_told_apart() -> None:
    both = pd.concat([days("met", source="declared"), days("late")], ignore_index=True)
    held = kept_promises(both, days())["held"]
    assert list(held[["source", "days", "kept", "days_before"]].itertuples(index=False, name=None)) == [
        ("declared", 1, 1, 0),
        ("learned", 1, 0, 0),
    ]


def test_of_no_day_there_is_nothing() -> None:
    assert kept_promises(days(), days())["held"].empty
