"""Names that tell things apart: figures put equal ones in one place, and words of ours are nobody's name."""

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


def named(values: pd.Series, mark: str) -> pd.Series:
    """Each value, ``mark`` where there is none; a value that really reads like the mark stands in quotation marks."""
    return values.map(lambda value: f"“{value}”" if value == mark else value).fillna(mark)


def lines(frame: pd.DataFrame) -> pd.Series:
    """What each ``group_key`` of ``frame`` is called, once: its ``label``, which without a key is a word of ours (Other,
    untagged). A label that reads like one stands in quotation marks, equal ones have their keys behind them."""
    ours = set(frame.loc[frame["group_key"].isna(), "label"])
    pairs = zip(frame["label"], frame["group_key"].notna(), strict=True)
    names = pd.Series([f"“{label}”" if real and label in ours else label for label, real in pairs], frame.index)
    return told_apart(names, frame["group_key"])
