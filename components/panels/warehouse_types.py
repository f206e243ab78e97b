"""What SQL warehouses that are not serverless cost beside their DBU."""

from __future__ import annotations

from collections.abc import Iterable

from components.text import format as fmt

APART = frozenset({"CLASSIC", "PRO"})  # types whose machines run in the account's own cloud


def machines_apart(types: Iterable[object]) -> str:
    """Of how many warehouses of these ``types`` the cloud bills the machines, which no figure has; nothing where of none."""
    many = sum(one in APART for one in types)
    bills = fmt.counted(many, "classic or pro warehouse")
    return f"the machines of {bills} are on the cloud's bill, in no figure" if many else ""
