"""What is sent of a figure of many marks, and what a click on one of them opens."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from components.figures.heatmap import sla_heatmap
from components.text.view_context import ViewContext
from components.tiles.lighter import lighter, opened_by
from components.tiles.tile import Plot
from things import ThingColumn

LOOK = ViewContext()
THING = ThingColumn("", ("workspace_id", "job_id", "run_id"), "opens")


def heatmap(jobs: int, days: int, name: str = "finance <reconcile>") -> Plot:
    rows = [
        {
            "workspace_id": "1204817365918273", "job_id": f"{895406966384775 + job}", "opens": "run", "key": str(job),
            "run_id": f"{100083772329036 + 31 * job + day}", "name": f"{name} {job:03d}", "state": "met",
            "day": dt.date(2026, 11, 29) - dt.timedelta(days=day),
        }
        for job in range(jobs)
        for day in range(days)
    ]  # fmt: skip
    made = sla_heatmap(
        pd.DataFrame(rows),
        LOOK,
        row="key",
        label="name",
        day="day",
        state="state",
        thing=THING,
        details=lambda drawn: ["learned deadline, 1 h 15 m before it"] * len(drawn),
    )
    assert isinstance(made, Plot)
    return made


def scatter(**own: Any) -> dict[str, Any]:
    told = {"hovertemplate": "%{hovertext}<extra></extra>", "y": [1.0, 2.0]}
    sent, _ = lighter(go.Figure(go.Scatter(**(told | own))))
    return dict(sent.to_dict()["data"][0])


def test_a_month_of_jobs_is_a_third_as_heavy_and_says_the_same() -> None:
    whole = heatmap(27, 31)
    sent, marks = whole.sent
    (before,), (after,) = whole.figure.to_dict()["data"], sent.to_dict()["data"]
    assert len(sent.to_json()) < 0.33 * len(whole.figure.to_json())
    assert len(marks[0]) == len(after["customdata"]) == 27 * 31 and "hovertext" not in after
    said = [filled_in(after["hovertemplate"], *mark) for mark in zip(after["customdata"], after["x"], strict=True)]
    assert said == list(before["hovertext"])


def filled_in(template: str, values: list[Any], at: str) -> str:
    for place, value in enumerate(values):
        template = template.replace(f"%{{customdata[{place}]}}", str(value))
    time = dt.datetime.fromisoformat(at)
    for form in ("%a %-d %b %H:%M", "%a %-d %b"):
        template = template.replace(f"%{{x|{form}}}", f"{time:{form.replace('%-d', str(time.day))}}")
    return template.removesuffix("<extra></extra>")


def test_a_click_opens_what_the_mark_stands_for() -> None:
    whole = heatmap(27, 31)
    _, marks = whole.sent
    wanted = whole.figure.to_dict()["data"][0]["customdata"]
    for at, mark in enumerate(wanted):
        clicked = {"curve_number": 0, "point_index": at, "customdata": ["what the hover says"], "x": 1}
        assert opened_by(clicked, marks) == {"curve_number": 0, "point_index": at, "x": 1, "customdata": list(mark)}


def test_nonsense_opens_nothing() -> None:
    marks = {0: [["run", "7/9", "1"]]}
    for curve, number in ((1, 0), (0, 1), (0, -1), (None, 0), (0, None), ("0", 0), (0, [0, 1])):
        clicked = {"curve_number": curve, "point_index": number, "customdata": ["run", "7/9", "1"]}
        assert "customdata" not in opened_by(clicked, marks)


def test_what_a_template_would_read_is_not_written_into_it() -> None:
    whole = heatmap(4, 31, name="%{customdata[0]} {x} &amp")
    sent, _ = whole.sent
    (trace,) = sent.to_dict()["data"]
    assert trace["hovertemplate"].startswith("<b>%{customdata[0]}</b><br>")
    assert all(values[0].startswith("%{customdata[0]} {x} &amp;amp") for values in trace["customdata"])


def test_a_moment_of_x_is_said_by_x_and_any_other_in_words() -> None:
    hours = ["2026-11-20 21:45:08", "2026-11-21 02:05:00"]
    said = ["<b>busy</b><br>Fri 20 Nov 21:45: 1 h", "<b>busy</b><br>Sat 21 Nov 02:05: 20 m"]
    sent = scatter(x=hours, hovertext=said)
    assert sent["hovertemplate"] == "<b>busy</b><br>%{x|%a %-d %b %H:%M}: %{customdata[0]}<extra></extra>"
    assert sent["customdata"] == [["1 h"], ["20 m"]]
    elsewhere = scatter(x=["2026-11-21 00:45:08", "2026-11-22 03:05:00"], hovertext=said)
    assert "%{x" not in elsewhere["hovertemplate"]
    assert "%{x" not in scatter(x=["a", "b"], hovertext=said)["hovertemplate"]
    assert "%{x" not in scatter(x=[f"{at}+00:00" for at in hours], hovertext=said)["hovertemplate"]


def test_what_only_some_marks_say_is_said_of_those() -> None:
    texts = ["<b>Jobs</b><br>$1 of $9", "<b>Jobs</b><br>$2 of $9<br>+3% in a week"]
    sent = scatter(hovertext=texts)
    assert sent["hovertemplate"] == "<b>Jobs</b><br>$%{customdata[0]} of $9%{customdata[1]}<extra></extra>"
    assert sent["customdata"] == [["1", ""], ["2", "<br>+3% in a week"]]


def test_a_label_is_sent_once() -> None:
    told = {"hovertemplate": "%{hovertext}<extra></extra>", "hovertext": ["<b>A</b><br>1", "<b>B</b><br>2"]}
    sent, _ = lighter(go.Figure(go.Treemap(labels=["A", "B"], parents=["", "A"], **told)))
    assert sent.to_dict()["data"][0]["hovertemplate"] == "<b>%{label}</b><br>%{customdata[0]}<extra></extra>"


def test_text_without_a_name_is_sent_as_it_is() -> None:
    for texts in (["no name", "<b>n</b>"], []):
        assert scatter(hovertext=texts).get("hovertext", []) == texts
    assert scatter(hovertext=["<b>n</b>", "<b>n</b>"])["hovertemplate"] == "<b>n</b><extra></extra>"


def test_numbers_keep_the_digits_that_can_be_seen() -> None:
    whole = [1795960574655.0, 1795960574656.0]
    assert scatter(x=whole, y=[1234.56789012, -0.000123456789])["y"] == [1234.6, -0.00012346]
    assert scatter(x=whole)["x"] == whole
    assert scatter(y=[None, float("nan")])["y"] == [None, None]


def test_only_what_the_template_says_of_its_traces_is_sent() -> None:
    sent, _ = heatmap(1, 2).sent
    template = sent.to_dict()["layout"]["template"]
    assert template["data"].keys() <= {"scatter"} and template["layout"].keys() <= {"colorway"}


def test_what_is_sent_is_made_once_and_copied_for_nobody() -> None:
    sent, _ = heatmap(1, 2).sent
    assert sent.to_dict() is sent.to_dict()


def test_a_part_is_shown_of_the_very_figure() -> None:
    whole = go.Figure(go.Treemap(ids=["a", "b"], labels=["A", "B"], parents=["", "a"]))
    sent, _ = lighter(whole)
    shown = sent.showing("b").to_dict()
    assert [trace["level"] for trace in shown["data"]] == ["b"]
    assert "level" not in sent.to_dict()["data"][0] and shown["layout"] is sent.to_dict()["layout"]


def hourly(hours: int) -> list[str]:
    return [f"{dt.datetime(2026, 11, 1) + dt.timedelta(hours=at)}" for at in range(hours)]


def test_many_moments_of_equal_steps_are_the_first_and_the_step() -> None:
    sent = scatter(x=hourly(500), y=[*range(500)])
    assert "x" not in sent and (sent["x0"], sent["dx"]) == ("2026-11-01 00:00:00", 3_600_000)


def test_few_moments_and_those_with_a_gap_are_sent_each() -> None:
    few, gap = hourly(24), hourly(500)
    del gap[7]
    assert scatter(x=gap, y=[*range(len(gap))])["x"] == [at.removesuffix(":00") for at in gap]  # seconds say nothing
    gap[0] = "2026-11-01 00:00:07"
    for moments in (few, gap, [f"{at}" for at in range(60)], ["one"] * 60):
        sent = scatter(x=moments, y=[*range(len(moments))])
        assert sent["x"] == moments and "dx" not in sent
