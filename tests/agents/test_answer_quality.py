"""Quality of answers and the judge that says so: by hand, and how often the chart speaks of nothing."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest

from agents.detectors.answer_quality import agreement, as_few, fallen, quality_frames

FIRST = dt.date(2026, 10, 1)


def test_the_chance_of_so_few_is_worked_out_by_hand() -> None:
    """One answer before, which passed: the next passes with 2/3; of two none passes with 1/3 x 2/4, both with 2/3 x 3/4."""
    assert as_few(0, 2, 1, 1) == pytest.approx(1 / 6)
    assert as_few(1, 2, 1, 1) == pytest.approx(1 / 2)
    assert as_few(2, 2, 1, 1) == pytest.approx(1)


def test_kappa_by_hand() -> None:
    """Both pass 20, the judge alone 5, the person alone 10, both fail 15: agreed .7, by chance .5 × .6 + .5 × .4 = .5, so .4. Fleiss,
    Cohen and Everitt: (.4 × .34² + .3 × .46² + .36 × (.1 × 1.1² + .2 × .9²) − .1²) / (50 × .25) = .2016 / 12.5, its root is .127."""
    found = agreement(20, 5, 10, 15)
    assert found is not None and found.n == 50
    assert found.kappa == pytest.approx(0.4)
    assert (found.high - found.low) / 2 / 1.96 == pytest.approx(0.127, abs=0.0001)
    assert found.belief == "DISAGREES"


def test_a_judge_is_believed_from_fifty_labels_on_and_where_even_the_lower_end_agrees() -> None:
    few, many, unsure = agreement(40, 0, 0, 9), agreement(160, 2, 2, 36), agreement(60, 5, 4, 15)
    assert few is not None and few.belief == "FEW_LABELS" and few.kappa == 1.0 and few.low < 1.0
    assert many is not None and many.belief == "CHECKED" and many.low > 0.8
    assert unsure is not None and unsure.kappa > 0.6 and unsure.belief == "DISAGREES"


def test_where_all_are_alike_kappa_says_nothing() -> None:
    assert agreement(0, 0, 0, 0) is None and agreement(80, 0, 0, 0) is None


def test_a_fall_is_found_with_the_day_on_which_it_began() -> None:
    days = [(40, 36)] * 10 + [(40, 32)] * 6
    found = fallen(days, 0.9)
    assert found is not None and (found.since, found.alarm) == (10, 13)
    assert fallen(days[:10], 0.9) is None
    assert fallen([*days, *[(40, 40)] * 12], 0.9) is None  # it came back


def test_the_chart_speaks_of_nothing_in_one_of_twenty_quiet_times_and_finds_a_fall() -> None:
    """Sixty days of forty answers each, as the design measured it; the usual share known from 1,200."""
    rng = np.random.Generator(np.random.PCG64(5))
    quiet = [rng.binomial(40, 0.9, 60) for _ in range(300)]
    worse = [rng.binomial(40, 0.8, 10) for _ in range(300)]
    assert sum(fallen([(40, int(one)) for one in days], 0.9) is not None for days in quiet) <= 18
    assert sum(fallen([(40, int(one)) for one in days], 0.9) is not None for days in worse) >= 294


def answers(
    agent: str, *versions: tuple[str, int, int, int], judge: str | None = "right", cells: dict[str, int] | None = None
) -> list[dict[str, Any]]:
    """Days of an agent: (version, days, judged, passed), of a hundred answers each."""
    made, day = [], FIRST
    for version, days, judged, passed in versions:
        for _ in range(days):
            counts = dict.fromkeys(("both_passed", "judge_alone", "person_alone", "both_failed"), 0)
            known = {"agent": agent, "workspace_id": None, "endpoint_id": None, "version": version, "judge": judge}
            made.append({**known, "day": day, "answers": 100, "judged": judged, "passed": passed, **counts})
            day += dt.timedelta(days=1)
    if made:
        made[0] |= cells or {}
    return made


def of(*rows: list[dict[str, Any]]) -> pd.DataFrame:
    return quality_frames({"judged_answers": pd.DataFrame([one for every in rows for one in every])})["quality"]


BELIEVED = {"both_passed": 160, "judge_alone": 2, "person_alone": 2, "both_failed": 36}


def test_the_newest_version_is_held_against_those_before() -> None:
    fell = answers("bot", ("v1", 20, 40, 36), ("v2", 6, 40, 32), cells=BELIEVED)
    same = answers("other", ("v1", 20, 40, 36), ("v2", 6, 40, 36))
    unknown = answers("young", ("v1", 2, 40, 36), ("v2", 6, 40, 20))
    nobody = answers("quiet", ("v1", 4, 0, 0), judge=None)
    rows = of(same, unknown, nobody, fell)
    assert list(rows["agent"]) == ["bot", "other", "young", "quiet"]
    assert list(rows["verdict"]) == ["FELL", "AS_BEFORE", "TOO_FEW", "NOT_JUDGED"]
    first = rows.iloc[0]
    assert (first["version"], first["version_before"], first["since"]) == ("v2", "v1", FIRST + dt.timedelta(days=20))
    assert (first["share"], first["usual"], first["sampled"], first["labels"]) == (0.8, 0.9, 0.4, 200)
    assert (first["fell_since"], first["alarm"]) == (FIRST + dt.timedelta(days=20), FIRST + dt.timedelta(days=23))
    assert (first["belief"], rows.iloc[1]["belief"]) == ("CHECKED", "FEW_LABELS")


def test_days_on_which_a_judge_looked_at_nothing_count_for_what_it_looks_at() -> None:
    days = answers("bot", ("v1", 20, 40, 36)) + answers("bot", ("v1", 30, 0, 0), judge=None)[20:]
    line = of(days).iloc[0]
    assert line["sampled"] == pytest.approx(200 / 1500)  # the second half of thirty days: five of them judged


def test_an_only_version_is_held_against_its_own_first_half() -> None:
    days = answers("bot", ("v1", 10, 40, 36)) + [
        {**one, "day": one["day"] + dt.timedelta(days=10)} for one in answers("bot", ("v1", 10, 40, 30))
    ]
    assert of(days).iloc[0]["verdict"] == "FELL"
