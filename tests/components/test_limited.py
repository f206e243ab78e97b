"""Somebody who may see one workspace, or one cost centre: no row of another on any page, and what cannot be limited
says so."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from decimal import Decimal
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from approvals.people.roles import RowLimits
from bench.typical import params
from components.frame import identity
from components.frame.limited import NOBODYS, Limited, NotShown, narrowed
from components.runtime import state
from pages.map import pages
from queries.catalogue import catalogue
from queries.kinds import Param
from settings import ROOT, Settings
from tests.components.reading import Reader
from tests.lakehouses import lakehouse
from things import Thing, ThingColumn, thing_of
from warehouse.interface import Answer, Ask, ask
from warehouse.open import close_readers, open_reader

NOW = dt.datetime(2026, 11, 20, 10, 25, tzinfo=dt.UTC)
PAGES = [(one.key, view) for one in pages() if one.asks for view in one.views or ("",)]


class Watched:
    """The real reader, and every answer that it gave."""

    def __init__(self, inner: object) -> None:
        self.inner, self.given = inner, list[Future[Answer]]()

    def submit(self, question: Ask, *, page: str | None = None) -> Future[Answer]:
        self.given.append(self.inner.submit(question, page=page))  # type: ignore[attr-defined]
        return self.given[-1]

    def peek(self, question: Ask) -> Answer | None:
        return self.inner.peek(question)  # type: ignore[attr-defined,no-any-return]

    def invalidate(self, query: str | None = None) -> None:
        self.inner.invalidate(query)  # type: ignore[attr-defined]


pytestmark = pytest.mark.xdist_group("organisation")  # what others asked it is known


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    home = tmp_path_factory.mktemp("limited")
    lakehouse(tmp_path_factory, home / "lakehouse.duckdb", NOW)
    yield Watched(open_reader(Settings(home=home), lambda: NOW))
    close_readers()


@pytest.fixture(scope="module")
def places(watched: Watched) -> dict[str, str]:
    """The workspaces of the organisation: name by id."""
    table = watched.submit(ask("platform.workspaces")).result(60).table
    assert table is not None
    return dict(zip(table["workspace_id"].to_pylist(), table["workspace_name"].to_pylist(), strict=True))


def rows(watched: Watched, name: str, **chosen: Param) -> list[dict[str, Any]]:
    """The rows of a question with typical parameters."""
    given = {key: value for key, value in params(catalogue()[name], NOW, chosen).items() if key != "now"}
    answer = watched.submit(ask(name, **given)).result(120)
    assert answer.table is not None, (name, answer.error)
    return list(answer.table.to_pylist())


@pytest.fixture(scope="module")
def centres(watched: Watched) -> dict[str, Decimal]:
    """What each cost centre of the organisation cost, and what has none: as 'untagged'."""
    costs: dict[str, Decimal] = {}
    for row in rows(watched, "finops.spend_matrix", key="tag", limit=1000):
        name = row["group_key"] or row["label"]
        costs[name] = costs.get(name, Decimal(0)) + (row["cost"] or 0)
    assert len(costs) > 5
    return costs


def opened(watched: Watched, limits: RowLimits, page: str, view: str, **words: str) -> tuple[AppTest, list[Answer]]:
    """The page as somebody with ``limits`` sees it at an address with ``words``, and every answer given for it."""
    with pytest.MonkeyPatch.context() as patch, state.using(watched, lambda: NOW):
        patch.setattr("pages.map.pages", tuple)  # a page that runs alone cannot link to others
        patch.setattr(identity, "limits", lambda _: limits)
        watched.given.clear()
        test = AppTest.from_file(str(ROOT / "pages" / f"{page}.py"), default_timeout=120)
        test.session_state["filters-drawer"] = True  # it is open
        for word, value in (words | {"view": view}).items():
            if value:
                test.query_params[word] = value
        test.run()
    assert not test.exception
    return test, [future.result(60) for future in watched.given]


def text_of(shown: AppTest) -> str:
    """What can be read on the page."""
    text = "".join(str(one.value) for one in (*shown.markdown, *shown.caption, *shown.subheader, *shown.warning))
    return (text + "".join(frame.value.to_string() for frame in shown.dataframe)).replace("\\", "")


def own_and_others(places: dict[str, str]) -> tuple[str, set[str]]:
    own = sorted(places)[2]
    return own, set(places) - {own}


@pytest.mark.parametrize(("page", "view"), PAGES, ids=[f"{page}-{view}" for page, view in PAGES])
def test_no_row_of_another_workspace_on_any_page(
    watched: Watched, places: dict[str, str], page: str, view: str
) -> None:
    own, others = own_and_others(places)
    for named in (",".join(sorted(others)[:2]), ""):  # asked for in the address all the same
        shown, answers = opened(watched, RowLimits(workspaces=frozenset({own})), page, view, workspaces=named)
        assert answers
        for answer in answers:
            if answer.table is None or answer.ask.query == "platform.workspaces":
                continue
            asked = dict(answer.ask.params).get("workspaces")
            assert asked == own or answer.ask.query in NOBODYS, answer.ask
            for column in {"workspace_id"} & set(answer.table.column_names):
                assert set(answer.table[column].to_pylist()) <= {own, None}, answer.ask
        assert named or shown.multiselect(key="filters-workspaces").options == [places[own]]
        text = text_of(shown)
        assert "All workspaces" not in text and (named or "Your 1 workspace ·" in text)
        assert {places[other] for other in others if places[other] in text} == set()


def test_who_waits_for_a_job_and_who_uses_a_warehouse_is_told_of_one_workspace(
    watched: Watched, places: dict[str, str]
) -> None:
    own, _ = own_and_others(places)
    only = RowLimits(workspaces=frozenset({own}))
    warehouse = next(row for row in rows(watched, "finops.warehouse_idle") if row["workspace_id"] == own)
    thing = Thing("warehouse", warehouse["warehouse_id"], own)
    for query, page, view, words in (
        ("pipelineops.job_readers", "pipelineops", "Failures", {}),
        ("platform.warehouse_users", "thing", "", thing.words),
    ):
        shown, answers = opened(watched, only, page, view, **words)
        (answer,) = {one.ask: one for one in answers if one.ask.query == query}.values()
        assert answer.table is not None and "Not shown" not in text_of(shown)


def other_things(watched: Watched, own: str) -> Iterator[Thing]:
    """A thing of each kind that somebody of the workspace ``own`` may not see."""
    for row in rows(watched, "finops.spend_tree", limit=1000):
        if row["workspace_id"] != own and (thing := named_by_row(row)) is not None:
            yield thing
    for kind, name in (("table", "prod.finance.orders"), ("workspace", "others")):
        yield Thing(kind, name)  # type: ignore[arg-type]


def named_by_row(row: Mapping[str, Any]) -> Thing | None:
    return thing_of(ThingColumn("", ("workspace_id", "resource_id"), "resource_kind"), row)


def test_nothing_is_told_of_a_thing_of_another_workspace(watched: Watched, places: dict[str, str]) -> None:
    own, _ = own_and_others(places)
    tried = {thing.kind: thing for thing in other_things(watched, own)}
    assert tried.keys() >= {"job", "pipeline", "cluster", "warehouse", "endpoint", "table", "workspace"}
    for thing in tried.values():
        shown, answers = opened(watched, RowLimits(workspaces=frozenset({own})), "thing", "", **thing.words)
        told = [one for one in answers if one.ask.query not in NOBODYS | {"platform.workspaces"}]
        assert {one.ask.query: one.table.to_pylist() for one in told if one.table and one.table.num_rows} == {}, thing
        assert "where you may see it" in text_of(shown)


# Panels of each view that cannot be limited: in Allocation the bill that the parts are compared with, warehouses, their
# users, clusters; in Quality the currencies.
NOT_SHOWN = {"Spend": 0, "Changes": 0, "Ahead": 0, "Allocation": 4, "Savings": 1, "Quality": 1}


# What is answered for a cost centre outside FinOps, by page and view: nothing else can be limited to one.
BY_CENTRE = {
    ("overview", ""): {"overview.finops", "finops.daily_total"},
    ("sources", "Bill"): {"finops.corrections", "finops.reconciliation"},
}


@pytest.mark.parametrize(("page", "view"), PAGES, ids=[f"{page}-{view}" for page, view in PAGES])
def test_no_row_of_another_cost_centre_on_any_page(
    watched: Watched, centres: dict[str, Decimal], page: str, view: str
) -> None:
    own = "cc-110"
    others = {centre for centre in centres if centre.casefold() != own} - {"untagged"}
    shown, answers = opened(watched, RowLimits(cost_centers=frozenset({own})), page, view, by="tag")
    found = [answer for answer in answers if answer.ask.query not in NOBODYS]
    assert {dict(answer.ask.params)["cost_centers"] for answer in found} <= {own}
    tables = [answer.table for answer in found if answer.table is not None]
    text = text_of(shown) + "".join(str(table.to_pylist()) for table in tables)
    assert {other for other in others if other in text} == set()
    assert "Your 1 cost centre ·" in text
    if page == "finops":
        assert text.count("**Not shown**") == NOT_SHOWN[view]
        assert any(table.num_rows for table in tables) == (view != "Savings")
    else:
        shared = {answer.ask.query for answer in found if answer.table is not None}
        assert shared == BY_CENTRE.get((page, view), set())
    if page == "finops" and view in ("Spend", "Changes"):
        assert own in text


@pytest.mark.parametrize("view", [view for page, view in PAGES if page == "value"])
def test_that_no_cost_centre_has_proposals_is_said_and_no_figure_speaks_for_it(watched: Watched, view: str) -> None:
    shown, _ = opened(watched, RowLimits(cost_centers=frozenset({"cc-110"})), "value", view)
    told = " ".join(one.value for one in shown.info)
    if view == "Promises":  # of jobs and their deadlines, not of proposals: its panel is not shown
        assert "**Not shown**" in text_of(shown) and "cannot be limited to your cost centres" in text_of(shown)
        return
    assert "Proposals cannot be limited to your cost centres" in told
    text = text_of(shown).casefold()
    assert not any(
        said in text for said in ("no proposal waits", "nothing was proposed", "no action", "nobody changed")
    )


def test_a_cost_centre_sees_what_the_whole_bill_counts_for_it(watched: Watched, centres: dict[str, Decimal]) -> None:
    def total(chosen: str) -> Decimal:
        return Decimal(rows(watched, "finops.spend_total", cost_centers=chosen)[0]["cost"] or 0)

    named = sorted(set(centres) - {"untagged"})
    assert {centre: total(centre) for centre in named} == {centre: centres[centre] for centre in named}
    assert total(",".join(named)) + centres["untagged"] == total("") > 0


@pytest.mark.parametrize("chosen", ["", "7"])
def test_the_filters_do_without_the_names_of_workspaces(watched: Watched, chosen: str) -> None:
    shown, _ = opened(watched, RowLimits(cost_centers=frozenset({"cc-110"})), "finops", "Quality", workspaces=chosen)
    assert shown.multiselect(key="filters-workspaces").options == ([chosen] if chosen else [])


@pytest.mark.parametrize(("by", "nobody"), [("workspaces", "99"), ("cost_centers", "cc-0")])
def test_questions_that_say_they_can_be_limited_are(watched: Watched, by: str, nobody: str) -> None:
    """Asked for a workspace or a cost centre that does not exist, none of them finds a row about anything."""
    names = [name for name, query in catalogue().items() if by in query.params]
    assert len(names) >= 15
    told = {}
    extra: dict[str, Param] = dict.fromkeys(("workspace_id", "job_id", "run_id", "other_run_id", "run", "other"), "")
    for name in names:
        query = catalogue()[name]
        try:
            given = params(query, NOW, {**extra, "days": 30, by: nobody})
        except KeyError:
            continue
        answer = watched.submit(ask(name, **{k: v for k, v in given.items() if k != "now"})).result(120)
        if answer.table is None:
            told[name] = str(answer.error)
            continue
        found = answer.table.to_pylist()
        full = [row for row in found if any(v not in (None, 0, "", False) for k, v in row.items() if k not in FREE)]
        if full and name not in PRICES:
            told[name] = repr(full[:2])
    assert told == {}


PRICES = frozenset({"finops.price_changes"})  # the account's price list, with the cost in the workspaces asked for
FREE = frozenset({"day", "usage_date", "start", "month", "week", "currency"})  # a calendar is nobody's row


@pytest.mark.parametrize(("wanted", "asked"), [("", "1,2"), ("1", "1"), ("2,9", "2"), ("9", ""), ("1,2,9", "1,2")])
def test_questions_are_narrowed_to_what_one_may_see(wanted: str, asked: str) -> None:
    limits = RowLimits(workspaces=frozenset({"1", "2"}))
    declared = frozenset({"workspaces", "start"})
    assert narrowed(limits, declared, {"workspaces": wanted})["workspaces"] == asked
    assert narrowed(RowLimits(), declared, {"workspaces": wanted}) == {"workspaces": wanted}
    assert "workspaces" not in narrowed(limits, frozenset({"start"}), {})


def test_a_limit_by_cost_centre_leaves_the_choice_of_workspaces() -> None:
    limits, declared = RowLimits(cost_centers=frozenset({"a", "b"})), frozenset({"workspaces", "cost_centers"})
    given: dict[str, Param] = {"workspaces": "9", "cost_centers": ""}
    assert narrowed(limits, declared, given) == {"workspaces": "9", "cost_centers": "a,b"}
    assert narrowed(limits, declared, given | {"cost_centers": "b,c"})["cost_centers"] == "b"
    assert narrowed(limits, frozenset({"workspaces"}), {"workspaces": "9"}) == {"workspaces": "9"}


@pytest.mark.parametrize(("allowed", "asked", "given"), [
    ("R&D, Berlin", "", "R&D%2C Berlin"), ("R&D, Berlin", "R&D%2C Berlin", "R&D%2C Berlin"), ("R&D, Berlin", "R&D", ""),
    ("50%", "", "50%25"), ("caf\u00e9", "", "cafe\u0301,caf\u00e9"), ("cafe\u0301\u00a0", "caf\u00e9", "cafe\u0301,caf\u00e9"),
])  # fmt: skip
def test_a_cost_centre_of_any_spelling_is_limited_to(allowed: str, asked: str, given: str) -> None:
    limits, declared = RowLimits(cost_centers=frozenset({allowed})), frozenset({"cost_centers"})
    made = narrowed(limits, declared, {"cost_centers": asked})["cost_centers"]
    assert made == given
    assert Limited(Reader({}), limits)._within(ask("finops.untagged", cost_centers=made)) is bool(given)


@pytest.mark.parametrize(
    ("limits", "question", "shown"),
    [
        (RowLimits(workspaces=frozenset({"1"})), ask("finops.untagged", workspaces="1"), True),
        (RowLimits(workspaces=frozenset({"1"})), ask("finops.untagged", workspaces="1,2"), False),
        (RowLimits(workspaces=frozenset({"1"})), ask("finops.untagged", workspaces=""), False),
        (RowLimits(workspaces=frozenset({"1"})), ask("finops.untagged"), False),
        (RowLimits(workspaces=frozenset({"1"})), ask("finops.untagged", cost_centers="retail"), False),
        (RowLimits(workspaces=frozenset({"1"})), ask("overview.governanceops", workspaces="1"), False),
        (RowLimits(workspaces=frozenset()), ask("finops.untagged", workspaces=""), False),
        (RowLimits(cost_centers=frozenset({"retail"})), ask("finops.untagged", workspaces="1"), False),
        (RowLimits(cost_centers=frozenset({"retail"})), ask("finops.untagged", cost_centers="retail"), True),
        (RowLimits(cost_centers=frozenset({"retail"})), ask("finops.untagged", cost_centers="growth,retail"), False),
        (RowLimits(cost_centers=frozenset({"retail"})), ask("finops.untagged", cost_centers=""), False),
        (RowLimits(cost_centers=frozenset({"retail"})), ask("finops.bill_by_month", cost_centers="retail"), False),
        (RowLimits(cost_centers=frozenset({"retail"})), ask("platform.workspaces"), False),
        (RowLimits(workspaces=frozenset({"1"})), ask("platform.source_lag"), True),
    ],
)
def test_what_reaches_beyond_the_limits_is_never_asked(limits: RowLimits, question: Ask, shown: bool) -> None:
    inner = Reader({})
    one = Limited(inner, limits)
    answer = one.submit(question)
    assert bool(inner.asked) is shown
    if not shown:
        told = answer.result(0)
        assert isinstance(told.error, NotShown) and told.error.title == "Not shown"
        assert "cannot be limited to your" in told.error.message
        known = one.peek(question)
        assert known is not None and isinstance(known.error, NotShown) and known.table is None
