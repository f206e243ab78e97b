"""How far two distributions lie apart, and how often equal ones would lie as far apart by chance.

Effects are population stability indices (PSI) or what equals one. Of equal distributions in B bins with n and m rows the PSI
is about (1/n + 1/m) times a chi-square variable of B - 1 degrees of freedom (Yurdakul 2018, "Statistical properties of the
population stability index"), Kolmogorov-Smirnov's D follows Kolmogorov's law with Stephens' (1970) correction for small samples.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Counts = Sequence[float] | npt.NDArray[Any]

EMPTY = 1e-4  # share of a bin without rows, in the logarithm of a PSI
_FAR = 1_400.0  # chi-square values beyond have no chance in numbers that a machine knows
_TERMS = 20  # of Kolmogorov's series: the rest is below 1e-16 wherever it matters


def chi_square_tail(value: npt.ArrayLike, degrees: npt.ArrayLike) -> Floats:
    """P(X >= ``value``) of chi-square variables of ``degrees`` of freedom (whole numbers from 1), by the finite sums that hold
    for them (Abramowitz and Stegun 26.4.4, 26.4.5); NaN where either is not known."""
    values, counts = np.broadcast_arrays(np.asarray(value, float), np.asarray(degrees, float))
    tails = np.full(values.shape, np.nan)
    for count in np.unique(counts[~np.isnan(counts)]):
        here = counts == count
        tails[here] = _tail(np.clip(values[here], 0.0, _FAR) / 2, int(count))
    return tails


def _tail(half: Floats, degrees: int) -> Floats:
    odd = degrees % 2
    whole = np.vectorize(math.erfc, otypes=[float])(np.sqrt(half)) if odd else np.zeros_like(half)
    term = np.sqrt(half / math.pi) * 2 if odd else np.ones_like(half)
    total = np.zeros_like(half)
    for step in range(degrees // 2):
        total += term
        term = term * half / (step + 1 + odd / 2)
    return np.asarray(np.minimum(whole + np.exp(-half) * total, 1.0))


def kolmogorov_tail(distance: npt.ArrayLike, rows: npt.ArrayLike, reference: npt.ArrayLike) -> Floats:
    """How often equal distributions lie ``distance`` (D) apart or farther in ``rows`` and ``reference`` rows."""
    n, m = np.asarray(rows, float), np.asarray(reference, float)
    root = np.sqrt(n * m / (n + m))
    reach = (root + 0.12 + 0.11 / root) * np.asarray(distance, float)
    series = np.zeros(np.shape(reach))
    for step in range(1, _TERMS + 1):
        series = series + (-1) ** (step - 1) * np.exp(-2.0 * (step * reach) ** 2)
    return np.asarray(np.where(reach < 0.2, 1.0, np.clip(2 * series, 0.0, 1.0)) + 0.0 * reach)


def psi_tail(psi: npt.ArrayLike, rows: npt.ArrayLike, reference: npt.ArrayLike, bins: npt.ArrayLike) -> Floats:
    """How often equal distributions have this PSI or a larger one; NaN where the rows are not known."""
    noise = 1 / np.asarray(rows, float) + 1 / np.asarray(reference, float)
    return chi_square_tail(np.asarray(psi, float) / noise, np.asarray(bins, float) - 1)


def psi_by_chance(rows: npt.ArrayLike, reference: npt.ArrayLike, bins: npt.ArrayLike, chance: float) -> Floats:
    """The PSI that equal distributions exceed with this ``chance``: the quantile of chi-square by Wilson and Hilferty (1931),
    which is right to two hundredths from 5 bins on."""
    degrees = np.asarray(bins, float) - 1
    part = 2 / (9 * degrees)
    quantile = degrees * (1 - part + NormalDist().inv_cdf(1 - chance) * np.sqrt(part)) ** 3
    return np.asarray(quantile * (1 / np.asarray(rows, float) + 1 / np.asarray(reference, float)))


def psi_of(now: Counts, then: Counts) -> float:
    """The PSI of counts in the same bins."""
    p, q = _shares(now), _shares(then)
    return float(((p - q) * np.log(p / q)).sum())


def ks_of(now: Counts, then: Counts) -> float:
    """Kolmogorov-Smirnov's D of counts in the same bins, in their order."""
    p, q = np.asarray(now, float), np.asarray(then, float)
    return float(np.abs(np.cumsum(p / p.sum()) - np.cumsum(q / q.sum())).max())


def _shares(counts: Counts) -> Floats:
    found = np.asarray(counts, float)
    return np.asarray(np.maximum(found / found.sum(), EMPTY))


def psi_of_js(distance: npt.ArrayLike) -> Floats:
    """The PSI that equals a Jensen-Shannon distance (root of the divergence in bits): both are about the sum of
    (p - q)² / p, of which the divergence in nats is an eighth."""
    return np.asarray(8 * math.log(2) * np.asarray(distance, float) ** 2)


def psi_of_ks(distance: npt.ArrayLike) -> Floats:
    """The PSI of the shift of a normal distribution that has this D (up to about one deviation)."""
    return np.asarray(2 * math.pi * np.asarray(distance, float) ** 2)


def adjusted(tails: npt.ArrayLike) -> Floats:
    """Benjamini and Hochberg's (1995) adjusted p values of tests that are read together; what is not known takes no part."""
    values = np.asarray(tails, float)
    made = np.full(values.shape, np.nan)
    known = np.flatnonzero(~np.isnan(values))
    if not len(known):
        return made
    order = known[np.argsort(values[known], kind="stable")]
    scaled = values[order] * len(order) / np.arange(1, len(order) + 1)
    made[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return made
