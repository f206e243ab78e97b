"""The risk class: a table written by hand, and what must hold for all of it."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from approvals.values import risk
from approvals.values.risk import Track, risk_class
from tests.approvals.golden_risk import risk_tables

CIRCUMSTANCES = st.fixed_dictionaries(
    {
        "env": st.sampled_from(["dev", "test", "prod", "governance", "?"]),
        "high_risk_service": st.booleans(),
        "monitor_firing": st.booleans(),
        "coverage": st.sampled_from(["complete", "partial", "none"]),
        "dry_run_mode": st.sampled_from(["native", "simulated", "none"]),
        "principals": st.integers(0, 60),
        "reversibility": st.sampled_from(["auto", "manual", "partial", "none"]),
        "objects": st.integers(0, 80),
        "track": st.none() | st.builds(Track, verified=st.integers(0, 99), regressions=st.integers(0, 2)),
    }
)


def test_table() -> None:
    risk_tables(risk)


@given(st.integers(0, 4), CIRCUMSTANCES)
def test_who_proposes_can_only_raise_it(base: int, circumstances: dict[str, Any]) -> None:
    plain, _ = risk_class(base, **circumstances, raised=False)
    raised, why = risk_class(base, **circumstances, raised=True)
    assert raised in (plain + 1, 4)
    assert why[-1].factor == "raised"


@given(st.integers(0, 4), CIRCUMSTANCES, st.booleans())
def test_it_is_the_sum_of_its_factors_within_its_limits(base: int, circumstances: dict[str, Any], raised: bool) -> None:
    found, why = risk_class(base, **circumstances, raised=raised)
    assert found == min(4, sum(one.points for one in why))
    assert max(0, base - 1) <= found <= 4
    assert base > 0 or found == int(raised)


@given(st.integers(1, 4), CIRCUMSTANCES)
def test_every_circumstance_that_is_worse_never_lowers_it(base: int, circumstances: dict[str, Any]) -> None:
    before, _ = risk_class(base, **circumstances, raised=False)
    worse = {"env": "prod", "high_risk_service": True, "monitor_firing": True, "coverage": "none", "track": None,
             "dry_run_mode": "none", "reversibility": "none", "principals": 61, "objects": 81}  # fmt: skip
    for name, value in worse.items():
        assert risk_class(base, **circumstances | {name: value}, raised=False)[0] >= before
