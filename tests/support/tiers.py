"""The tiers of the tests. `make test` proves everything once; `make deep` proves it again with more draws, more cells or
more of the same; `make soak` is the long form of all, hours where it must be."""

from __future__ import annotations

from typing import Any

import pytest


def deep(*values: Any, id: str | None = None) -> Any:
    """Parameters of a test for `make deep` only."""
    return pytest.param(*values, id=id, marks=pytest.mark.deep)
