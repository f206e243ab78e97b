"""The first row of PipelineOps: its sentence."""

from __future__ import annotations

from components.frame.page import Page
from components.panels.pipelineops_today import today
from components.sections.promised import failed, failing
from components.tiles.summary import first_row
from components.tiles.tile import Tile
from warehouse.interface import Ask

MOST = 500


def sentence(page: Page) -> Tile:
    """As of now, whatever period is looked at."""
    return first_row(today.tile(failed(page), failing(page), owned(page)), "pipelineops")


def owned(page: Page) -> Ask:
    """pipelineops.job_owners of the last 90 days."""
    return page.lately("pipelineops.job_owners", 90, limit=MOST)
