"""The risk classes, written by hand; the table takes the module it judges, see :mod:`tests.approvals.golden`."""

from __future__ import annotations

from typing import Any

# base, what is not as it should be -> class, factors
RISKS: list[tuple[int, dict[str, Any], int, str]] = [
    (0, {}, 0, "kind+0"),
    (0, {"env": "prod", "monitor_firing": True, "principals": 99, "track": (99, 0)}, 0, "kind+0"),
    (0, {"raised": True, "env": "prod"}, 1, "kind+0 raised+1"),
    (1, {}, 1, "kind+1"),
    (1, {"env": "test"}, 1, "kind+1"),
    (1, {"env": "governance"}, 1, "kind+1"),
    (1, {"env": "prod"}, 2, "kind+1 environment+1"),
    (1, {"env": "stage"}, 2, "kind+1 environment+1"),
    (1, {"env": "PROD"}, 2, "kind+1 environment+1"),
    (1, {"high_risk_service": True}, 2, "kind+1 service+1"),
    (1, {"monitor_firing": True}, 2, "kind+1 monitor+1"),
    (1, {"coverage": "none"}, 1, "kind+1"),
    (1, {"coverage": "none", "env": "prod"}, 3, "kind+1 environment+1 coverage+1"),
    (1, {"coverage": "partial", "env": "prod"}, 2, "kind+1 environment+1"),
    (1, {"coverage": "?", "env": "prod"}, 3, "kind+1 environment+1 coverage+1"),
    (1, {"dry_run_mode": "native"}, 1, "kind+1"),
    (1, {"dry_run_mode": "none"}, 2, "kind+1 dry run+1"),
    (1, {"reversibility": "manual"}, 1, "kind+1"),
    (1, {"reversibility": "partial"}, 1, "kind+1"),
    (1, {"reversibility": "none"}, 2, "kind+1 reversibility+1"),
    (1, {"principals": 25, "objects": 50}, 1, "kind+1"),
    (1, {"principals": 26}, 2, "kind+1 reach+1"),
    (1, {"objects": 51}, 2, "kind+1 reach+1"),
    (1, {"principals": 26, "objects": 51}, 2, "kind+1 reach+1"),
    (2, {"env": "prod", "monitor_firing": True, "high_risk_service": True}, 4,
     "kind+2 environment+1 service+1 monitor+1"),
    (4, {"raised": True}, 4, "kind+4 raised+1"),
    (2, {"raised": True}, 3, "kind+2 raised+1"),
    (2, {"track": (50, 0)}, 1, "kind+2 track record-1"),
    (2, {"track": (49, 0)}, 2, "kind+2"),
    (2, {"track": (50, 1)}, 2, "kind+2"),
    (1, {"track": (50, 0)}, 0, "kind+1 track record-1"),
    (2, {"track": (80, 0), "env": "prod"}, 2, "kind+2 environment+1 track record-1"),
    (2, {"track": (80, 0), "raised": True}, 2, "kind+2 track record-1 raised+1"),
    (3, {"track": (80, 0), "env": "prod", "dry_run_mode": "none", "monitor_firing": True}, 4,
     "kind+3 environment+1 monitor+1 dry run+1 track record-1"),
]  # fmt: skip


def risk_tables(module: Any) -> None:
    for base, changes, expected, factors in RISKS:
        values: dict[str, Any] = {
            "env": "dev", "high_risk_service": False, "monitor_firing": False, "coverage": "complete",
            "dry_run_mode": "simulated", "reversibility": "auto", "principals": 0, "objects": 1, "raised": False,
            "track": None,
        } | changes  # fmt: skip
        if values["track"] is not None:
            verified, regressions = values["track"]
            values["track"] = module.Track(verified=verified, regressions=regressions)
        found, why = module.risk_class(base, **values)
        assert (found, " ".join(f"{one.factor}{one.points:+d}" for one in why)) == (expected, factors), (base, changes)
    plain = {"env": "prod", "high_risk_service": True, "monitor_firing": True, "coverage": "none", "raised": True,
             "dry_run_mode": "none", "reversibility": "none", "principals": 30, "objects": 2}  # fmt: skip
    told = {
        one.factor: one.value
        for one in module.risk_class(2, **plain, track=module.Track(verified=50, regressions=0))[1]
    }
    assert told == {
        "kind": "R2",
        "environment": "prod",
        "service": "one of high risk is hit",
        "monitor": "one is firing",
        "coverage": "nobody knows who is hit",
        "dry run": "not possible",
        "reversibility": "cannot be undone",
        "reach": "30 principals, 2 objects",
        "track record": "50 verified in 90 days, no regression",
        "raised": "by who proposes it",
    }
