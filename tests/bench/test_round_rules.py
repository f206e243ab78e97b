"""Rules of one column and one round number are tried on every kind of fault, chosen on one half and held on the other."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from bench.judged import opened
from bench.round_rules import Seen, best, misses, on, seen, tried
from bench.rule_features import NAMED
from demo.fault_kinds import KINDS
from tests.lakehouses import SCALE, SEED
from tests.lakehouses import lakehouse as small

pytestmark = pytest.mark.xdist_group("organisation")
NOW = dt.datetime(2026, 11, 20, 10, 25, tzinfo=dt.UTC)
KIND = "idle_warehouse"
OTHERS = [kind for kind, own in KINDS.items() if own.entity_type == "warehouse" and kind != KIND]


def warehouses(minutes: list[float], faulted: list[int], natural: list[int] | None = None) -> dict[str, Seen]:
    def flags(places: list[int]) -> np.ndarray:
        return np.isin(np.arange(len(minutes)), places)

    nobody = dict.fromkeys(OTHERS, flags([]))
    own = Seen(
        pd.DataFrame({"noise": np.arange(len(minutes)) % 3.0, "minutes": minutes}),
        nobody | {KIND: flags(faulted)},
        nobody | {KIND: flags(natural or [])},
    )
    nothing = {
        entity: Seen(pd.DataFrame(index=[]), *({kind: flags([])[:0] for kind in KINDS} for _ in range(2)))
        for entity in NAMED
    }
    return nothing | {"warehouse": own}


PLAIN = warehouses([10, 120, 10, 150, 60, 30], [1, 3])
NOISY = warehouses([10, 120, 90, 20, 150, 130], [1, 3])


def test_a_kind_that_one_number_tells_from_all_else_is_solved() -> None:
    figures = tried([PLAIN, PLAIN])
    assert figures["kinds"][KIND] == {"rule": "minutes >= 80", "precision": 1.0, "recall": 1.0, "solved": True}
    assert (figures["tried"], figures["solved"], figures["share"]) == (1, [KIND], 1.0)
    assert misses(figures) == [f"rules of one column and one round number solve 1.0 of the kinds: {KIND}"]


def test_a_rule_that_holds_on_one_half_only_solves_nothing() -> None:
    figures = tried([PLAIN, NOISY])
    assert figures["kinds"][KIND]["precision"] == 0.25
    assert not figures["solved"] and misses(figures) == []


def test_noise_on_everybody_leaves_no_rule() -> None:
    assert not tried([NOISY, NOISY])["solved"]


def test_what_is_wrong_by_itself_counts_neither_way() -> None:
    wider = warehouses([10, 120, 10, 150, 180, 30], [1, 3], [4])
    rule = best([wider["warehouse"]], KIND)
    assert rule is not None and rule.solves
    assert on([wider["warehouse"]], KIND, rule).precision == 1.0


def test_too_few_faults_say_nothing() -> None:
    one = warehouses([10, 120], [1])
    assert tried([one, one]) == {"tried": 0, "solved": [], "share": None, "kinds": {}}


@pytest.mark.costs("reads every table of an organisation")
def test_rules_see_every_thing_that_can_be_faulted(tmp_path_factory: pytest.TempPathFactory) -> None:
    path: Path = small(tmp_path_factory, tmp_path_factory.mktemp("ruled") / "lakehouse.duckdb", NOW)
    one = opened(path, SEED, SCALE, NOW)
    every = seen(one)
    unseen = [
        kind
        for kind, own in KINDS.items()
        if own.entity_type in NAMED and kind != "inactive" and not every[own.entity_type].faulted[kind].any()
    ]
    assert unseen == []
    stops = [
        name for name in map(str, every["warehouse"].figures) if "auto_stop_minutes" in name and name.endswith("newest")
    ]
    assert every["warehouse"].figures[stops[0]].max() == 120
