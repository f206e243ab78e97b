"""Why a change is of its risk class, in words: its kind first, then what made it a step worse or better."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from approvals.values.considered import Factor
from components.inbox.words import RISK
from components.text.untrusted import plain

_MORE: Mapping[str, Callable[[str], str]] = {
    "environment": lambda value: f"it is in {value}",
    "service": lambda _: "a service of high risk is hit",
    "monitor": lambda _: "a monitor is firing",
    "coverage": lambda _: "nobody knows who is hit",
    "dry run": lambda _: "it cannot be tried before",
    "reversibility": lambda _: "it cannot be undone",
    "reach": lambda value: f"it reaches {value.replace('principals', 'people or groups')}",
    "track record": lambda value: f"{value} of its kind",
    "raised": lambda _: "who proposes it says so",
    "recipient": lambda _: "it tells somebody who does not own the target",
}


def because(factors: Sequence[Factor]) -> list[str]:
    """A line for each factor: ``Medium risk by its kind``, ``One step more: it is in prod``."""
    return [_line(one) for one in factors]


def _line(one: Factor) -> str:
    value = plain(one.value, 120)
    if one.factor == "kind" and one.points in RISK:
        return f"{RISK[one.points].partition(' ')[2]} by its kind"
    if one.factor not in _MORE or abs(one.points) != 1:
        return f"{one.points:+d} {plain(one.factor, 60)}: {value}".replace("-", "−", 1)
    return f"One step {'more' if one.points > 0 else 'less'}: {_MORE[one.factor](value)}"
