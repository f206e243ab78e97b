"""Whose a thing is and where it lives, as names that lead there: of a run also its job."""

from __future__ import annotations

import streamlit as st

from components.runtime.opened import ask_for
from components.text.principals import Names
from components.text.untrusted import exact, safe
from components.things.sentence import UNNAMED, Row
from things import KINDS, Thing


def related(thing: Thing, row: Row | None, names: Names) -> list[tuple[Thing, str]]:
    """The things that the sentence about ``thing`` names, each with what it is called."""
    if row is None:
        return [(Thing("workspace", thing.workspace), thing.workspace)] if thing.kind in UNNAMED else []
    found: list[tuple[Thing, str]] = []
    if thing.kind == "run":
        job = thing.id.partition("/")[0]
        found.append((Thing("job", job, thing.workspace), row["name"] or f"job {job}"))
    if row["owner"] and thing.kind != "principal":
        found.append((Thing("principal", row["owner"]), names.called(row["owner"])))
    parts = thing.id.split(".")
    if thing.kind in ("table", "schema"):
        catalog = [(Thing("catalog", parts[0]), parts[0])]
        found += [*([(Thing("schema", f"{parts[0]}.{parts[1]}"), parts[1])] if len(parts) == 3 else []), *catalog]
    if thing.workspace:
        found.append((Thing("workspace", thing.workspace), row["workspace"] or thing.workspace))
    return found


def leads(thing: Thing, row: Row | None, names: Names, place: str) -> None:
    """A button for each of :func:`related`, which opens its drawer; ``place`` tells buttons of a page from a drawer's."""
    for other, name in related(thing, row, names):
        st.button(
            safe(exact(name, 60)),
            key=f"lead-{place}-{other.kind}",
            type="tertiary",
            icon=KINDS[other.kind].icon,
            on_click=ask_for,
            args=(other,),
        )
