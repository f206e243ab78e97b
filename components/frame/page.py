"""The head of a page: title, filters, and what every tile on it may depend on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import streamlit as st

from approvals.people.roles import RowLimits
from approvals.reading.in_force import in_force
from components.frame import filter_bar, identity
from components.frame.filters import Filters
from components.frame.limited import limited, narrowed
from components.runtime import state
from components.runtime.state import Reads
from components.text import scopes
from components.text.principals import names
from components.text.tokens import Theme
from components.text.untrusted import safe
from components.text.view_context import ViewContext
from queries.catalogue import catalogue
from queries.kinds import Param
from setting_values import zone_of
from settings import settings
from warehouse.interface import Ask, ask

# A file of our own: an icon given by name would make the browser fetch it from elsewhere.
ICON = Path(__file__).with_name("icon.png")


def zone() -> str:
    """The viewer's time zone; the account's (a setting) until the browser has said it."""
    return zone_of(st.context.timezone or in_force(settings()).settings.zone).key


# Questions about one thing, about which there are, or about the whole bill: no filter hides a part.
WHOLE = ("things.", "platform.", "pipelineops.run_compare", "pipelineops.run_changes", "finops.reconciliation")


@dataclass(frozen=True)
class Page:
    """What a page works with. ``now`` is UTC; ``today`` its UTC date."""

    title: str
    filters: Filters
    look: ViewContext
    now: dt.datetime
    reader: Reads
    limits: RowLimits = RowLimits()  # whose rows the viewer may see

    def ask(self, query: str, **more: Param) -> Ask:
        """A question with those of the shared parameters that its header declares, those of the chosen filters that it
        knows, and ``more``; the tag is the cost centre's unless another is named."""
        known = catalogue()[query]
        declared = known.params
        shared = self.filters.asks_params() | {"tag": in_force(settings()).settings.cost_center_tags}
        only = {
            k: v
            for k, v in scopes.params(self.filters.only).items()
            if k in known.filters and not query.startswith(WHOLE)
        }
        params = {k: v for k, v in shared.items() if k in declared} | only | more
        return ask(query, **narrowed(self.limits, frozenset(declared), params))

    @property
    def so_far(self) -> Page:
        """This page with today as far as it is known, where the period ends yesterday."""
        today = self.now.date()
        if self.filters.end != today:
            return self
        return replace(self, filters=replace(self.filters, end=today + dt.timedelta(days=1)))

    @property
    def before(self) -> Page:
        """This page with the period that its own is compared with."""
        start, end = self.filters.compared
        return replace(self, filters=replace(self.filters, start=start, end=end, preset="", days=0))

    def lately(self, query: str, days: int, **more: Param) -> Ask:
        """A question about now: of ``days`` before today up to the end of today, whatever period is looked at."""
        today = self.now.date()
        return self.ask(query, start=today - dt.timedelta(days=days), end=today + dt.timedelta(days=1), **more)


def begin(title: str, *, dated: bool = True, so_far: bool = False) -> Page:
    """Draw the title row and return what the page's tiles need; one that is not ``dated`` has no period to choose, one that
    shows today ``so_far`` has the last 24 hours among them."""
    page = _page(title, filter_bar.current)
    head(page, dated=dated, so_far=so_far)
    return page


def unheaded(title: str) -> Page:
    """As :func:`begin`, for a page that draws its :func:`head` when it knows what it is called."""
    return _page(title, filter_bar.current)


def beside(title: str) -> Page:
    """What is asked beside a page, in a drawer, may depend on: the filters that are held, the address left alone."""
    return _page(title, filter_bar.held)


def head(page: Page, *, dated: bool = True, so_far: bool = False) -> None:
    """The title row: the page's title and the filters."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.header(safe(page.title, 120), anchor=False)
        filter_bar.controls(page.filters, page.reader, page.now.date(), page.limits, dated=dated, so_far=so_far)
    for note in filter_bar.notes():
        st.warning(safe(note), icon=":material/edit_off:")


def _page(title: str, chosen: Callable[[dt.date], Filters]) -> Page:
    limits = identity.limits(settings())
    now, reader = state.clock(), limited(state.reader(), limits)
    filters = chosen(now.date())
    theme: Theme = "dark" if st.context.theme.type == "dark" else "light"
    look = ViewContext(theme, zone(), filters.currency, filters.basis, filters.limited, filters.versus, names())
    return Page(title, filters, look, now, reader, limits)
