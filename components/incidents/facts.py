"""An incident that ended, in facts: when it opened, who answered when, what was done,
how it ended, who was hit and what it cost; on its page and as files.
The same incident gives the same bytes. Pure but for :func:`handed_on`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import partial
from itertools import groupby
from typing import Any

import pandas as pd
import streamlit as st

from approvals.reading.thing_story import Step
from approvals.values.titles import titled
from components.files.csv_file import csv_of
from components.files.pdf_file import Part, pdf_of
from components.files.sheet import Sheet
from components.inbox.words import STATE
from components.incidents.harm import Harm
from components.incidents.known import FOUND, STEPS, Known
from components.incidents.words import NOBODY, alike_in_words, called, each, ended
from components.text import format as fmt
from components.text.untrusted import plain, safe
from components.things.timeline import step_in_words

NAMED = 8  # things that are named
COLUMNS = {"what": ("What", "text"), "said": ("Known of it", "long")}
PLACES = {"workspace_id": "", "thing_id": "", "thing_kind": ""}


def facts(row: Any, shown: Known, harmed: Harm) -> pd.DataFrame:
    """What is known of the closed incident of ``row``, a line each; times are UTC, what is not known is said."""
    found = each(shown.findings)
    things = list(dict.fromkeys(called(one) for one in found))
    agents = sorted({plain(one.agent, 64) for one in found})
    told = [
        ("Cause", f"{called(row)} ({plain(row.type, 32)})"),
        ("What was found", plain(row.title, 300)),
        ("Opened", f"{_utc(row.opened_at)}, by {', '.join(agents) or NOBODY}"),
        ("Answered", _answered(row)),
        ("Closed", f"{_utc(row.closed_at)}, after {fmt.age(row.closed_at - row.opened_at)}"),
        ("How it ended", ended(row)),
        ("Opened again", fmt.counted(row.reopened, "time")),
        ("Things that were broken", _named(things)),
        ("What was proposed", _proposed(shown.story)),
        ("Earlier ones", alike_in_words(shown.alike) if len(shown.alike) else "none like it has ended"),
        ("Who was hit", harmed.who),
        ("Cost", harmed.cost),
    ]
    return pd.DataFrame(told, columns=list(COLUMNS))


def done(shown: Known) -> pd.DataFrame:
    """Every step of people, agents and the executor, the oldest first; of one moment in its order."""
    taken = [
        {
            "at": one.at,
            "what": f"{step_in_words(one.what)}: {plain(titled(one.title), 160)}",
            "who": plain(one.who, 120),
            "words": "",
        }
        for one in reversed(shown.story)
    ]
    rows = pd.concat([shown.done.frame, pd.DataFrame(taken, columns=list(STEPS))], ignore_index=True)
    return rows.sort_values("at", kind="stable", ignore_index=True)


def report(row: Any, shown: Known, harmed: Harm) -> bytes:
    """The facts, what was found and what was done, as a PDF."""
    title = f"Incident: {called(row)}"
    told = shown.found.frame.drop(columns=list(PLACES), errors="ignore")
    parts = [
        Part(title, "The facts", tuple(f"{one.what}: {one.said}" for one in facts(row, shown, harmed).itertuples())),
        Part(fmt.counted(len(told), "finding"), "What was found", (), Sheet("Findings", told, FOUND)),
        Part(fmt.counted(len(done(shown)), "step"), "What was done", (), Sheet("Steps", done(shown), STEPS)),
    ]
    return pdf_of(title, f"Lakehelm · incident {row.incident_id} · times are UTC", parts)


def handed_on(row: Any, shown: Known, harmed: Harm) -> None:
    """The facts on the page, and two files of them, made when somebody takes one."""
    st.markdown("**What is known of it**")
    for one in facts(row, shown, harmed).itertuples():
        st.markdown(f"- **{safe(one.what)}**: {safe(one.said, 600)}")
    sheet = Sheet(f"Incident {row.incident_id}", facts(row, shown, harmed), COLUMNS)
    name = f"lakehelm_incident_{row.incident_id.replace('.', '_')}"
    with st.container(horizontal=True, gap="small"):
        for ending, mime, make in (
            ("pdf", "application/pdf", partial(report, row, shown, harmed)),
            ("csv", "text/csv", partial(csv_of, sheet, exact=False)),
        ):
            st.download_button(
                safe(f"These facts ({ending.upper()})"),
                data=make,
                file_name=f"{name}.{ending}",
                mime=mime,
                on_click="ignore",
                key=f"incident-facts-{ending}",
                icon=":material/download:",
            )


def _utc(at: dt.datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _answered(row: Any) -> str:
    if row.answered_at is None or pd.isna(row.answered_at):
        return "nobody took it on"
    by = plain(row.owner, 120) or NOBODY
    return f"{_utc(row.answered_at)}, after {fmt.age(row.answered_at - row.opened_at)}; last in the hands of {by}"


def _named(things: Sequence[str]) -> str:
    more = f" and {len(things) - NAMED:,} more" if len(things) > NAMED else ""
    return f"{len(things):,}: {', '.join(things[:NAMED])}{more}" if things else "none is kept"


def _proposed(story: Sequence[Step]) -> str:
    """Each proposal by its title, with what became of it."""
    by_id = groupby(sorted(story, key=lambda one: one.proposal_id), key=lambda one: one.proposal_id)
    said = [
        f"{plain(titled(one.title), 160)}: {STATE.get(one.state, one.state).lower()}"
        for one in (next(part) for _, part in by_id)
    ]
    return "; ".join(said) or "nothing"
