"""Changes as marks on a figure over time: at most six, at their place on the axis, harmless, and none where none belong."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pandas as pd

from components.figures.bands import band
from components.figures.change_marks import MOST, change_marks, with_changes
from components.figures.lines import lines
from components.figures.stacked import stacked
from components.text.view_context import ViewContext
from components.things import jobs, money, warehouses
from components.tiles.tile import Empty, Plot
from tests.components.bodies import frame, one

LOOK = ViewContext(zone="Europe/Berlin")
DAYS = [dt.date(2026, 11, day) for day in range(1, 11)]
EVIL = "<b>$9</b>\u202e & more"


def at(day: int, hour: int = 0, minute: int = 0) -> dt.datetime:
    return dt.datetime(2026, 11, day, hour, minute, tzinfo=dt.UTC)


def changes(*values: tuple[dt.datetime, str], who: str | None = "ann", name: str = "load") -> pd.DataFrame:
    made = [{"at": moment, "what": what, "who": who, "name": name, "kind": "job"} for moment, what in values]
    return frame("things.changes", *made)["changes"]


def by_day() -> Plot:
    made = pd.DataFrame({"day": DAYS, "cost": [Decimal(5)] * 10, "sku": "A"})
    return one(stacked(made, LOOK, x="day", series="sku", value="cost"), Plot)


def by_moment(*moments: dt.datetime) -> Plot:
    made = pd.DataFrame({"at": pd.to_datetime(list(moments), utc=True), "v": 60.0, "low": 50.0, "high": 70.0})
    return one(band(made, LOOK, x="at", value="v", low="low", high="high", unit="seconds"), Plot)


def signs(plot: object) -> list[tuple[str, str]]:
    """Where the marks are, and what they say on hover."""
    assert isinstance(plot, Plot)
    found = [trace for trace in plot.figure.to_dict()["data"] if trace.get("name") == "change"]
    return [pair for trace in found for pair in zip(trace["x"], trace["hovertext"], strict=True)]


def test_on_a_figure_of_days_a_days_changes_are_one_mark() -> None:
    drawn = with_changes(
        by_day(), changes((at(3, 23, 30), "size S → M"), (at(3, 1), "auto-stop 10 → 60 min"), (at(5), "deleted")), LOOK
    )
    (first, says), (second, _) = signs(drawn)
    assert (first, second) == (
        "2026-11-03",
        "2026-11-05",
    )  # the day of the bill is UTC's, the words are in the viewer's zone
    assert says == (
        "<b>Changed</b><br>3 Nov 02:00 load: auto-stop 10 → 60 min by ann<br>4 Nov 00:30 load: size S → M by ann"
    )
    assert isinstance(drawn, Plot) and drawn.alt.endswith("2 changes are marked.")
    lines_drawn = [shape["x0"] for shape in drawn.figure.to_dict()["layout"]["shapes"]]
    assert lines_drawn == [first, second]


def test_on_a_figure_of_moments_each_stands_at_its_own_in_the_viewers_zone() -> None:
    plot = by_moment(at(2, 6), at(3, 6))
    drawn = with_changes(
        plot,
        changes((at(2, 5), "too early"), (at(2, 12), "now"), (at(3, 20), "after the last run"), (at(5), "too late")),
        LOOK,
    )
    assert [where for where, _ in signs(drawn)] == ["2026-11-02 13:00:00", "2026-11-03 21:00:00"]


def test_of_many_the_newest_six_are_marked_and_one_tells_four() -> None:
    many = changes(*((at(day), f"change {day}") for day in range(1, 11)))
    assert [where for where, _ in signs(with_changes(by_day(), many, LOOK))] == [str(day) for day in DAYS[-MOST:]]
    same = changes(*((at(2, hour), f"change {hour}") for hour in range(7)))
    (mark,) = change_marks(same, LOOK, "2026-11-01", "2026-11-10", daily=True)
    assert len(mark.says) == 5 and mark.says[-1] == "and 3 more"


def test_foreign_words_are_harmless_and_unknown_ones_left_out() -> None:
    ((_, says),) = signs(with_changes(by_day(), changes((at(2), EVIL), name=EVIL, who=EVIL), LOOK))
    assert "<b>$9" not in says and "\u202e" not in says
    unnamed = changes((at(2), "deleted"), who=None, name="")
    assert signs(with_changes(by_day(), unnamed, LOOK)) == [("2026-11-02", "<b>Changed</b><br>2 Nov 01:00 deleted")]


def test_where_nothing_belongs_the_figure_stays_as_it_is() -> None:
    plot, nothing = by_day(), Empty("Nothing.")
    assert with_changes(plot, None, LOOK) is plot and with_changes(plot, changes(), LOOK) is plot
    assert with_changes(plot, changes((at(20), "after the period")), LOOK) is plot
    assert with_changes(nothing, changes((at(2), "x")), LOOK) is nothing
    names = pd.DataFrame({"name": ["a"], "cost": [Decimal(1)], "sku": "A"})
    of_names = stacked(names, LOOK, x="name", series="sku", value="cost", axis="name")
    assert with_changes(of_names, changes((at(2), "x")), LOOK) is of_names


def test_it_fits_every_figure_over_time_and_leaves_its_marks_alone() -> None:
    made = pd.DataFrame({"day": DAYS, "p95": [60.0] * 10})
    for plot in (by_day(), by_moment(at(1), at(9)), one(lines(made, LOOK, x="day", columns={"p95": "p95"}), Plot)):
        before = plot.figure.to_dict()["data"]
        drawn = with_changes(plot, changes((at(4), "x")), LOOK)
        assert isinstance(drawn, Plot) and len(signs(drawn)) == 1
        assert drawn.figure.to_dict()["data"][:-1] == list(before) and drawn.on_click is plot.on_click
        assert plot.figure.to_dict()["data"] == before  # the figure is shared: it is never changed


def test_a_things_cost_its_runs_and_its_hours_carry_them() -> None:
    edited: dict[str, Any] = {"changes": changes((at(4, 12), "timeout 60 → 600 s"))}
    cost = frame(
        "things.cost_by_day",
        *(
            {
                "usage_date": day,
                "sku_name": "A",
                "product": "JOBS",
                "cost": Decimal(1),
                "unpriced_rows": 0,
                "complete": True,
            }
            for day in DAYS
        ),
    )
    ran = frame(
        "pipelineops.run_list",
        *(
            {
                "workspace_id": "1",
                "job_id": "7",
                "run_id": str(day),
                "started": at(day),
                "elapsed": 60.0,
                "result_state": "SUCCEEDED",
            }
            for day in range(1, 8)
        ),
    )
    hours = frame("things.warehouse_hours", *({"hour": at(4, hour), "busy": 0.5, "idle": 0.5} for hour in range(24)))
    for panel, frames in ((money.money, cost), (jobs.runs, ran), (warehouses.hours, hours)):
        assert len(signs(one(panel(frames | edited, LOOK), Plot))) == 1
        assert signs(one(panel(frames, LOOK), Plot)) == []
