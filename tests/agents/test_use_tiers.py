"""How often people come, by hand: whole months alone, five people at least, services are nobody."""

from __future__ import annotations

import datetime as dt
from typing import Any

from agents.detectors.use_tiers import COLUMNS, tiers
from components.panels.use_tiers import use_tiers
from components.text.view_context import ViewContext
from components.tiles.tile import Empty, Finding, Frames, Plot
from tests.agents.test_cohorts import AUG, SERVICE
from tests.agents.test_feature_use import NOV, OCT, SEP, months
from tests.components.bodies import listed, one


def came(*rows: tuple[str, dt.date, int], **since: Any) -> Any:
    made = [{"person": who, "month": month, "days": days} for who, month, days in rows]
    return tiers(months(*made, **({"audit_from": AUG, "history_from": AUG} | since)))


SIX = [(f"p{n}@x.com", SEP, days) for n, days in enumerate((20, 10, 9, 3, 2, 1))]
FIVE = [(f"p{n}@x.com", OCT, days) for n, days in enumerate((20, 9, 9, 2))] + [("new@x.com", OCT, 1)]


def test_a_month_by_hand() -> None:
    # September: 20 and 10 days are often, 9 and 3 now and then, 2 and 1 seldom. p4 and p5 of it did nothing in October.
    found = came(*SIX, *FIVE, (SERVICE, OCT, 30), ("p0@x.com", NOV, 5))
    assert list(found.columns) == COLUMNS
    assert found.drop(columns="gone").to_numpy().tolist() == [[SEP, 6, 2, 2, 2, 0], [OCT, 5, 1, 2, 2, 6]]
    assert found["gone"].isna().tolist() == [True, False] and found["gone"].iloc[1] == 2


def test_few_people_and_months_that_are_not_whole_are_not_told() -> None:
    assert came(*SIX[:4]).empty and tiers(months()).empty
    assert came(*SIX, *FIVE, audit_from=dt.date(2026, 9, 9))["month"].tolist() == [OCT]


def test_the_panel_says_the_newest_month_and_names_nobody() -> None:
    said = listed(use_tiers(Frames({"tiers": came(*SIX, *FIVE)}), ViewContext()))
    title = "1 of 5 people came on 10 days or more in Oct 2026; 2 of 6 of the month before did not come"
    assert one(said, Finding).text == title
    assert "@" not in str(one(said, Plot).figure.to_dict())
    assert isinstance(use_tiers(Frames({"tiers": tiers(months())}), ViewContext()), Empty)
