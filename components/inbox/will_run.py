"""Section 1 of a card: what will run, made by code from the typed action."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import streamlit as st

from approvals.reading.card import Card
from approvals.values.proposal import Content
from approvals.values.titles import titled
from components.inbox import diff, outcome
from components.inbox.services import InboxServices
from components.runtime.name_button import name_button
from components.text.untrusted import exact, plain, safe
from spelling import scripts
from things import read

_DRY = {
    "native": ("Dry run: by Databricks", "green", "Databricks itself tried it without an effect."),
    "simulated": ("Dry run: worked out", "blue", "Worked out from the target's state as it was read."),
    "none": ("No dry run possible", "orange", "Nothing can try it beforehand; that adds one to the risk class."),
}


def lookalikes(content: Content) -> list[tuple[str, str]]:
    """The names in what runs that mix the letters of several scripts, and which ("cyrillic and latin")."""
    named = [content.target.id, *(one for value in content.params.values() for one in _texts(value))]
    return [(name, " and ".join(mixed)) for name in dict.fromkeys(named) if (mixed := scripts(name))]


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple | dict):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _texts(one)


def draw(card: Card, services: InboxServices) -> None:
    """Sentence, target, diff, steps, conditions, dry run."""
    content, target = card.content, card.content.target
    st.markdown(f"**{safe(exact(titled(content.title)), 400)}**")
    where = read({"kind": "workspace", "id": target.workspace_id}) if target.workspace_id.strip("0") else None
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="inbox-target"):
        st.caption(
            f"{safe(target.type)} {safe(exact(target.name or target.id))} · id {safe(exact(target.id))} · workspace",
            width="content",
        )
        name_button(services.workspace(target.workspace_id), where, "inbox-workspace")
        st.caption(
            f"{safe(content.env)} · fingerprint {safe(card.row.action_digest[:8])}",
            help="The fingerprint is of exactly what runs: a vote signs it, and it is worked out again right before acting.",
            width="content",
        )
    for name, mixed in lookalikes(content):
        st.markdown(
            f":orange[:material/warning: {safe(f'{exact(name, 120)} mixes {mixed} letters: look at each of them')}]"
        )
    diff.draw(content.changes, "inbox-diff", over=outcome.over(card))
    label, colour, meaning = _DRY[content.dry_run.mode]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(
            safe(label if content.dry_run.ok else f"{label}: failed"),
            color=colour if content.dry_run.ok else "red",  # type: ignore[arg-type]
            help=safe(meaning, 300),
        )
        for warning in content.dry_run.warnings:
            st.markdown(f":orange[:material/warning: {safe(warning, 300)}]")
    for number, step in enumerate(content.steps, 1):
        st.markdown(f"{safe(number)}\\. {safe(step, 300)}")
    for check in content.preconditions:
        mark = ":green[✓]" if check.ok else ":red[✗]" if check.ok is False else ":gray[?]"
        observed = f" (observed: {plain(check.observed, 120)})" if check.observed else ""
        st.markdown(f"{mark} {safe(check.expected + observed, 300)}")
    if outcome.over(card):
        return
    st.caption(
        "Looked at again right before acting: conditions, evidence, the target as it was, and the voters' rights."
    )
