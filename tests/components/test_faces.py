"""Every face of a tile, through Streamlit itself; one tile's failure stays its own."""

from __future__ import annotations

import datetime as dt
import logging
import re
import threading
from collections.abc import Iterator
from concurrent.futures import Future

import pyarrow as pa
import pytest
from streamlit.delta_generator import DeltaGenerator
from streamlit.testing.v1 import AppTest

from components.runtime import state
from components.text.view_context import ViewContext
from components.tiles.answers import TileOutcome
from components.tiles.show import LAG_QUERY, changing
from components.tiles.small_print import SmallPrint
from components.tiles.tile import Body, Frames, Tile
from tests.components import faces
from tests.components.reading import NOW, Reader, spend
from warehouse.errors import NoGrant, Starting, TimedOut
from warehouse.interface import Answer, Ask, ask

SCRIPT = """
from components.frame.page import begin
from components.tiles.show import show
from tests.components import faces

page = begin("Faces")
show(faces.ROWS, page.reader, page.look, page.now, "faces")
"""
NOTE = ":green[:material/check_circle:] Here is the note"
GRANT = "GRANT SELECT ON TABLE system.billing.usage TO `app`"


def stale(question: Ask) -> Answer:
    return Answer(question, "stale", spend(), NOW - dt.timedelta(minutes=42), 0.1, TimedOut(60))


@pytest.fixture
def reader() -> Iterator[Reader]:
    made = Reader(
        {
            faces.READY.query: spend(),
            faces.NO_GRANT.query: NoGrant("system.billing.usage", GRANT),
            faces.LATE.query: TimedOut(60),
            faces.STALE.query: stale,
            faces.UNKNOWN.query: ValueError("does not fit"),
            faces.PENDING.query: spend(),
        }
    )
    with state.using(made, lambda: NOW):
        yield made


def run(**kept: object) -> AppTest:
    test = AppTest.from_string(SCRIPT, default_timeout=30)
    for key, value in kept.items():
        test.session_state[key.replace("_", "-")] = value
    return test.run()


def words(test: AppTest) -> str:
    return "\n".join(str(e.value) for e in (*test.markdown, *test.caption, *test.subheader))


def test_every_tile_is_there_and_no_exception_reaches_the_page(reader: Reader) -> None:
    test = run()
    assert not test.exception
    said = [re.sub(r"[\\\u200b]", "", s.value) for s in test.subheader]
    assert said == [
        "Ready tile",
        "Jobs is 22% of $158.3k; highest on 13 Nov with $8.1k",
        "Grid tile",
        ":gray[:material/check:] Checked 12 jobs, none late",
        "Broken tile",
        "Undrawable tile",
        "Forbidden tile",
        "Late tile",
        NOTE,
        "Refused tile",
        NOTE,
        NOTE,
    ]  # what says nothing or failed has its label alone
    assert "Plot tile · as of" in words(test)


def test_ready_shows_figures_and_their_age(reader: Reader) -> None:
    test = run()
    assert test.metric[0].label == "Total"
    assert len(test.get("plotly_chart")) == 1
    assert test.get("plotly_chart")[0].proto.alt
    assert "as of 11:55" in words(test).replace("\\", "").replace("\u200b", "")
    assert len(test.dataframe) == 1


def test_failures_have_their_faces(reader: Reader) -> None:
    test = run()
    text = words(test).replace("\\", "")
    assert "Checked 12 jobs, none late" in text
    assert text.count("Could not draw this panel") == 3  # broken, undrawable, refused
    assert "secret detail" not in text
    assert "**No permission**" in text
    assert GRANT in [c.value for c in test.code]
    assert "**Took too long**" in text
    assert "Choose a shorter period" in text
    assert text.count("Here is the note") == 3  # stale, pending, last


def test_stale_says_how_old_and_why(reader: Reader) -> None:
    text = words(run()).replace("\\", "")
    assert "stale, 42 min: took too long" in text
    assert text.count("stale, ") == 1


def test_a_failure_is_logged_once(reader: Reader, caplog: pytest.LogCaptureFixture) -> None:
    from components.tiles import answers

    answers._LOGGED = answers.Memo(8)
    with caplog.at_level(logging.ERROR, "lakehelm.tiles"):
        run()
        run()
    said = sorted(r.getMessage().split()[1] for r in caplog.records if r.name == "lakehelm.tiles")
    assert said == ["broken", "refused", "undrawable"]


