"""Figures are right in what they hold: values, words, colours by theme, few marks, no markup from outside."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import random
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import pytest

from components.figures.apart import Mark, Spot, apart, box_of, overlap
from components.figures.bands import band
from components.figures.bars import pareto, ranked
from components.figures.canvas import MOST_MARKS, NOTHING, cut, marks, stamps
from components.figures.heatmap import _WEIGHT, STATES, sla_heatmap
from components.figures.matrix import matrix
from components.figures.scatter import Axis, scatter
from components.figures.stacked import stacked
from components.figures.ticks import duration_ticks
from components.figures.treemap import treemap
from components.figures.waterfall import waterfall
from components.text.tokens import DARK, LIGHT
from components.text.view_context import ViewContext
from components.tiles.tile import Body, Empty, Note, Plot
from tests.components.bodies import path_of
from tests.components.drawings import DAILY, DAYS, DRAW, EVIL, MOVES, SLA, TREE
from things import ThingColumn

LIGHT_LOOK, DARK_LOOK = ViewContext(theme="light"), ViewContext(theme="dark")
UNSHOWN = {"customdata", "ids", "parents"}  # identifiers that travel with a click
OUR_MARKUP = re.compile(r'</?b>|<br>|<extra></extra>|<span style="color:#[0-9A-F]{6}">|</span>')


def plot(name: str, look: ViewContext = LIGHT_LOOK) -> Plot:
    body = DRAW[name](look, lambda frame: frame)
    assert isinstance(body, Plot)
    return body


def strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [s for k, v in value.items() if k not in UNSHOWN for s in strings(v)]
    if isinstance(value, list | tuple):
        return [s for v in value for s in strings(v)]
    return [value] if isinstance(value, str) else []


def told(name: str, look: ViewContext = LIGHT_LOOK) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(plot(name, look).figure.to_json(engine="json"))
    return told


@pytest.mark.parametrize("name", DRAW)
@pytest.mark.parametrize("look", [LIGHT_LOOK, DARK_LOOK], ids=["light", "dark"])
def test_plotly_accepts_it(name: str, look: ViewContext) -> None:
    go.Figure(plot(name, look).figure.to_dict())


@pytest.mark.parametrize("name", DRAW)
def test_it_says_its_takeaway_and_has_a_height(name: str) -> None:
    body = plot(name)
    assert re.search(r"\d", body.alt)
    assert body.alt.endswith(".")
    assert 60 <= body.height <= 900


@pytest.mark.parametrize("name", DRAW)
def test_colours_follow_the_theme(name: str) -> None:
    light, dark = (json.dumps(told(name, look)) for look in (LIGHT_LOOK, DARK_LOOK))
    for colour in (LIGHT.muted, LIGHT.border, *LIGHT.series):
        assert colour not in dark
    assert DARK.muted not in light
    assert light != dark


@pytest.mark.parametrize("name", DRAW)
def test_no_markup_comes_from_outside(name: str) -> None:
    for text in strings(told(name)):
        rest = OUR_MARKUP.sub("", text)
        assert not re.search(r"<[a-z/!]", rest, re.IGNORECASE), text
        assert "\u202e" not in text


@pytest.mark.parametrize("name", DRAW)
def test_every_mark_has_its_number_in_words(name: str) -> None:
    for trace in plot(name).figure.to_dict()["data"]:
        if trace.get("hoverinfo") == "skip":
            continue
        count = len(trace.get("x", trace.get("ids")))
        assert len(trace["hovertext"]) == count
        assert trace["hovertemplate"] == "%{hovertext}<extra></extra>"


@pytest.mark.parametrize("name", DRAW)
def test_nothing_to_draw_is_said(name: str) -> None:
    assert isinstance(DRAW[name](LIGHT_LOOK, lambda frame: frame.head(0)), Empty)


@pytest.mark.parametrize("name", DRAW)
def test_never_more_than_two_thousand_marks(name: str) -> None:
    def larger(frame: pd.DataFrame) -> pd.DataFrame:
        parts = []
        for i in range(40):
            part = frame.copy()
            for key in ("j", "r", "w"):
                if key in part:
                    part[key] = part[key] + f"-{i}"
            parts.append(part)
        return pd.concat(parts, ignore_index=True)

    body = DRAW[name](LIGHT_LOOK, larger)
    assert isinstance(body, Plot)
    assert marks(body.figure) <= MOST_MARKS


def test_a_treemap_can_be_clicked_and_adds_up() -> None:
    trace = plot("treemap").figure.to_dict()["data"][0]
    assert len(set(trace["ids"])) == len(trace["ids"])
    assert set(trace["parents"]) - {""} <= set(trace["ids"])
    assert sum(trace["values"]) == pytest.approx(float(sum(TREE["now"])))
    assert path_of(trace["ids"][3]) == ("0", "JOBS", "r/0")
    assert path_of("") == ()


def test_what_has_no_workspace_is_a_group_of_its_own() -> None:
    frame = pd.DataFrame(
        {"w": [None, "1"], "p": ["a", None], "now": [Decimal(10), Decimal(5)], "was": [Decimal(5), Decimal(1)]}
    )
    body = treemap(frame, LIGHT_LOOK, levels=[("w", "w"), ("p", "p")], value="now", previous="was")
    assert isinstance(body, Plot)
    trace = body.figure.to_dict()["data"][0]
    assert [path_of(i) for i in trace["ids"]] == [(), ("",), ("", "a"), ("1",), ("1", "")]
    assert len({*trace["ids"], ""}) == 6
    assert trace["labels"] == ["All", "none", "a", "1", "none"]


def test_a_treemap_leaves_out_what_has_no_area_and_says_so() -> None:
    frame = pd.DataFrame(
        {
            "w": ["1", "1", "2", "2"],
            "p": ["a", "b", "a", "b"],
            "now": [Decimal(10), Decimal(-4), None, Decimal(30)],
            "was": [Decimal(5), Decimal(1), None, None],
        }
    )
    body = treemap(frame, LIGHT_LOOK, levels=[("w", "w"), ("p", "p")], value="now", previous="was")
    assert isinstance(body, Plot)
    trace = body.figure.to_dict()["data"][0]
    assert trace["ids"] == ["%*", "1", "1/a", "2", "2/b"]
    assert trace["parents"] == ["", "%*", "1", "%*", "2"]
    assert "new" in trace["text"][4]
    assert trace["marker"]["colors"][2] == LIGHT.diverging[-1]  # +100 % is drawn as +40 %
    assert "2 without cost" in json.dumps(body.figure.to_dict()["layout"])


def test_a_waterfall_shows_its_steps_and_where_they_lead() -> None:
    drawn = plot("waterfall")
    trace = drawn.figure.to_dict()["data"][0]
    assert list(trace["measure"]) == ["relative", "relative", "relative", "total"]
    assert trace["text"][-1] == "+$990.50" and "$990.50" in trace["hovertext"][-1]
    assert drawn.alt.startswith("From $20k to $21k (+5%)")
    fall = waterfall(MOVES, LIGHT_LOOK, label="n", change="c", more_is_worse=False)
    assert isinstance(fall, Plot)
    assert fall.figure.to_dict()["data"][0]["increasing"]["marker"]["color"] == LIGHT.diverging[1]


def test_small_steps_and_the_rest_are_one_step_and_no_axis_is_cut() -> None:
    rows = [("SQL", 900), ("JOBS", -300), ("DLT", 9), ("APPS", -2), ("Other", 50), ("AI", 12)]
    frame = pd.DataFrame(rows, columns=["n", "c"]).assign(w="1")
    body = waterfall(frame, LIGHT_LOOK, label="n", change="c", first=170_000, thing=ThingColumn("workspace", ("w",)))
    assert isinstance(body, Plot)
    figure = body.figure.to_dict()
    assert figure["layout"]["yaxis"]["ticktext"] == ["SQL", "JOBS", "Other", "Change"]  # 1 % of 1,273 is 12.7
    assert figure["data"][0]["text"] == ["+$900.00", "−$300.00", "+$69.00", "+$669.00"]
    assert figure["data"][0]["customdata"][2:] == [["", "", ""]] * 2
    assert figure["layout"]["xaxis"]["range"][0] < 0 < figure["layout"]["xaxis"]["range"][1]


def test_the_worst_jobs_come_first_and_states_differ_in_shape() -> None:
    figure = plot("heatmap").figure.to_dict()
    symbols = {t["name"]: t["marker"]["symbol"] for t in figure["data"]}
    assert set(symbols) == set(STATES) - {"none"}
    assert len({symbols[s] for s in ("met", "failed", "missing")}) == 3
    weight = SLA["s"].map(_WEIGHT).groupby(SLA["j"]).sum()
    worst = SLA.loc[SLA["j"] == weight.idxmax(), "n"].iloc[0]
    assert figure["layout"]["yaxis"]["ticktext"][0] == worst
    assert figure["data"][0]["customdata"][0][0] == "principal"


def test_a_tall_heatmap_shows_the_worst_and_says_so() -> None:
    many = pd.concat([SLA.assign(j=SLA["j"] + f"-{i}") for i in range(5)])
    body = sla_heatmap(many, LIGHT_LOOK, row="j", label="n", day="d", state="s")
    assert isinstance(body, Plot)
    assert body.height <= 620
    assert "worst of 90" in json.dumps(body.figure.to_dict()["layout"]["annotations"])


def drawn_rows(**more: Any) -> tuple[list[str], list[str], dict[str, Any]]:
    many = pd.concat([SLA.assign(j=SLA["j"] + f"-{i}", n=SLA["j"] + f"-{i}") for i in range(5)])
    body = sla_heatmap(many, LIGHT_LOOK, row="j", label="n", day="d", state="s", **more)
    assert isinstance(body, Plot)
    layout = body.figure.to_dict()["layout"]
    return layout["yaxis"]["ticktext"], [note["text"] for note in layout["annotations"]], layout


def test_the_parts_of_a_heatmap_hold_every_row_once_the_worst_first() -> None:
    parts = [drawn_rows(page=page) for page in (1, 2, 3, 4)]
    names = [name for rows, _, _ in parts for name in rows]
    assert len(names) == len(set(names)) == 90
    assert [notes for _, notes, _ in parts] == [
        ["the 27 worst of 90"],
        ["28 to 54, the worst first, of 90"],
        ["55 to 81, the worst first, of 90"],
        ["82 to 90, the worst first, of 90"],
    ]
    assert drawn_rows(page=99)[0] == parts[-1][0]  # beyond the last part: the last


def test_a_day_that_is_not_over_is_shaded_and_a_week_is_one_picture() -> None:
    *_, layout = drawn_rows(so_far=DAYS[-1], across=420)
    assert [shape["type"] for shape in layout["shapes"]] == ["rect"] and layout["xaxis"]["domain"] == [0, 1]
    assert "so far" in [note["text"] for note in layout["annotations"]]
    assert "shapes" not in drawn_rows(so_far=DAYS[-1] + dt.timedelta(days=1))[-1]
    week = sla_heatmap(SLA[SLA["d"] < DAYS[7]], LIGHT_LOOK, row="j", label="n", day="d", state="s", across=420)
    assert isinstance(week, Plot) and 0.5 < week.figure.to_dict()["layout"]["xaxis"]["domain"][1] < 0.7


def test_small_parts_become_a_grey_other_and_the_sum_stays() -> None:
    body = stacked(DAILY, LIGHT_LOOK, x="d", series="p", value="c", top=3)
    assert isinstance(body, Plot)
    traces = body.figure.to_dict()["data"]
    assert [t["name"] for t in traces][-1] == "Other"
    assert traces[-1]["marker"]["color"] == LIGHT.other
    assert sum(sum(t["y"]) for t in traces) == pytest.approx(float(sum(DAILY["c"])))


def by_name(*rows: tuple[str | None, str, float], **more: Any) -> tuple[Plot, dict[str, Any]]:
    body = stacked(
        pd.DataFrame(rows, columns=["n", "p", "c"]), LIGHT_LOOK, x="n", series="p", value="c", axis="name", **more
    )
    assert isinstance(body, Plot)
    go.Figure(body.figure.to_dict())  # Plotly accepts it
    return body, body.figure.to_dict()


def test_names_are_no_times_and_keep_their_order() -> None:
    rows = [("zeta", "a", 3.0), ("2024", "a", 5.0), (None, "a", 1.0), ("2024", "b", 2.0), (EVIL, "a", 1.0)]
    body, drawn = by_name(*rows)
    names = ["zeta", "2024", "none", "&lt;b onclick=x&gt;&amp;job&lt;/b&gt;"]
    assert [(t["y"], t["orientation"]) for t in drawn["data"]] == [(names, "h")] * 2
    assert [t["x"] for t in drawn["data"]] == [[3, 5, 1, 1], [0, 2, 0, 0]]
    axis = drawn["layout"]["yaxis"]
    assert axis["autorange"] == "reversed", "the first one on top"
    assert (axis["type"], axis["categoryorder"], axis["categoryarray"]) == ("category", "array", names)
    assert "tickformat" not in axis
    assert body.alt == "a is 83% of $12.00; highest is 2024 with $7.00."


def test_the_word_over_a_narrow_bar_stands_above_the_bars_beside_it() -> None:
    days = [dt.date(2026, 11, 1) + dt.timedelta(days=n) for n in range(20)]
    rows = pd.DataFrame({"day": days, "s": "a", "v": [10.0] * 17 + [30.0, 8.0, 4.0]})
    drawn = stacked(rows, ViewContext(), x="day", series="s", value="v", unit="count", marked={days[-1]: "so far"})
    assert isinstance(drawn, Plot)
    (note,) = drawn.figure.to_dict()["layout"]["annotations"]
    assert note["y"] == 4 and note["ayref"] == "y" and note["ay"] > 30


def test_names_that_read_alike_are_not_added_up_and_long_ones_are_short_on_the_axis() -> None:
    long = "nightly ingest of all customer orders, "
    _, drawn = by_name(("a", "p", 1), ("a\u202e", "p", 2), (long + "east", "p", 3), (long + "west", "p", 4))
    assert drawn["data"][0]["y"] == ["a", "a (2)", long + "east", long + "west"]
    assert drawn["data"][0]["x"] == [1, 2, 3, 4]
    short = "nightly ingest of al…ustomer orders, "
    assert drawn["layout"]["yaxis"]["labelalias"] == {long + "east": short + "east", long + "west": short + "west"}


def test_the_last_names_are_left_out_where_there_are_too_many() -> None:
    _, drawn = by_name(*((f"n{i}", p, 1.0) for i in range(MOST_MARKS) for p in "ab"))
    assert [len(t["y"]) for t in drawn["data"]] == [MOST_MARKS // 2] * 2
    assert drawn["data"][0]["y"][0] == "n0"
    assert drawn["layout"]["annotations"][0]["text"] == "1,000 more not drawn"


def test_unknown_is_a_gap_and_not_a_zero() -> None:
    frame = pd.DataFrame({"d": DAYS[:3], "v": [Decimal(1), None, Decimal(3)], "hi": [1.0, 2.0, 3.0]})
    body = DRAW["lines"](LIGHT_LOOK, lambda _: frame)
    assert isinstance(body, Plot)
    assert list(body.figure.to_dict()["data"][0]["y"]) == [1.0, None, 3.0]
    assert "–" in body.figure.to_dict()["data"][0]["hovertext"][1]


def test_times_move_to_the_viewer_and_dates_stay() -> None:
    look = ViewContext(zone="Europe/Berlin")
    times = pd.Series([pd.Timestamp("2026-11-19T23:30:00Z"), pd.NaT])
    assert stamps(times, look) == ["2026-11-20 00:30:00", None]
    assert stamps([DAYS[0]], look) == ["2026-10-21"]


def test_cutting_keeps_the_largest_in_their_order() -> None:
    kept, dropped = cut(pd.DataFrame({"v": [Decimal(1), Decimal(-9), Decimal(5), None]}), 2, "v")
    assert (list(kept["v"]), dropped) == ([Decimal(-9), Decimal(5)], 2)


@pytest.mark.parametrize("top", [0.5, 7, 3600, 10**7])
def test_duration_ticks_reach_the_top_in_few_steps(top: float) -> None:
    ticks = duration_ticks(top)
    assert ticks["tickvals"][-1] >= top
    assert len(ticks["tickvals"]) <= 20


def test_a_band_that_is_unsure_of_one_day_does_not_flatten_the_others() -> None:
    days = pd.date_range("2026-11-01", periods=4, tz="UTC")
    frame = pd.DataFrame({"day": days, "cost": [3.0, 4.0, 3.5, 4.0], "low": 2.0, "high": [5.0, 90.0, 5.0, 5.0]})
    body = band(frame, ViewContext(), x="day", value="cost", low="low", high="high")
    assert isinstance(body, Plot)
    assert body.figure.to_dict()["layout"]["yaxis"]["range"] == [0.0, 6.0 * 1.04]


@pytest.mark.parametrize("currency", ["CHF", "JPY"])
def test_money_without_a_price_is_unknown_and_not_nothing(currency: str) -> None:
    look = ViewContext(currency=currency)

    def priced(*costs: Decimal | None) -> pd.DataFrame:
        return pd.DataFrame([{"day": dt.date(2026, 11, 1), "name": "ab"[n], "cost": c} for n, c in enumerate(costs)])

    levels = [("name", "name"), ("day", "day")]
    drawn: dict[str, Callable[[pd.DataFrame], Body]] = {
        "stacked": lambda frame: stacked(frame, look, x="day", series="name", value="cost"),
        "treemap": lambda frame: treemap(frame, look, levels=levels, value="cost", previous=None),
    }
    for name, figure in drawn.items():
        assert figure(priced(None, None)) == Note(f"Nothing of this has a price in {currency}.", "unknown"), name
        assert figure(priced(None, None).head(0)) == NOTHING, name
        assert isinstance(figure(priced(None, Decimal(3))), Plot), name
    assert drawn["treemap"](priced(None, Decimal(0))) == Empty("Nothing in this period cost anything.")


def test_names_of_dots_are_written_over_no_other_name_and_no_other_dot() -> None:
    def drawn(**rows: list[Any]) -> list[tuple[str, str]]:
        body = scatter(
            pd.DataFrame(rows), ViewContext(), x=Axis("x", "money", "idle"), y=Axis("y", "count", "waits"), label="n"
        )
        assert isinstance(body, Plot)
        trace = body.figure.to_dict()["data"][0]
        return [one for one in zip(trace["text"], trace["textposition"], strict=True) if one[0]]

    names = drawn(n=["payments-sql-1", "payments-sql-2", "far"], x=[20.0, 22.0, 1.0], y=[1.0, 1.0, 9.0])
    assert names == [("payments-sql-1", "middle left"), ("payments-sql-2", "top center"), ("far", "middle right")]
    assert drawn(n=["payments-sql-6", "", "far"], x=[3.0, 5.0, 20.0], y=[1.0, 1.0, 9.0])[0][1] == "top center"


def test_names_of_bars_stand_at_their_left_so_that_they_are_read_without_turning() -> None:
    rows = pd.DataFrame({"n": ["Maximum of concurrent runs exceeded", "Cancelled"], "v": [8, 2]})
    body = pareto(rows, ViewContext(), label="n", value="v")
    assert isinstance(body, Plot)
    figure = body.figure.to_dict()
    assert list(figure["layout"]["yaxis"]["ticktext"]) == list(rows["n"])
    assert [(one["x"], one["xaxis"]) for one in figure["data"][1:]] == [([0.8, 1.0], "x2")]


@pytest.mark.parametrize("wide", [480, 900, 1800])
@pytest.mark.parametrize("seed", range(40))
def test_words_on_the_marks_of_a_band_never_lie_over_each_other(seed: int, wide: int) -> None:
    """Also of days that follow each other, at both ends, alike and not alike."""
    chance = random.Random(seed)
    odd = {*chance.sample(range(30), 3), *([0, 1] if seed % 3 else [28, 29])}
    values = [chance.choice([0.6, 0.7, chance.random()]) if i in odd else 0.9 for i in range(30)]
    frame = pd.DataFrame({"d": DAYS, "v": values, "lo": 0.85, "hi": 0.95, "odd": [i in odd for i in range(30)]})
    told = frame.assign(why=[f"v12: {chance.randrange(2000):,} judged" for _ in range(30)])
    body = band(
        told, LIGHT_LOOK, x="d", value="v", low="lo", high="hi", flag="odd", flag_text="why", unit="ratio", height=240
    )
    assert isinstance(body, Plot)
    layout = body.figure.to_dict()["layout"]
    low, top = layout["yaxis"]["range"]
    boxes = [
        box_of(
            Mark(DAYS.index(dt.date.fromisoformat(note["x"])) / 29, (note["y"] - low) / (top - low), note["text"]),
            Spot(note["yshift"], note["xanchor"]), wide, 170.0,
        )
        for note in layout["annotations"]
    ]  # fmt: skip
    assert boxes and not any(overlap(one, other) for one, other in itertools.combinations(boxes, 2))
    assert all(left >= 0 and right <= wide for left, _, right, _ in boxes)


def test_words_without_room_are_left_out() -> None:
    spots = apart([Mark(0.5, 0.5, "x" * 28)] * 30, 170.0)
    assert spots[0] == Spot(14, "center") and None in spots


def test_a_mark_at_the_end_of_an_axis_stands_clear_of_the_names() -> None:
    low, high = told("paired")["layout"]["xaxis"]["range"]
    drawn = [x for trace in told("paired")["data"] for x in trace["x"]]
    assert low < min(0.0, *drawn) and high > max(drawn)


def test_what_is_not_drawn_is_said_close_below_bars_without_an_axis() -> None:
    rows = pd.DataFrame({"n": [f"job {n}" for n in range(20)], "v": range(20)})
    body = ranked(rows, LIGHT_LOOK, label="n", value="v", unit="count")
    assert isinstance(body, Plot)
    (note,) = body.figure.to_dict()["layout"]["annotations"]
    assert note["text"] == "5 more not drawn" and note["yshift"] > -10


def test_a_cell_has_as_many_letters_as_its_row_has_room_for() -> None:
    rows = pd.DataFrame(
        [{"r": "v3", "c": c, "bad": 0, "blind": 0, "all": 1, "says": "11.9 to 31.9 points worse"} for c in "abcd"]
    )
    body = matrix(
        rows, LIGHT_LOOK, row="r", column="c", failed="bad", unknown="blind", whole="all", of="checks", says="says"
    )
    assert isinstance(body, Plot)
    assert set(body.figure.to_dict()["data"][0]["text"]) == {"11.9 to 31.9 points worse"}


def test_months_are_called_months_and_days_days() -> None:
    def axis(*days: dt.date) -> dict[str, Any]:
        rows = pd.DataFrame([{"at": day, "part": "idle", "cost": Decimal(1)} for day in days])
        body = stacked(rows, LIGHT_LOOK, x="at", series="part", value="cost")
        assert isinstance(body, Plot)
        made: dict[str, Any] = body.figure.to_dict()["layout"]["xaxis"]
        return made

    months = axis(dt.date(2026, 10, 1), dt.date(2026, 11, 1))
    assert months["tickformat"] == "%b %Y" and len(months["tickvals"]) == 2
    assert axis(dt.date(2026, 10, 31), dt.date(2026, 11, 1))["tickformat"] == "%-d %b"
