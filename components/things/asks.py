"""What is asked about one thing: of all its workspaces and cost centres, whatever other pages are narrowed to, and never
beyond what the viewer may see."""

from __future__ import annotations

import datetime as dt
from unicodedata import normalize

from components.frame.page import Page
from queries.catalogue import catalogue
from queries.folding import joined
from queries.kinds import Param
from things import Thing
from warehouse.interface import Ask

KNOWN = 90  # days of the bill in which a thing is looked for
CHANGING = frozenset(
    {"job", "pipeline", "cluster", "warehouse", "endpoint", "model", "table", "schema", "catalog", "principal"}
)
MOST_CHANGES = 200


def about(page: Page, thing: Thing, query: str, **more: Param) -> Ask:
    """``query`` about ``thing`` in the page's period; ``more`` are parameters besides."""
    declared = catalogue()[query].params
    words = {**_words(thing), "workspaces": "", "cost_centers": _centres(thing)}
    return page.ask(query, **{name: value for name, value in words.items() if name in declared} | more)


def until_now(page: Page, thing: Thing, query: str, **more: Param) -> Ask:
    """As :func:`about`, and where the period ends yesterday up to now."""
    today = page.now.date()
    end = today + dt.timedelta(days=1) if page.filters.end == today else page.filters.end
    return about(page, thing, query, end=end, **more)


def lately(page: Page, thing: Thing, query: str, days: int, **more: Param) -> Ask:
    """As :func:`about`, of ``days`` before today up to now, whatever period is looked at."""
    today = page.now.date()
    return about(page, thing, query, start=today - dt.timedelta(days=days), end=today + dt.timedelta(days=1), **more)


def described(page: Page, thing: Thing) -> Ask:
    """What ``thing`` is: the same question whatever the period is."""
    today = page.now.date()
    return about(page, thing, "things.described", start=today - dt.timedelta(days=KNOWN), end=today)


def changed(page: Page, thing: Thing) -> list[Ask]:
    """What is asked of the changes of ``thing``; nothing for kinds whose changes are not recorded. The question finds a
    thing that lives in a workspace among that workspace's."""
    if thing.kind not in CHANGING:
        return []
    return [until_now(page, thing, "things.changes", limit=MOST_CHANGES, workspaces=thing.workspace)]


def _words(thing: Thing) -> dict[str, Param]:
    """The thing in the parameters of questions: as a thing, and by the columns of its kind."""
    named: dict[str, Param] = {"kind": thing.kind, "workspace_id": thing.workspace, "id": thing.id}
    if thing.kind == "run":
        job, _, run = thing.id.partition("/")
        return named | {"job_id": job, "run_id": run}
    if thing.kind == "table":
        return named | {"table_name": thing.id}
    return named | {f"{thing.kind}_id": thing.id}


def _centres(thing: Thing) -> str:
    """The cost centre in both forms of its letters, because SQL cannot compose; none for other kinds: all."""
    if thing.kind != "cost_centre":
        return ""
    return joined(sorted({normalize(form, thing.id) for form in ("NFC", "NFD")}))
