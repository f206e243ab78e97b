"""What axe-core finds serious on a page."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# Streamlit's own markup, which a page cannot change: its menu groups pages in lists of lists, its sparklines have marks.
STREAMLITS = {
    "list": "stSidebarNavItems",
    "listitem": "st-emotion-cache",
    "svg-img-alt": "metric_chart",
}


def serious(page: Page) -> list[tuple[str, str]]:
    """What axe finds serious, and where."""
    return [
        (rule["id"], node["html"][:200])
        for rule in Axe().run(page).response["violations"]
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
        if STREAMLITS.get(rule["id"], "\0") not in node["html"]
    ]
