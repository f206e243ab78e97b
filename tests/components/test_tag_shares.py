"""What share of the spend a tag key covers stands beside it on the page of settings."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd

from components.sections import settings_words as words
from components.sections.tag_shares import share
from settings import Settings

CHOSEN = Settings(team_tags="squad")


def test_the_share_of_the_spend_stands_beside_a_key_and_beside_what_keys_mean() -> None:
    tagged = dict.fromkeys(["costcenter=a", "costcenter=b", "project=x"], "")
    known = {"project": 0.664, CHOSEN.cost_center_tags: 0.7, CHOSEN.team_tags: 0.0}
    counts = words.keys_used(tagged, known)
    assert counts == {"costcenter": "2 values", "project": "1 value, 66% of the spend"}
    said = words.covered(CHOSEN, known)
    assert said == "Of the spend of the last 30 days 70% names a cost centre and 0% names a team."
    assert words.covered(CHOSEN, {}) == ""


def test_a_share_is_of_the_cost_and_of_nothing_it_is_not_known() -> None:
    rows = pd.DataFrame({"cost": [Decimal(6), Decimal(4), None], "untagged_cost": [Decimal(1), Decimal(0), None]})
    assert share(rows) == 0.9
    assert share(rows.head(0)) is None and share(pd.DataFrame({"cost": [None], "untagged_cost": [None]})) is None
