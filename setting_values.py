"""What the text of a setting says: limits, tag keys, money, tokens. Each raises ``ValueError`` with a sentence for what makes no
sense; :func:`zone_of` alone reads what nobody checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from types import MappingProxyType
from typing import Literal, cast, get_args
from zoneinfo import ZoneInfo, available_timezones

LIMITS = (
    "finops=0.15:0.4,pipelineops=0.03:0.1,infraops=0.5:0.8,dataops=1:5,governanceops=50:200,mlops=0.02:0.1,"
    "agentops=0.05:0.2,userops=2:8"
)
# By a word in the model's name, of the providers' list prices as of November 2026; prices move, their relations hardly do.
PRICES = "claude=1.25:0.1:5,gpt=1:0.1:8,gemini=1:0.1:8,llama=1:1:3,other=1.25:0.1:5"
Budgeted = Literal["person", "service", "team", "endpoint"]
NUMBER = re.compile(r"[0-9]{1,15}(\.[0-9]{1,9})?")
TOKENS = re.compile(r"[0-9]{1,15}(\.[0-9]{1,3})?[kMG]?")
SIZES = {"": 1, "k": 1_000, "M": 1_000_000, "G": 1_000_000_000}


@lru_cache(maxsize=16)  # a page asks for each of its measures
def limits(text: str) -> Mapping[str, tuple[float, float]]:
    """``dataops=1:5,userops=2:8`` by dimension. ``ValueError`` with a sentence for what makes no sense."""
    known = [one.partition("=")[0] for one in LIMITS.split(",")]
    found: dict[str, tuple[float, float]] = {}
    for part in filter(None, (one.strip() for one in text.split(","))):
        name, _, pair = (word.strip() for word in part.partition("="))
        watch, _, act = (word.strip() for word in pair.partition(":"))
        if name not in known:
            raise ValueError(f"{name!r} is no dimension; there are {', '.join(known)}")
        if name in found:
            raise ValueError(f"{name} stands twice")
        if not (NUMBER.fullmatch(watch) and NUMBER.fullmatch(act)):
            raise ValueError(f"write {name}=watch:act with two numbers, not {part!r}")
        if not 0 < float(watch) <= float(act):
            raise ValueError(f"Watch of {name} begins above 0 and not after Act, not at {watch} of {act}")
        found[name] = (float(watch), float(act))
    return MappingProxyType(found)


def tag_keys(text: str) -> None:
    """Raises ``ValueError`` where a key between commas is none."""
    if not all(one.strip() for one in text.split(",")):
        raise ValueError("write tag keys with commas between them, such as cost_center,cost_centre")


def zone(name: str) -> str:
    """``name`` where it is a time zone."""
    if name not in available_timezones():
        raise ValueError("no time zone; write one such as Europe/Berlin")
    return name


def zone_of(name: str) -> ZoneInfo:
    """The time zone called ``name``; UTC when there is none of that name (browsers may send anything)."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


def kept_days(days: int) -> None:
    """Raises ``ValueError`` where what is shown would be gone before it was of use."""
    if days and not 30 <= days <= 3660:
        raise ValueError("write 30 to 3660 days, or 0 for ever")


def full_name(text: str) -> None:
    """Raises ``ValueError`` where the text is no name of three parts."""
    if text and not re.fullmatch(r"[^\s`./\\]{1,255}(\.[^\s`./\\]{1,255}){2}", text):
        raise ValueError("write catalog.schema.view, such as main.agents.support_trace_unified")


def rate(text: str) -> tuple[Decimal, str] | None:
    """``95 EUR`` as amount and currency; None for no text. ``ValueError`` for anything else."""
    if not text.strip():
        return None
    amount, _, currency = text.strip().partition(" ")
    if not (NUMBER.fullmatch(amount) and Decimal(amount) > 0 and re.fullmatch(r"[A-Z]{3}", currency.strip())):
        raise ValueError("write an amount above 0 and a currency, such as 95 EUR")
    return Decimal(amount), currency.strip()


def budget(text: str) -> tuple[Decimal, str, str] | None:
    """``170000 USD net`` as amount, currency and basis (`list` where none is named); None for no text. ``ValueError`` for
    anything else."""
    words = text.split()
    basis = words.pop() if words and words[-1] in ("list", "net") else "list"
    try:
        found = rate(" ".join(words))
    except ValueError:
        found = None
    if found is None and text.strip():
        raise ValueError("write an amount above 0, a currency and, if it is at net prices, net, such as 170000 USD net")
    return None if found is None else (*found, basis)


@dataclass(frozen=True)
class Relation:
    """What a token costs against one of fresh input: written to a cache, read from one, and answered."""

    cache_write: Decimal
    cache_read: Decimal
    output: Decimal

    def weight(self, name: str) -> Decimal:
        """That of the class called ``name``."""
        return Decimal(1) if name == "fresh" else Decimal(getattr(self, name))


def token_prices(text: str) -> dict[str, Relation]:
    """``claude=1.25:0.1:5`` by the word in the model's name: written to a cache, read from one, output. A word that is not named keeps
    its default, ``other`` is all models besides."""
    found = {} if text == PRICES else token_prices(PRICES)
    named: set[str] = set()
    for part in filter(None, (one.strip() for one in text.split(","))):
        word, _, three = (one.strip() for one in part.partition("="))
        numbers = [one.strip() for one in three.split(":")]
        if not word or len(numbers) != 3 or not all(map(NUMBER.fullmatch, numbers)) or not Decimal(numbers[2]):
            raise ValueError(
                f"write model=written:read:output with three numbers, such as claude=1.25:0.1:5, not {part[:80]!r}"
            )
        if word.casefold() in named:
            raise ValueError(f"{word[:80]} stands twice")
        named.add(word.casefold())
        found[word.casefold()] = Relation(*map(Decimal, numbers))
    return found


@dataclass(frozen=True)
class TokenBudget:
    """How many ``tokens`` a month the one called ``name`` may use; without a name each of its ``sort``."""

    sort: Budgeted
    name: str
    tokens: int


def token_budgets(text: str) -> tuple[TokenBudget, ...]:
    """``person=20M,team:data=1G`` as budgets, as they are written; none for no text."""
    found: dict[tuple[str, str], TokenBudget] = {}
    for part in filter(None, (one.strip() for one in text.split(","))):
        who, _, much = (one.strip() for one in part.rpartition("="))
        sort, colon, name = (one.strip() for one in who.partition(":"))
        if sort not in get_args(Budgeted) or (colon and not name):
            raise ValueError(
                f"write person, service, team or endpoint, such as person=20M or team:data=1G, not {part[:80]!r}"
            )
        if not TOKENS.fullmatch(much) or not (
            tokens := int(Decimal(much.rstrip("kMG")) * SIZES[much.lstrip("0123456789.")])
        ):
            raise ValueError(f"write a number of tokens above 0, such as 20000000 or 20M, not {much[:40]!r}")
        if (sort, name.casefold()) in found:
            raise ValueError(f"{who[:80]} stands twice")
        found[sort, name.casefold()] = TokenBudget(cast(Budgeted, sort), name, tokens)
    return tuple(found.values())
