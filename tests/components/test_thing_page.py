"""The page of a thing and its drawer: what is said of it first, whatever is known and whatever the address holds."""

from __future__ import annotations

import datetime as dt
import unicodedata
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from approvals.people.identities import Identity
from approvals.people.roles import RowLimits
from components.frame.filters import default
from components.frame.page import Page
from components.frame.workspaces import workspace_url
from components.inbox import address
from components.runtime import state
from components.text.principals import names_of
from components.text.view_context import ViewContext
from components.things import jobs, warehouses
from components.things.known import name_of
from components.things.leads import related
from components.things.money import cost_line
from components.things.sentence import SETTLED, called, sentence
from pages import thing as page
from queries.catalogue import catalogue
from settings import ROOT, Settings
from tests.components.reading import NOW, Reader, Says, rows
from things import Thing
from warehouse.errors import TimedOut


class QueryParams(dict[str, str]):
    """As Streamlit's, of an address with these words."""

    def to_dict(self) -> dict[str, str]:
        return dict(self)


WAREHOUSE = Thing("warehouse", "a1", "1")
ROW: dict[str, Any] = {
    "workspace_id": "1", "workspace": "prod", "workspace_url": "https://one.example.com", "name": "bi-prod", "owner": "ann",
    "former_name": None, "renamed": None, "created": None, "changed": NOW - dt.timedelta(days=3), "deleted": None,
    "settings": ["Size: LARGE"], "known_to_settings": True, "billed_from": NOW.date(), "billed_to": NOW.date(),
}  # fmt: skip
LOOK = ViewContext()
AN_HOUR = dt.timedelta(hours=1)


def said(row: dict[str, Any] | None, thing: Thing = WAREHOUSE, limited: bool = False) -> str:
    return sentence(thing, row, LOOK, limited=limited).text


def test_a_healthy_thing_is_named_with_its_place_and_owner() -> None:
    assert said(ROW).startswith(
        "SQL warehouse in prod, of ann. Last changed on 17 Nov 2026. Last billed for 20 Nov 2026."
    )


def test_a_table_is_not_said_to_be_unused_because_no_bill_names_it() -> None:
    unbilled = ROW | {"billed_from": None, "billed_to": None}
    assert "was billed" not in said(unbilled, Thing("table", "a.b.c")) and "Nothing of it was billed" in said(unbilled)


def test_a_deleted_thing_is_never_healthy() -> None:
    found = sentence(WAREHOUSE, ROW | {"deleted": NOW}, LOOK, limited=False)
    assert "Deleted on 20 Nov 2026" in found.text and found.tone == "act"


def test_a_renamed_thing_says_what_it_was_called() -> None:
    assert "It was called old until 20 Nov 2026." in said(ROW | {"former_name": "old", "renamed": NOW})


def test_what_only_the_bill_knows_says_so() -> None:
    assert "Only the bill knows it" in said(ROW | {"known_to_settings": False})
    person = Thing("principal", "ann")
    assert "Only the bill knows it" not in said(ROW | {"known_to_settings": False}, person)  # nobody has settings


def test_a_thing_that_nobody_has_seen_says_where_was_looked() -> None:
    text = said(None)
    assert (
        "a1 in workspace 1 is not known" in text
        and "the settings of this region and the bill of the last 90 days" in text
    )
    assert "where you may see it" in said(None, limited=True)


def test_a_workspace_that_is_gone_is_said() -> None:
    assert "in workspace 1, which is deleted or not listed" in said(ROW | {"workspace": None})


def test_a_thing_is_called_by_its_name_else_its_id() -> None:
    assert called(WAREHOUSE, ROW) == "bi-prod" and called(WAREHOUSE, None) == "a1"
    assert called(Thing("run", "7/70", "1"), ROW | {"name": "load"}) == "load, run 70"
    assert called(Thing("run", "7/70", "1"), None) == "job 7, run 70"


