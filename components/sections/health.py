"""The health of every dimension on one screen: a sentence, then a line each, worst first; each leads to what is behind it.

A dimension that could not be checked is not known, never OK, and says why.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future

import streamlit as st

from components.figures.sparkline import sparkline
from components.frame.limited import NotShown
from components.runtime.registered import page_of
from components.runtime.state import Reads
from components.runtime.waiting import until_done
from components.sections.behind import behind
from components.sections.judged import Line, Measure, State, line, sentence, worst_first
from components.sections.leads import Leads, Place
from components.text import format as fmt
from components.text.untrusted import safe
from components.text.view_context import ViewContext
from components.tiles.answers import outcome, unlimited
from components.tiles.tile import Note, Tile
from dimensions import Key
from warehouse.interface import Answer

_FACES: dict[State, str] = {
    "OK": ":green[:material/check_circle: **OK**]",
    "Watch": ":orange[:material/visibility: **Watch**]",
    "Act": ":red[:material/error: **Act**]",
    "Not known": ":gray[:material/help: **Not known**]",
}


def show_health(
    measures: Sequence[Measure],
    reader: Reads,
    look: ViewContext,
    proposals: Mapping[str, int],
    leads: Mapping[Key, Leads],
    month: Tile | None = None,
) -> None:
    """Ask everything at once, then draw the lines, worst first. ``proposals`` counts the open ones by dimension key; what
    ``month`` says stands beside the first sentence."""
    spent = [reader.submit(one, page="overview") for one in month.asks] if month else []
    asked = [
        (d, reader.submit(d.ask, page="overview"), [reader.submit(w, page="overview") for w in d.waits])
        for d in measures
    ]
    place = st.container(border=True, gap="small", key="health")
    futures: list[Future[Answer]] = [*spent, *(future for _, first, rest in asked for future in (first, *rest))]
    if not all(future.done() for future in futures):
        with place, st.skeleton(height=44 * len(measures)):
            until_done(futures)
    answers = [(d, first.result(), [w.result() for w in rest]) for d, first, rest in asked]
    hidden = {d.name: a.error for d, a, _ in answers if isinstance(a.error, NotShown)}
    lines = worst_first([line(d, a, waits, look) for d, a, waits in answers if d.name not in hidden])
    with place:
        said = sentence(lines) + (f" {_said(month, [one.result() for one in spent], look)}" if month else "")
        st.markdown(f"**{safe(said, 400)}**")
        for one in lines:
            _draw(one, proposals.get(one.measure.key, 0), leads.get(one.measure.key, Leads()), reader, look)
        if hidden:
            why = next(iter(hidden.values()))
            st.caption(
                safe(
                    f"Cannot be limited to your {why.whose}, so not shown: {', '.join(sorted(hidden))}. {why.remedy}",
                    300,
                )
            )


def _said(tile: Tile, answers: Sequence[Answer], look: ViewContext) -> str:
    """What a tile of words says."""
    return " ".join(one.text for one in outcome(tile, answers, look).bodies if isinstance(one, Note))


def _draw(one: Line, proposals: int, leads: Leads, reader: Reads, look: ViewContext) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"health-{one.measure.key}"):
        st.markdown(_FACES[one.state], width=90)
        if (page := leads.page) is not None:
            st.page_link(
                page_of(page.file),
                icon="",
                label=safe(f"{one.measure.name} ›"),
                width=120,
                query_params=dict(page.words),
            )
        else:
            st.markdown(f"&ensp;{safe(one.measure.name)}", width=120)  # as far in as the names that are links
        st.markdown(f"**{safe(one.value)}**", width=65)
        if one.days:
            said = f"{one.measure.label}, the last {len(one.days)} days"
            st.image(sparkline(one.days, one.limit, look.theme, said), width=110, alt=said)
        left_out = unlimited([one.measure.ask.query], look)
        st.caption(safe(f"{one.measure.label}; {one.note}{'. ' if left_out else ''}{left_out}", 360), width=290)
        behind(one.measure, leads.rows, reader, look)
        _waiting(one, proposals, leads.findings)


def _waiting(one: Line, proposals: int, findings: Place | None) -> None:
    """To what is proposed, else to what was found."""
    if proposals:
        label, there = f"{proposals} in the inbox", {"dimension": one.measure.key}
        st.page_link(page_of("inbox.py"), label=safe(label), icon=":material/inbox:", query_params=there)
    elif one.waiting:
        found = fmt.counted(one.waiting, "finding")
        if findings is None:
            st.caption(safe(f"{found}, none proposed"))
        else:
            st.page_link(page_of(findings.file), icon="", label=safe(f"{found} ›"), query_params=dict(findings.words))
