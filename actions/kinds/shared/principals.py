"""A principal as an API wrote it down: the platform finds a name in any case, and keeps one spelling of it."""

from __future__ import annotations

from collections.abc import Iterable

from spelling import folded


class Ambiguous(ValueError):
    """Several principals are spelt like the one that is meant, and none exactly so."""


def held_as(principal: str, known: Iterable[str]) -> str | None:
    """How ``principal`` is spelt among the ``known``: exactly, else in other capitals; None where it is not there.
    Raises :class:`Ambiguous`."""
    names = set(known)
    if principal in names:
        return principal
    alike = sorted(one for one in names if folded(one) == folded(principal))
    if len(alike) > 1:
        raise Ambiguous(f"{principal} may be any of {', '.join(alike)[:200]}")
    return alike[0] if alike else None