def test_a_service_is_said_with_its_id_and_a_person_with_their_name() -> None:
    ident = "7d0c9a1e-0000-4000-8000-000000000001"
    etl, ann = Identity("service", (ident,), "nightly-etl"), Identity("person", ("ann@example.com",), "Ann Example")
    look, row = ViewContext(names=names_of([etl, ann])), ROW | {"name": None, "owner": None}
    service, person = Thing("principal", ident), Thing("principal", "ann@example.com")
    assert (called(service, row, look.names), called(person, row, look.names)) == ("nightly-etl", "ann@example.com")
    told = sentence(service, row, look, limited=False).text
    assert told.startswith(f"Service principal, {ident}. Whose it is stands in no system table")
    told = sentence(person, row, look, limited=False).text
    assert told.startswith("Person, Ann Example.") and "Whose it is" not in told
    assert sentence(Thing("principal", "bob"), row, look, limited=False).text.startswith("Person or service.")
    owned = sentence(WAREHOUSE, ROW | {"owner": ident}, look, limited=False).text
    assert owned.startswith("SQL warehouse in prod, of nightly-etl.")


def test_a_person_whom_the_directory_does_not_list_may_have_left() -> None:
    look = ViewContext(names=names_of([Identity("person", ("ann@x.io",), "Ann")]))
    row = ROW | {"owner": "bob@x.io"}
    gone = sentence(WAREHOUSE, row, look, limited=False)
    assert "of bob@x.io, whom the directory does not know: they may have left." in gone.text and gone.tone == "watch"
    left = sentence(Thing("principal", "bob@x.io"), ROW | {"owner": None}, look, limited=False)
    assert "does not know them: they may have left" in left.text and left.tone == "watch"
    for owner in ("Ann@X.io", "7d0c9a1e-0000-4000-8000-000000000001"):  # of services only the account has all
        assert "may have left" not in sentence(WAREHOUSE, row | {"owner": owner}, look, limited=False).text
    unread = ViewContext(names=names_of([]))
    assert "may have left" not in sentence(WAREHOUSE, row, unread, limited=False).text


@pytest.mark.parametrize(("limits", "row", "said"), [
    (RowLimits(), None, "nightly-etl"), (RowLimits(workspaces=frozenset({"1"})), ROW | {"name": None}, "nightly-etl"),
    (RowLimits(workspaces=frozenset({"1"})), None, "7d0c9a1e"),
])  # fmt: skip
def test_who_may_see_some_rows_is_not_told_whom_the_others_name(limits: RowLimits, row: Any, said: str) -> None:
    look = ViewContext(names=names_of([Identity("service", ("7d0c9a1e",), "nightly-etl")]))
    at = Page("", default(NOW.date()), look, NOW, Reader({}), limits)
    assert name_of(at, Thing("principal", "7d0c9a1e"), row) == said


def test_a_run_is_not_told_of_by_the_settings_that_its_job_has_now() -> None:
    row = ROW | {"former_name": "old", "renamed": NOW}
    assert said(row, Thing("run", "7/70", "1")) == "Run of a job in prod, of ann."


def runs(*states: str) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"started": NOW - n * AN_HOUR, "result_state": state, "elapsed": 60.0 * (n + 1)}
            for n, state in enumerate(states)
        ]
    )


def test_runs_say_how_many_failed_and_what_is_usual() -> None:
    worst = jobs.said_of(runs("FAILED", *["SUCCEEDED"] * 5), LOOK)
    assert worst.text.startswith("1 of 6 runs failed; the newest, of 20 Nov 12:00, failed after 1 m.")
    assert "Usual: 2 m 24 s to 5 m 36 s" in worst.text and worst.tone == "act"
    assert jobs.said_of(runs("SUCCEEDED", "SUCCEEDED"), LOOK).text.startswith("None of 2 runs failed")
    assert "Usual" not in jobs.said_of(runs("SUCCEEDED", "FAILED"), LOOK).text  # too few to know what is usual


def test_a_warehouse_says_how_much_it_ran_without_work() -> None:
    hours = pd.DataFrame({"hour": [NOW], "busy": [2.0], "idle": [6.0]})
    assert warehouses.said_of(hours).text == "It ran 8 h in the last seven days, 75% of them without work."
    assert warehouses.said_of(hours.assign(busy=0.0, idle=0.0)).tone == "plain"


