"""Pages and their views as lines of the results."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from components.search.index import Entry


class Listed(Protocol):
    """What is known of a page in the navigation; one that is ``hidden`` stands in no menu and is not found."""

    @property
    def title(self) -> str: ...

    @property
    def icon(self) -> str: ...

    @property
    def file(self) -> str: ...

    @property
    def views(self) -> Sequence[str]: ...

    @property
    def hidden(self) -> bool: ...


def places(listed: Iterable[Listed]) -> list[Entry]:
    """A line for each page and for each of its views."""
    found = []
    for one in listed:
        if not one.hidden:
            found.append(Entry(one.title, "Page", one.icon, one.file, (), detail="Page"))
            views = [(f"{one.title} › {view}", (("view", view),)) for view in one.views]
            found += [Entry(name, "View", one.icon, one.file, words, detail="View") for name, words in views]
    return found
