"""What monitoring runs measure of models in service: how far each input has moved, of how many rows, and how good it was.

One model has drifted in its two strongest inputs and is worse since; its neighbours look alike and are well: one is asked
too seldom for its distances to say anything, one differs on every weekend, one moved in an input that carries nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd

from demo.faults import sizes, struck
from demo.names import EUROPE
from demo.organisation import Organisation
from demo.rhythm import DAY, Frame, generator
from demo.twins import ago, twins

# Inputs of every model, and what each carries of it.
FEATURES = {
    "amount": 0.24, "age_days": 0.17, "tenure": 0.13, "visits": 0.11, "basket_size": 0.09, "discount": 0.07, "region": 0.05,
    "channel": 0.04, "returns": 0.03, "support_calls": 0.025, "device": 0.02, "referrer": 0.01, "banner": 0.01, "session_id": 0.005,
}  # fmt: skip
MOVED = ("amount", "age_days")
REFERENCE, BINS, FEW = 20_000, 10, 60
QUALITY, WORSE = 0.86, 0.04  # AUC, and what it lost
SELDOM, WEAK = 5, 9  # the endpoint that is asked seldom, before two with habits; days since a small input moved
BINNED, SHIFT = 2 * DAY, 0.53  # how far back bins are logged; a shift, in standard deviations, of that PSI
# Mean and deviation of inputs as models were trained on them; one is served in months in place of days.
SCALES = {"amount": (50.0, 12.0), "age_days": (400.0, 120.0), "tenure": (900.0, 300.0), "visits": (12.0, 4.0)}
COUNTED, MONTH, NULLS, MEANT = "tenure", 30.4, 0.02, 30 * DAY
EDGES = [NormalDist(50, 12).inv_cdf(place / BINS) for place in range(1, BINS)]


def monitored(world: Organisation, runs: Frame, rng: np.random.Generator) -> list[Frame]:
    """``runs`` (one a day and endpoint) once for each metric, with ``metric_name``, ``value`` and ``step``."""
    home = world.endpoints[world.endpoints.workspace_id != EUROPE].reset_index(drop=True)
    position = runs.endpoint.to_numpy()
    seldom, weekends, weak = (place % len(home) for place in (SELDOM, SELDOM + 1, SELDOM + 2))
    before = runs.start.to_numpy() - DAY  # a run looks at the day before
    far = sizes(world, "drift", home.endpoint_id.to_numpy()[position], before)
    weekday = pd.to_datetime(runs.start - DAY, unit="s").dt.day_of_week.to_numpy()
    rows = np.where(position == seldom, FEW, rng.integers(1_500, 9_000, len(runs)))
    made = {"n": rows, "n_reference": REFERENCE, "bins": BINS}
    everywhere: dict[str, Any] = {}
    for name, share in FEATURES.items():
        chance = (1 / rows + 1 / REFERENCE) * rng.chisquare(BINS - 1, len(runs))
        usual = (position == weekends) & (weekday >= 5) & (name == "visits")
        usual |= (position == weak) & (before >= ago(world, WEAK)) & (name == "banner")
        usual |= np.full(len(runs), name == "session_id")
        everywhere[name] = np.maximum(far * (name in MOVED), usual)  # how far it moved, 1 as usual
        made |= {f"psi_{name}": chance + 0.28 * everywhere[name], f"importance_{name}": share}
    worse = WORSE * far
    made["auc"] = QUALITY - 0.01 * (position % 4) - worse + rng.normal(0, 0.15, len(runs)) / np.sqrt(rows)
    whole = [runs.assign(step=0, metric_name=name, value=value) for name, value in made.items()]
    counted = runs.assign(rows=rows)
    return [*whole, *_bins(world, counted, everywhere), *_means(world, counted, everywhere)]


def _bins(world: Organisation, runs: Frame, moved: Mapping[str, Any]) -> list[Frame]:
    """Rows by bin of the newest windows: tenths of the reference, and what became of them."""
    rng, newest = generator(world.seed, 177), (runs.start >= runs.start.max() - BINNED).to_numpy()
    recent = runs[newest].reset_index(drop=True)
    found = []
    for name, far in moved.items():
        shares = np.array([_shares(one) for one in np.asarray(far)[newest]])
        counts = np.array([rng.multinomial(n, own) for n, own in zip(recent.rows, shares, strict=True)])
        for place in range(BINS):
            sides = {"now": counts[:, place], "then": REFERENCE / BINS}
            if place:
                sides["from"] = EDGES[place - 1]
            for side, value in sides.items():
                found.append(
                    recent.drop(columns="rows").assign(step=0, metric_name=f"bin_{name}_{place}_{side}", value=value)
                )
    return found


@lru_cache(maxsize=64)
def _shares(far: float) -> tuple[float, ...]:
    """Of ten bins, the share of rows in each where an input moved so far."""
    if far == 0:
        return (1 / BINS,) * BINS
    ends = [0.0, *(NormalDist(50 + 12 * SHIFT * far**0.5, 12).cdf(e) for e in EDGES), 1.0]
    return tuple(np.diff(ends).tolist())


def _means(world: Organisation, runs: Frame, moved: Mapping[str, Any]) -> list[Frame]:
    """Mean, deviation and share of nulls of some inputs in the last month, as they are served and as they were trained on. One
    model gets one of them in months since its fault; its twin did for a day."""
    alike, rng = twins(world)["skew"], generator(world.seed, 178)
    home = world.endpoints[world.endpoints.workspace_id != EUROPE].endpoint_id.to_numpy()
    lately = (runs.start >= runs.start.max() - MEANT).to_numpy()
    recent = runs[lately].reset_index(drop=True)
    endpoint, n, start = home[recent.endpoint], recent.rows.to_numpy(), recent.start.to_numpy()
    wrong = struck(world, "skew", endpoint, start - DAY)
    wrong |= (endpoint == alike.entity_id) & (start // DAY == ago(world, 3) // DAY)
    found = []
    for name, (mean, deviation) in SCALES.items():
        unit = np.where(wrong & (name == COUNTED), MONTH, 1.0)
        shift = SHIFT * deviation * np.asarray(moved[name])[lately] ** 0.5
        sides = {
            "mean_now": (mean + shift + deviation * rng.normal(size=len(n)) / np.sqrt(n)) / unit, "mean_then": mean,
            "std_now": deviation * (1 + rng.normal(size=len(n)) / np.sqrt(2 * n)) / unit, "std_then": deviation,
            "nulls_now": rng.binomial(n, NULLS) / n, "nulls_then": NULLS,
        }  # fmt: skip
        found += [
            recent.drop(columns="rows").assign(step=0, metric_name=f"{side}_{name}", value=value)
            for side, value in sides.items()
        ]
    return found