def test_loading_shows_a_skeleton_of_the_final_height_until_the_answer_lands(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    del reader.says[faces.PENDING.query]
    drawn: list[object] = []
    loading = threading.Event()
    skeleton, submit = DeltaGenerator.skeleton, reader.submit

    def watched(self: DeltaGenerator, height: int | None = None, **more: object) -> object:
        drawn.append(height)
        loading.set()
        return skeleton(self, height, **more)  # type: ignore[arg-type]

    def land(question: Ask) -> None:
        assert loading.wait(20)
        reader.land(question, spend())

    def submitted(question: Ask, *, page: str | None = None) -> Future[Answer]:
        future = submit(question, page=page)
        if question == faces.PENDING:
            threading.Thread(target=land, args=(question,)).start()
        return future

    monkeypatch.setattr(DeltaGenerator, "skeleton", watched)
    monkeypatch.setattr(reader, "submit", submitted)
    test = run()
    assert drawn == [faces.TILES[-2].height]
    known = test.session_state["heights"]
    assert not {"broken", "refused"} & known.keys()  # what could not be shown says nothing of what will be
    assert 0 < known[faces.TILES[-2].key] < faces.TILES[-2].height  # it was drawn as a note: it will be one again
    assert words(test).replace("\\", "").count("Here is the note") == 3
    assert not test.get("skeleton")


def test_all_questions_are_asked_before_anything_is_drawn(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    asked_before: list[int] = []
    subheader = DeltaGenerator.subheader

    def watched(self: DeltaGenerator, *args: object, **more: object) -> object:
        asked_before.append(len(reader.asked))
        return subheader(self, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(DeltaGenerator, "subheader", watched)
    run()
    questions = {question for tile in faces.TILES for question in tile.asks}
    assert asked_before[0] >= len(questions) > 3
    assert [reader.asked.count(question) for question in questions] == [1] * len(questions)  # though several tiles ask


def test_bodies_are_built_once_for_the_same_rows(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[str] = []
    table = spend()
    reader.says[faces.READY.query] = table

    def count(frames: Frames, look: ViewContext) -> Body:
        built.append("once")
        return faces.note(frames, look)

    tile = Tile("counted", "Counted", "why", [faces.READY], count)
    monkeypatch.setattr(faces, "ROWS", [[tile]])
    run()
    run()
    assert built == ["once"]
    reader.says[faces.READY.query] = spend(7)
    run()
    assert built == ["once", "once"]


def test_the_menu_is_made_only_when_open(reader: Reader) -> None:
    assert "Address of this panel" not in words(run())
    test = run(ready_menu=True)
    assert "Address of this panel" in words(test)
    sql = next(c.value for c in test.code if "system.billing.usage" in c.value and "SELECT" in c.value)
    assert "prices AS (" in sql
    assert any("system.billing.list_prices" in c.value.replace("\\", "") for c in test.caption)


def test_refresh_asks_anew(reader: Reader) -> None:
    test = run(ready_menu=True)
    test.button(key="ready-refresh").click().run()
    assert reader.forgotten == [faces.READY.query]


def lag(times: dict[str, dt.datetime | None]) -> Future[Answer]:
    made: Future[Answer] = Future()
    table = pa.table(
        {"table_name": list(times), "newest": pa.array(list(times.values()), pa.timestamp("us", tz="UTC"))}
    )
    made.set_result(Answer(ask(LAG_QUERY), "fresh", table, NOW, 0.1))
    return made


def behind(newest: Future[Answer] | None) -> dt.timedelta | None:
    return SmallPrint(ViewContext(), NOW, newest).behind(faces.TILES[0])


def test_a_tile_is_as_far_behind_as_the_slowest_of_its_own_sources() -> None:
    hour = dt.timedelta(hours=1)
    times = {
        "system.billing.usage": NOW - 3 * hour,
        "system.billing.list_prices": NOW - hour,
        "system.lakeflow.jobs": NOW - 90 * hour,
        "system.billing.account_prices": None,
    }
    assert behind(lag(times)) == 3 * hour
    assert [behind(unknown) for unknown in (lag({}), Future(), None)] == [None, None, None]


@pytest.mark.parametrize(
    ("drawn", "expected"),
    [
        (TileOutcome("stale"), True),
        (TileOutcome("stale", error=TimedOut(60)), False),
        (TileOutcome("could_not_check", error=Starting()), True),
        (TileOutcome("could_not_check", error=TimedOut(60)), False),
        (TileOutcome("ready"), False),
    ],
)
def test_the_page_looks_again_only_while_something_is_under_way(drawn: TileOutcome, expected: bool) -> None:
    assert changing(drawn) is expected


@pytest.mark.parametrize(("panel", "said"), [("late", 0), ("no-such-panel", 1), ("x}`);alert(1)//", 1)])
def test_an_address_that_names_a_panel_of_another_view_says_so(reader: Reader, panel: str, said: int) -> None:
    test = AppTest.from_string(SCRIPT, default_timeout=30)
    test.query_params["panel"] = panel
    told = [one.value for one in test.run().info if "names a panel that is not in this view" in one.value]
    assert len(told) == said and not any("alert" in one for one in told)


def test_who_has_seen_the_panel_and_turns_to_another_view_asks_for_it_no_more(reader: Reader) -> None:
    test = AppTest.from_string(
        "import streamlit as st\nfrom components.runtime.scroll import unknown_panel\n"
        "st.text(unknown_panel(st.session_state['keys']))"
    )
    test.query_params["panel"] = "late"
    for keys, lost in ((["late"], False), (["other"], False), (["other"], False), (["late"], False)):
        test.session_state["keys"] = keys
        assert bool(test.run().text[0].value) is lost
    assert "panel" not in test.query_params
    test.query_params["panel"] = "older"
    assert "not in this view" in test.run().text[0].value  # never seen
