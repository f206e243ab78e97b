"""What the views of MLOps ask besides their period: drift for as long as it takes to know what is usual, training lately."""

from __future__ import annotations

import datetime as dt

from components.frame.page import Page
from warehouse.interface import Ask

WINDOWS = 42  # days of drift and of quality
SERVED = 28  # days of columns as they are served and were trained on
BINNED = 7  # days: of older windows nothing is newest
TRAINED = 180  # days: as long as runs are kept
NAMED = 90  # days in which requests name versions and move aliases
LATELY, MOST = 7, 200  # days of training that are judged, and rows of it
DEPLOYED = 28  # days: an older version is no new one any more, and as many hours of the week are matched


def trained(page: Page) -> Ask:
    """How training went in the last days of the period, and before."""
    now = page.so_far
    split = now.filters.end - dt.timedelta(days=LATELY)
    start = min(now.filters.start, split - dt.timedelta(days=3 * LATELY))
    return now.ask("mlops.training", start=start, split=split, limit=MOST)


def drift_asks(page: Page) -> tuple[Ask, Ask]:
    """How far inputs moved and how good models were, for as long as it takes to know what is usual."""
    return page.lately("mlops.drift_by_column", WINDOWS), page.lately("mlops.quality_by_window", WINDOWS)


def bins(page: Page) -> Ask:
    """How rows are spread over bins in the newest windows."""
    return page.lately("mlops.bins_by_column", BINNED)


def skewed(page: Page) -> Ask:
    """How the columns that models are asked with differ from those they were trained on."""
    return page.lately("mlops.skew_by_column", SERVED)


def matched(page: Page) -> Ask:
    """The newest versions against those before, on the same hours."""
    return page.lately("mlops.versions_matched", DEPLOYED)


def trainers(page: Page) -> Ask:
    """Which job trained each model last."""
    return page.lately("mlops.trainers", TRAINED)


def released(page: Page) -> Ask:
    """The newest versions of models, and when aliases were moved."""
    return page.lately("mlops.release_versions", NAMED)
