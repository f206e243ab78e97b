"""The head of a card: what it is, in which state, and in five lines all that a stranger must know before anything else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal

import streamlit as st

from approvals.deciding.undoing import UNDOABLE
from approvals.policy.policy import Start
from approvals.reading.card import Card
from approvals.reading.target_things import thing_of
from approvals.values.proposal import Content, Scalar
from approvals.values.titles import titled
from components.inbox import could_break, doing, outcome
from components.inbox.leads import BY_HAND, agent_name
from components.inbox.risk_words import because
from components.inbox.rows import span
from components.inbox.words import HOLD, RISK, RISK_COLOUR, RISK_MEANS, STATE, STATE_COLOUR, STATE_MEANS
from components.runtime.name_button import Part, name_button
from components.text import format as fmt
from components.text.principals import called, principal_of
from components.text.untrusted import exact, plain, safe

ICONS: Mapping[str, str] = {
    "runs": ":material/play_arrow:", "why": ":material/schedule:", "harm": ":material/warning:", "agree": ":material/group:",
}  # fmt: skip
_WORST = ("low", "medium", "high")


def state_of(card: Card) -> str:
    """The execution's state once there is one, else the proposal's."""
    if card.row.state == "approved" and card.execution is not None:
        return str(card.execution.state)
    return str(card.row.state)


def draw(card: Card, zone: str, start: Start | None = None) -> None:
    """Title, badges, and the brief; ``start`` is when it really starts, once everybody has agreed."""
    row, state = card.row, state_of(card)
    why = ". ".join(because(card.content.risk_factors))
    st.subheader(safe(exact(titled(row.title), 240), 240), anchor=False)
    with st.container(horizontal=True, gap="xsmall"):
        st.badge(STATE[state], color=STATE_COLOUR[state], help=STATE_MEANS[state])  # type: ignore[arg-type]
        for hold in held(card, start) if state == "scheduled" else ():
            name, _, why = hold.partition(":")
            st.badge(f"Held: {safe(HOLD.get(name, name), 40)}", color="orange", help=safe(why.strip() or name, 300))
        st.badge(RISK[row.risk], color=RISK_COLOUR[row.risk], help=f"{RISK_MEANS[row.risk]} {safe(why, 600)}")  # type: ignore[arg-type]
        st.badge(safe(row.env), color="gray", help="Where the target lives. Unknown counts as prod.")
        if row.auto_by:
            st.badge("By itself", color="gray", help=f"Let through by the rule {safe(row.auto_by)}")
        if row.question and row.state == "open":
            st.badge("Question", color="orange", help="Somebody asked; it waits for an answer")
        if row.claimed_by and row.state == "open" and row.claim_until is not None and row.claim_until > card.now:
            st.badge(f"{safe(row.claimed_by, 40)} looks at it", color="gray", help="Advisory: others may still decide")
        if card.content.emergency:
            st.badge(
                f"Emergency: {safe(card.content.emergency, 60)}",
                color="red",
                help="The emergency group decides; windows and budgets do not count",
            )
        if row.occurrences > 1:
            st.badge(
                f"Seen {safe(row.occurrences)} times",
                color="gray",
                help="The same was proposed again; it joined this one",
            )
        if row.revision > 1:
            st.badge(
                f"Version {safe(row.revision)}",
                color="gray",
                help="It was changed since it was proposed. Votes for earlier versions do not count.",
            )
    _brief(card, zone, start)


def _brief(card: Card, zone: str, start: Start | None) -> None:
    content, over, ran = card.content, outcome.over(card), outcome.ran(card)
    with st.container(border=True, gap="xxsmall", key="inbox-brief"):
        if over:
            st.markdown(f":material/flag: **{safe(outcome.outcome(card, zone), 600)}**")
        _line("runs", "Ran" if ran else "Was to run" if over else "Runs", runs(content))
        _line("why", "Why" if over else "Why now", reason(content, past=over))
        _line("harm", "Could have broken" if over else "Could break", harm(content))
        _line("agree", "Must agree" if card.row.state == "open" else "Decided", agree(card, zone, start))
        if not over or state_of(card) in UNDOABLE:
            st.markdown(f":material/undo: **Undo** {safe(undo(card), 400)}")


def _line(line: str, label: str, parts: Sequence[Part]) -> None:
    """A line of the brief; each name in it is a button."""
    key = f"inbox-brief-{line}"
    words, rest = (parts[0], parts[1:]) if isinstance(parts[0], str) else ("", parts)
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key=key):
        st.markdown(f"{ICONS[line]} **{safe(label)}** {safe(words, 600)}", width="content")
        for number, part in enumerate(rest):
            if isinstance(part, str):
                st.markdown(safe(part, 600), width="content")
            else:
                name_button(*part, f"{key}-{number}")


def runs(content: Content) -> list[Part]:
    """The first changes, and where."""
    target = content.target
    name = (target.name or target.id, thing_of(target, content.before))
    return [f"{doing.sentence(content)}: {target.type}", name, f"({content.env})"]


def reason(content: Content, *, past: bool = False) -> list[Part]:
    """What was observed, in the words of who proposed it, the figure that must stay on its side of a limit, and what
    waiting costs, where it is not ``past``. An undo's reason is that somebody wanted it: it has no other."""
    agent = content.agent
    by_person = content.undo_of or agent.id == BY_HAND
    who: Part = (called(agent.principal), principal_of(agent.principal)) if by_person else agent_name(agent.id)
    if content.undo_of:
        return [who, "wanted the change taken back"]
    seen = plain(next(iter(content.ooda.observe), ""), 300).rstrip(".")
    words = f"says: {seen}" if seen else "says nothing of what was seen"
    limits = [one for each in content.evidence for one in each.scalars if one.threshold is not None]
    figure = f"read by the cockpit: {_against(limits[0])}" if limits else ""
    if not seen and not figure:
        words = f"says: {plain(content.ooda.why, 200)}" if content.ooda.why else "gave no evidence"
    return [who, "; ".join(part for part in (words, figure, "" if past else waiting_costs(content)) if part)]


