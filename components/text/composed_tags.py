"""Spellings of tags, as they look: letters and the marks that are written apart from them are composed."""

from __future__ import annotations

import unicodedata
from typing import Any

import pandas as pd

_TEXTS = ["tag_key", "normal", "spelling"]
_GROUP = ["kind", "tag_key", "normal"]


def composed(frame: pd.DataFrame) -> pd.DataFrame:
    """Rows of ``finops.tag_variants`` with keys and spellings composed (NFC): rows that then are equal are one, with the
    sum of their usage rows; what then has one spelling only is left out. The order of the rest stays."""
    made = frame.assign(**{name: frame[name].map(_nfc) for name in _TEXTS})
    if made[_TEXTS].equals(frame[_TEXTS]):
        return frame[~frame["variants"].eq(1)]
    groups = made.groupby([*_GROUP, "spelling"], sort=False, dropna=False, as_index=False)
    made = groups.agg({name: how for name, how in _HOW.items() if name in made})
    apart = made.groupby(_GROUP, sort=False, dropna=False)
    made = made.assign(variants=apart["spelling"].transform("size"), rank=apart.ngroup())
    made = made[made["variants"] > 1].sort_values(["rank", "usage_rows"], ascending=[True, False], kind="stable")
    preferred = ~made.duplicated(_GROUP)
    return made.assign(preferred=preferred)[list(frame.columns)].reset_index(drop=True)


_HOW = {"variants": "max", "usage_rows": "sum", "first_seen": "min", "last_seen": "max", "preferred": "max"}


def _nfc(text: Any) -> Any:
    return unicodedata.normalize("NFC", text) if isinstance(text, str) else text