@pytest.mark.parametrize(
    "thing",
    [
        Thing("job", "7", "1"),
        Thing("run", "7/70", "1"),
        Thing("pipeline", "p", "1"),
        WAREHOUSE,
        Thing("table", "a.b.c"),
        Thing("principal", "ann"),
        Thing("cost_centre", "c"),
        Thing("workspace", "1"),
        Thing("cluster", "c", "1"),
        Thing("endpoint", "e", "1"),
        Thing("app", "a", "1"),
    ],
    ids=lambda one: one.kind,
)
def test_every_kind_has_its_page_where_nothing_is_known(thing: Thing) -> None:
    test, _ = shown(thing.words, things__described=rows("things.described", []))
    unknown = "is not known" if thing.kind in SETTLED else "no system table lists"
    assert unknown in text(test) and "Could not draw" not in text(test)


def days(*costs: Decimal | None) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"usage_date": NOW.date(), "product": "SQL", "sku_name": "S", "cost": cost, "unpriced_rows": cost is None}
            for cost in costs
        ]
    )


def test_money_in_one_line_says_basis_and_what_has_no_price() -> None:
    assert cost_line(days(Decimal(4)), LOOK) == "$4.00 at list prices on 1 day, for SQL."
    assert "1 usage row without a price not counted" in cost_line(days(Decimal(4), None), LOOK)
    assert "is not known" in cost_line(days(None), LOOK)


def shown(words: dict[str, str], **said: Says) -> tuple[AppTest, Reader]:
    reader = Reader(
        {
            **{name: rows(name, []) for name in catalogue()},
            "things.described": rows("things.described", [ROW]),
            **{name.replace("__", "."): answer for name, answer in said.items()},
        }
    )
    with state.using(reader, lambda: NOW):
        test = AppTest.from_file(str(ROOT / "pages" / "thing.py"), default_timeout=60)
        for word, value in words.items():
            test.query_params[word] = value
        test.run()
    assert not test.exception
    return test, reader


def text(test: AppTest) -> str:
    every = (*test.header, *test.subheader, *test.markdown, *test.caption, *test.info)
    return " ".join(str(one.value) for one in every).replace("\\", "")


def test_the_address_alone_opens_the_page() -> None:
    test, reader = shown(WAREHOUSE.words)
    assert test.header[0].value.replace("\\", "") == "bi-prod"
    assert "in prod, of ann" in text(test) and "Nothing of this was billed in the period" in text(test)
    for question in reader.asked:
        if question.query in ("things.described", "things.cost_by_day"):
            assert dict(question.params).items() >= {"kind": "warehouse", "workspace_id": "1", "id": "a1"}.items()


def test_the_workspaces_chosen_elsewhere_do_not_narrow_a_thing() -> None:
    _, reader = shown(WAREHOUSE.words | {"workspaces": "9"})
    assert {
        dict(one.params).get("workspaces")
        for one in reader.asked
        if one.query in ("things.described", "things.cost_by_day")
    } == {""}


NONSENSE: list[dict[str, str]] = [
    {}, {"kind": "warehouse"}, {"kind": "house", "id": "1", "w": "1"}, {"kind": "job", "id": "1", "w": "x"},
]  # fmt: skip


def test_what_happened_is_asked_in_its_own_workspace() -> None:
    test, reader = shown(WAREHOUSE.words | {"workspaces": "9"})
    asked = next(dict(one.params) for one in reader.asked if one.query == "things.changes")
    assert asked.items() >= {"kind": "warehouse", "id": "a1", "workspaces": "1"}.items()
    assert "Nothing is known to have happened to it" in text(test)


@pytest.mark.parametrize("words", NONSENSE)
def test_nonsense_is_answered_by_a_sentence(words: dict[str, str]) -> None:
    test, reader = shown(words)
    assert "This address names no thing" in text(test)
    assert not [one for one in reader.asked if one.query.startswith("things.")]


def test_a_question_that_fails_is_not_a_thing_that_nobody_has_seen() -> None:
    test, _ = shown(WAREHOUSE.words, things__described=TimedOut(60))
    assert "is not known" not in text(test) and test.header[0].value == "a1"


