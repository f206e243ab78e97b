"""Draws the bodies a tile is made of. Nothing here knows where the rows came from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.graph.drawing import draw_graph
from components.graph.graph import Graph
from components.runtime.name_button import name_button
from components.runtime.opened import ask_for, ask_to_propose
from components.runtime.registered import page_of
from components.text import format as fmt
from components.text.currency import places
from components.text.glossary import explained
from components.text.untrusted import plain, safe
from components.text.view_context import ViewContext
from components.tiles.column_config import without_none
from components.tiles.grid_rows import link_of
from components.tiles.lighter import Marks, Sent, opened_by
from components.tiles.tile import Body, Empty, Finding, Grid, Leading, Metric, Metrics, Note, Plot, Tile

ROW = 31  # pixels at the theme's font size
HIGH = 69  # pixels of a row of three lines; the browser breaks no words in one below 64
_TONES: Mapping[str, str] = {
    "plain": "",
    "ok": ":green[:material/check_circle:] ",
    "watch": ":orange[:material/visibility:] ",
    "act": ":red[:material/error:] ",
    "unknown": ":gray[:material/help:] ",
    "none": ":gray[:material/check:] ",
}
IN_WORDS = "The menu of the panel has its points as a table."
VIEW = "view"  # of the words of an address the one that no field stands for
_QUIET: dict[str, Any] = {"displayModeBar": False, "displaylogo": False, "showTips": False, "responsive": True}


def title(place: DeltaGenerator, tile: Tile, found: Finding | None) -> None:
    """Write what was found in ``place``, without the stop of a sentence, or the label of ``tile`` where nothing is said."""
    text = f"{_TONES[found.tone]}{safe(found.text.removesuffix('.'), 300)}" if found else safe(tile.title)
    place.subheader(text, anchor=False, help=explained(safe(tile.why, 600), tile.title))


@dataclass(frozen=True)
class Clicked:
    """A point that was clicked and what to do with it, after the page is drawn."""

    act: Callable[[Mapping[str, Any]], None]
    point: Mapping[str, Any]


def draw(box: DeltaGenerator, tile: Tile, place: int, body: Body, look: ViewContext) -> Clicked | None:
    """Draw ``body``, the ``place``-th of ``tile``, into ``box``; a click on its figure is returned once."""
    if isinstance(body, Plot):
        return _plot(box, f"{tile.key}-{place}", body)
    if isinstance(body, Grid):
        table(box, f"{tile.key}-{place}", body, look, height=tile.height)
    elif isinstance(body, Graph):
        draw_graph(box, f"{tile.key}-{place}", body)
    elif isinstance(body, Metrics):
        _metrics(box, body)
    elif isinstance(body, Note):
        note(box, body)
    else:
        _empty(box, body)
    return None


def _plot(box: DeltaGenerator, key: str, body: Plot) -> Clicked | None:
    if body.on_click is None:
        box.plotly_chart(body.sent[0], theme=None, height=body.height, key=key, config=_QUIET, alt=_spoken(body))
        return None
    mark, marks = f"{key}-clicked", f"{key}-marks"
    drawn = st.session_state.get(marks, {})  # those of the figure that was clicked, which this one may differ from
    box.plotly_chart(
        _shown(body),
        theme=None,
        height=body.height,
        key=key,
        config=_QUIET,
        alt=_spoken(body),
        on_select=lambda: _selected(key, mark, body),
        selection_mode="points",
    )
    st.session_state[marks] = body.sent[1]
    if not st.session_state.pop(mark, False):
        return None  # a selection stays selected over reruns; only the click itself counts
    return _click(key, body, drawn)


def _spoken(body: Plot) -> str:
    """What is read aloud of a figure, and where the rest is."""
    return f"{body.alt} {IN_WORDS}"


def _selected(key: str, mark: str, body: Plot) -> None:
    """A click on a figure that the address is of counts before it is drawn again, on others after the page."""
    if not body.within:
        st.session_state[mark] = True
    elif (click := _click(key, body, st.session_state.get(f"{key}-marks", {}))) is not None:
        click.act(click.point)


def _click(key: str, body: Plot, marks: Marks) -> Clicked | None:
    points = (st.session_state.get(key) or {}).get("selection", {}).get("points", [])
    return Clicked(body.on_click, opened_by(points[0], marks)) if points and body.on_click is not None else None


def _shown(body: Plot) -> Sent:
    """The figure, with the part shown that the address names; one that is not there is not."""
    part = st.query_params.get(body.within, "") if body.within else ""
    if not part or part not in (body.figure.data[0].ids or ()):
        return body.sent[0]
    return body.sent[0].showing(part)


def table(
    box: DeltaGenerator, key: str, body: Grid, look: ViewContext, *, height: int, ticks: bool = False
) -> Sequence[int]:
    """Draw ``body``, at most ``height`` pixels high; a click on a name opens its thing after the page. With ``ticks``, rows
    can be ticked: the numbers of those that are."""
    columns: dict[str, Any] = {}
    digits = places(look.currency)
    for name, (label, kind) in body.written.items():
        if name in body.things:
            columns[name] = _named(f"{key}-{name}", name, body)
        elif name in body.proposes:
            columns[name] = _proposing(f"{key}-{name}", name, body)
        elif name in body.sets:
            columns[name] = _setting(f"{key}-{name}", name, body)
        else:
            columns[name] = fmt.KINDS[kind](label, look)
            if name in body.said:
                columns[name]["type_config"] |= {"format": None}  # else the browser would write the number itself
            if name in body.fit.widths:
                columns[name] |= {"width": body.fit.widths[name]}
        if name in body.links:
            columns[link_of(name)] = st.column_config.LinkColumn("", display_text=":material/open_in_new:", width=36)
    count, total = body.drawn.num_rows, len(body.frame)
    row = height_of_row(body)
    fits = ROW + row * count <= height
    select: Any = "rerun" if ticks else "ignore"
    drawn: Any = box.dataframe(
        body.styled(digits),
        column_config=without_none(columns),
        hide_index=True,
        height="content" if fits else height,
        row_height=row if body.wraps else None,
        column_order=_order(body, [*columns]),
        key=key,
        placeholder=fmt.NONE,
        alt=plain(body.caption) or f"{total} rows",
        on_select=select,
        selection_mode="multi-row",
    )
    said = [body.caption] if body.caption else []
    said += [f"the first {count:,} of {total:,} rows"] if total > count else []
    if body.fit.told:
        said += [f"also in the download: {', '.join(body.columns[name][0] for name in body.fit.told)}"]
    if said:
        box.caption(safe(" · ".join(said), 600))
    return [row for row in drawn["selection"]["rows"] if row < min(count, total)] if ticks else []


def height_of_row(body: Grid) -> int:
    """Pixels of a row of ``body``."""
    return HIGH if body.wraps else ROW


def _order(body: Grid, columns: list[str]) -> list[str] | None:
    """Those of ``columns`` that have room, with the buttons that propose something beside the first name: in a narrow window the
    last ones are reached by scrolling only. None where they stand so already."""
    first = next((place for place, name in enumerate(columns) if name in body.things), 0) + 1
    first += columns[first : first + 1] == [link_of(columns[first - 1])]
    head, rest = columns[:first], columns[first:]
    ordered = head + sorted(rest, key=lambda name: name not in body.proposes)
    without = {*body.fit.left, *map(link_of, body.fit.left)}
    ordered = [name for name in ordered if name not in without]
    return None if ordered == columns else ordered


def _named(key: str, name: str, body: Grid) -> Any:
    """A column of names: a click on one opens its thing."""

    def clicked() -> None:
        ask_for(body.thing_at(name, st.session_state[key]["row"]))

    return _buttons(key, name, body, clicked)


def _proposing(key: str, name: str, body: Grid) -> Any:
    """A column of buttons: a click opens the form that proposes a change of the row's thing."""
    of = body.proposes[name]

    def clicked() -> None:
        row = st.session_state[key]["row"]
        if 0 <= row < len(body.frame):
            at = body.frame.iloc[row]
            params, why = (at[of.params], at[of.why]) if of.params else (None, "")
            ask_to_propose(body.thing_at(of.about, row), str(at[of.about]), at[of.kind], params, why)

    return _buttons(key, name, body, clicked)


