"""What the figures cover: period, workspaces, currency, cost basis. The address bar holds them, so a copied address
shows the same; the session carries them from page to page. What an address gets wrong falls back, and is said."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from components.frame import periods
from components.frame.periods import INSTEAD, PRESETS, months_before
from components.text import format as fmt
from components.text import scopes
from queries.kinds import Param

PERIODS = (1, 7, 30, 90)
DATES = ("days", "period", "from", "to")  # the words that say the period: one way of them at a time
KEYS = (*DATES, "against", "workspaces", "currency", "basis")
MOST_MONTHS = 13
MOST_WORKSPACES = 100
_WORKSPACE = re.compile(r"[0-9]{1,20}")
EARLIEST = dt.date(2015, 1, 1)  # what is looked at besides a period lies before it, too
_CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True)
class Filters:
    """``start`` inclusive, ``end`` exclusive (UTC dates; today is incomplete and left out); ``days`` is one of :data:`PERIODS`,
    ``preset`` a period of the calendar, and with neither the dates are of one's own; no ``workspaces`` means all."""

    start: dt.date
    end: dt.date
    days: int | None = 30
    workspaces: tuple[str, ...] = ()
    currency: str = "USD"
    basis: Literal["list", "net"] = "list"
    preset: str = ""  # a key of PRESETS
    against: Literal["before", "year"] = "before"
    only: scopes.Only = ()  # nothing but what is of these owners, products …

    @property
    def compared(self) -> tuple[dt.date, dt.date]:
        """What changes are measured against, end exclusive: the same days a year before where that is chosen, of a month
        (quarter, year) the same days of the one before, else as many days right before. It ends where this begins, or
        earlier."""
        if months := self._months_apart:
            return periods.same_days(self.start, self.end, months)
        return self.start - (self.end - self.start), self.start

    @property
    def _months_apart(self) -> int:
        """How many months the compared period lies before this one; 0 where days are counted."""
        if self.against == "year":
            return 12
        if self.preset:
            return PRESETS[self.preset].months
        return 0 if self.days else periods.whole_months(self.start, self.end)

    @property
    def previous(self) -> dt.date:
        """Start of the period that this one is compared with."""
        return self.compared[0]

    @property
    def period(self) -> str:
        """``yesterday``, ``last 30 days``, ``1 Oct – 31 Oct 2026``, ``October 2026`` or ``1 Nov – 28 Nov 2026, 28 of 30 days``."""
        last = self.end - dt.timedelta(days=1)
        if self.preset:
            return periods.words(self.start, self.end) + self._cut
        if self.days == 1:
            return "yesterday"
        return f"last {self.days} days" if self.days else f"{fmt.day(self.start)} – {fmt.day(last, year=True)}"

    @property
    def _cut(self) -> str:
        """How many days of a calendar period are complete, where it is not over."""
        whole = PRESETS[self.preset].ends(self.start)
        return "" if self.end == whole else f", {(self.end - self.start).days} of {(whole - self.start).days} days"

    @property
    def versus(self) -> str:
        """What changes are measured against, in words; a different number of days is said."""
        days, (start, end) = (self.end - self.start).days, self.compared
        if not self._months_apart:
            return f"against the {'day' if days == 1 else f'{days} days'} before"
        other = (end - start).days
        unequal = f" ({fmt.counted(other, 'day')}, here {days})" if other != days else ""
        return f"against {periods.words(start, end)}{unequal}"

    @property
    def limited(self) -> tuple[str, ...]:
        """The filters in force besides the period and the prices, by the names of their parameters."""
        return (*(("workspaces",) if self.workspaces else ()), *(name for name, _ in self.only))

    def scope(self, everything: str) -> str:
        """Workspaces, currency and basis in words; ``everything`` is what is seen where no workspace is chosen."""
        count = len(self.workspaces)
        where = fmt.counted(count, "workspace") if count else everything
        return f"{where} · {self.currency} {self.basis}"

    def asks_params(self) -> dict[str, Param]:
        """The parameters that queries share: start, end, previous, previous_end, workspaces, cost_centers,
        currency, basis."""
        return {
            "start": self.start,
            "end": self.end,
            "previous": self.compared[0],
            "previous_end": self.compared[1],
            "workspaces": ",".join(self.workspaces),
            "currency": self.currency,
            "basis": self.basis,
            "cost_centers": "",  # all: no control chooses among them, only a limit does
        }

    def query(self) -> dict[str, str]:
        """The words of the address bar: the period always, the rest when it is not the default."""
        words = {"days": str(self.days)} if self.days else {}
        if self.preset:
            words = {"period": self.preset}
        elif not self.days:
            words = {"from": self.start.isoformat(), "to": (self.end - dt.timedelta(days=1)).isoformat()}
        if self.against != "before":
            words["against"] = self.against
        if self.workspaces:
            words["workspaces"] = ",".join(self.workspaces)
        if self.currency != "USD":
            words["currency"] = self.currency
        if self.basis != "list":
            words["basis"] = self.basis
        return words | scopes.words(self.only)