def test_a_cost_centre_is_asked_for_by_name_in_every_form() -> None:
    _, reader = shown({"kind": "cost_centre", "id": "Café, 1"})
    costs = next(dict(one.params) for one in reader.asked if one.query == "things.cost_by_day")
    forms = {unicodedata.normalize(form, "Café%2C 1") for form in ("NFC", "NFD")}
    assert set(str(costs["cost_centers"]).split(",")) == forms and len(forms) == 2


PLACES = rows(
    "platform.workspaces",
    [
        {"workspace_id": "2", "workspace_name": "dev", "workspace_url": None, "status": "RUNNING"},
        {
            "workspace_id": "1",
            "workspace_name": "prod",
            "workspace_url": "https://one.example.com",
            "status": "RUNNING",
        },
    ],
)
HEX = "01ef7b2c1c2d1f3a8b4c0123456789ab"


@pytest.mark.parametrize(
    ("thing", "row", "path"),
    [
        (Thing("warehouse", HEX, "1"), ROW, f"/sql/warehouses/{HEX}?o=1"),
        (Thing("warehouse", HEX, "1"), None, ""),  # nobody has seen it
        (Thing("space", HEX, "1"), None, f"/genie/rooms/{HEX}?o=1"),  # no table has spaces
        (Thing("space", HEX, "2"), None, ""),  # nobody knows where it is
        (Thing("table", "a.b.c"), ROW | {"workspace_url": None}, "/explore/data/a/b/c"),
        (Thing("endpoint", "e", "1"), ROW | {"name": "fraud"}, "/ml/endpoints/fraud?o=1"),
        (Thing("endpoint", "e", "1"), ROW | {"name": "docs", "known_to_settings": False}, ""),  # of vector search?
    ],
    ids=str,
)
def test_what_has_a_page_in_databricks_leads_there(thing: Thing, row: Any, path: str) -> None:
    known = rows("things.described", [row] if row else [])
    test, _ = shown(thing.words, things__described=known, platform__workspaces=PLACES)
    links = [str(link.proto.url) for link in test.get("link_button")]
    assert links == (["https://one.example.com" + path] if path else [])


def test_what_lives_in_no_workspace_opens_in_that_of_the_app(monkeypatch: pytest.MonkeyPatch) -> None:
    reader = Reader({"platform.workspaces": PLACES})
    assert workspace_url(reader, "") == "https://one.example.com"
    monkeypatch.setattr("components.frame.workspaces.settings", lambda: Settings(host="https://own.example.com"))
    assert (workspace_url(reader, ""), workspace_url(reader, "1")) == (
        "https://own.example.com",
        "https://one.example.com",
    )


def test_the_drawer_says_what_it_is_and_what_it_costs() -> None:
    def page() -> None:
        from components.runtime.opened import ask_for
        from components.things.drawer import drawer
        from things import Thing

        ask_for(Thing("warehouse", "a1", "1"))
        drawer()

    cost = {"usage_date": NOW.date(), "product": "SQL", "sku_name": "S", "cost": Decimal(4), "unpriced_rows": 0}
    reader = Reader(
        {
            "things.described": rows("things.described", [ROW]),
            "things.cost_by_day": rows("things.cost_by_day", [cost]),
        }
    )
    with state.using(reader, lambda: NOW):
        test = AppTest.from_function(page, default_timeout=60).run()
    assert not test.exception
    assert "in prod, of ann" in text(test) and "$4.00 at list prices" in text(test)
    assert [button.label for button in test.button if button.key is None] == ["Open its page"]
    leads = {button.key: button.label.replace("\\", "") for button in test.button if button.key}
    assert leads == {"lead-drawer-principal": "ann", "lead-drawer-workspace": "prod"}


def test_a_closed_drawer_asks_nothing() -> None:
    def page() -> None:
        from components.things.drawer import drawer

        drawer()

    reader = Reader({})
    with state.using(reader, lambda: NOW):
        test = AppTest.from_function(page, default_timeout=60).run()
    assert not test.exception and reader.asked == []