def _setting(key: str, name: str, body: Grid) -> Any:
    """A column of buttons: a click changes words of the address, and the fields that stand for them."""

    def clicked() -> None:
        row = st.session_state[key]["row"]
        if 0 <= row < len(body.frame) and body.frame[name].iloc[row] is not None:
            for word, said in body.frame[body.sets[name].words].iloc[row].items():
                st.session_state[word] = said
                if word == VIEW:
                    st.query_params[word] = said

    return _buttons(key, name, body, clicked)


def _buttons(key: str, name: str, body: Grid, clicked: Callable[[], None]) -> Any:
    """A column whose cells are pressed."""
    label, _ = body.columns[name]
    return st.column_config.ButtonColumn(
        label, type="tertiary", alignment="left", on_click=clicked, key=key, width=body.fit.widths.get(name)
    )


def _metrics(box: DeltaGenerator, body: Metrics) -> None:
    row = box.grid(len(body.items), min_column_width=100)
    for item in body.items:
        arrow, colour = delta_look(item)
        row.metric(
            safe(item.label),
            safe(item.value),
            safe((fmt.points if item.points else fmt.change)(item.change)) if item.change is not None else None,
            delta_color=colour,
            delta_arrow=arrow,
            help=explained(safe(item.help, 400), item.label) or None,
            height="stretch",
            chart_data=list(item.trend) or None,
        )
    if body.versus:
        box.caption(safe(body.versus))


def delta_look(item: Metric) -> tuple[Any, Any]:
    """Arrow and colour of a change: grey until it is material, then by the direction that is good for this metric."""
    change = item.change if item.change is not None and fmt.known(item.change) else 0.0
    arrow = "off" if fmt.change(change) == "0%" else "up" if change > 0 else "down"
    if item.good == "none" or abs(change) <= item.material:
        return arrow, "gray"
    return arrow, "green" if (change > 0) == (item.good == "up") else "red"


def note(box: DeltaGenerator, body: Note) -> None:
    """Draw a sentence in the colour and with the icon of its tone, and the links to its rows."""
    if body.text:
        box.markdown(f"{_TONES[body.tone]}{safe(body.text, 600)}")
    if isinstance(body, Leading):
        row = box.container(horizontal=True, vertical_alignment="center", gap="small")
        with row:
            for name, thing in body.names:
                name_button(name, thing, f"said-{thing.kind}-{thing.workspace}-{thing.id}")
        for lead in body.leads:
            row.page_link(
                page_of(lead.file),
                icon="",
                label=safe(f"{lead.label} ›"),
                query_params=dict(lead.words),
                width="content",
            )


def _empty(box: DeltaGenerator, body: Empty) -> None:
    if body.text:
        box.markdown(f"{_TONES['none']}{safe(body.text, 400)}")
    if body.hint:
        box.caption(safe(body.hint, 400))
