"""What is done before the first visitor, so that nobody waits for it: imports, and what Streamlit does when it first
draws."""

from __future__ import annotations

import ast
import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from importlib import import_module
from pathlib import Path

import plotly.graph_objects as go
import plotly.io as pio
import pyarrow as pa
from streamlit import delta_generator

# What pages import when they first need it, and Streamlit when it first draws an icon, a table or a figure.
HEAVY = (
    "databricks.sdk", "PIL.PngImagePlugin", "pyarrow.pandas_compat", "plotly.graph_objs._figure", "plotly.tools", "plotly.offline",
    "plotly.io._json", "plotly.graph_objs._bar", "plotly.graph_objs._heatmap", "plotly.graph_objs._scatter",
    "plotly.graph_objs._treemap", "plotly.graph_objs._waterfall", "pandas.core.reshape.reshape", "streamlit.material_icon_names",
    "agents.detectors.cost_frames", "agents.detectors.promise_frames", "components.tiles.show",
    "components.frame.page",
    "actions.intake",
)  # fmt: skip


def imported_by(script: Path) -> Iterator[str]:
    """The modules that ``script`` imports names of."""
    for node in ast.walk(ast.parse(script.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def _typed_rows() -> pa.Table:
    at = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    row = {"texts": ["a"], "text": "a", "at": at, "day": at.date(), "money": Decimal(1), "number": 1}
    return pa.Table.from_pylist([row])


def warm_up(*scripts: Path) -> None:
    """Import what is heavy, and what ``scripts`` import: Streamlit runs those, so that else their first run would. Call it before
    any thread is started: two threads that import the same libraries for the first time can block each other (Python 3.11)."""
    for module in (*HEAVY, *(name for script in scripts for name in imported_by(script))):
        import_module(module)
    from components.tiles import menu
    from components.tiles.styled_once import style_once
    from queries.catalogue import catalogue

    _typed_rows().to_pandas()  # pandas imports and looks up much when it first makes a column of a type
    pio.to_json(go.Figure())  # and Plotly when it first writes one
    style_once()
    delta_generator._use_warning_has_been_displayed = True  # else the first element looks at every module's path
    list(map(menu.sources, catalogue()))