@pytest.mark.parametrize("kind", ["proposal", "agent"])
def test_what_lives_in_the_inbox_is_shown_there(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    went: list[tuple[str, dict[str, str]]] = []
    monkeypatch.setattr("streamlit.switch_page", lambda file, query_params: went.append((file, query_params)))
    monkeypatch.setattr("streamlit.query_params", QueryParams(kind=kind, id="01ABC"))
    page.draw()
    assert [file for file, _ in went] == ["inbox.py"]
    place = address.parse(went[0][1])
    assert "01ABC" in (place.open, place.filters.agent)


@pytest.mark.parametrize(("thing", "word", "value"), [
    (Thing("job", "7", "1"), "job", "1/7"), (Thing("principal", "Ann@Example.com"), "owner", "ann@example.com"),
], ids=str)  # fmt: skip
def test_whether_its_jobs_were_on_time_is_asked_of_these_only(thing: Thing, word: str, value: str) -> None:
    _, reader = shown(thing.words | {"workspaces": "9"})
    for name in ("pipelineops.run_ends", "pipelineops.job_schedules"):
        asked = next(dict(one.params) for one in reader.asked if one.query == name)
        assert (asked[word], asked["workspaces"]) == (value, "")
    assert not [one for one in shown(WAREHOUSE.words)[1].asked if one.query == "pipelineops.run_ends"]


def test_a_dashboard_is_not_said_to_be_unknown_because_nothing_names_it() -> None:
    used = {
        "day": NOW.date(),
        "workspace_id": "1",
        "warehouse_id": "w",
        "warehouse": None,
        "statements": 7,
        "failed": 1,
    }
    test, _ = shown(
        Thing("dashboard", "d1", "1").words,
        things__described=rows("things.described", []),
        things__dashboard_use=rows("things.dashboard_use", [used]),
    )
    assert "Dashboard d1 in workspace 1: the system tables have no name" in text(test)
    assert "It sent 7 statements on 1 day, 1 failed" in text(test) and "is not known" not in text(test)


@pytest.mark.parametrize(("ago", "windows"), [(3, 1), (200, 2)], ids=["of late", "long ago"])
def test_nothing_about_a_run_of_late_waits_for_when_it_was(ago: int, windows: int) -> None:
    began = NOW - dt.timedelta(days=ago)
    found = {
        "workspace_id": "1",
        "job_id": "7",
        "run_id": "70",
        "started": began,
        "result_state": "FAILED",
        "elapsed": 60.0,
    }
    _, reader = shown(Thing("run", "7/70", "1").words, pipelineops__run_found=rows("pipelineops.run_found", [found]))
    asked = [one for one in reader.asked if one.query == "pipelineops.run_compare"]
    first = next(place for place, one in enumerate(reader.asked) if one.query == "pipelineops.run_found")
    assert asked[0] in reader.asked[:first] and len(set(asked)) == windows
    params: dict[str, Any] = dict(asked[-1].params)
    assert params["start"] <= (began - dt.timedelta(days=30)).date() and began.date() < params["end"]


@pytest.mark.parametrize(("thing", "row", "leads"), [
    (WAREHOUSE, ROW, [(Thing("principal", "ann"), "ann"), (Thing("workspace", "1"), "prod")]),
    (WAREHOUSE, ROW | {"owner": None, "workspace": None}, [(Thing("workspace", "1"), "1")]),
    (Thing("run", "7/70", "1"), ROW, [
        (Thing("job", "7", "1"), "bi-prod"), (Thing("principal", "ann"), "ann"), (Thing("workspace", "1"), "prod"),
    ]),
    (Thing("table", "a.b.c"), ROW, [
        (Thing("principal", "ann"), "ann"), (Thing("schema", "a.b"), "b"), (Thing("catalog", "a"), "a"),
    ]),
    (Thing("schema", "a.b"), ROW, [(Thing("principal", "ann"), "ann"), (Thing("catalog", "a"), "a")]),
    (Thing("principal", "ann"), ROW, []), (WAREHOUSE, None, []),
], ids=["warehouse", "nobody's", "run", "table", "schema", "person", "not known"])  # fmt: skip
def test_the_names_in_the_sentence_lead_to_their_things(thing: Thing, row: Any, leads: Any) -> None:
    assert related(thing, row, LOOK.names) == leads


def test_a_name_over_the_page_opens_its_drawer() -> None:
    test, _ = shown(WAREHOUSE.words)
    owner = next(one for one in test.button if one.label.replace("\\", "") == "ann")
    owner.click()
    assert owner.key == "lead-page-principal"
