"""From which saving, or from how much certainty on, an agent's proposals are worth a person's look: floors tried again on its own
past. Pure.

What a proposal came to is what it saves in a month where its change held, as much lost where it was taken back, nothing where people
said that it was wrong or too small; less the look either way. A floor is chosen on the older two thirds and judged on the newer
third, which it was not chosen by: there its gain over leaving all as it is must be above nothing by :data:`Z` deviations. Only what
was proposed can be replayed, so a floor is only ever raised by it; it ends by itself, and then all is seen again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from approvals.learning.labels import Ended

# What a floor goes by: a month's saving at most, or per cent of certainty as stated.
MONEY, SURE = "money", "confidence"
LOOK = Decimal(5)  # what a person's look at a proposal costs, in the currency of the benefit
# Decided proposals at least, and those of the newer third that a floor leaves away: below, chance chooses.
ENOUGH, LEFT = 60, 5
Z = 1.645  # deviations, of one in twenty
TRIED = {MONEY: (10, 20, 50, 100, 200, 500, 1_000), SURE: tuple(range(55, 100, 5))}


@dataclass(frozen=True)
class Floor:
    """Only what is at ``least`` so much is proposed: of ``currency`` a month, or per cent of certainty."""

    measure: str
    least: int
    currency: str = ""

    def __str__(self) -> str:
        return f"{self.currency} {self.least:,} a month" if self.measure == MONEY else f"{self.least} % sure"

    def keeps(self, money: float, sure: float) -> bool:
        """Whether what saves ``money`` a month at most, and is ``sure`` (0 to 1), is proposed."""
        return (money if self.measure == MONEY else round(sure * 100, 6)) >= self.least


@dataclass(frozen=True)
class Replayed:
    """What ``n`` proposals say: the ``floor`` that would have been better (None: none, or fewer than :data:`ENOUGH`), by how much
    over the newest ``judged`` of them (``gain``, and its 90 % ends ``low`` and ``high``), and how many of those it leaves away
    (``left``), of which so many ``held``."""

    n: int
    floor: Floor | None = None
    gain: float = 0.0
    low: float = 0.0
    high: float = 0.0
    judged: int = 0
    left: int = 0
    held: int = 0

    def __str__(self) -> str:
        if self.floor is not None:
            return f"{self.floor}: {self.gain:,.0f} more over {self.judged:,} proposals ({self.low:,.0f} to {self.high:,.0f})"
        if not self.n:
            return ""
        return "none is better" if self.n >= ENOUGH else f"not tried: {ENOUGH - self.n:,} more decided proposals"


def came_to(one: Ended) -> float | None:
    """What a proposal was worth; None where nobody can say: it promised no money, or it waits for another day."""
    if one.saving is None:
        return None
    low, high = one.saving
    if one.held is not None:
        return (low + high) / 2 * (1 if one.held.value else -1) - float(LOOK)
    if one.state == "approved":
        return None  # what was agreed to and not carried out says nothing of its size
    return -float(LOOK) if one.reason == "too_small" or one.agreed is not None else None


def replayed(ended: Sequence[Ended]) -> Replayed:
    """The proposals of one agent and kind, the oldest first, in the currency of the newest, tried at each of :data:`TRIED`."""
    currency = next((one.currency for one in reversed(ended) if one.saving is not None), "")
    past = [(one, worth) for one in ended if one.currency == currency and (worth := came_to(one)) is not None]
    cut = len(past) * 2 // 3
    older, newer = past[:cut], past[cut:]
    best = max(_floors(currency), key=lambda floor: sum(_gains(floor, older)))
    gains = _gains(best, newer)
    gain, off = sum(gains), Z * _deviation(gains)
    away = [one for one, _ in newer if not _kept(best, one)]
    if len(past) < ENOUGH or len(away) < LEFT or sum(_gains(best, older)) <= 0 or gain <= off:
        return Replayed(len(past))
    held = sum(one.held is not None and one.held.value > 0 for one in away)
    return Replayed(len(past), best, gain, gain - off, gain + off, len(newer), len(away), held)


def _floors(currency: str) -> Iterator[Floor]:
    for measure, tried in TRIED.items():
        yield from (Floor(measure, least, currency if measure == MONEY else "") for least in tried)


def _kept(floor: Floor, one: Ended) -> bool:
    return floor.keeps(one.saving[1] if one.saving else 0.0, one.stated)


def _gains(floor: Floor, past: Sequence[tuple[Ended, float]]) -> list[float]:
    """What leaving away what is below ``floor`` brings, of each: its worth, turned round."""
    return [0.0 if _kept(floor, one) else -worth for one, worth in past]


def _deviation(gains: Sequence[float]) -> float:
    """Of the sum of ``gains``, which are independent of one another."""
    if len(gains) < 2:
        return 0.0
    mean = sum(gains) / len(gains)
    return float((len(gains) / (len(gains) - 1) * sum((one - mean) ** 2 for one in gains)) ** 0.5)
