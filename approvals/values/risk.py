"""The risk class of an action, R0 (a message) to R4 (cannot be undone), with every reason for it.

It starts at the kind's own class; each circumstance that makes it worse adds one. A kind that has proven itself takes
one off, but never more than one below where it started. Whoever proposes can only raise it.
"""

from __future__ import annotations

from approvals.values.considered import Factor
from approvals.values.value import Value

HIGHEST = 4
PROVEN = 50  # verified executions within 90 days, without a single regression
MANY_PRINCIPALS, MANY_OBJECTS = 25, 50


class Track(Value):
    """What became of a kind's executions in the last 90 days."""

    verified: int
    regressions: int


def risk_class(
    base: int,
    *,
    env: str,
    high_risk_service: bool,
    monitor_firing: bool,
    coverage: str,
    dry_run_mode: str,
    reversibility: str,
    principals: int,
    objects: int,
    raised: bool,
    track: Track | None,
) -> tuple[int, tuple[Factor, ...]]:
    """The class, and its factors, the kind's own first: the sum of their points, at most 4. An environment that is not
    known is prod. A message (class 0) changes nothing, so that no circumstance makes it worse."""
    prod = env not in ("dev", "test", "governance")
    worse = (
        ("environment", env, prod),
        ("service", "one of high risk is hit", high_risk_service),
        ("monitor", "one is firing", monitor_firing),
        ("coverage", "nobody knows who is hit", prod and coverage not in ("complete", "partial")),
        ("dry run", "not possible", dry_run_mode not in ("native", "simulated")),
        ("reversibility", "cannot be undone", reversibility not in ("auto", "manual", "partial")),
        (
            "reach",
            f"{principals} principals, {objects} objects",
            principals > MANY_PRINCIPALS or objects > MANY_OBJECTS,
        ),
    )
    factors = [Factor(factor="kind", value=f"R{base}", points=base)]
    if base > 0:
        factors += [Factor(factor=name, value=value, points=1) for name, value, holds in worse if holds]
        if track is not None and track.verified >= PROVEN and track.regressions == 0:
            proven = f"{track.verified} verified in 90 days, no regression"
            factors.append(Factor(factor="track record", value=proven, points=-1))
    if raised:
        factors.append(Factor(factor="raised", value="by who proposes it", points=1))
    return min(sum(one.points for one in factors), HIGHEST), tuple(factors)
