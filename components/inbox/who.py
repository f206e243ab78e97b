"""Sections 4 to 6 of a card: who says so, who must agree, and the agent's own words in their own box."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from approvals.people.people import Directory, Unreachable, members
from approvals.reading.card import Card, Similar
from approvals.reading.reliability import Bin
from components.inbox.words import REASON, STATE, VERB
from components.text import format as fmt
from components.text.principals import called
from components.text.untrusted import cells, plain, safe
from components.text.view_context import ViewContext
from components.tiles.bodies import table
from components.tiles.tile import Grid
from things import ThingColumn

NAMED = 3  # people of a seat
UNVERIFIED = "Text written by the agent, not verified"


def says(card: Card, zone: str, directory: Directory) -> None:
    """The agent, its record with this kind, and how the last ones like it ended."""
    agent, track = card.content.agent, card.track
    sponsor = f", for {plain(_name(directory, agent.sponsor), 60)}" if agent.sponsor else ""
    st.markdown(
        f"**{safe(agent.id)}** {safe(agent.version)}, signed in as {safe(called(agent.principal))}{safe(sponsor)}"
    )
    stated, calibrated = card.content.confidence, card.content.calibrated
    learned = (
        f"by its record {fmt.percent(calibrated, 0)}" if calibrated is not None else "its record is too short to say"
    )
    st.caption(safe(f"It says it is {fmt.percent(stated, 0)} sure; {learned}. The policy goes by the record only."))
    if card.row.auto_by:
        st.caption(f"The rule {safe(card.row.auto_by)} let this run without asking.")
    else:
        st.caption("It proposes, people decide.")
    if track.decided:
        share = fmt.percent(track.accepted / track.decided, 0)
        record = f"{track.decided} decided, {track.accepted} accepted ({share}), {track.verified} verified, "
        st.markdown(safe(f"{record}{track.rolled_back} undone with {card.row.kind}"))
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


def similar(found: Sequence[Similar], zone: str, now: dt.datetime) -> Grid:
    """Earlier decisions, whose titles open their cards."""
    frame = pd.DataFrame([{**similar_row(one, zone, now), "proposal_id": one.proposal_id} for one in found])
    columns = {name: (name, "text") for name in ("Proposal", "Decided", "Why", "Ended", "When")}
    return Grid(frame, columns, "Earlier decisions", things={"Proposal": ThingColumn("proposal", ("proposal_id",))})


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


def similar_row(one: Similar, zone: str, now: dt.datetime) -> dict[str, str]:
    """One earlier decision in words."""
    why = " · ".join(part for part in (REASON.get(one.reason, one.reason), plain(one.comment, 160)) if part)
    return {
        "Proposal": ("same target: " if one.same_target else "") + plain(one.title, 120),
        "Decided": f"{VERB.get(one.verb, one.verb)}{f' by {plain(one.by, 60)}' if one.by else ''}",
        "Why": why,
        "Ended": STATE.get(one.execution or one.state, one.state),
        "When": fmt.moment(one.at, zone, now),
    }


def agrees(card: Card, directory: Directory) -> None:
    """Each set of seats with who sits there, what is open and who could be asked; which rule asks for it."""
    names = {one.voter_id: one.voter for one in card.votes}
    open_ = {seats.id: seats.count for seats in card.seating.missing} if card.row.state == "open" else {}
    for seats in card.content.requirement.seats:
        sits = [names.get(person, person) for person, where in card.seating.by_person.items() if where == seats.id]
        left = open_.get(seats.id, 0)
        mark = ":green[:material/check_circle:]" if not left else ":orange[:material/radio_button_unchecked:]"
        groups = " or ".join(seats.groups) or "nobody: no group is named, so it can never be filled"
        st.markdown(f"{mark} **{safe(seats.id)}**: {safe(f'{seats.count} of {groups}', 300)}")
        said = ", ".join(plain(one, 60) for one in sits) or ("nobody yet" if left else "not needed any more")
        said += f", {left} missing" if left else ""
        st.caption(safe(said, 300))
        if left and (asked := could_be_asked(directory, seats.groups)):
            st.caption(f":material/group: {safe(asked, 300)}")
    if not card.content.requirement.seats:
        st.caption("Nobody is asked: the policy decides alone.")
    against = [one for one in card.votes if one.verb == "reject"]
    for vote in against:
        st.markdown(f":red[:material/cancel: {safe(vote.voter)} voted against it]: {safe(vote.comment, 300)}")
    st.caption("One person counts once. Who proposed, sponsored or edited it never counts.")
    rules = [
        *card.content.rules,
        *(f"{seats.id}: {seats.why}" for seats in card.content.requirement.seats if seats.why),
    ]
    if rules:
        with st.popover("Which rules say so", type="tertiary", icon=":material/gavel:", key="inbox-rules"):
            for rule in rules:
                st.caption(safe(rule, 160))


def could_be_asked(directory: Directory, groups: Sequence[str]) -> str:
    """``Ada Arden, Bo Berg, Cy Dahl and 4 more``: people in any of ``groups``; empty where nobody can be listed."""
    names = sorted({name for group in groups for name in members(directory, group)})
    said = ", ".join(plain(name, 60) for name in names[:NAMED])
    return said + (f" and {len(names) - NAMED:,} more" if len(names) > NAMED else "")


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
        for one in card.content.answers:
            st.caption(f"{safe(one.asked_by, 80)} asked")
            _text(one.question)
            st.caption(f"{safe(one.answered_by, 80)}{'' if one.by_person else ', the agent,'} answered")
            _text(one.text)


def _text(text: str) -> None:
    for line in text.splitlines():
        st.text(plain(line, 4_000))
