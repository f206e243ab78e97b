"""The typed diff of a proposal as a table: what is, what will be, in which unit; what is secret stays so."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from approvals.values.proposal import Change
from components.text.untrusted import cells, exact

HIDDEN = "••••••"
ABSENT = "not set"


def shown(value: Any, sensitive: bool = False) -> str:
    """One value in words: absent ones, switches and lists included."""
    if value is None:
        return ABSENT
    if sensitive:
        return HIDDEN
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, list | tuple) and all(isinstance(one, str | int) for one in value):
        return exact(", ".join(map(str, value)), 400) or "nothing"
    return exact(json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value, 400)


def sentence(change: Change) -> str:
    """``auto_stop_mins 60 → 10 min``."""
    unit = f" {change.unit}" if change.unit and change.after is not None else ""
    return f"{exact(change.path, 80)} {shown(change.before, change.sensitive)} → {shown(change.after, change.sensitive)}{unit}"


def frame(changes: Sequence[Change]) -> pd.DataFrame:
    """Columns Setting, Now, Then, Unit; a change of a list says what comes and goes."""
    rows = []
    for one in changes:
        rows.append(
            (
                exact(one.path, 200),
                shown(one.before, one.sensitive),
                shown(one.after, one.sensitive),
                exact(one.unit, 20) or _moves(one),
            )
        )
    return pd.DataFrame(rows, columns=["Setting", "Now", "Then", "Unit"])


def _moves(one: Change) -> str:
    if one.sensitive or not (isinstance(one.before, list | tuple) and isinstance(one.after, list | tuple)):
        return ""
    gone = [f"−{value}" for value in one.before if value not in one.after]
    come = [f"+{value}" for value in one.after if value not in one.before]
    return exact(" ".join(gone + come) if gone or not come else f"new: {', '.join(come)}", 200)


def draw(changes: Sequence[Change], key: str, *, over: bool = False) -> None:
    """The table, of what was and what came where it is ``over``; a sentence where nothing is set by the action."""
    if not changes:
        st.caption("It sets nothing: see the steps.")
        return
    table = frame(changes)
    if not any(table["Unit"]):
        table = table.drop(columns="Unit")
    if over:
        table = table.rename(columns={"Now": "Before", "Then": "After"})
    st.dataframe(cells(table), hide_index=True, key=key, height="content", alt="What changes: now and then")
