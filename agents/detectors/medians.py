"""Medians of series beside each other, of which some have no known value."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]


def known_median(values: Matrix) -> Matrix:
    """The median of the known values of each column; NaN where none is. What numpy warns of there cannot be silenced for one
    thread alone."""
    unknown = np.isnan(values).all(axis=0)
    return np.where(unknown, np.nan, np.nanmedian(np.where(unknown, 0.0, values), axis=0))
