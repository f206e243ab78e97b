"""Section 1 of a card: what will run, made by code from the typed action."""

from __future__ import annotations

import streamlit as st

from approvals.card import Card
from components.inbox import diff
from components.inbox.words import titled
from components.untrusted import plain, safe

_DRY = {
    "native": ("Dry run: by Databricks", "green", "Databricks itself tried it without an effect."),
    "simulated": ("Dry run: worked out", "blue", "Worked out from the target's state as it was read."),
    "none": ("No dry run possible", "orange", "Nothing can try it beforehand; that adds one to the risk class."),
}


def draw(card: Card) -> None:
    """Sentence, target, diff, steps, conditions, dry run."""
    content, target = card.content, card.content.target
    st.markdown(f"**{safe(titled(content.title), 400)}**")
    st.caption(
        f"{safe(target.type)} {safe(target.name or target.id)} · id {safe(target.id)} · workspace {safe(target.workspace_id)} · "
        f"{safe(content.env)} · digest {safe(card.row.action_digest[:8])}"
    )
    diff.draw(content.changes, "inbox-diff")
    label, colour, meaning = _DRY[content.dry_run.mode]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.badge(safe(label if content.dry_run.ok else f"{label}: failed"), color=colour if content.dry_run.ok else "red",  # type: ignore[arg-type]
                 help=safe(meaning, 300))  # fmt: skip
        for warning in content.dry_run.warnings:
            st.markdown(f":orange[:material/warning: {safe(warning, 300)}]")
    for number, step in enumerate(content.steps, 1):
        st.markdown(f"{safe(number)}\\. {safe(step, 300)}")
    for check in content.preconditions:
        mark = ":green[✓]" if check.ok else ":red[✗]" if check.ok is False else ":gray[?]"
        observed = f" (observed: {plain(check.observed, 120)})" if check.observed else ""
        st.markdown(f"{mark} {safe(check.expected + observed, 300)}")
    st.caption(
        "Looked at again right before acting: conditions, evidence, the target as it was, and the voters' rights."
    )
