"""How a capability writes to somebody: to whom, five lines made of facts, and what is weighed around them.

A capability whose ``kind`` is ``notify.owner``, ``ticket.open`` or ``training.suggest`` makes its params with :func:`note`,
:func:`ticket` or :func:`suggestion`, and its recommendation with :func:`telling`. What was told is not told again while
nothing that it rests on has changed (:mod:`approvals.deciding.told_before`): each message needs a scalar that is another one when
there is news (since when, of how many), and one message says one cause.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Literal

import pandas as pd

from agents.capability import Frames, Recommendation, worth
from agents.cells import rows, text
from approvals.policy.rules import Policy
from approvals.values.considered import Benefit, Ooda, Option
from approvals.values.proposal import Scalar
from approvals.values.value import Json
from spelling import UUID, escaped, honest

FALLBACK = "owner_fallback"  # the role whose group is told where no owner is known
NOBODY = "lakehelm-admins"  # that group where the policy is not at hand
LINES, LONGEST, SUBJECT = 5, 400, 160  # lines of a message, and characters of a line and of a subject
INTERRUPTED = Decimal(5)  # what a message for nothing costs whoever reads it, in the currency of the benefit
_ADDRESS = re.compile(r"[^@<>!|`\x00-\x1f\x7f][^<>!|`\x00-\x1f\x7f]{0,254}")  # as the kinds take a recipient


def groups(policy: Policy) -> pd.DataFrame:
    """Which group stands for a role or a dimension, and as ``team`` the pattern of teams' names: the frame ``groups`` that
    capabilities are given."""
    team = ("team", (policy.groups.team.replace("{team}", "*"),))
    named = [(FALLBACK, policy.groups.owner_fallback), team, *policy.groups.approvers.items()]
    return pd.DataFrame([(role, one[0]) for role, one in named if one], columns=["role", "name"])


def group(frames: Frames, role: str = FALLBACK) -> str:
    """The group that stands for ``role``, a dimension or :data:`FALLBACK`."""
    known = {row.role: str(row.name) for row in rows(frames.get("groups"))}
    return known.get(role) or known.get(FALLBACK) or NOBODY


def recipient(owner: object, frames: Frames, role: str = FALLBACK) -> str:
    """Who is told: the owner of a cell where that is somebody who reads messages, else the group for ``role``."""
    name = text(owner)
    reads = _ADDRESS.fullmatch(name) and honest(name) and not UUID.fullmatch(name)
    return name if reads else group(frames, role)


def plain(said: object, most: int = LONGEST) -> str:
    """Foreign text as one line of at most ``most`` characters, with nothing in it that is not seen."""
    line = escaped(" ".join(text(said).split()))
    return line if len(line) <= most else f"{line[: most - 1]}…"


def note(to: str, subject: str, lines: Iterable[str]) -> Json:
    """Parameters of ``notify.owner``."""
    return {"recipient": to, **_words(subject, lines)}


def suggestion(to: str, topic: str, subject: str, lines: Iterable[str]) -> Json:
    """Parameters of ``training.suggest``."""
    return {"recipient": to, "topic": plain(topic, SUBJECT), **_words(subject, lines)}


def ticket(
    queue: str, subject: str, lines: Iterable[str], priority: Literal["low", "normal", "high"] = "normal"
) -> Json:
    """Parameters of ``ticket.open``; a queue is called by letters, digits, hyphens and underscores."""
    return {
        "queue": re.sub(r"[^A-Za-z0-9_-]+", "-", queue)[:128] or NOBODY,
        "priority": priority,
        **_words(subject, lines),
    }


def _words(subject: str, lines: Iterable[str]) -> Json:
    said = [plain(one) for one in lines if one]
    assert len(said) <= LINES, said
    return {"subject": plain(subject, SUBJECT), "text": "\n".join(said)}


def telling(
    params: Json,
    *,
    sure: Decimal,
    gain: Decimal,
    benefit: Benefit,
    title: str,
    scalars: tuple[Scalar, ...],
    observe: Sequence[str],
    orient: Sequence[str],
    expected: str,
    nothing: str,
    why: str,
    others: Sequence[Option] = (),
) -> Recommendation:
    """The recommendation to send what ``params`` say. ``sure``: how likely it is as it says; ``gain``: assumed worth of the
    message if so, to rank by. ``expected`` is what comes of telling, ``nothing`` what doing nothing costs; ``others`` were
    weighed, and say why not."""
    whom = params.get("recipient") or params.get("queue")
    leaving = Option(what="do nothing", expected=nothing, rejected_because="nobody else says so to who can change it")
    return Recommendation(
        params=params,
        confidence=sure,
        worth=worth(sure, gain, INTERRUPTED),
        benefit=benefit,
        title=title,
        scalars=scalars,
        ooda=Ooda(
            observe=tuple(observe),
            orient=tuple(orient),
            options=(Option(what=f"tell {whom}", expected=expected), *others, leaving),
            why=why,
        ),
        narrative=" ".join(f"{one[:1].upper()}{one[1:]}." for one in (*observe, expected, "a message changes nothing")),
    )
