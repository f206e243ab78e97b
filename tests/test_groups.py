"""Tests of one group share what they start (an app, a browser, a store): they must run in one process."""

from __future__ import annotations

import pytest


@pytest.mark.xdist_group("groups")
def test_the_runner_knows_the_groups(request: pytest.FixtureRequest) -> None:
    """It knows them by the end of their names; under a pytest that is newer than the runner it loses them without a word."""
    assert request.node.nodeid.endswith("@groups") == getattr(request.config.option, "loadgroup", False)
