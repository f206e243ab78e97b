"""Where the lines of the Overview lead: to a dimension's page, to what was found, and to the things behind its figure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from components.frame.page import Page
from components.panels import behind
from components.tiles.tile import Tile
from dimensions import DIMENSIONS, Key


@dataclass(frozen=True)
class Place:
    """A page's file, and the words of its address."""

    file: str
    words: Mapping[str, str]


@dataclass(frozen=True)
class Leads:
    """Where a dimension leads: to its ``page``, to where its ``findings`` are listed, and to the ``rows`` of the things that
    make up its figure."""

    page: Place | None = None
    findings: Place | None = None
    rows: Tile | None = None


FINDINGS: Mapping[Key, Place] = {
    "pipelineops": Place("pipelineops.py", {"view": "Failures", "panel": "failing"}),
    "infraops": Place("finops.py", {"view": "Savings", "panel": "savings"}),
}


def leads(page: Page, own: Mapping[str, Place]) -> dict[Key, Leads]:
    """Where each dimension leads; ``own`` are the pages that the viewer has, by key (:func:`own_page`)."""
    rows = {one.key: one.panel.tile(page.lately(one.query, behind.DAYS, limit=behind.MOST)) for one in behind.BEHIND}
    files, keys = {one.file for one in own.values()}, [one.key for one in DIMENSIONS.values()]
    return {key: Leads(own.get(key), _there(FINDINGS.get(key), files), rows.get(key)) for key in keys}


def _there(place: Place | None, files: Collection[str]) -> Place | None:
    """The place, where its page is one of ``files``."""
    return place if place is not None and place.file in files else None


def own_page(file: str, view: str) -> Place:
    """A dimension's page, at the ``view`` with the rows behind its figure."""
    return Place(file, {"view": view} if view else {})
