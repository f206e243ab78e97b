"""Section 2 of a card: why now. What was seen, what was made of it, what was weighed, and the figures then and now."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from approvals.people.people import Unreachable
from approvals.reading.card import Card
from approvals.values.considered import Ooda
from approvals.values.proposal import Evidence, Scalar
from approvals.values.refusals import Refusal
from components.inbox import head, messages, outcome
from components.inbox.rows import span
from components.inbox.services import InboxServices
from components.runtime.run_to_completion import run_to_completion
from components.text import format as fmt
from components.text.principals import names
from components.text.untrusted import cells, plain, safe
from components.text.view_context import ViewContext
from components.tiles.bodies import table
from components.tiles.tile import Grid
from queries.catalogue import catalogue
from things import KINDS, ThingColumn

_AGAIN, REREAD = "inbox-reread", "inbox-reread-now"


def draw(card: Card, services: InboxServices, zone: str) -> DeltaGenerator:
    """The strip, what waiting costs, and each piece of evidence. Returns the place of the evidence's picture, which is
    drawn when all words are."""
    strip(card.content.ooda, card.content.steps)
    picture = st.container(key="inbox-picture")
    if (costs := head.waiting_costs(card.content)) and not outcome.over(card):
        st.markdown(f":material/hourglass_empty: {safe(costs[:1].upper() + costs[1:])}.")
    gain = card.content.benefit
    if gain is not None and gain.high:
        st.caption(
            f"Worth {safe(span(gain.low, gain.high, gain.currency))} a month "
            f"({safe(gain.kind)}). {safe(gain.method, 800)}"
        )
    again: Mapping[int, Evidence] = st.session_state.get(_AGAIN, {}).get((card.row.proposal_id, card.row.revision), {})
    for number, one in enumerate(card.content.evidence):
        _evidence(one, again.get(number), number, zone, card)
    if card.content.evidence:
        st.button(
            "Read again now",
            key=REREAD,
            icon=":material/refresh:",
            on_click=_reread,
            args=(card, services),
            help="Asks the warehouse the same questions again. Changes nothing.",
        )
        messages.draw(REREAD)
    else:
        st.caption("No evidence was given: the target's own state is all there is.")
    return picture


def strip(ooda: Ooda, steps: tuple[str, ...]) -> None:
    """Observe, orient and act side by side, below them what was weighed; words of the agent, checked by nobody."""
    columns = st.columns(3, gap="small")
    parts: tuple[tuple[str, list[str]], ...] = (
        ("What was seen", [plain(one, 300) for one in ooda.observe]),
        ("What it means", [plain(one, 300) for one in ooda.orient]),
        ("What to do", [plain(one, 200) for one in steps]),
    )
    for column, (title, said) in zip(columns, parts, strict=True):
        _titled(column, title, said)
    weighed = [
        f"{plain(one.what, 120)}: {plain(one.expected, 160)}"
        + (f" (not chosen: {plain(one.rejected_because, 120)})" if one.rejected_because else " (chosen)")
        for one in ooda.options
    ]
    _titled(st.container(gap="xsmall"), "What else was weighed", weighed)


def _titled(place: DeltaGenerator, title: str, said: Sequence[str]) -> None:
    place.markdown(f":gray[**{safe(title)}**]")
    for text in said or ["–"]:
        place.caption(safe(text, 460))


def _evidence(one: Evidence, now: Evidence | None, number: int, zone: str, card: Card) -> None:
    with st.container(border=True, gap="xsmall"):
        st.markdown(f"**{safe(one.title)}**")
        read = fmt.moment(one.executed_at, zone, card.now)
        data = f", data as of {fmt.moment(one.data_as_of, zone, card.now)}" if one.data_as_of is not None else ""
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(f"Query {safe(one.query)}, read {safe(read)} by the cockpit itself{safe(data)}", width="content")
            if one.query in catalogue():
                with st.popover("SQL", type="tertiary", key=f"inbox-sql-{number}"):
                    st.code(catalogue()[one.query].sql, language="sql", height=260)
        if one.scalars:
            st.dataframe(
                cells(scalars(one, now)),
                hide_index=True,
                height="content",
                key=f"inbox-scalars-{number}",
                alt=f"Figures of {plain(one.title, 60)}",
            )
        if one.rows:
            table(st.container(), f"inbox-rows-{number}", rows(one), ViewContext(zone=zone), height=240)
        more = one.row_count - len(one.rows)
        said = f"{one.row_count:,} row{'' if one.row_count == 1 else 's'}" + (
            f", the first {len(one.rows)} shown" if more > 0 else ""
        )
        same = "" if now is None else " The same now." if now.rows_digest == one.rows_digest else " Not the same now."
        st.caption(f"{safe(said)}.{same}")


def rows(one: Evidence) -> Grid:
    """The rows as they were read: names, and ids of things that the columns identify, open."""
    frame = pd.DataFrame([list(row) for row in one.rows], columns=list(one.columns))
    columns = {name: (plain(name, 60), "text") for name in one.columns}
    things = named(one.query, one.columns)
    return Grid(frame, columns, f"Rows of {plain(one.title, 60)}", things=things, names=names())


def named(query: str, columns: Collection[str]) -> Mapping[str, ThingColumn]:
    """Which of the ``columns`` of ``query`` name a thing, or are the id of one."""
    known = catalogue()[query].things if query in catalogue() else {}
    found = {
        name: which
        for name, which in known.items()
        if {name, *which.columns, *filter(None, [which.kind_column])} <= {*columns}
    }
    ids = {
        kind.columns[-1]: ThingColumn(kind.key, kind.columns)
        for kind in KINDS.values()
        if {*kind.columns} <= {*columns}
    }
    return ids | found


def scalars(one: Evidence, now: Evidence | None) -> pd.DataFrame:
    """Columns Figure, Then, (Now,) Runs only while: each is read again right before acting."""
    current = {scalar.column: scalar.observed for scalar in now.scalars} if now is not None else {}
    rows = []
    for scalar in one.scalars:
        row = {
            "Figure": plain(scalar.column.replace("_", " "), 80),
            "Then": head.figure_of(scalar.observed, scalar.unit),
        }
        if now is not None:
            row["Now"] = head.figure_of(current.get(scalar.column), scalar.unit)
        rows.append(row | {"Runs only while": bound(scalar)})
    return pd.DataFrame(rows)


def bound(one: Scalar) -> str:
    """``within 20% of it and above 0.5``: what a figure must still be when it runs."""
    if one.observed is None or isinstance(one.observed, str):
        return "the same"
    near = f"within {fmt.percent(one.tolerance, 0)} of it" if one.tolerance else "the same"
    if one.threshold is None:
        return near
    side = "above" if one.observed > one.threshold else "below" if one.observed < one.threshold else "at"
    return f"{near} and {side} {head.figure_of(one.threshold, one.unit)}"


@run_to_completion
def _reread(card: Card, services: InboxServices) -> None:
    messages.clear()
    found = {}
    for number, one in enumerate(card.content.evidence):
        try:
            found[number] = services.intake.reread(one)
        except (Refusal, Unreachable) as why:
            messages.say(f"{plain(one.title, 80)} could not be read again: {why}", "refused", at=REREAD)
    st.session_state[_AGAIN] = {(card.row.proposal_id, card.row.revision): found}
    if found:
        messages.say("Read again: compare Then and Now above.", "ok", at=REREAD)
