"""What an answer goes without because the account lacks it, or refuses it to the app: in sentences, and read back from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

How = Literal["absent", "refused"]
_SAID: Mapping[How, str] = {
    "absent": "not in this account, or not visible to the app: left out.",
    "refused": "refused to the app: left out.",
}


def sentences(missing: Iterable[str], refused: Iterable[str] = ()) -> tuple[str, ...]:
    """One sentence for each table of which something (full names of tables and columns) is ``missing``; those ``refused``
    are among them."""
    by_table: dict[str, list[str]] = {}
    for name in missing:
        by_table.setdefault(".".join(name.lower().split(".")[:3]), []).append(name)
    kept = set(refused)
    return tuple(_sentence(table, names, "refused" if table in kept else "absent") for table, names in by_table.items())


def left_out(notes: Iterable[str]) -> dict[str, How]:
    """The tables that the sentences among ``notes`` name as left out whole, and how."""
    found: dict[str, How] = {}
    for note in notes:
        name, _, rest = note.partition(" is ")
        for how, said in _SAID.items():
            if rest == said and name.count(".") == 2:
                found[name] = how
    return found


def _sentence(table: str, names: list[str], how: How) -> str:
    first, *others = names
    said = ", ".join([first, *(name[len(table) + 1 :] for name in others)])
    return f"{said} {'are' if others else 'is'} {_SAID[how]}"
