"""The tasks that people come with, each from the Overview to the fact itself, in as few presses as it may take."""

from __future__ import annotations

import datetime as dt
import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest
from playwright.sync_api import Browser

from approvals.deciding import switches
from approvals.people.people import Person
from approvals.store.store import Store, open_store
from approvals.values.proposal import Target
from bench.serving import App
from demo.workspace.people import APPROVERS, LOCAL
from tests.browser.hands import Hands
from tests.browser.visit import visit
from tests.components.inbox_store import READ_BACK, THROUGH, approved, content, moved, put, seats, states

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.costs("by clicks, in a real Chromium"),
]
ME = Person(f"dev:{LOCAL}", "dev:local", frozenset(APPROVERS))
ADA = "ada.arden@example.com"  # one of the administrators


@dataclass(frozen=True)
class Laptop:
    """The app that all tests share, the store beside it, and what is planted in its lakehouse."""

    app: App
    home: Path
    store: Store

    def planted(self, kind: str) -> dict[str, Any]:
        """The fault of this kind."""
        faults = json.loads((self.home / "faults.json").read_text("utf-8"))
        found: dict[str, Any] = next(one for one in faults if one["kind"] == kind)
        return found

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.home / "lakehouse.duckdb"), read_only=True) as lake:
            found: list[tuple[Any, ...]] = lake.execute(sql, list(values)).fetchall()
            return found


@pytest.fixture(scope="module")
def laptop(app: App, home: Path) -> Laptop:
    return Laptop(app, home, open_store(f"sqlite:///{home / 'store.sqlite'}"))


@contextmanager
def at_the_overview(chromium: Browser, laptop: Laptop, me: str = "local") -> Iterator[Hands]:
    """Hands on the Overview of somebody; nothing on the way says anything to the console or to others."""
    with visit(chromium, laptop.app) as seen:
        hands = Hands(seen)
        seen.open("/", f"as=dev:{me}")
        yield hands
        assert seen.errors == [] and seen.strangers == []


def test_why_did_yesterday_cost_more(chromium: Browser, laptop: Laptop) -> None:
    rise = laptop.planted("cost_rise")
    with at_the_overview(chromium, laptop) as hands:
        hands.press(hands.page.get_by_test_id("stMain").get_by_role("link", name="FinOps"))
        card = hands.page.locator('[class*="st-key-tile-unusual-"]', has_text=f"more than usual: {rise['entity_name']}")
        found = hands.row(card, "size", "What")
        assert "size Medium → X-Large" in " ".join(found)
        assert found[0].startswith(f"{dt.datetime.fromisoformat(rise['t0']):%-d %b}")
        assert hands.presses <= 3


def test_who_must_be_called_about_the_job_that_failed_tonight(chromium: Browser, laptop: Laptop) -> None:
    job = laptop.planted("broken_off")
    ((owner, maker),) = laptop.rows(
        "SELECT max_by(run_as_user_name, change_time), max_by(creator_user_name, change_time) FROM lakeflow.jobs "
        "WHERE job_id = ? AND workspace_id = ?",
        job["entity_id"],
        job["workspace_id"],
    )
    called = owner if "@" in owner else f"sp-{job['entity_name'].partition('_')[0]}-0"
    with at_the_overview(chromium, laptop) as hands:
        hands.press(hands.page.get_by_test_id("stMain").get_by_role("link", name="PipelineOps"))
        row = hands.row("lately", job["entity_name"], "Made by")
        assert called in row and maker in row and "@" in maker, "whom it runs as, and somebody with a telephone"
        assert hands.presses <= 2


def test_which_warehouse_should_stop_sooner_and_it_is_proposed(chromium: Browser, laptop: Laptop) -> None:
    idle = laptop.planted("idle_warehouse")
    with at_the_overview(chromium, laptop) as hands:
        hands.press(hands.page.locator('[data-testid="stMain"] a[href*="Savings"]'))
        hands.press_cell("savings", idle["entity_name"], "")
        hands.press(hands.page.get_by_role("dialog").get_by_role("button", name="Propose", exact=True))
        hands.page.get_by_role("dialog").get_by_text("Proposed.").wait_for()
        assert hands.presses <= 3 and hands.letters == 0
    with laptop.store.reading() as tx:
        (made,) = tx.connection.exec_driver_sql(
            "SELECT p.state, r.content FROM proposals p JOIN revisions r USING (proposal_id, revision) "
            "WHERE kind = 'warehouse.set_autostop' AND resource_name = ?",
            (idle["entity_name"],),
        ).all()
    assert made.state == "open"
    assert json.loads(made.content)["params"] == idle["parameters"]


def test_the_last_months_cost_by_cost_centre_for_finance(chromium: Browser, laptop: Laptop) -> None:
    with at_the_overview(chromium, laptop) as hands:
        hands.go_to("FinOps")
        hands.press(hands.page.get_by_test_id("stButtonGroup").get_by_text("Allocation"))
        file = hands.take(hands.page.get_by_role("button", name="Take along, XLSX"))
        assert hands.presses <= 3
        name, path = file.suggested_filename, file.path()
    end = dt.datetime.now(dt.UTC).date().replace(day=1)
    start = (end - dt.timedelta(days=1)).replace(day=1)
    month = f"{start:%B_%Y}".lower()
    assert name == f"lakehelm_cost_by_cost_centre_{month}_{start}_{end - dt.timedelta(days=1)}_USD_list.xlsx"
    head, labels, *rows = openpyxl.load_workbook(io.BytesIO(path.read_bytes())).active.iter_rows(values_only=True)
    assert f"{start:%B %Y}" in str(head[0]) and labels[0] == "Cost centre" and labels[1] == "Cost (USD)"
    ((bill,),) = laptop.rows(
        "SELECT sum(CAST(u.usage_quantity AS DECIMAL(22, 10)) * CAST(p.pricing.effective_list.default AS DECIMAL(15, 10))) "
        "FROM billing.usage u JOIN billing.list_prices p "
        "ON p.sku_name = u.sku_name AND p.cloud = u.cloud AND p.usage_unit = u.usage_unit AND p.currency_code = 'USD' "
        "AND u.usage_end_time >= p.price_start_time "
        "AND (p.price_end_time IS NULL OR u.usage_end_time < p.price_end_time) "
        "WHERE u.usage_date >= ? AND u.usage_date < ?",
        start,
        end,
    )
    assert sum(Decimal(str(row[1])) for row in rows if row[1] is not None) == Decimal(str(bill)).quantize(
        Decimal("0.01")
    )
    centres = [str(row[0]).casefold().strip() for row in rows]
    assert len(centres) == len(set(centres)), "a cost centre stands once, however it is spelt"


