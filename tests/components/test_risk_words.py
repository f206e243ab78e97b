"""Why a risk class is what it is, as a card says it."""

from __future__ import annotations

from approvals.values.considered import Factor
from approvals.values.risk import Track, risk_class
from components.inbox.risk_words import because

QUIET = {
    "high_risk_service": False, "monitor_firing": False, "coverage": "complete", "dry_run_mode": "native",
    "reversibility": "auto", "principals": 1, "objects": 1, "raised": False, "track": None,
}  # fmt: skip


def test_a_repair_of_medium_risk_is_high_because_it_is_in_prod() -> None:
    risk, factors = risk_class(2, **QUIET | {"env": "prod"})  # type: ignore[arg-type]
    assert risk == 3
    assert because(factors) == ["Medium risk by its kind", "One step more: it is in prod"]


def test_every_reason_for_a_class_is_in_words() -> None:
    worst = {
        "env": "prod", "high_risk_service": True, "monitor_firing": True, "coverage": "none", "dry_run_mode": "none",
        "reversibility": "none", "principals": 40, "objects": 60, "raised": True, "track": Track(verified=60, regressions=0),
    }  # fmt: skip
    _, factors = risk_class(1, **worst)  # type: ignore[arg-type]
    assert len(factors) == 10
    assert because(factors) == [
        "Low risk by its kind",
        "One step more: it is in prod",
        "One step more: a service of high risk is hit",
        "One step more: a monitor is firing",
        "One step more: nobody knows who is hit",
        "One step more: it cannot be tried before",
        "One step more: it cannot be undone",
        "One step more: it reaches 40 people or groups, 60 objects",
        "One step less: 60 verified in 90 days, no regression of its kind",
        "One step more: who proposes it says so",
    ]


def test_a_reason_of_an_earlier_version_is_said_as_it_was_kept() -> None:
    assert because((Factor(factor="base", value="a.kind", points=2),)) == ["+2 base: a.kind"]
