"""Owner, team, cost centre and the other scopes as people touch them: lists in the drawer, a chip for each value in force,
and "Mine". What is chosen is handed to ``choose`` as the words of an address."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

import pandas as pd
import streamlit as st

from approvals.people.roles import RowLimits
from components.frame.filters import Filters
from components.frame.identity import ACT_AS, viewer
from components.frame.limited import narrowed
from components.runtime.state import Reads
from components.runtime.waiting import until_done
from components.text.codes import in_words
from components.text.names import words_for
from components.text.principals import called
from components.text.scopes import SCOPES
from components.text.untrusted import safe
from queries.catalogue import catalogue
from queries.folding import joined
from queries.kinds import Param
from settings import settings
from spelling import folded
from warehouse.interface import ask

VALUES = "platform.filter_values"
DAYS, MOST = 90, 500  # of whose usage the lists are made; how many of each kind are offered
SHOWN = 12  # chips; the others are in the drawer
Choose = Callable[[Mapping[str, str]], None]
Labels = Mapping[str, Mapping[str, str]]  # what each value is called, by scope


def offered(reader: Reads, limits: RowLimits, today: dt.date) -> Labels:
    """What the account's usage names, waited for a moment; nothing when it does not come. Nobody is offered what belongs to
    rows of others."""
    asked: dict[str, Param] = {
        "start": today - dt.timedelta(days=DAYS),
        "end": today,
        "workspaces": "",
        "cost_centers": "",
        "limit": MOST,
    }
    asking = reader.submit(ask(VALUES, **narrowed(limits, frozenset(catalogue()[VALUES].params), asked)))
    if not until_done([asking], patience=5) or (table := asking.result().table) is None:
        return {}
    frame: pd.DataFrame = table.to_pandas()
    found = {str(kind): dict(zip(part["value"], part["label"], strict=True)) for kind, part in frame.groupby("kind")}
    return found | {"owner": {value: called(value) for value in found.get("owner", ())}}


def lists(filters: Filters, labels: Labels, choose: Choose) -> None:
    """A list for each scope, of what the account names; other owners, centres and so on may be typed."""
    for name in SCOPES:
        _list(name, filters, labels.get(name, {}), choose)


def _list(name: str, filters: Filters, offers: Mapping[str, str], choose: Choose) -> None:
    held, key = dict(filters.only).get(name, ()), f"filters-{name}"
    called = _called(name, {value: value for value in held} | dict(offers))
    st.session_state[key] = list(held)
    st.multiselect(
        SCOPES[name],
        sorted(called, key=lambda value: called[value].casefold()),
        key=key,
        format_func=words_for(called, lambda value: called.get(value, value)),
        placeholder="All",
        accept_new_options=name not in ("job", "product"),
        on_change=lambda: choose(_with(filters, name, st.session_state[key])),
    )


def _called(name: str, labels: Mapping[str, str]) -> dict[str, str]:
    """What the values of a filter are called: products in words."""
    return {value: in_words(label) if name == "product" else label for value, label in labels.items()}


def chips(filters: Filters, labels: Labels, choose: Choose) -> None:
    """One chip for each value in force; a click removes it."""
    every = [(name, value) for name, values in filters.only for value in values]
    for place, (name, value) in enumerate(every[:SHOWN]):
        called = _called(name, {value: labels.get(name, {}).get(value, value)})[value]
        rest = [one for one in dict(filters.only)[name] if one != value]
        st.button(
            safe(f"{SCOPES[name]}: {called}", 60),
            key=f"chip-{place}",
            icon=":material/close:",
            help="Remove this filter",
            on_click=choose,
            args=(_with(filters, name, rest),),
        )
    if len(every) > SHOWN:
        st.caption(safe(f"and {len(every) - SHOWN} more"))


def mine(filters: Filters, choose: Choose) -> None:
    """A switch to what the viewer owns, by the identity that runs it or is billed for it."""
    me = my_name()
    if not me:
        return
    on = dict(filters.only).get("owner") == (me,)
    st.button(
        "Mine",
        key="filters-mine",
        icon=":material/person:",
        type="primary" if on else "secondary",
        help=safe(f"Only what runs as {me}, or is billed to them" if not on else "Show everybody's again", 200),
        on_click=choose,
        args=(_with(filters, "owner", () if on else (me,)),),
    )


def my_name() -> str:
    """The viewer as the tables name an owner; on a laptop who they act as. Empty for the unknown."""
    who = viewer(settings())
    if who is None:
        return ""
    name = str(st.query_params.get(ACT_AS, who.name)) if who.local else who.name
    return folded(name.removeprefix("dev:"))[:300]


def _with(filters: Filters, name: str, values: object) -> dict[str, str]:
    """The words of the address with the scope ``name`` limited to ``values``."""
    listed = [str(one) for one in values] if isinstance(values, list | tuple) else []
    rest = {key: word for key, word in filters.query().items() if key != name}
    return rest | ({name: joined(listed)} if listed else {})
