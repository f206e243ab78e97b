"""A page of proposals as a table's rows: pure, from lines and details to a frame."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from approvals.reading.inbox import Line
from approvals.reading.inbox_details import Details
from approvals.values.titles import titled
from components.inbox.words import HOLD, MARKS, RISK, RISK_HELP, STATE, STATE_COLOUR, STATE_HELP
from components.text import format as fmt
from components.text.currency import symbol
from components.text.glossary import explained
from components.text.tokens import DARK, LIGHT, Theme
from components.text.untrusted import plain

NARROW = ("at", "title", "due", "state", "money")
WIDE = ("title", "state", "risk", "money", "due", "quorum", "hits", "sure", "read", "env")
AT = "›"  # a narrow mark: the table guesses from the first text it draws how many letters fit into a line
UNKNOWN = Details()


def frame(
    lines: Sequence[Line], known: Mapping[str, Details], opened: str, now: dt.datetime, wide: bool
) -> pd.DataFrame:
    """Columns of :data:`WIDE` or :data:`NARROW`, without the states where nothing but open ones could be said; ``opened``
    marks the line of the open card, ``now`` is UTC."""
    columns: dict[str, list[Any]] = {name: [] for name in (WIDE if wide else NARROW)}
    for line in lines:
        cells = cells_of(line, known.get(line.proposal_id, UNKNOWN), opened, now)
        for name, values in columns.items():
            values.append(cells[name])
    if all(said == [STATE["open"]] for said in columns.get("state", ())):
        columns.pop("state", None)
    return pd.DataFrame(columns)


def cells_of(line: Line, more: Details, opened: str, now: dt.datetime) -> dict[str, Any]:
    """One line in words."""
    seen = f" (seen {line.occurrences} times)" if line.occurrences > 1 else ""
    return {
        "at": AT if line.proposal_id == opened else "",
        "state": chips(line),
        "risk": [RISK[line.risk]],
        "env": line.env,
        "title": plain(titled(line.title), 160) + seen,
        "hits": hits(more),
        "money": span(line.benefit_low, line.benefit_high, line.currency),
        "sure": sure(line, more),
        "quorum": quorum(line, more),
        "read": f"{fmt.age(now - line.evidence_at)} old" if line.evidence_at else fmt.NONE,
        "due": due(line, now),
    }


def sure(line: Line, more: Details) -> str:
    """How sure the agent is by its record (else how sure it says it is), and what came of its earlier proposals of the kind."""
    known = more.track
    by_record = line.confidence if more.calibrated is None else more.calibrated
    past = (
        f"of {known.decided} before {known.verified} held, {known.rolled_back} undone"
        if known.decided
        else "first time"
    )
    return f"{fmt.percent(by_record, 0)} ({past})"


def chips(line: Line) -> list[str]:
    """The state, and what else is to be known at a glance: holds, a question, a claim."""
    holds = [hold.partition(":")[0] for hold in line.holds] if line.execution == "scheduled" else []
    found = ["Held" if holds else STATE[shown_state(line)]]
    found += [HOLD.get(one, "Held") for one in holds]
    found += ["Question"] * bool(line.question) + ["Auto"] * bool(line.auto_by)
    return list(dict.fromkeys(found + ["Claimed"] * bool(line.claimed_by and line.state == "open")))


def shown_state(line: Line) -> str:
    """The execution's state once there is one, else the proposal's."""
    return line.execution if line.state == "approved" and line.execution else line.state


def hits(more: Details) -> str:
    """How many consumers, the worst of them; what is not known is not "none"."""
    if more.consumers:
        return f"{more.consumers}{'+' if more.coverage != 'complete' else ''}, worst {more.worst}"
    return "none found" if more.coverage == "complete" else "not known" if more.coverage == "none" else "partly known"


def span(low: Any, high: Any, currency: str) -> str:
    """Money a month as a range: ``$310–460``."""
    if high is None:
        return fmt.NONE
    first, last = money(low or 0, currency), money(high, currency)
    return last if first == last else f"{first}–{last.removeprefix(symbol(currency))}"


def money(value: Any, currency: str) -> str:
    """An amount as people say it: cents only below ten."""
    return fmt.money(round(value) if abs(value) >= 10 else value, currency).removesuffix(".00")


def quorum(line: Line, more: Details) -> str:
    """``1/2 · team-growth``: how many seats are filled and which groups are waited for."""
    missing = ", ".join(plain(one, 40) for one in more.missing[:3]) + (" …" if len(more.missing) > 3 else "")
    return f"{line.seats_filled}/{line.seats}" + (f" · {missing}" if missing and line.state == "open" else "")


def due(line: Line, now: dt.datetime) -> str:
    """How long until somebody must have decided, or what is over."""
    if line.state == "open":
        if line.expires_at <= now:
            return "expired"
        left = f"{fmt.age(line.expires_at - now)} left"
        return f"late, {left}" if line.due_at <= now else left
    if line.execution == "scheduled" and line.holds:
        return "held"
    if line.execution == "scheduled" and line.starts_at is not None and line.starts_at > now:
        return f"starts in {fmt.duration((line.starts_at - now).total_seconds())}"
    return f"{fmt.age(now - line.state_since)} ago"


def columns(theme: Theme, currencies: Sequence[str], wide: bool) -> dict[str, Any]:
    """How the table shows each column, with what it means."""
    column = st.column_config
    tones = _tones(theme)
    states = {word: tones[STATE_COLOUR[name]] for name, word in STATE.items()}
    marks = dict.fromkeys((*HOLD.values(), *MARKS), tones["orange"]) | {
        "Auto": tones["gray"],
        "Claimed": tones["gray"],
    }
    risks = {
        word: tones[colour]
        for word, colour in zip(RISK.values(), ("gray", "blue", "yellow", "orange", "red"), strict=True)
    }
    chip = states | marks
    unit = f" ({currencies[0]})" if len(currencies) == 1 else ""
    return {
        "at": column.TextColumn("", width=20, help=f"{AT} marks the open card. Click anywhere in a row to open it."),
        "title": column.TextColumn(
            "What will run", width=236 if wide else 180, help="Written by code from what will really run."
        ),
        "state": column.MultiselectColumn(
            "State", options=list(chip), color=list(chip.values()), width=92, help=STATE_HELP
        ),
        "risk": column.MultiselectColumn(
            "Risk", options=list(risks), color=list(risks.values()), width=102, help=explained(RISK_HELP)
        ),
        "money": column.TextColumn(
            f"A month{unit}" if wide or not unit else f"{currencies[0]}/mo",
            width=92 if wide else 70,
            help="What it brings in a month, as a range.",
        ),
        "due": column.TextColumn(
            "When", width=72, help="Time left to decide; then it expires. Silence never approves."
        ),
        "quorum": column.TextColumn(
            "Agreed",
            width=128,
            help=explained("How many have agreed of how many must, and which groups are missing."),
        ),
        "hits": column.TextColumn(
            "Reaches",
            width=84,
            help=explained("Consumers that it reaches, and the highest risk to one; + means: at least."),
        ),
        "sure": column.TextColumn(
            "Sure",
            width=112,
            help=explained("What the agent says of itself, then what became of its earlier ones of this kind."),
        ),
        "read": column.TextColumn(
            "Evidence", width=72, help=explained("How old the oldest figure is that it rests on.")
        ),
        "env": column.TextColumn("Env", width=58, help="Where the target lives. Unknown counts as prod."),
    }


def _tones(theme: Theme) -> Mapping[str, str]:
    tokens = DARK if theme == "dark" else LIGHT
    soft, strong = ("40", "80") if theme == "dark" else ("2B", "73")
    return {
        "blue": tokens.info + soft,
        "green": tokens.ok + soft,
        "orange": tokens.watch + strong,
        "red": tokens.act + soft,
        "yellow": tokens.watch + soft,
        "gray": tokens.unknown + soft,
    }
