"""The filters as people touch them: in the title row of every page, written through to the address bar."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import partial

import pandas as pd
import streamlit as st

from approvals.people.roles import RowLimits
from components.frame.filters import DATES, KEYS, MOST_MONTHS, PERIODS, Filters, default, parse
from components.frame.periods import PRESETS, months_before
from components.frame.scope_controls import chips, lists, mine, offered
from components.runtime.state import Reads
from components.runtime.waiting import until_done
from components.text.glossary import explained
from components.text.names import words_for
from components.text.scopes import SCOPES
from components.text.untrusted import plain, safe
from queries.catalogue import catalogue
from warehouse.interface import ask

_HELD = "filters"  # the words in force, kept from page to page
_CHOSEN = "filters-chosen"  # the words a control has just set; they win over the address once
_NOTES = "filters-notes"
AGAINST = {"before": "Period before", "year": "Year before"}


def current(today: dt.date) -> Filters:
    """The filters in force: what a control has just set, else the address, else what the session carried along."""
    written = st.query_params.to_dict()  # read once: each look at a word takes its time
    address = {key: written[key] for key in (*KEYS, *SCOPES) if key in written}
    chosen = st.session_state.pop(_CHOSEN, None)
    words = chosen if chosen is not None else address or st.session_state.get(_HELD, {})
    filters, problems = parse(words, today)
    held = filters.query()
    st.session_state[_HELD] = held
    st.session_state[_NOTES] = problems
    if address != held:
        for key in address.keys() - held.keys():
            del st.query_params[key]
        st.query_params.update(held)
    return filters


def held(today: dt.date) -> Filters:
    """The filters that the session carries along, for what is shown beside a page; nothing is written."""
    return parse(st.session_state.get(_HELD, {}), today)[0]


def notes() -> list[str]:
    """What the address got wrong, for the reader of the page."""
    return list(st.session_state.get(_NOTES, ()))


def controls(
    filters: Filters, reader: Reads, today: dt.date, limits: RowLimits, *, dated: bool = True, so_far: bool = False
) -> None:
    """Period (where the page is ``dated``), a drawer with the rest, "Mine", and, when anything is not the
    default, what is chosen and a reset. ``so_far``: the page shows today, too, where the period ends yesterday."""
    if dated:
        _period(filters, so_far)
    scope = filters.scope(limits.everything)
    days = _days_said(filters, so_far and filters.end == today) if dated else ""
    st.caption(safe(f"{days} · {scope}" if days else scope), width="content")
    _drawer(filters, reader, today, limits)
    mine(filters, _choose)
    if filters.only:  # only a job is not called by its value
        chips(filters, offered(reader, limits, today) if "job" in dict(filters.only) else {}, _choose)
    if filters != default(today):
        st.button("Reset", key="filters-reset", type="tertiary", on_click=_choose, args=(default(today).query(),))


def _days_said(filters: Filters, so_far: bool) -> str:
    """The days that are shown, where the button does not say it."""
    if so_far:
        return f"{filters.period} and today so far"
    return filters.period if filters.days in (None, 1) else ""


def _period(filters: Filters, so_far: bool) -> None:
    """A day is offered where today is shown, too; elsewhere it is yesterday, for who comes from there."""
    _keep("filters-days", filters.preset or filters.days)
    periods: tuple[int | str, ...] = (*PERIODS[0 if so_far or filters.days == 1 else 1 :], *PRESETS)
    st.segmented_control(
        "Period",
        periods,
        key="filters-days",
        format_func=words_for(periods, partial(_period_words, so_far)),
        label_visibility="collapsed",
        on_change=_days_chosen,
        args=(filters,),
    )


def _period_words(so_far: bool, period: int | str) -> str:
    if period == 1:
        return "24 h" if so_far else "Yesterday"
    return f"{period} d" if isinstance(period, int) else PRESETS[period].label


def _drawer(filters: Filters, reader: Reads, today: dt.date, limits: RowLimits) -> None:
    # The label stays the same: another label would be another drawer, and this one would close at every choice.
    drawer = st.popover("Filters", icon=":material/tune:", key="filters-drawer", on_change="rerun")
    if drawer.open:
        with drawer:
            _choices(filters, reader, today)
            _scopes(filters, reader, today, limits)


def _scopes(filters: Filters, reader: Reads, today: dt.date, limits: RowLimits) -> None:
    """The lists are made only while they are open."""
    more = st.expander(
        "Owner, team, product, tag …", expanded=bool(filters.only), key="filters-scopes", on_change="rerun"
    )
    if more.open:
        with more:
            lists(filters, offered(reader, limits, today), _choose)


def _choices(filters: Filters, reader: Reads, today: dt.date) -> None:
    last = today - dt.timedelta(days=1)
    _keep("filters-dates", (filters.start, filters.end - dt.timedelta(days=1)))
    st.date_input(
        "Dates of your own, UTC",
        key="filters-dates",
        min_value=months_before(today, 3 * MOST_MONTHS),
        max_value=last,
        on_change=_dates_chosen,
        args=(filters,),
        format="YYYY-MM-DD",
        help=f"At most {MOST_MONTHS} months.",
    )
    _keep("filters-against", filters.against)
    st.segmented_control(
        "Changes against",
        AGAINST,
        key="filters-against",
        format_func=words_for(AGAINST, lambda a: AGAINST[a]),
        on_change=_listed_chosen,
        args=(filters, "against"),
        help="A month, quarter or year is compared with the same days of the one before.",
    )
    names = _rows(reader, "platform.workspaces")
    labels = _labels(names) | {w: w for w in filters.workspaces if w not in _labels(names)}
    _keep("filters-workspaces", list(filters.workspaces))
    st.multiselect(
        "Workspaces",
        list(labels),
        key="filters-workspaces",
        format_func=words_for(labels, lambda w: labels.get(w, w)),
        placeholder="All",
        on_change=_listed_chosen,
        args=(filters, "workspaces"),
    )
    codes, bases = _prices(reader, filters)
    _keep("filters-currency", filters.currency)
    st.selectbox("Currency", codes, key="filters-currency", on_change=_listed_chosen, args=(filters, "currency"))
    _keep("filters-basis", filters.basis)
    st.segmented_control(
        "Prices",
        bases,
        key="filters-basis",
        on_change=_listed_chosen,
        args=(filters, "basis"),
        help=explained("list: published prices; net: the prices of your account."),
    )


def _rows(reader: Reads, query: str) -> pd.DataFrame:
    """The rows of a query without parameters, waited for a moment; none when they do not come."""
    if query not in catalogue() or catalogue()[query].params:
        return pd.DataFrame()
    if not until_done([asked := reader.submit(ask(query))], patience=5):
        return pd.DataFrame()
    table = asked.result().table
    return table.to_pandas() if table is not None else pd.DataFrame()


def _labels(frame: pd.DataFrame) -> dict[str, str]:
    if not {"workspace_id", "workspace_name"} <= set(frame.columns):
        return {}
    pairs = zip(frame["workspace_id"], frame["workspace_name"], strict=True)
    return {
        str(i): plain(name if isinstance(name, str) else i, 60) or str(i)
        for i, name in sorted(pairs, key=lambda p: str(p[1]).casefold())
    }


def _prices(reader: Reads, filters: Filters) -> tuple[list[str], list[str]]:
    """Currencies and bases that have prices; what is in force stays among them."""
    frame = _rows(reader, "finops.currencies")
    if frame.empty:
        return sorted({"USD", "EUR", filters.currency}), ["list", "net"]
    return sorted({*frame["currency_code"], filters.currency}), sorted({*frame["basis"], filters.basis})


def _keep(key: str, value: object) -> None:
    """Show what is in force in a control, however it came into force: at every run, because a control is another one on
    another page, and keeps nothing of what was said under its name on the last."""
    st.session_state[key] = value


def _choose(words: Mapping[str, str]) -> None:
    st.session_state[_CHOSEN] = dict(words)


def _days_chosen(filters: Filters) -> None:
    period = st.session_state["filters-days"]
    if period is not None:
        _dates_are(filters, {"period" if period in PRESETS else "days": str(period)})


def _dates_chosen(filters: Filters) -> None:
    dates = st.session_state["filters-dates"]
    if len(dates) == 2:  # one date: the other end is still to be picked
        _dates_are(filters, {"from": dates[0].isoformat(), "to": dates[1].isoformat()})


def _dates_are(filters: Filters, words: Mapping[str, str]) -> None:
    _choose({k: v for k, v in filters.query().items() if k not in DATES} | dict(words))


def _listed_chosen(filters: Filters, key: str) -> None:
    value = st.session_state[f"filters-{key}"]
    word = ",".join(value) if isinstance(value, list) else value
    _choose({k: v for k, v in filters.query().items() if k != key} | ({key: word} if word else {}))
