"""The pages: each file beside this one that declares ``PAGE`` is one, in the navigation and wherever pages are listed."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from urllib.parse import quote

from approvals.people.roles import Roles
from dimensions import DIMENSIONS, Key

SECTIONS = ("", "Operate", "Account for")  # of the navigation, in this order
_NO_PAGES = {"map", "navigated", "shell"}


def everybody(_: Roles) -> bool:
    return True


@dataclass(frozen=True)
class Entry:
    """A page in the navigation. ``key`` is its address and its file; ``views`` are those of ``?view=``, the first one
    also without it; ``place`` orders a section; ``start`` is the page at the bare address; one that is ``hidden`` stands
    in no menu: other pages lead to it. ``behind`` is the view with the rows behind the figure of its dimension, where that
    is not the first one."""

    key: str
    title: str
    icon: str
    section: str = ""
    place: int = 0
    views: tuple[str, ...] = ()
    behind: str = ""
    start: bool = False
    hidden: bool = False
    shown_to: Callable[[Roles], bool] = everybody

    @property
    def file(self) -> str:
        """The page's file beside the shell, as Streamlit names a page."""
        return f"{self.key}.py"

    @property
    def path(self) -> str:
        """The address after the slash."""
        return "" if self.start else self.key

    @property
    def asks(self) -> bool:
        """Whether its figures come from the warehouse."""
        return self.start or self.section == "Operate" or bool(self.views)

    @property
    def by_view(self) -> dict[str, str]:
        """The words of the address of each of its views, by what pictures and figures call it (``finops_spend``)."""
        return {f"{self.key}_{one.lower().replace(' ', '_')}": f"view={quote(one)}" for one in self.views} or {
            self.key: ""
        }


def of_dimension(key: Key, views: tuple[str, ...], behind: str = "") -> Entry:
    """The entry of the dimension's page."""
    return Entry(key, DIMENSIONS[key].title, DIMENSIONS[key].icon, "Operate", views=views, behind=behind)


@cache
def pages() -> tuple[Entry, ...]:
    """Every page in the order of the navigation."""
    names = {one.name for one in pkgutil.iter_modules([str(Path(__file__).parent)])} - _NO_PAGES
    found: list[Entry] = [import_module(f"pages.{name}").PAGE for name in names]
    return tuple(sorted(found, key=lambda one: (SECTIONS.index(one.section), one.place, one.title)))


def asking() -> tuple[str, ...]:
    """The addresses of the pages whose figures come from the warehouse."""
    return tuple(one.path for one in pages() if one.asks)
