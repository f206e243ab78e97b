"""Which SQL warehouse, of those whose settings changed, is looked at: held in the address."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import streamlit as st

from approvals.reading.proposed import Proposed
from components.frame.page import Page
from components.panels.savings_list import proposed
from components.runtime.waiting import until_done
from components.text import format as fmt
from components.text.change_words import change_in_words
from components.text.names import words_for
from components.things.asks import changed
from components.things.parts import strip_of
from components.things.warehouse_change import LEAST, SETTING, change_of
from components.tiles.tile import Rows
from things import Thing
from warehouse.interface import Ask

KEY, DAYS = "warehouse", 60


def changes_of_any(page: Page) -> Ask:
    """What changed of any SQL warehouse."""
    return page.lately("value.changes", DAYS, kinds="warehouse")


def changed_warehouse(page: Page) -> tuple[Thing | None, Callable[[], None]]:
    """The chosen one, at first that which changed last, and what draws the choice; None where no setting changed in 60 days."""
    asked = page.reader.submit(changes_of_any(page))
    until_done([asked])
    answer = asked.result()
    told = answer.table.to_pylist() if answer.table is not None else []
    newest = {
        f"{row['workspace_id']}-{row['thing_id']}": row for row in reversed(told) if SETTING.search(row["what"] or "")
    }
    old = page.now - dt.timedelta(days=LEAST + 1)  # of one that is newer nothing can be told yet
    order = sorted(newest, key=lambda key: (newest[key]["at"] < old, newest[key]["at"], key), reverse=True)
    said = {
        key: f"{row['name']}: {change_in_words(row['what'], page.look.names)}, {fmt.day(row['at'].date())}"
        for key, row in newest.items()
    }

    def draw() -> None:
        st.selectbox(
            "Change",
            order,
            key=KEY,
            format_func=words_for(order, lambda key: said[key], 120),
            bind="query-params",
            width=560,
        )

    if not order:
        return None, lambda: None
    wanted = st.session_state.get(KEY, st.query_params.get(KEY))
    row = newest.get(str(wanted), newest[order[0]])
    return Thing("warehouse", str(row["thing_id"]), str(row["workspace_id"])), draw


def changed_one(page: Page, known: list[Proposed]) -> Rows:
    """The row of what the change of a setting did, of the warehouse that is chosen; it says so where none changed."""
    thing, choice = changed_warehouse(page)
    if thing is None:
        return [[change_of(None).tile(changes_of_any(page))]]
    asks = strip_of(page, thing), *changed(page, thing)
    panel, of = change_of(thing), (thing.address, known)
    return [[panel.tile(*asks, derive=proposed(known), variant=of, choice=thing, controls=choice, spared={"changes"})]]
