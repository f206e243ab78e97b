"""Nothing is read from absence in an answer that is not whole: not by a tile, a figure, a comparison or a page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from streamlit.delta_generator import DeltaGenerator
from streamlit.testing.v1 import AppTest

from approvals.store.store import Store, StoreAway, Tx
from components.panels import finops as panels
from components.panels import pipelineops, runs
from components.runtime import state
from components.sections.judged import Measure, line
from components.text.view_context import ViewContext
from components.tiles.answers import TileOutcome, outcome
from components.tiles.covered import COMPARED, NOTHING_READ
from components.tiles.panel import Panel
from components.tiles.tile import Empty, Finding, Frames, Grid, Metric, Metrics, Note, Plot, Tile
from pages.map import pages
from queries.catalogue import catalogue
from tests.components.bodies import one
from tests.components.faced_reader import ALWAYS
from tests.components.reading import NOW, Reader, rows
from tests.support.stores import store_at
from warehouse.coverage import UNKNOWN, Coverage
from warehouse.interface import Answer, Ask, ask

ROOT = Path(__file__).parents[2]
GAP = "system.billing.usage begins on 2026-11-01; asked from 2026-10-01: the days before are not in it."
CUT = Coverage(gaps=(GAP,))
ASK = ask("finops.untagged")
LOOK = ViewContext()


def answered(question: Ask, coverage: Coverage, values: list[dict[str, Any]] | None = None) -> Answer:
    return Answer(question, "fresh", rows(question.query, values or []), NOW, 0.1, None, (), coverage)


def shown(body: Any, coverage: Coverage = CUT) -> TileOutcome:
    tile = Tile(f"t-{id(body)}", "Tile", "why", [ASK], lambda _f, _l: body)
    return outcome(tile, [answered(ASK, coverage)], LOOK)


@pytest.mark.parametrize(
    "body",
    [Empty("None failed.", "hint"), [Empty("None failed.")], Grid(pd.DataFrame({"a": []}), {"a": ("A", "count")})],
)
def test_nothing_found_in_a_part_is_not_nothing(body: Any) -> None:
    drawn = shown(body)
    assert drawn.bodies == (Note(f"{NOTHING_READ} {GAP}", "unknown"),)
    assert drawn.notes == (GAP,)
    whole = shown(body, Coverage())
    assert whole.bodies[0] is (body[0] if isinstance(body, list) else body)


def test_figures_stay_and_say_the_gap() -> None:
    plot, grid = Plot(None, "alt"), Grid(pd.DataFrame({"a": [1]}), {"a": ("A", "count")})
    drawn = shown([plot, grid, Note("All adds up.", "ok"), Metrics([Metric("Missed", "0", 0.5), Metric("Met", "3")])])
    first, second, note, metrics = drawn.bodies
    assert (first, second) == (plot, grid)
    assert note == Note("In what was read: All adds up.", "plain")
    assert isinstance(metrics, Metrics)
    assert [(one.value, one.change) for one in metrics.items] == [("–", None), ("3", None)]
    assert "None found in what was read" in metrics.items[0].help
    assert drawn.notes == (GAP,)


@pytest.mark.parametrize("value", ["0", "0%", "0.0%", "$0.00", "CHF 0.00", "¥0", "0 h", "0 s", "100%", "100.0%"])
def test_no_figure_says_none_or_all_of_a_part(value: str) -> None:
    items = shown(
        Metrics([Metric("Share", value, 0.5), Metric("Other", "0.5%"), Metric("More", "1,000"), Metric("Ten", "$10")])
    )
    assert isinstance(items.bodies[0], Metrics)
    assert [(one.value, one.change) for one in items.bodies[0].items][:2] == [("–", None), ("0.5%", None)]
    assert [one.value for one in items.bodies[0].items][2:] == ["1,000", "$10"]
    assert "of what was read" in items.bodies[0].items[0].help or "in what was read" in items.bodies[0].items[0].help


@pytest.mark.parametrize(("hour", "zone", "said"), [(9, "UTC", "20 Nov 09:00"), (22, "Asia/Tokyo", "21 Nov 07:00")])
def test_nothing_found_is_said_up_to_when_the_tables_are_filled(hour: int, zone: str, said: str) -> None:
    asked = Ask("pipelineops.failed_lately", (("end", dt.date(2026, 11, 21)),))
    tile = Tile(f"up-to-{hour}", "Tile", "why", [asked], lambda _f, _l: Empty("None failed.", "Hint."))
    filled = Coverage(until=dt.datetime(2026, 11, 20, hour, tzinfo=dt.UTC))
    (body,) = outcome(tile, [answered(asked, filled)], ViewContext(zone=zone)).bodies
    assert body == Empty("None failed.", f"Hint. Known up to {said}: what came after is not in the tables yet.")
    whole = Coverage(until=dt.datetime(2026, 11, 21, tzinfo=dt.UTC))
    assert outcome(tile, [answered(asked, whole)], LOOK).bodies == (Empty("None failed.", "Hint."),)


def test_a_last_good_run_is_denied_only_by_a_whole_answer() -> None:
    frames = {"run_compare": pd.DataFrame([{"which": "this", "run_id": "1"}])}
    whole, cut = (runs.compare(Frames(frames, {"run_compare": one}), LOOK) for one in (Coverage(), CUT))
    assert one(whole, Finding).text.endswith("no good run in the 30 days before it")
    assert one(cut, Finding).text.endswith("no good run before it was found in what was read")


def test_what_is_not_known_yet_is_said_only_where_it_matters() -> None:
    unknown = Coverage(gaps=(UNKNOWN,))
    assert shown(Empty("None failed."), unknown).bodies == (Note(f"{NOTHING_READ} {UNKNOWN}", "unknown"),)
    drawn = shown(Note("Here"), unknown)
    assert (drawn.notes, drawn.unsettled) == ((), True)
    assert not shown(Note("Here"), CUT).unsettled


NOVEMBER = dt.date(2026, 11, 1)
PERIOD = {"previous": dt.date(2026, 10, 1), "previous_end": NOVEMBER, "start": NOVEMBER, "end": dt.date(2026, 12, 1)}
PAST = Coverage(since=dt.datetime(2026, 10, 20, 5, tzinfo=dt.UTC), gaps=(GAP,))
TREE = {
    "workspace_id": "1", "workspace": "dev", "product": "JOBS", "resource_kind": "job", "resource_id": "7", "resource": "load",
    "cost": Decimal(100), "previous_cost": Decimal(50), "resources": 1, "unpriced_rows": 0,
}  # fmt: skip
ROWS: dict[str, dict[str, Any]] = {
    "finops.spend_tree": TREE,
    "finops.spend_total": {"cost": Decimal(100), "previous_cost": Decimal(50), "change": Decimal(50), "change_ratio": 1.0,
                           "unpriced_rows": 0},
    "finops.spend_by_day": {"usage_date": dt.date(2026, 11, 1), "product": "JOBS", "cost": Decimal(100), "complete": True},
    "finops.spend_movers": {"group_key": "JOBS", "label": "JOBS", "movement": "new", "cost": Decimal(100),
                            "previous_cost": Decimal(0), "change": Decimal(100)},
    "finops.owners": {"owner": "ann", "cost": Decimal(100), "previous_cost": Decimal(50)},
    "pipelineops.job_costs": {"workspace_id": "1", "job_id": "7", "name": "load", "cost": Decimal(100),
                              "previous_cost": Decimal(50), "change": Decimal(50)},
}  # fmt: skip


def compared(tile_of: Any, queries: list[str], coverage: Coverage) -> str:
    """All that the tile says, in words."""
    asks = [Ask(name, tuple(sorted(PERIOD.items()))) for name in queries]
    tile = tile_of.tile(*asks)
    drawn = outcome(tile, [answered(one, coverage, [ROWS[one.query]]) for one in asks], LOOK)
    assert drawn.face == "ready"
    assert (GAP in drawn.notes) is (not coverage.complete)
    said = []
    for body in drawn.bodies:
        if isinstance(body, Plot):
            said.append(body.figure.to_json())
        elif isinstance(body, Grid):
            said.append(f"{dict(body.columns)} {body.drawn.to_pylist()}")
        else:
            said.append(str(body))
    return "".join(said)


@pytest.mark.parametrize(
    ("tile_of", "queries", "words"),
    [
        (
            panels.totals,
            ["finops.spend_total", "finops.spend_tree", "finops.spend_by_day"],
            ["change=1.0", "period before"],
        ),
        (panels.tree, ["finops.spend_tree"], ["+100%", "before"]),
        (panels.moved, ["finops.spend_movers"], ["new", "Before"]),
        (pipelineops.job_costs, ["pipelineops.job_costs"], ["Before", "Change"]),
    ],
)
def test_a_comparison_with_what_the_table_does_not_reach_is_dropped(
    tile_of: Any, queries: list[str], words: list[str]
) -> None:
    whole = compared(tile_of, queries, Coverage(since=dt.datetime(2026, 10, 1, tzinfo=dt.UTC)))
    cut = compared(tile_of, queries, PAST)
    for word in words:
        assert word in whole
        assert word not in cut
    assert "100" in cut


def test_every_question_about_the_period_before_says_so_in_known_columns() -> None:
    """A column that compares under another name would stay."""
    for name, query in catalogue().items():
        assert ("previous" in query.params) == bool({"previous_cost"} & query.columns.keys()), name
        if "previous" in query.params:
            own = query.columns.keys() - set(COMPARED)
            assert not {column for column in own if "previous" in column or "change" in column or "before" in column}


def test_one_query_asked_twice_gives_two_frames() -> None:
    seen: dict[str, list[str]] = {}

    def build(frames: Frames, look: ViewContext) -> Note:
        seen.update({name: [str(cost) for cost in frame["cost"]] for name, frame in frames.items()})
        return Note("seen")

    march, april = (ask("finops.spend_total", **{**PERIOD, "start": dt.date(2026, month, 1)}) for month in (3, 4))
    tile = Panel(build, "Compared", "why", 100, 1).tile(ASK, now=april, before=march)
    assert tile.frame_names == ("untagged", "now", "before")
    drawn = outcome(
        tile,
        [
            answered(ASK, Coverage()),
            *(answered(one, Coverage(), [{"cost": Decimal(cost)}]) for one, cost in ((april, 4), (march, 3))),
        ],
        LOOK,
    )
    assert drawn.bodies == (Note("seen"),)
    assert {name: [cost.rstrip("0.") for cost in costs] for name, costs in seen.items()} == {
        "untagged": [],
        "now": ["4"],
        "before": ["3"],
    }
    with pytest.raises(ValueError, match="name them"):
        Panel(build, "Compared", "why", 100, 1).tile(april, march)
    with pytest.raises(ValueError, match="name them"):
        Tile("t", "Tile", "why", [ask("overview.finops"), ask("other.finops")], build)


DAYS = [{"day": dt.date(2026, 11, day), "value": Decimal(10)} for day in range(1, 16)]


def test_health_is_never_ok_on_a_part() -> None:
    asked = ask("overview.finops")
    cost = Measure("finops", "cost", "money", 0.15, 0.4, asked, (ASK,), relative=True)
    whole = line(cost, answered(asked, Coverage(), DAYS), [answered(ASK, Coverage())], LOOK)
    assert (whole.state, whole.waiting) == ("OK", 0)
    cut = line(cost, answered(asked, CUT, DAYS), [answered(ASK, CUT)], LOOK)
    assert (cut.state, cut.waiting, cut.note) == ("Not known", None, GAP)
    worse = [*DAYS[:-1], {**DAYS[-1], "value": Decimal(100)}]
    assert line(cost, answered(asked, CUT, worse), [], LOOK).state == "Act"  # what was found counts


VIEWS = [(one.key, view) for one in pages() if one.asks for view in one.views or ("",)]


class Cut(Reader):
    """Answers everything with no rows and a gap."""

    def __init__(self) -> None:
        super().__init__({})

    def peek(self, question: Ask) -> Answer | None:
        if question.query in ALWAYS:
            return answered(question, Coverage())
        return answered(question, CUT)


@contextmanager
def away(store: Store) -> Iterator[Tx]:
    raise StoreAway
    yield


def drawn_in(page: str, view: str, monkeypatch: pytest.MonkeyPatch) -> tuple[AppTest, list[tuple[Tile, TileOutcome]]]:
    """The view of the page, and its tiles with what they show."""
    tiles: list[tuple[Tile, TileOutcome]] = []

    def seen(tile: Tile, answers: Sequence[Answer], look: ViewContext) -> TileOutcome:
        tiles.append((tile, outcome(tile, answers, look)))
        return tiles[-1][1]

    monkeypatch.setattr("pages.map.pages", tuple)
    monkeypatch.setattr("components.tiles.show.outcome", seen)
    monkeypatch.setattr(DeltaGenerator, "page_link", lambda *_, **__: None)  # a page by itself knows no other
    test = AppTest.from_file(str(ROOT / "pages" / f"{page}.py"), default_timeout=120)
    if view:
        test.query_params["view"] = view
    test.run()
    assert not test.exception
    return test, tiles


@pytest.mark.parametrize(("page", "view"), VIEWS, ids=[f"{page}-{view}" for page, view in VIEWS])
def test_no_tile_of_any_page_reads_absence_from_a_part(
    page: str, view: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with state.using(Cut(), lambda: NOW, store_at(tmp_path / "store.sqlite")):
        test, tiles = drawn_in(page, view, monkeypatch)
    said = [str(one.value) for one in (*test.markdown, *test.caption)]
    assert not [text for text in said if ":material/check" in text]
    assert test.subheader or view == "Compare"  # without a run there is nothing to compare
    gaps = [text for text in said if "begins on 2026" in text]
    of_the_store = {tile.key for tile, _ in tiles if not tile.asks}  # it is whole, or it is away
    assert len(gaps) >= len(test.subheader) - len(of_the_store)
    if of_the_store:
        monkeypatch.setattr(Store, "reading", away)
        with state.using(Cut(), lambda: NOW, store_at(tmp_path / "store.sqlite")):
            _, tiles = drawn_in(page, view, monkeypatch)
        bodies = [body for tile, shown in tiles if tile.key in of_the_store for body in shown.bodies]
        assert bodies and all(isinstance(body, Note) and body.tone == "unknown" for body in bodies)
