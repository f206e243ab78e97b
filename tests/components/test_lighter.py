"""What is sent of a figure of many marks, and what a click on one of them opens."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from components.figures.heatmap import sla_heatmap
from components.text.view_context import ViewContext
from components.tiles.lighter import MANY, lighter, opened_by
from components.tiles.tile import Plot
from things import ThingColumn

LOOK = ViewContext()
THING = ThingColumn("", ("workspace_id", "job_id", "run_id"), "opens")


def heatmap(jobs: int, days: int, name: str = "finance <reconcile>") -> Plot:
    rows = [
        {
            "workspace_id": "1204817365918273", "job_id": f"{895406966384775 + job}", "opens": "run", "key": str(job),
            "run_id": f"{100083772329036 + 31 * job + day}", "name": f"{name} {job:03d}", "state": "met",
            "day": dt.date(2026, 11, 29) - dt.timedelta(days=day), "detail": "learned deadline, 1 h 15 m before it",
        }
        for job in range(jobs)
        for day in range(days)
    ]  # fmt: skip
    made = sla_heatmap(
        pd.DataFrame(rows), LOOK, row="key", label="name", day="day", state="state", detail="detail", thing=THING
    )
    assert isinstance(made, Plot)
    return made


def test_a_month_of_jobs_is_half_as_heavy_and_says_the_same() -> None:
    whole = heatmap(27, 31)
    sent, marks = whole.sent
    (before,), (after,) = whole.figure.to_dict()["data"], sent.to_dict()["data"]
    assert len(sent.to_json()) < 0.5 * len(whole.figure.to_json())
    assert len(marks) == len(after["customdata"]) == 27 * 31 and "hovertext" not in after
    template = str(after["hovertemplate"]).removesuffix("<extra></extra>")
    for said, values in zip(before["hovertext"], after["customdata"], strict=True):
        assert filled_in(template, values) == said


def filled_in(template: str, values: list[Any]) -> str:
    for at, value in enumerate(values):
        template = template.replace(f"%{{customdata[{at}]}}", str(value))
    return template


def test_a_click_opens_what_the_mark_stands_for() -> None:
    whole = heatmap(27, 31)
    sent, marks = whole.sent
    wanted = whole.figure.to_dict()["data"][0]["customdata"]
    for at, point in enumerate(sent.to_dict()["data"][0]["customdata"]):
        assert opened_by({"customdata": point}, marks)["customdata"] == list(wanted[at])


def test_what_a_template_would_read_is_not_written_into_it() -> None:
    whole = heatmap(4, 31, name="%{customdata[0]} {x} &amp")
    sent, _ = whole.sent
    (trace,) = sent.to_dict()["data"]
    assert trace["hovertemplate"].startswith("<b>%{customdata[1]}</b><br>")
    assert all(values[1].startswith("%{customdata[0]} {x} &amp;amp") for values in trace["customdata"])


def test_few_marks_are_sent_as_they_are_and_nonsense_opens_nothing_else() -> None:
    small = heatmap(1, MANY - 1)
    assert small.sent == (small.figure, []) == lighter(small.figure)
    for sent in (None, [], [-1], [5], ["x"], ["run", "7/9", "1"]):
        assert opened_by({"customdata": sent}, [])["customdata"] == sent
