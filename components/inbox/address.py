"""Where somebody is in the inbox. The address bar holds it: view, filters, page, the open card, the verb in hand. So a
copied address shows the same. Being somewhere never decides anything."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, cast

import streamlit as st

from approvals.reading.inbox import VIEWS, InboxFilters, View
from components.runtime.run_to_completion import run_to_completion
from dimensions import known

PAGE = 50
FILTERS = ("dimension", "risk", "env", "agent", "kind", "owner", "least", "text", "group")
VERBS = (
    "accept",
    "reject",
    "edit",
    "ask",
    "override",
    "snooze",
    "delegate",
    "veto",
    "undo",
    "look",
    "answer",
    "emergency",
    "withdraw",
    "lift",
)
_ID = re.compile(r"[0-9A-Za-z]{1,64}")


@dataclass(frozen=True)
class Place:
    """``page`` counts from 1; ``open`` is the open card's id, ``do`` the verb whose form is open."""

    view: View = "your_turn"
    filters: InboxFilters = InboxFilters()
    page: int = 1
    open: str = ""
    do: str = ""


def parse(words: Mapping[str, str]) -> Place:
    """The place that an address means; what makes no sense in it falls back."""
    view = words.get("view", "")
    risk, page, opened, do = words.get("risk", ""), words.get("page", ""), words.get("p", ""), words.get("do", "")
    texts: dict[str, Any] = {name: words.get(name, "")[:200] for name in ("env", "agent", "kind", "owner", "text")}
    return Place(
        view=cast(View, view) if view in VIEWS else "your_turn",
        filters=InboxFilters(
            dimension=known(words.get("dimension", "")[:200]),
            risk=int(risk) if risk in {"0", "1", "2", "3", "4"} else None,
            least=amount(words.get("least", "")),
            group=words.get("group", "")[:512],
            **texts,
        ),
        page=max(int(page), 1) if page.isdecimal() and len(page) <= 6 else 1,
        open=opened if _ID.fullmatch(opened) else "",
        do=do if do in VERBS else "",
    )


def left_out(words: Mapping[str, str]) -> list[str]:
    """The words of an address that :func:`parse` made nothing of, as the address has them (foreign text), each with its
    name."""
    place = parse(words)
    read = {
        "view": place.view,
        "risk": "" if place.filters.risk is None else str(place.filters.risk),
        "least": "" if place.filters.least is None else words.get("least", ""),
        "page": str(place.page),
        "p": place.open,
        "do": place.do,
    }
    return [f"{name}={words[name]}" for name, said in read.items() if words.get(name) and words[name] != said]


def amount(text: str) -> Decimal | None:
    """A positive amount of money, None when ``text`` is none."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() and 0 < value < 10**12 else None


def pages(total: int) -> int:
    """How many pages a list of ``total`` lines has; one where it is empty."""
    return max(-(-total // PAGE), 1)


def here() -> Place:
    """The place of this run."""
    return parse(st.query_params)


@run_to_completion
def go(**words: str | None) -> None:
    """Change words of the address; empty ones leave it. Another view, filter or page is not another card."""
    for name, value in words.items():
        if value:
            st.query_params[name] = value
        elif name in st.query_params:
            del st.query_params[name]


@run_to_completion
def open_card(proposal_id: str | None, do: str | None = None) -> None:
    """Open a card, or close it; with ``do`` its form for that verb is open too. Nothing is decided by it."""
    st.session_state.pop("inbox-notes", None)
    go(p=proposal_id, do=do)


@run_to_completion
def narrow(**words: str | None) -> None:
    """Change view or filters: back to the first page, the card closed."""
    go(**words, page=None, p=None, do=None)