def _against(one: Scalar) -> str:
    """``idle share 0.71, limit 0.5``."""
    name = plain(one.column.replace("_", " "), 60)
    return f"{name} {figure_of(one.observed, one.unit)}, limit {figure_of(one.threshold, one.unit)}"


def figure_of(value: Decimal | str | None, unit: str) -> str:
    """A scalar with its unit."""
    if value is None:
        return "not known"
    return f"{plain(f'{value:f}' if isinstance(value, Decimal) else value, 60)}{f' {plain(unit, 20)}' if unit else ''}"


def waiting_costs(content: Content) -> str:
    """``doing nothing costs $10.2–15.1 a day``; empty where it costs no money."""
    gain = content.benefit
    if gain is None or not gain.high or gain.kind != "cost":
        return ""
    return f"doing nothing costs {span(gain.low / 30, gain.high / 30, gain.currency)} a day"


def harm(content: Content) -> list[Part]:
    """Who is hit, said honestly: nothing found and nothing known are different."""
    impact = content.impact
    if impact.consumers:
        risk = max((one.risk for one in impact.consumers), key=_WORST.index)
        least = "" if impact.coverage == "complete" else "at least "
        first, owner = could_break.worst(content)
        of: list[Part] = ["of", owner] if owner else []
        return [f"{least}{_counted(len(impact.consumers))}, the worst of {risk} risk:", first, *of]
    if impact.coverage == "complete":
        return ["nobody found in 30 days of lineage and query history"]
    return [
        "not known: who depends on it could not be worked out" if impact.coverage == "none" else "only partly known"
    ]


def _counted(consumers: int) -> str:
    return "1 consumer" if consumers == 1 else f"{consumers} consumers"


def held(card: Card, start: Start | None) -> tuple[str, ...]:
    """Why an approved action does not start: what the executor met, else what it will meet when it is due."""
    met = tuple(card.execution.holds) if card.execution is not None else ()
    return met or (start.held if start is not None else ())


def agree(card: Card, zone: str, start: Start | None = None) -> list[Part]:
    """Who has agreed, who is missing and until when, and when it starts then; or how it ended, and what it waits for."""
    if card.row.state != "open":
        by: list[Part] = [person(str(one)) for each in card.decisions[-1:] for one in each.decided_by]
        by = by or (["the policy"] if card.row.auto_by else [])
        waits = waiting(start, zone, card.now) if state_of(card) == "scheduled" else ""
        ended = STATE[card.row.state].lower()
        return [f"{ended} by" if by else ended, *by, *([f"; it {waits}"] if waits else [])]
    asked = " and ".join(
        f"{seats.count} of {' or '.join(plain(one, 40) for one in seats.groups) or 'nobody'}"
        for seats in card.seating.missing
    )
    names: list[Part] = [person(one.voter) for one in card.votes if one.verb == "approve"]
    left = f", until {fmt.moment(card.row.expires_at, zone, card.now)}"
    lifts = any(seats.id == "freeze" for seats in card.content.requirement.seats)
    freeze = "; the freeze approvers lift the freeze by agreeing" if lifts else ""
    wait = card.content.undo_s
    window = f"; it runs {fmt.duration(wait)} after the last approval" if wait else ""
    if waits := waiting(start, zone, card.now):
        window = f"; after the last approval it {waits}"
    return [(asked or "nobody more") + left + freeze + window, *(["agreed:", *names] if names else [])]


def person(name: str) -> Part:
    """Somebody's name, and the thing that they are."""
    return name, principal_of(name)


def waiting(start: Start | None, zone: str, now: dt.datetime) -> str:
    """``waits until 30 Nov 00:00 (Weekend)``; empty where nothing holds it."""
    if start is None or not start.held:
        return ""
    whys = [plain(one.partition(":")[2].strip().partition(" until ")[0], 120) for one in start.held]
    why = f" ({'; '.join(one for one in whys if one)})" if any(whys) else ""
    if any(one.startswith("kill_switch") for one in start.held):
        return "is held: a kill switch is on"
    return f"waits until {fmt.moment(start.at, zone, now)}{why}" if start.at else f"waits, nobody knows until when{why}"


def undo(card: Card) -> str:
    """How it is taken back."""
    content = card.content
    if content.rollback is None:
        how = "cannot be undone"
    elif content.rollback.auto:
        how = "by itself if its checks fail, or later with one button"
    else:
        how = "by hand, with a plan"
    return how
