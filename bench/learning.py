"""Whether what is planted is learned: how sure agents may be, when one has become worse, what stays away, and who gets a place."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from decimal import Decimal
from itertools import pairwise
from statistics import fmean, median
from typing import Any

from agents import budget
from agents.capability import Observation
from approvals.learning import demotion
from approvals.learning.calibration import Seen, curve_of
from approvals.learning.reliability import reliability
from approvals.values.proposal import Agent, Draft, Target
from bench.learning_returns import DAYS as KEPT_AWAY
from bench.learning_returns import returned

Truth = Callable[[float], float]
# Agents that say too much, too little, that know nothing, and one whose word is good.
PLANTED: dict[str, Truth] = {
    "overconfident": lambda stated: 0.5 + 0.5 * (stated - 0.5),
    "shy": lambda stated: 1 - (1 - stated) ** 2,
    "blind": lambda _: 0.6,
    "honest": lambda stated: stated,
}
SIZES = (49, 100, 200, 500)
FRESH, BINS = 2_000, 10
RUN, FALL, STEADY, FALLEN = 150, 60, 0.97, 0.70  # decisions in a run, before the fall; acceptance before and after it
DAYS = 60
CLAIMS = 100  # decisions after which it is said who claims more than comes true
LIMITS = {
    "off_at_200": 0.05,
    "honest_at_200": 0.05,
    "honest_claims": 0.08,
    "overconfident_claims": 0.9,
    "median_delay": 15,
    "falsely": 0.03,
    "longest_wait": 14,
}


def learning(seeds: int, runs: int = 4_000) -> dict[str, Any]:
    """The figures, and whether they ``held``: of ``seeds`` draws for each planted curve, and ``runs`` runs of decisions."""
    sure = {name: _sure(truth, seeds) for name, truth in PLANTED.items()}
    fallen, away, places, claims = demoted(runs), returned(), waited(), claimed(runs // 4)
    at = {name: figures["200"]["off"] for name, figures in sure.items()}
    misses = [
        *(f"{name}: off by {off}" for name, off in at.items() if off > LIMITS["off_at_200"]),
        *(
            f"{name}: changed below 50"
            for name, figures in sure.items()
            if figures["49"]["off"] != figures["49"]["stated"]
        ),
        *(["demoted too late"] if fallen["median_delay"] > LIMITS["median_delay"] else []),
        *(["demoted falsely"] if fallen["falsely"] > LIMITS["falsely"] else []),
        *(
            f"{reason}: back on day {back}, due on {due}"
            for reason, (due, back) in away.items()
            if back != (due if due <= KEPT_AWAY else None)
        ),
        *(["an honest one is said to claim too much"] if claims["honest"] > LIMITS["honest_claims"] else []),
        *(["one that claims too much is not seen"] if claims["overconfident"] < LIMITS["overconfident_claims"] else []),
        *(["somebody waits too long for a place"] if places["longest_wait"] > LIMITS["longest_wait"] else []),
    ]
    return {
        "calibration": sure,
        "demotion": fallen,
        "claims": claims,
        "rejected": {reason: {"due": due, "back": back} for reason, (due, back) in away.items()},
        "places": places,
        "misses": misses,
        "held": not misses,
    }


def _sure(truth: Truth, seeds: int) -> dict[str, dict[str, float]]:
    """By how many decisions there are: how far what is stated and what is shown are off (mean distance of the mean in ten
    groups of fresh proposals from what comes true), and how far a perfect word seems off by chance (``noise``)."""
    found = {}
    for size in SIZES:
        offs, stated_offs, noises = [], [], []
        for seed in range(seeds):
            rng = random.Random(1_000 * size + seed)
            curve = curve_of([_one(rng, truth) for _ in range(size)], "a", "k")
            fresh = [rng.betavariate(8, 2) for _ in range(FRESH)]
            true = [truth(one) for one in fresh]
            stated_offs.append(_off(fresh, true))
            offs.append(_off([curve(one) if curve else one for one in fresh], true))
            noises.append(_off(true[:size], [float(rng.random() < one) for one in true[:size]]))
        found[str(size)] = {
            "stated": round(fmean(stated_offs), 3),
            "off": round(fmean(offs), 3),
            "noise": round(fmean(noises), 3),
        }
    return found


def _one(rng: random.Random, truth: Truth) -> Seen:
    stated = rng.betavariate(8, 2)
    return Seen("a", "k", stated, rng.random() < truth(stated))


def _off(said: Sequence[float], came: Sequence[float]) -> float:
    """The mean distance of what was ``said`` from what ``came`` of it, over groups of equal size in the order of what was said."""
    pairs = sorted(zip(said, came, strict=True), key=lambda pair: pair[0])
    cuts = [len(pairs) * place // BINS for place in range(BINS + 1)]
    parts = [pairs[begin:end] for begin, end in pairwise(cuts) if end > begin]
    return sum(abs(sum(a - b for a, b in part)) for part in parts) / len(pairs)


def claimed(runs: int) -> dict[str, float]:
    """In which share of ``runs`` each planted agent is said to claim more than comes true, after :data:`CLAIMS` decisions."""
    rng = random.Random(6)
    found = {}
    for name, truth in PLANTED.items():
        draws = [[_one(rng, truth) for _ in range(CLAIMS)] for _ in range(runs)]
        known = [reliability([one.stated for one in draw], [one.right for one in draw]) for draw in draws]
        found[name] = sum(one is not None and one.claims_too_much for one in known) / runs
    return found


def demoted(runs: int) -> dict[str, float]:
    """How many decisions after its fall an agent is trusted less, and in which share of runs a steady one is."""
    rng = random.Random(4)
    steady = [demotion.alarm(rng.random() < STEADY for _ in range(RUN)) for _ in range(runs)]
    delays = []
    for _ in range(runs):
        before, after = (
            [rng.random() < share for _ in range(count)] for share, count in ((STEADY, FALL), (FALLEN, RUN))
        )
        places = [
            at for at, now in enumerate(demotion.sums([*before, *after]), 1) if now >= demotion.LIMIT and at > FALL
        ]
        delays.append(places[0] - FALL if places else RUN)
    ordered = sorted(delays)
    return {
        "falsely": round(sum(one is not None for one in steady) / runs, 4),
        "median_delay": median(delays),
        "delay_of_nine_in_ten": ordered[len(ordered) * 9 // 10],
        "caught": round(sum(one < RUN for one in delays) / runs, 4),
    }


def waited() -> dict[str, float]:
    """A dimension in which twelve agents find something new every day, the first ones always worth the most and one of them
    urgent: the longest that any waits for a place, in days, and the least places that one had."""
    names = [f"finops.agent{number:02}" for number in range(12)]
    last, places = dict.fromkeys(names, -1), dict.fromkeys(names, 0)
    longest = 0
    for day in range(DAYS):
        seen = {name: _drafts(name, day, 1_000 - 80 * number) for number, name in enumerate(names)}
        heard = [name for name in names if last[name] >= 0 and day - last[name] < budget.HEARD.days]
        kept = budget.within(seen, {}, (names[0],), heard)
        for name, each in kept.items():
            longest = max(longest, day - last[name])
            if any(one.draft for one in each):
                last[name], places[name] = day, places[name] + sum(one.draft is not None for one in each)
    return {"longest_wait": longest, "fewest_places": min(places.values()), "most_places": max(places.values())}


def _drafts(name: str, day: int, worth: int) -> list[Observation]:
    made = []
    for number in range(3):
        target = Target(workspace_id="1", type="warehouse", id=f"{name}-{day}-{number}")
        agent = Agent(id=name, version="1.0", principal="agent:finops")
        draft = Draft(kind="warehouse.set_autostop", target=target, params={}, agent=agent)
        made.append(Observation(target.key, draft=draft, worth=Decimal(worth - number)))
    return made
