"""Names that tell things apart: figures put equal ones in one place."""

from __future__ import annotations

from functools import reduce

import pandas as pd


def told_apart(names: pd.Series, *ids: pd.Series) -> pd.Series:
    """The name of each row's thing. Where several things have the same, with the first of ``ids`` that tells them apart,
    else with all of them; ``ids`` together say which thing it is."""
    keys = [one.fillna("") for one in ids]
    thing = reduce(lambda one, other: one + "/" + other, keys)
    made = names
    for more in (*keys, thing):
        several = thing.groupby(made).transform("nunique") > 1
        made = made.mask(several, names + " · " + more)
    return made
