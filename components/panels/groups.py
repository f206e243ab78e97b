"""What costs are grouped by: which things the groups are, and what they are called."""

from __future__ import annotations

import pandas as pd

from components.text.codes import in_words
from components.tiles.tile import Derive
from things import ThingColumn

GROUP = ThingColumn("", ("group_key",), "by")
CODES = ("product", "sku")  # what is grouped by these has codes for keys


def grouped(by: str) -> Derive:
    """Frames whose rows say ``by`` what they are grouped: which things their groups are. Codes are in words."""

    def labels(frame: pd.DataFrame) -> pd.Series:
        words = frame["label"].map(in_words, na_action="ignore")
        return words.where(frame["group_key"].notna(), frame["label"]) if by in CODES else frame["label"]

    return lambda frames: {name: frame.assign(by=by, label=labels(frame)) for name, frame in frames.items()}
