"""In which weeks of the year rights were used that nobody uses now: asked as soon as it is known which these are."""

from __future__ import annotations

from components.frame.page import Page
from warehouse.interface import Ask

YEAR, MOST = 365, 300  # days; rights


def weeks_of(page: Page, idle: Ask) -> tuple[Ask, ...]:
    """The question about the rights that ``idle`` (``governanceops.unused_grants``) has found; none before it is answered."""
    known = page.reader.peek(idle)
    if known is None or known.table is None:
        return ()
    rows = zip(known.table["grantee"].to_pylist(), known.table["table_name"].to_pylist(), strict=True)
    pairs = [f"{who}/{table}" for who, table in rows if "@" in who and " " not in f"{who}{table}"][:MOST]
    return (page.lately("governanceops.grant_weeks", YEAR, grants=" ".join(pairs)),) if pairs else ()
