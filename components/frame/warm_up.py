"""What is done before the first visitor, so that nobody waits for it: imports, and what Streamlit does when it first
draws."""

from __future__ import annotations

import inspect
from importlib import import_module

# What pages import when they first need it, and Streamlit when it first draws an icon, a table or a figure.
HEAVY = (
    "databricks.sdk", "PIL.PngImagePlugin", "pyarrow.pandas_compat", "plotly.graph_objs._figure", "plotly.tools", "plotly.offline",
    "agents.detectors.cost_frames", "agents.detectors.promise_frames", "components.tiles.show",
    "components.frame.page",
    "actions.intake",
)  # fmt: skip


def warm_up() -> None:
    """Import what is heavy. Call it before any thread is started: two threads that import the same libraries for the
    first time can block each other (Python 3.11)."""
    for module in HEAVY:
        import_module(module)
    from components.tiles import menu
    from queries.catalogue import catalogue

    inspect.stack()  # Streamlit does when it first draws, and the first time takes long: it reads every module's path
    list(map(menu.sources, catalogue()))
