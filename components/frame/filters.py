"""What the figures cover: period, workspaces, currency, cost basis. The address bar holds them, so a copied address
shows the same; the session carries them from page to page. What an address gets wrong falls back, and is said."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from components.text import format as fmt
from queries.kinds import Param

PERIODS = (7, 30, 90)
KEYS = ("days", "from", "to", "workspaces", "currency", "basis")
MOST_MONTHS = 13
MOST_WORKSPACES = 100
_WORKSPACE = re.compile(r"[0-9]{1,20}")
EARLIEST = dt.date(2015, 1, 1)  # what is looked at besides a period lies before it, too
_CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True)
class Filters:
    """``start`` inclusive, ``end`` exclusive (UTC dates; today is incomplete and left out); ``days`` is 7, 30 or 90, or
    None for dates of one's own; no ``workspaces`` means all."""

    start: dt.date
    end: dt.date
    days: int | None = 30
    workspaces: tuple[str, ...] = ()
    currency: str = "USD"
    basis: Literal["list", "net"] = "list"

    @property
    def previous(self) -> dt.date:
        """Start of the period before, which has the same number of days."""
        return self.start - (self.end - self.start)

    @property
    def period(self) -> str:
        """``last 30 days`` or ``1 Oct – 31 Oct 2026``."""
        last = self.end - dt.timedelta(days=1)
        return f"last {self.days} days" if self.days else f"{fmt.day(self.start)} – {fmt.day(last, year=True)}"

    @property
    def versus(self) -> str:
        """What changes are measured against, in words."""
        return f"against the {(self.end - self.start).days} days before"

    def scope(self, everything: str) -> str:
        """Workspaces, currency and basis in words; ``everything`` is what is seen where no workspace is chosen."""
        count = len(self.workspaces)
        where = fmt.counted(count, "workspace") if count else everything
        return f"{where} · {self.currency} {self.basis}"

    def asks_params(self) -> dict[str, Param]:
        """The parameters that queries share: start, end, previous, workspaces, cost_centers, currency, basis."""
        return {
            "start": self.start,
            "end": self.end,
            "previous": self.previous,
            "workspaces": ",".join(self.workspaces),
            "currency": self.currency,
            "basis": self.basis,
            "cost_centers": "",  # all: no control chooses among them, only a limit does
        }

    def query(self) -> dict[str, str]:
        """The words of the address bar: the period always, the rest when it is not the default."""
        words = {"days": str(self.days)} if self.days else {}
        if not self.days:
            words = {"from": self.start.isoformat(), "to": (self.end - dt.timedelta(days=1)).isoformat()}
        if self.workspaces:
            words["workspaces"] = ",".join(self.workspaces)
        if self.currency != "USD":
            words["currency"] = self.currency
        if self.basis != "list":
            words["basis"] = self.basis
        return words


def default(today: dt.date) -> Filters:
    """The last 30 complete days, everything, list prices in US dollars."""
    return Filters(today - dt.timedelta(days=30), today)


def parse(words: Mapping[str, str], today: dt.date) -> tuple[Filters, list[str]]:
    """Filters from the address bar and a sentence for each word that did not make sense."""
    problems: list[str] = []
    start, end, days = _period(words, today, problems)
    return Filters(start, end, days, _workspaces(words, problems), *_prices(words, problems)), problems


def _period(words: Mapping[str, str], today: dt.date, problems: list[str]) -> tuple[dt.date, dt.date, int | None]:
    usual = default(today)
    if "from" in words or "to" in words:
        try:
            first, last = dt.date.fromisoformat(words.get("from", "")), dt.date.fromisoformat(words.get("to", ""))
        except ValueError:
            problems.append("The dates in the address are not dates; showing the last 30 days.")
            return usual.start, usual.end, usual.days
        return _dates(first, last, today, problems)
    said = words.get("days", "30")
    if said not in map(str, PERIODS):
        problems.append("The number of days in the address is not 7, 30 or 90; showing the last 30 days.")
        return usual.start, usual.end, usual.days
    return today - dt.timedelta(days=int(said)), today, int(said)


def _dates(first: dt.date, last: dt.date, today: dt.date, problems: list[str]) -> tuple[dt.date, dt.date, int | None]:
    usual = default(today)
    if last < EARLIEST:
        problems.append("The period in the address was over before there were any figures; showing the last 30 days.")
        return usual.start, usual.end, usual.days
    if first > last or first >= today:
        problems.append("The period in the address holds no complete day; showing the last 30 days.")
        return usual.start, usual.end, usual.days
    if last >= today:
        problems.append("Today is not complete; the period ends yesterday.")
        last = today - dt.timedelta(days=1)
    earliest = months_before(last + dt.timedelta(days=1), MOST_MONTHS)
    if first < earliest:
        problems.append(f"A period is at most {MOST_MONTHS} months; showing the last {MOST_MONTHS} of it.")
        first = earliest
    return first, last + dt.timedelta(days=1), None


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


def months_before(date: dt.date, months: int) -> dt.date:
    """``date`` moved back by ``months``, to the last day of the month when it has no such day."""
    index = date.year * 12 + date.month - 1 - months
    year, month = divmod(index, 12)
    return dt.date(year, month + 1, min(date.day, calendar.monthrange(year, month + 1)[1]))
