"""What monitoring runs measure of models in service: how far each input has moved, of how many rows, and how good it was.

One model has drifted in its two strongest inputs and is worse since; its neighbours look alike and are well: one is asked
too seldom for its distances to say anything, one differs on every weekend, one moved in an input that carries nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd

from demo.faults import where
from demo.names import EUROPE
from demo.organisation import Organisation
from demo.rhythm import DAY, Frame, generator

# Inputs of every model, and what each carries of it.
FEATURES = {
    "amount": 0.24, "age_days": 0.17, "tenure": 0.13, "visits": 0.11, "basket_size": 0.09, "discount": 0.07, "region": 0.05,
    "channel": 0.04, "returns": 0.03, "support_calls": 0.025, "device": 0.02, "referrer": 0.01, "banner": 0.01, "session_id": 0.005,
}  # fmt: skip
MOVED = ("amount", "age_days")
REFERENCE, BINS, FEW = 20_000, 10, 60
QUALITY, WORSE = 0.86, 0.04  # AUC, and what it lost
BINNED, SHIFT = 2 * DAY, 0.53  # how far back bins are logged; a shift, in standard deviations, of that PSI
EDGES = [NormalDist(50, 12).inv_cdf(place / BINS) for place in range(1, BINS)]


def monitored(world: Organisation, runs: Frame, rng: np.random.Generator) -> list[Frame]:
    """``runs`` (one a day and endpoint) once for each metric, with ``metric_name``, ``value`` and ``step``."""
    fault = where(world)["drift"]
    home = world.endpoints[world.endpoints.workspace_id != EUROPE].reset_index(drop=True)
    position = runs.endpoint.to_numpy()
    drifted = int(np.flatnonzero(home.endpoint_id == fault.entity_id)[0])
    seldom, weekends, weak = ((drifted + step) % len(home) for step in (1, 2, 3))
    since = runs.start.to_numpy() >= fault.begin + DAY  # a run looks at the day before
    weekday = pd.to_datetime(runs.start - DAY, unit="s").dt.day_of_week.to_numpy()
    rows = np.where(position == seldom, FEW, rng.integers(1_500, 9_000, len(runs)))
    made = {"n": rows, "n_reference": REFERENCE, "bins": BINS}
    everywhere: dict[str, Any] = {}
    for name, share in FEATURES.items():
        chance = (1 / rows + 1 / REFERENCE) * rng.chisquare(BINS - 1, len(runs))
        moved = (position == drifted) & since & (name in MOVED)
        moved |= (position == weekends) & (weekday >= 5) & (name == "visits")
        moved |= (position == weak) & since & (name == "banner")
        moved |= np.full(len(runs), name == "session_id")
        everywhere[name] = moved
        made |= {f"psi_{name}": chance + np.where(moved, 0.28, 0.0), f"importance_{name}": share}
    worse = np.where((position == drifted) & since, WORSE, 0.0)
    made["auc"] = QUALITY - 0.01 * (position % 4) - worse + rng.normal(0, 0.15, len(runs)) / np.sqrt(rows)
    whole = [runs.assign(step=0, metric_name=name, value=value) for name, value in made.items()]
    return [*whole, *_bins(world, runs.assign(rows=rows), everywhere)]


def _bins(world: Organisation, runs: Frame, moved: Mapping[str, Any]) -> list[Frame]:
    """Rows by bin of the newest windows: tenths of the reference, and what became of them."""
    rng, newest = generator(world.seed, 177), (runs.start >= runs.start.max() - BINNED).to_numpy()
    recent = runs[newest].reset_index(drop=True)
    flat, shifted = (
        np.full(BINS, 1 / BINS),
        np.diff([0.0, *(NormalDist(50 + 12 * SHIFT, 12).cdf(e) for e in EDGES), 1.0]),
    )
    found = []
    for name, mask in moved.items():
        shares = np.where(np.asarray(mask)[newest][:, None], shifted, flat)
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
