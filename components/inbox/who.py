"""Sections 4 and 6 of a card: who says so, and the agent's own words in their own box."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

import pandas as pd
import streamlit as st

from approvals.learning.calibration import FEWEST
from approvals.learning.standing import Standing
from approvals.people.people import Directory, Unreachable
from approvals.people.scim import MARK
from approvals.reading.card import Card, Similar
from approvals.reading.reliability import Bin
from approvals.values.proposal import Agent
from approvals.values.titles import titled
from components.inbox.leads import BY_HAND, agent_name
from components.inbox.words import REASON, STATE, VERB
from components.runtime.name_button import Part, line_with_names
from components.text import format as fmt
from components.text.principals import called, names, principal_of
from components.text.untrusted import cells, plain, safe
from components.text.view_context import ViewContext
from components.tiles.bodies import table
from components.tiles.tile import Grid
from things import ThingColumn

UNVERIFIED = "Text written by the agent, not verified"


def says(card: Card, zone: str, directory: Directory) -> None:
    """The agent, its record with this kind, and how the last ones like it ended."""
    track = card.track
    line_with_names(proposer(card.content.agent, directory), "inbox-says")
    stated, calibrated = card.content.confidence, card.content.calibrated
    st.caption(safe(f"{sureness(stated, calibrated)} The policy goes by the record only."))
    if card.row.auto_by:
        st.caption(f"The rule {safe(card.row.auto_by)} let this run without asking.")
    else:
        st.caption("It proposes, people decide.")
    if track.decided:
        share = fmt.percent(track.accepted / track.decided, 0)
        record = f"{track.decided} decided, {track.accepted} accepted ({share}), {track.verified} verified, "
        st.markdown(safe(f"{record}{track.rolled_back} undone with {card.row.kind}"))
        for line in believed(card.standing):
            st.caption(safe(line))
    else:
        st.markdown(f"No {safe(card.row.kind)} of this agent has been decided before.")
    if card.reliability:
        st.caption("What it said of itself, and how often people agreed and the change was verified")
        st.dataframe(
            cells(pd.DataFrame([curve_row(one) for one in card.reliability])),
            hide_index=True,
            height="content",
            key="inbox-reliability",
            alt="How sure the agent was, against what came of it",
            column_config={"Came true": st.column_config.ProgressColumn(format="percent", min_value=0, max_value=1)},
        )
    if card.similar:
        st.caption("The last ones like it, the same target first")
        table(
            st.container(), "inbox-similar", similar(card.similar, zone, card.now), ViewContext(zone=zone), height=280
        )


def sureness(stated: Decimal, calibrated: Decimal | None) -> str:
    """How sure the agent is by what came of it before, with what it says of itself beside it."""
    if calibrated is None:
        few = f"fewer than {FEWEST} like it are through, or what it states comes true"
        return f"It says it is {fmt.percent(stated, 0)} sure; nothing is taken off or added: {few}."
    return f"{fmt.percent(calibrated, 0)} sure by its record; it says {fmt.percent(stated, 0)}."


def believed(standing: Standing | None) -> list[str]:
    """Within which ends its share of accepted proposals and of changes that hold lies, as far as they tell; newer ones count more."""
    if standing is None:
        return []
    said = ((standing.agreement, "People take what it proposes as it is"), (standing.outcome, "Its changes hold"))
    return [
        f"{what} in {fmt.percent(one.low, 0)} to {fmt.percent(one.high, 0)} of cases (90 %, n {one.n:,})."
        for one, what in said
        if one.n
    ]


def proposer(agent: Agent, directory: Directory) -> list[Part]:
    """Who proposes, as whom it signed in, and for whom, each a name that opens; a person who proposes is named once."""
    signed_in = (called(agent.principal), principal_of(agent.principal))
    if agent.id == BY_HAND:
        return ["Proposed by", signed_in]
    sponsor = _name(directory, agent.sponsor) if agent.sponsor else ""
    behind: list[Part] = ["for", (sponsor, principal_of(sponsor))] if sponsor else []
    return [agent_name(agent.id), f"{agent.version}, signed in as", signed_in, *behind]


def similar(found: Sequence[Similar], zone: str, now: dt.datetime) -> Grid:
    """Earlier decisions, whose titles open their cards."""
    frame = pd.DataFrame([{**similar_row(one, zone, now), "proposal_id": one.proposal_id} for one in found])
    columns = {name: (name, "text") for name in ("Proposal", "Decided", "By", "Why", "Ended", "When")}
    things = {"Proposal": ThingColumn("proposal", ("proposal_id",)), "By": ThingColumn("principal", ("By",))}
    return Grid(frame, columns, "Earlier decisions", things=things, names=names())


def _name(directory: Directory, person_id: str) -> str:
    try:
        found = directory.person(person_id)
    except Unreachable:
        found = None
    return found.name if found else person_id


def curve_row(one: Bin) -> dict[str, object]:
    """One step of the reliability curve, with what chance alone could make of it."""
    low, high = one.between
    return {
        "Said": f"{one.low:.2f}–{one.high:.2f}",
        "Came true": one.good / one.ended,
        "95% between": f"{fmt.percent(low, 0)} and {fmt.percent(high, 0)}",
        "Of": one.ended,
    }


def similar_row(one: Similar, zone: str, now: dt.datetime) -> dict[str, str | None]:
    """One earlier decision in words."""
    why = " · ".join(part for part in (REASON.get(one.reason, one.reason), plain(one.comment, 160)) if part)
    return {
        "Proposal": ("same target: " if one.same_target else "") + plain(titled(one.title), 120),
        "Decided": VERB.get(one.verb, one.verb),
        "By": one.by.removeprefix(MARK) or None,
        "Why": why,
        "Ended": STATE.get(one.execution or one.state, one.state),
        "When": fmt.moment(one.at, zone, now),
    }


def words(card: Card) -> None:
    """What the agent wrote, as plain text, apart from everything that was worked out."""
    with st.container(border=True, key="inbox-narrative"):
        st.caption(UNVERIFIED)
        _text(card.content.narrative or "It wrote nothing.")


def answers(card: Card) -> None:
    """What was asked and answered, each with the name of whose words they are."""
    if not card.content.answers:
        return
    with st.container(border=True, key="inbox-answers", gap="xsmall"):
        st.markdown("**Questions and answers**, not verified")
        for number, one in enumerate(card.content.answers):
            line_with_names([(one.asked_by, principal_of(one.asked_by)), "asked"], f"inbox-asks-{number}")
            _text(one.question)
            by = (one.answered_by, principal_of(one.answered_by)) if one.by_person else agent_name(one.answered_by)
            line_with_names([by, "answered" if one.by_person else "(the agent) answered"], f"inbox-answers-{number}")
            _text(one.text)


def _text(text: str) -> None:
    for line in text.splitlines():
        st.text(plain(line, 4_000))
