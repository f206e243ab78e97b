"""What several tiles show that is worked out of the same frames: once for all of them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, TypeVar

import pandas as pd

from components.tiles.answers import Memo

T = TypeVar("T")
_KEPT = Memo(64)


def derived_once(frames: Sequence[pd.DataFrame], of: Hashable, make: Callable[[], T]) -> T:
    """What ``make`` gives for these very ``frames`` and ``of``. An answer's frames are the same objects for every tile; they are
    kept beside the result, so that their identities are not given to others."""
    kept: tuple[Any, object] = _KEPT.once((*map(id, frames), of), lambda: (make(), frames))
    value: T = kept[0]
    return value
