"""How long each step takes: what waits counts, classes of risk are not mixed, an end without a decision is none."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import pytest

from agents.detectors.loop_times import loop_times, through, waits

NOW = dt.datetime(2026, 11, 25, 9, tzinfo=dt.UTC)
TIMES = ("proposed", "decided", "made", "read_back", "undone")


def proposals(*rows: dict[str, Any]) -> pd.DataFrame:
    usual = {"risk": 1, "state": "open", "verb": "", "execution": "", **dict.fromkeys(TIMES)}
    frame = pd.DataFrame([usual | row for row in rows])
    return frame.assign(
        **{name: pd.Timestamp(NOW) - pd.to_timedelta(frame[name].astype(float), unit="h") for name in TIMES}
    ).astype({"verb": object})


def yes(proposed: float, decided: float, made: float | None, read: float | None, **more: Any) -> dict[str, Any]:
    told = {"proposed": proposed, "decided": decided, "made": made, "read_back": read, "state": "approved"}
    return {**told, "verb": "accept", "execution": "verified" if read is not None else "scheduled"} | more


@pytest.mark.parametrize(
    ("spans", "done", "half"),
    [
        ([1, 2, 3, 4], [True] * 4, 2),
        ([1, 2, 3, 4], [True, False, False, True], 4),  # 3/4 left after 1, then only one of four at risk: 0 left at 4
        ([1, 2, 3], [True, False, False], None),
        ([5, 1, 9], [True, True, False], 5),
        ([], [], None),
    ],
)
def test_what_waits_is_longer_than_it_has_waited(spans: list[float], done: list[bool], half: float | None) -> None:
    assert through(spans, done, 0.5) == half


def test_classes_are_never_mixed_and_each_step_counts_its_own() -> None:
    rows = loop_times(
        proposals(
            yes(10, 9, 8.5, 8), yes(10, 8, 7, 6), yes(5, 4, None, None), {"proposed": 2}, yes(50, 10, 9, 8, risk=3)
        ),
        NOW,
    )
    first = rows[rows["risk"] == 1].set_index("step")
    assert first["began"].to_dict() == {"Decided": 4, "Carried out": 3, "Read back": 2}
    assert first["done"].to_dict() == {"Decided": 3, "Carried out": 2, "Read back": 2}
    assert first["waiting"].to_dict() == {"Decided": 1, "Carried out": 1, "Read back": 0}
    assert first.loc["Decided", "half"] == 3600  # of 1, 1, 2 and more than 2 hours
    assert first["most"].isna()["Decided"]
    assert rows[rows["risk"] == 3]["half"].tolist() == [40 * 3600, 3600, 3600]


def test_what_expired_was_not_decided_and_does_not_wait() -> None:
    rows = loop_times(
        proposals(
            {"proposed": 9, "decided": 1, "state": "expired", "verb": "expire"},
            {"proposed": 9, "decided": 7, "state": "rejected", "verb": "reject"},
        ),
        NOW,
    )
    assert rows[["began", "done", "waiting"]].to_numpy().tolist() == [[2, 1, 0]]
    assert rows["half"].tolist() == [2 * 3600]


def test_what_waits_longest_stands_first() -> None:
    rows = waits(
        proposals(
            {"proposed": 3, "title": "new"}, yes(50, 8, None, None, title="due"), yes(9, 8, 7, 6),
            {"proposed": 90, "decided": 2, "state": "expired", "verb": "expire"},
        )
    )  # fmt: skip
    assert rows["title"].tolist() == ["due", "new"]
    assert rows["since"].iloc[0] == pd.Timestamp(NOW - dt.timedelta(hours=8))