def test_which_of_my_jobs_were_late_this_week(chromium: Browser, laptop: Laptop) -> None:
    late = laptop.planted("late_start")
    ((owner,),) = laptop.rows(
        "SELECT max_by(run_as_user_name, change_time) FROM lakeflow.jobs WHERE job_id = ?", late["entity_id"]
    )
    with at_the_overview(chromium, laptop, owner) as hands:
        hands.go_to("PipelineOps")
        hands.press(hands.page.get_by_role("button", name="Mine"))
        said = hands.page.locator(".st-key-tile-missed").get_by_text("Late in the last 7 days")
        assert late["entity_name"] in said.inner_text()
        assert hands.presses <= 2


def test_who_changed_it_last_week(chromium: Browser, laptop: Laptop) -> None:
    rise = laptop.planted("cost_rise")
    ((who,),) = laptop.rows(
        "SELECT user_identity.email FROM access.audit WHERE action_name = 'editEndpoint' AND request_params['id'] = ? "
        "AND request_params['cluster_size'] IS NOT NULL",
        rise["entity_id"],
    )
    with at_the_overview(chromium, laptop) as hands:
        hands.key("Control+K")
        box = hands.page.get_by_role("combobox", name="Search things")
        box.wait_for()
        hands.page.wait_for_function("() => !document.body.innerText.includes('being read')")
        box.press_sequentially(rise["entity_name"])
        hands.page.get_by_role("option").first.get_by_text(rise["entity_name"]).wait_for()
        hands.key("Enter")
        hands.page.wait_for_url("**/thing?**")
        hands.seen.settle()
        assert who in hands.row("happened", "X-Large", "By")
        assert hands.presses <= 3 and hands.letters == len(rise["entity_name"])


def test_undo_what_i_approved_ten_minutes_ago(chromium: Browser, laptop: Laptop) -> None:
    rise, now = laptop.planted("cost_rise"), dt.datetime.now(dt.UTC)
    target = Target(workspace_id=rise["workspace_id"], type="warehouse", id=rise["entity_id"], name=rise["entity_name"])
    done = approved(laptop.store, content(rise["entity_name"], target=target, now=now), ME)
    moved(laptop.store, done, *THROUGH, checks=[READ_BACK], before={"auto_stop_mins": 45}, after={"auto_stop_mins": 10})
    with at_the_overview(chromium, laptop) as hands:
        hands.go_to("Inbox")
        hands.press(hands.page.get_by_role("button", name="Undo …"))
        hands.press(hands.page.get_by_role("button", name="Undo the change", exact=True).last)
        hands.page.get_by_text("The change is being taken back by this proposal").wait_for()
        assert hands.presses <= 3 and hands.letters == 0
    with laptop.store.reading() as tx:
        (made,) = tx.connection.exec_driver_sql(
            "SELECT r.content FROM proposals p JOIN revisions r USING (proposal_id, revision) WHERE undo_of = ?",
            (done,),
        ).all()
    assert json.loads(made.content)["params"] == {"auto_stop_minutes": 45}


def test_approve_the_three_safest(chromium: Browser, laptop: Laptop) -> None:
    now, asked = dt.datetime.now(dt.UTC), seats(("approver", ("platform-approvers",), 1))
    safest = [
        put(laptop.store, content(f"safe-{n}", env="dev", risk=1, now=now, owner="safety", requirement=asked))
        for n in range(3)
    ]
    with at_the_overview(chromium, laptop) as hands:
        hands.go_to("Inbox")
        hands.press(hands.page.get_by_role("button", name="3 × Warehouse: auto-stop time, safety"))
        hands.press(hands.page.get_by_role("button", name="Tick all 3 here"))
        hands.press(hands.page.get_by_role("button", name="Accept 3"))
        hands.page.get_by_text("Accepted 3 of 3").wait_for()
        assert hands.presses <= 4
    assert [states(laptop.store, one)[0] for one in safest] == ["approved"] * 3


def test_stop_everything_now(chromium: Browser, laptop: Laptop) -> None:
    try:
        with at_the_overview(chromium, laptop, ADA) as hands:
            hands.go_to("Controls")
            hands.page.get_by_label("Why", exact=True).click()
            hands.page.keyboard.type("An agent runs wild")
            hands.press(hands.page.get_by_role("button", name="Stop", exact=True))
            hands.page.get_by_role("alert").get_by_text("Everything is stopped by").wait_for()
            assert hands.presses <= 3
        with laptop.store.reading() as tx:
            assert [one.text for one in switches.active(tx)] == ["global:*"]
    finally:
        for one in (ME, Person("dev:1", "dev:ada", frozenset())):
            with laptop.store.writing() as tx:
                if switches.active(tx):
                    switches.release(tx, "global", switches.EVERYTHING, one)
