"""What was considered: benefit, options, what an agent observed and decided, answers to questions, the factors of a risk."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from approvals.values.value import Value


class Benefit(Value):
    """What it brings in a month, as a range in ``currency``; ``method`` says how it was worked out."""

    kind: Literal["cost", "sla", "risk", "quality", "time"]
    low: Decimal = Decimal(0)
    high: Decimal = Decimal(0)
    currency: str = "USD"
    method: str = ""


class Option(Value):
    """One way to act that was weighed; doing nothing is always among them."""

    what: str
    expected: str
    rejected_because: str | None = None


class Ooda(Value):
    """How the agent came to it: what it saw, what it made of it, what it chose. Words are foreign text."""

    observe: tuple[str, ...] = ()
    orient: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()
    why: str = ""


class Answer(Value):
    """A question and what was answered. ``by_person``: a person's words, not the agent's."""

    question: str
    asked_by: str
    text: str
    answered_by: str
    by_person: bool


class Factor(Value):
    """One reason for the risk class: ``points`` were added because of ``value``."""

    factor: str
    value: str
    points: int
