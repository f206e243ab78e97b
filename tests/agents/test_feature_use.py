"""Who uses what: shares worked out by hand, months of which nothing is known, and teams that are surely left out."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping
from typing import Any

import pandas as pd
import pytest

from agents.detectors.feature_use import (
    FEATURES,
    Teams,
    adoption,
    beta_below,
    beta_quantile,
    by_team,
    not_judged,
    shrunk,
    silent,
    whole_months,
)
from agents.detectors.reach import Members, principal
from tests.components.bodies import frame

SEP, OCT, NOV = (dt.date(2026, month, 1) for month in (9, 10, 11))
FROM: Mapping[str, dt.date | None] = dict.fromkeys(("audit_from", "history_from", "usage_from", "gateway_from"), SEP)
USED = (
    "sql",
    "dashboards",
    "genie",
    "notebooks",
    "jobs",
    "catalog",
    "ml",
    "apps",
    "ai",
    "serverless",
    "photon",
    "writes",
)


def months(*rows: Mapping[str, Any], as_of: dt.date = dt.date(2026, 11, 20), **since: dt.date | None) -> pd.DataFrame:
    """Rows of userops.person_months, each with a ``person``, a ``month`` and the days of what they used."""
    base = {"days": 9, "hours": 8, "as_of": as_of, **FROM, **since} | dict.fromkeys(USED, 0)
    return frame("userops.person_months", *(base | dict(one) for one in rows))["person_months"]


def teams(**people: int) -> Teams:
    """Teams of so many people: ``risk=5`` has risk0@x.com to risk4@x.com."""
    return Teams(
        Members(
            {
                f"team-{one}": frozenset(principal(f"{one}{n}@x.com") for n in range(count))
                for one, count in people.items()
            }
        ),
        "team-*",
    )


def used(team: str, people: int, users: int, feature: str = "genie", month: dt.date = OCT) -> list[dict[str, Any]]:
    return [{"person": f"{team}{n}@x.com", "month": month, feature: int(n < users)} for n in range(people)]


def test_a_share_is_of_who_was_active_and_services_are_nobody() -> None:
    rows = months(
        {"person": "ann@x.com", "month": OCT, "genie": 2},
        {"person": "bob@x.com", "month": OCT},
        {"person": "0a1b2c3d-0000-4000-8000-000000000001", "month": OCT, "genie": 9},
        {"person": "ann@x.com", "month": SEP},
    )
    found = adoption(rows)[["month", "people", "Genie"]]
    assert list(found.itertuples(index=False, name=None)) == [(SEP, 1, 0.0), (OCT, 2, 0.5)]


def test_the_running_month_is_no_whole_one_and_one_in_which_the_records_begin_is_none() -> None:
    rows = months(*({"person": "ann@x.com", "month": one} for one in (SEP, OCT, NOV)))
    assert whole_months(rows) == [SEP, OCT]
    late = dt.date(2026, 9, 9)
    assert whole_months(rows.assign(audit_from=late)) == [OCT]
    assert whole_months(rows.assign(as_of=dt.date(2026, 12, 1))) == [SEP, OCT, NOV]
    assert whole_months(months()) == []


def test_what_its_source_does_not_tell_is_not_known_and_never_unused() -> None:
    rows = months({"person": "ann@x.com", "month": OCT}, audit_from=None, usage_from=dt.date(2026, 10, 9))
    found = adoption(rows).iloc[0]
    lacking = [called for called, _ in FEATURES.values() if found[called] is None or pd.isna(found[called])]
    assert "Own SQL" not in lacking and {"Genie", "Notebooks", "Serverless", "Photon"} <= {*lacking}
    team = by_team(
        months(*used("risk", 5, 0), *used("ops", 5, 5), *used("bi", 5, 5), audit_from=None), teams(risk=5, ops=5, bi=5)
    )
    assert "Genie" not in set(team["feature"])


def test_beta_is_that_of_the_tables() -> None:
    assert beta_below(2, 3, 0.4) == pytest.approx(0.5248, abs=1e-6)  # 6x² - 8x³ + 3x⁴
    assert beta_below(1, 1, 0.3) == pytest.approx(0.3) and beta_below(0.5, 0.5, 0.5) == pytest.approx(0.5)
    assert beta_quantile(2, 3, 0.5248) == pytest.approx(0.4, abs=1e-5)
    assert (beta_below(2, 3, 0), beta_below(2, 3, 1)) == (0.0, 1.0)


def test_a_small_team_is_drawn_further_than_a_large_one() -> None:
    (large, *_), (small, *_), _ = shrunk([20, 2, 60], [100, 10, 100])
    assert 0.2 < large < small < 82 / 210


def test_a_team_that_surely_lacks_it_is_left_out_and_a_small_one_is_not() -> None:
    own = teams(risk=8, ops=8, bi=8, web=8, few=4)
    rows = months(*used("risk", 8, 0), *used("ops", 8, 7), *used("bi", 8, 8), *used("web", 8, 7), *used("few", 4, 0))
    found = by_team(rows, own)
    assert set(found[found["left_out"].astype(bool)]["team"]) == {"team-risk"}
    assert "team-few" not in set(found["team"])
    assert not_judged(rows, own).iloc[0].to_dict() == {"teams": 1, "people": 4, "floor": 5}


def test_who_uses_less_but_not_surely_less_than_half_is_not_left_out() -> None:
    rows = months(*used("risk", 8, 4), *used("ops", 8, 7), *used("bi", 8, 8), *used("web", 8, 7))
    assert not by_team(rows, teams(risk=8, ops=8, bi=8, web=8))["left_out"].any()


def test_a_team_of_whom_nobody_did_anything_is_silent_and_one_below_five_or_with_one_who_did_is_not() -> None:
    own = teams(risk=6, ops=5, few=4, bi=5)
    rows = months(*used("ops", 5, 0), *used("bi", 1, 0), *used("risk", 6, 6, month=SEP))
    assert list(silent(rows, own).itertuples(index=False, name=None)) == [(OCT, "team-risk", 6)]
    assert silent(months(), own).empty  # no month is over: nobody is silent in none


def test_services_and_groups_in_a_team_are_no_people_who_are_silent() -> None:
    inside = frozenset({"data-eng", "0a1b2c3d-0000-4000-8000-000000000001", *(f"x{n}@x.com" for n in range(4))})
    assert silent(months(*used("ops", 5, 5)), Teams(Members({"team-x": inside}), "team-*")).empty


def test_where_teams_are_alike_hardly_one_in_a_thousand_is_accused() -> None:
    chance, wrong, every = random.Random(5), 0, 0
    for _ in range(400):
        sizes = [chance.randrange(5, 40) for _ in range(8)]
        share = chance.uniform(0.1, 0.9)
        users = [sum(chance.random() < share for _ in range(size)) for size in sizes]
        found = shrunk(users, sizes)
        middle = sorted(one for one, *_ in found)[4]
        wrong += sum(bound < middle / 2 for *_, bound in found)
        every += len(sizes)
    assert wrong / every < 0.001, wrong


def test_somebody_in_two_teams_counts_in_the_first_and_in_none_in_no_team() -> None:
    own = Teams(
        Members({"team-b": frozenset({principal("ann@x.com")}), "team-a": frozenset({principal("ann@x.com")})}),
        "team-*",
    )
    assert (own.of("ANN@x.com"), own.of("bob@x.com")) == ("team-a", "no team")
