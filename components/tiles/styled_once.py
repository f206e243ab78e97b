"""What Streamlit sends of a table with styles or words, made once: it makes it again at each run of a page, which takes longer
than all else on most pages."""

from __future__ import annotations

from typing import Any

from pandas.io.formats.style import Styler
from streamlit.elements import arrow
from streamlit.elements.lib.pandas_styler_utils import marshall_styler

_SENT = "_sent"


def _once(proto: Any, styler: Styler, default_uuid: str) -> None:
    """As Streamlit's own; what it wrote for ``styler``, which nobody changes after that, stands beside it."""
    kept = getattr(styler, _SENT, None)
    if kept is None:
        marshall_styler(proto, styler, default_uuid)
        setattr(styler, _SENT, proto.styler)
    else:
        proto.styler.CopyFrom(kept)


def style_once() -> None:
    """Have Streamlit do so for all tables of this process."""
    setattr(arrow, "marshall_styler", _once)  # noqa: B010  it is not among those that the module names as its own
