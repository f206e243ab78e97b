"""The fields of a setting as people fill them in, and the text that they make: the text is what is proposed, in the form that
the environment takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from zoneinfo import available_timezones

import streamlit as st

from components.text.currency import CODES
from components.text.names import words_for
from components.text.untrusted import plain
from dimensions import DIMENSIONS
from queries.folding import joined, keyed, parted
from settings import Changeable, Settings

# Settings that are a list: what stands on each line, and an example.
LINES = {
    "token_budgets": (
        "person, service, team or endpoint, the name after a colon where it is one's own, and tokens a month",
        "person=20M\nteam:data-platform=1G",
    ),
    "token_prices": (
        "a word in the model's name, then what a token costs against one of fresh input: written to a cache, read from one, answered",
        "claude=1.25:0.1:5",
    ),
}
Offers = Mapping[str, str]  # a key that tags have, and how it is used


def value(name: Changeable, chosen: Settings, offers: Callable[[], Offers], currency: str) -> str:
    """Draw the fields of the setting ``name`` and give what stands in them as text; they begin with what is in force in
    ``chosen``. ``offers`` are the keys that the account's tags have, asked where they are drawn."""
    if name in ("cost_center_tags", "team_tags", "environment_tags"):
        return _keys(name, str(getattr(chosen, name)), offers())
    if name == "limits":
        return _limits(chosen)
    if name == "zone":
        return _zone(chosen.zone)
    if name in LINES:
        return _by_line(name, str(getattr(chosen, name)))
    return _money(name, chosen, currency)


def _keys(name: str, now: str, offers: Offers) -> str:
    """Tag keys: those that are in force, and those that the account really uses."""
    current = [one.strip() for one in parted(now)]
    known = {keyed(one): one for one in current}
    options = [*current, *(key for key in offers if key not in known)]
    said = {one: offers.get(keyed(one), "no tag has it") for one in options}
    chosen = st.multiselect(
        "Keys (those that tags have in this account are offered; others may be typed)",
        options,
        current,
        key=f"setting-{name}",
        format_func=words_for(
            options, lambda key: f"{plain(key, 60)} ({said[key]})" if key in said else plain(key, 60)
        ),
        accept_new_options=True,
        help="Capitals, blanks and the signs - _ . : / do not count: CostCenter and cost-center are one key.",
    )
    return joined(one.strip() for one in chosen)


def _limits(chosen: Settings) -> str:
    """Where Watch and Act begin in one dimension; the others stay as they are."""
    known = chosen.watch_and_act
    dimension = st.selectbox(
        "Dimension",
        list(known),
        key="setting-limits-of",
        format_func=words_for(known, lambda key: DIMENSIONS[key].title),
    )
    left, right = st.columns(2)
    watch, act = known[dimension]
    step = 0.01 if act < 1 else 1.0
    now = dict(known) | {
        dimension: (
            left.number_input("Watch from", value=watch, step=step, format="%g", key=f"setting-watch-{dimension}"),
            right.number_input("Act from", value=act, step=step, format="%g", key=f"setting-act-{dimension}"),
        )
    }
    if act < 1:
        st.caption("Shares between 0 and 1: 0.15 is 15 %.")
    return ",".join(f"{key}={_plain(watch)}:{_plain(act)}" for key, (watch, act) in now.items())


def _by_line(name: str, now: str) -> str:
    """What has commas between its parts, a part on each line."""
    asked, example = LINES[name]
    text = st.text_area(
        f"One on each line: {asked}",
        "\n".join(now.split(",")),
        key=f"setting-{name}",
        placeholder=example,
        height=140,
    )
    return ",".join(one.strip() for one in text.splitlines() if one.strip())


def _zone(now: str) -> str:
    zones = _sorted_zones()
    return str(st.selectbox("Zone", zones, zones.index(now) if now in zones else 0, key="setting-zone"))


def _sorted_zones() -> list[str]:
    return sorted(available_timezones())


def _money(name: Changeable, chosen: Settings, currency: str) -> str:
    """An amount and its currency; of a budget also at which prices."""
    monthly, budget = name == "monthly_budget", chosen.budget
    found = budget[:2] if monthly and budget else None if monthly else chosen.rate
    left, right = st.columns(2)
    much = left.number_input(
        "Amount a month" if monthly else "Amount an hour",
        value=float(found[0]) if found else None,
        step=1000.0 if monthly else 1.0,
        format="%g",
        key=f"setting-{name}",
    )
    codes = _distinct([found[1] if found else currency, currency, *CODES])
    code = right.selectbox("Currency", codes, key=f"setting-{name}-currency", accept_new_options=True)
    basis = _basis(budget[2] if budget else "list") if monthly else ""
    return "" if much is None else f"{_plain(much)} {str(code or '').strip().upper()}{basis}"


def _basis(now: str) -> str:
    """How the text of a budget ends."""
    bases = ["list", "net"]
    chosen = st.radio("At which prices", bases, bases.index(now), horizontal=True, key="setting-basis")
    return " net" if chosen == "net" else ""


def _distinct(values: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(values))


def _plain(number: float) -> str:
    """The number without exponent and without zeros that say nothing."""
    return f"{Decimal(str(number)).normalize():f}"
