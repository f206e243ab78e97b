"""Behind each tile: where its figures come from, the rows to take along, its address, and a fresh reading."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from functools import cache, partial
from urllib.parse import urlencode

import pandas as pd
import streamlit as st

from components.runtime.scroll import PANEL
from components.runtime.state import Reads
from components.text.untrusted import cell, plain, safe
from components.tiles.answers import frames_of
from components.tiles.tile import Tile
from queries.catalogue import catalogue
from queries.kinds import Param
from queries.lineage import tables_read
from warehouse.interface import Ask


def menu(tile: Tile, reader: Reads) -> None:
    """A small button; its body is made only while it is open. Not a fragment: every run of a page pays for each of its
    fragments, and a menu is seldom opened."""
    opened = st.popover(
        ":material/more_horiz:", key=f"{tile.key}-menu", type="tertiary", on_change="rerun", help="How this is made"
    )
    if opened.open:
        with opened:
            _body(tile, reader)


def _body(tile: Tile, reader: Reads) -> None:
    st.markdown(f"**{safe(tile.title)}**")
    st.caption(safe(tile.why, 600))
    asked = [question for question in tile.asks if question.query in catalogue()]
    if owner := tile.owner:
        st.caption(f"Owner: {safe(owner)}")
    for question in asked:
        query = catalogue()[question.query]
        with st.expander(f"SQL: {safe(query.question)}", expanded=len(asked) == 1):
            st.caption(safe(query.note, 1200))
            st.code(f"{parameters(question)}\n\n{query.sql}", language="sql", height=260)
            st.caption(f"Reads {safe(', '.join(sorted(sources(query.name))), 600)}")
    _downloads(tile, reader)
    st.caption("Address of this panel")
    st.code(address(st.context.url or "", st.query_params.to_dict(), tile.key), language=None)
    if st.button("Refresh now", key=f"{tile.key}-refresh", icon=":material/refresh:"):
        for question in asked:
            reader.invalidate(question.query)
        st.rerun()


def _downloads(tile: Tile, reader: Reads) -> None:
    answers = [answer for answer in (reader.peek(question) for question in tile.asks) if answer is not None]
    if len(answers) < len(tile.asks) or any(answer.table is None for answer in answers):
        return
    for name in frames_of(tile, answers):
        st.download_button(
            f"Download {safe(name.replace('_', ' '))} (CSV)",
            data=partial(to_csv, frames_of(tile, answers)[name]),
            file_name=f"{name}.csv",
            mime="text/csv",
            on_click="ignore",
            key=f"{tile.key}-csv-{name}",
            icon=":material/download:",
        )


def parameters(question: Ask) -> str:
    """The parameters as SQL comments, one a line, so that the text can be run as it stands."""
    return "\n".join(f"-- :{name} = {_literal(value)}" for name, value in question.params) or "-- no parameters"


def _literal(value: Param) -> str:
    return f"'{plain(value, 2_000)}'" if isinstance(value, str) else plain(value)


def to_csv(frame: pd.DataFrame) -> bytes:
    """``frame`` with every digit, in UTF-8 with a mark so that spreadsheets read it; formulas are disarmed."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([cell(str(name)) for name in frame.columns])
    writer.writerows([_written(value) for value in row] for row in frame.itertuples(index=False, name=None))
    return text.getvalue().encode("utf-8-sig")


def _written(value: object) -> object:
    if isinstance(value, str):
        return cell(value)
    if pd.api.types.is_scalar(value):
        return "" if pd.isna(value) else value  # type: ignore[call-overload]
    return cell(str(list(value)) if isinstance(value, Sequence) or hasattr(value, "tolist") else str(value))  # type: ignore[call-overload]


def address(url: str, words: Mapping[str, str], panel: str) -> str:
    """The page's address with its filters and views (``words``), pointing at one panel."""
    held = dict(words) | {PANEL: panel}
    return f"{url.split('?')[0].split('#')[0]}?{urlencode(held, safe=',')}"


@cache
def sources(query: str) -> frozenset[str]:
    """The system tables a query of the catalogue reads."""
    return frozenset(tables_read(catalogue()[query].sql))
