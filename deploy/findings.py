"""What a check found: one line of a table, with what mends it, and the exit code of many."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

State = Literal["ok", "note", "warn", "fail"]
MOST = 400  # characters shown of what came from elsewhere


@dataclass(frozen=True)
class Finding:
    """``what`` was looked at, its ``state``, what was ``found``, and what ``mend``s it. A note is worth knowing and no
    fault."""

    what: str
    state: State
    found: str
    mend: str = ""


Look = Callable[[], Iterable[Finding]]


def plain(text: str) -> str:
    """One line of printable characters: what came from an account must not steer the terminal."""
    shown = "".join(" " if unicodedata.category(one)[0] in "CZ" else one for one in text)
    shown = " ".join(shown.split())
    return shown if len(shown) <= MOST else shown[: MOST - 1] + "…"


def table(findings: Sequence[Finding]) -> str:
    """Aligned text; what mends a thing stands under it."""
    wide = max((len(plain(one.what)) for one in findings), default=0)
    lines = []
    for one in findings:
        lines.append(f"{one.state:<4}  {plain(one.what):<{wide}}  {plain(one.found)}")
        if one.mend:
            lines.append(f"{'':<4}  {'':<{wide}}  → {plain(one.mend)}")
    counted = ", ".join(
        f"{sum(f.state == state for f in findings)} {state}" for state in ("ok", "note", "warn", "fail")
    )
    return "\n".join([*lines, counted])


def as_json(findings: Sequence[Finding]) -> str:
    """The findings as a JSON list."""
    return json.dumps([asdict(one) for one in findings], indent=2)


def code(findings: Iterable[Finding]) -> int:
    """0 when all is well, 1 with warnings, 2 with failures."""
    states = {one.state for one in findings}
    return 2 if "fail" in states else 1 if "warn" in states else 0
