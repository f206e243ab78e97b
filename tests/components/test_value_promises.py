"""The panel of promises: its title, what is apart, and where the rows are."""

from __future__ import annotations

from typing import Any

from agents.detectors.kept_promises import kept_promises
from components.panels.value_promises import kept
from components.text.view_context import ViewContext
from components.tiles.findings import finding
from components.tiles.tile import Empty, Frames, Grid, Leading
from tests.agents.test_kept_promises import days
from tests.components.bodies import listed, one

LOOK = ViewContext()


def held(*states: str, before: tuple[str, ...] = ("met", "late"), source: str = "learned") -> dict[str, Any]:
    return kept_promises(days(*states, source=source), days(*before, source=source))


def title(frames: Any) -> str:
    found = finding(listed(kept(Frames(frames), LOOK)), [])
    assert found is not None
    return found.text


def test_the_title_says_what_was_kept_against_before_and_what_did_not_start() -> None:
    assert title(held(*["met"] * 3, "missing", "unknown", source="declared")) == (
        "75% of 4 promised job days kept (50% before); 1 not started count as missed; 1 not judged"
    )
    assert title(held("met", before=())) == "100% of 1 job days by habit kept"


def test_the_rows_say_it_by_deadline_and_lead_to_the_days() -> None:
    bodies = kept(Frames(held("met", "late")), LOOK)
    assert one(bodies, Grid).frame["what"].tolist() == ["Habits, learned"]
    leading = next(body for body in listed(bodies) if isinstance(body, Leading))
    assert "30 whole days" in leading.text and "today so far" in leading.text
    (lead,) = leading.leads
    assert (lead.file, lead.view, lead.panel) == ("pipelineops.py", "On time", "on_time")


def test_where_nothing_can_be_judged_it_says_so() -> None:
    (none,) = listed(kept(Frames(held("unknown")), LOOK))
    assert isinstance(none, Empty) and none.text.endswith("; 1 job day not judged.")
