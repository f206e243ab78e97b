"""Levels of rights on workspace objects, from low to high: who holds one holds those before it."""

from __future__ import annotations

from actions.kinds.shared.object_permissions import OBJECTS

LEVELS = {one.path: one.levels for one in OBJECTS.values()}  # by the permissions API's types


def holds(on: str, held: str, needed: str) -> bool:
    """Whether who holds level ``held`` on an object of type ``on`` may do what takes ``needed``."""
    order = LEVELS[on]
    return held in order and order.index(held) >= order.index(needed)
