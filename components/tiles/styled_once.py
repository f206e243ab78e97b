"""What Streamlit sends of a table with styles or words, and of a figure, made once: it makes it again at each run of a page,
which takes longer than all else on most pages."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.io as pio
from pandas.io.formats.style import Styler
from plotly.io import to_json
from streamlit import dataframe_util
from streamlit.dataframe_util import convert_pandas_df_to_arrow_bytes
from streamlit.elements import arrow
from streamlit.elements.lib.pandas_styler_utils import marshall_styler

from components.tiles.lighter import Spec

_SENT = "_sent"


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
        (pio, "to_json", _json),
    ):
        setattr(module, name, ours)
