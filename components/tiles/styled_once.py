"""What Streamlit sends of a table and of a figure, made once: it makes it again at each run of a page, which takes longer than
all else on most pages."""

from __future__ import annotations

import weakref
from typing import Any

import pandas as pd
import plotly.io as pio
import pyarrow as pa
from pandas.io.formats.style import Styler
from plotly.io import to_json
from streamlit import dataframe_util
from streamlit.dataframe_util import convert_arrow_table_to_arrow_bytes, convert_pandas_df_to_arrow_bytes
from streamlit.elements import arrow
from streamlit.elements.lib.pandas_styler_utils import marshall_styler

from components.tiles.lighter import Spec

_SENT = "_sent"
_TABLES: dict[int, tuple[weakref.ref[pa.Table], bytes]] = {}  # what was sent of each, by its identity


def _once(proto: Any, styler: Styler, default_uuid: str) -> None:
    """As Streamlit's own; what it wrote for ``styler``, which nobody changes after that, stands beside it."""
    kept = getattr(styler, _SENT, None)
    if kept is None:
        marshall_styler(proto, styler, default_uuid)
        setattr(styler, _SENT, proto.styler)
        rows = vars(styler)["data"]
        object.__setattr__(rows, _SENT, convert_pandas_df_to_arrow_bytes(rows))
    else:
        proto.styler.CopyFrom(kept)


def _bytes(frame: pd.DataFrame) -> bytes:
    """As Streamlit's own; those of a frame under a styler stand beside it."""
    return frame.__dict__.get(_SENT) or convert_pandas_df_to_arrow_bytes(frame)


def _table(table: pa.Table) -> bytes:
    """As Streamlit's own; those of a table that is still there are kept as long as it is."""
    kept = _TABLES.get(key := id(table))
    if kept is not None and kept[0]() is table:
        return kept[1]
    made = convert_arrow_table_to_arrow_bytes(table)
    _TABLES[key] = (weakref.ref(table, lambda _: _TABLES.pop(key, None)), made)
    return made


def _json(figure: Any, *rest: Any, **named: Any) -> Any:
    """As Plotly's own; what it wrote for a figure that is written down as it is stands beside it."""
    if not isinstance(figure, Spec):
        return to_json(figure, *rest, **named)
    if figure.written is None:
        figure.written = to_json(figure, *rest, **named)
    return figure.written


def style_once() -> None:
    """Have Streamlit do so for all tables and figures of this process."""
    for module, name, ours in (
        (arrow, "marshall_styler", _once),  # it is not among those that the module names as its own
        (dataframe_util, "convert_pandas_df_to_arrow_bytes", _bytes),
        (dataframe_util, "convert_arrow_table_to_arrow_bytes", _table),
        (pio, "to_json", _json),
    ):
        setattr(module, name, ours)