def default(today: dt.date) -> Filters:
    """The last 30 complete days, everything, list prices in US dollars."""
    return Filters(today - dt.timedelta(days=30), today)


def parse(words: Mapping[str, str], today: dt.date) -> tuple[Filters, list[str]]:
    """Filters from the address bar and a sentence for each word that did not make sense."""
    problems: list[str] = []
    start, end, days, preset = _period(words, today, problems)
    against = _against(words, start, end, problems)
    chosen, prices = _workspaces(words, problems), _prices(words, problems)
    only = scopes.read(words, problems)
    return Filters(start, end, days, chosen, *prices, preset=preset, against=against, only=only), problems


Chosen = tuple[dt.date, dt.date, int | None, str]  # start, end, days, preset


def _usual(today: dt.date) -> Chosen:
    usual = default(today)
    return usual.start, usual.end, usual.days, ""


def _period(words: Mapping[str, str], today: dt.date, problems: list[str]) -> Chosen:
    if "from" in words or "to" in words:
        try:
            first, last = dt.date.fromisoformat(words.get("from", "")), dt.date.fromisoformat(words.get("to", ""))
        except ValueError:
            problems.append("The dates in the address are not dates; showing the last 30 days.")
            return _usual(today)
        return _dates(first, last, today, problems)
    if "period" in words:
        return _preset(words["period"], today, problems)
    said = words.get("days", "30")
    if said not in map(str, PERIODS):
        problems.append("The number of days in the address is not 1, 7, 30 or 90; showing the last 30 days.")
        return _usual(today)
    return today - dt.timedelta(days=int(said)), today, int(said), ""


def _preset(name: str, today: dt.date, problems: list[str]) -> Chosen:
    """The period called ``name``; on its first day, when none of its days is complete, the one before."""
    if name not in PRESETS:
        known = ", ".join(PRESETS)
        problems.append(f"The period in the address is none of {known}; showing the last 30 days.")
        return _usual(today)
    start, end = PRESETS[name].dates(today)
    if start == end:
        shown = INSTEAD[name]
        problems.append(f"{PRESETS[name].label} has no complete day yet; showing the {PRESETS[shown].label.lower()}.")
        return (*PRESETS[shown].dates(today), None, shown)
    return start, end, None, name


def _against(words: Mapping[str, str], start: dt.date, end: dt.date, problems: list[str]) -> Literal["before", "year"]:
    said = words.get("against", "before")
    if said == "year" and start < months_before(end, 12):
        problems.append("More than a year cannot be compared with the year before; comparing with the days before.")
        return "before"
    if said not in ("before", "year"):
        problems.append("What to compare with is neither before nor year; comparing with the period before.")
    return "year" if said == "year" else "before"


def _dates(first: dt.date, last: dt.date, today: dt.date, problems: list[str]) -> Chosen:
    if last < EARLIEST:
        problems.append("The period in the address was over before there were any figures; showing the last 30 days.")
        return _usual(today)
    if first > last or first >= today:
        problems.append("The period in the address holds no complete day; showing the last 30 days.")
        return _usual(today)
    if last >= today:
        problems.append("Today is not complete; the period ends yesterday.")
        last = today - dt.timedelta(days=1)
    earliest = months_before(last + dt.timedelta(days=1), MOST_MONTHS)
    if first < earliest:
        problems.append(f"A period is at most {MOST_MONTHS} months; showing the last {MOST_MONTHS} of it.")
        first = earliest
    return first, last + dt.timedelta(days=1), None, ""


def _workspaces(words: Mapping[str, str], problems: list[str]) -> tuple[str, ...]:
    said = [w for w in words.get("workspaces", "").split(",") if w]
    fine = [w for w in dict.fromkeys(said) if _WORKSPACE.fullmatch(w)][:MOST_WORKSPACES]
    if len(fine) < len(set(said)):
        problems.append("Some workspaces in the address are not workspace ids; they are left out.")
    return tuple(sorted(fine))


def _prices(words: Mapping[str, str], problems: list[str]) -> tuple[str, Literal["list", "net"]]:
    currency, basis = words.get("currency", "USD"), words.get("basis", "list")
    if not _CURRENCY.fullmatch(currency):
        problems.append("The currency in the address is not a code such as EUR; showing USD.")
        currency = "USD"
    if basis not in ("list", "net"):
        problems.append("The cost basis in the address is neither list nor net; showing list.")
    return currency, "net" if basis == "net" else "list"
