"""What there is to look at: each view of each page, the page of a thing of each kind, and what opens over a page.

Words in braces are those of the organisation that the app shows: ``{job}`` is the address of a job.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
from playwright.sync_api import Page

from approvals.deciding.incident_rows import Found
from approvals.deciding.incidents import observed
from approvals.people.roles import RowLimits
from approvals.store.store import Store
from approvals.values.proposal import Target
from components.frame.limited import limited
from components.search import known
from dimensions import DIMENSIONS
from pages.map import pages
from settings import Settings
from tests.components.inbox_store import READ_BACK, THROUGH, approved, content, delete_cluster, moved, put
from things import KINDS, named_by
from warehouse.open import close_readers, open_reader


def nothing(page: Page) -> None:
    """Look only."""


@dataclass(frozen=True)
class Scene:
    """An address, and what is done there before one looks."""

    path: str
    query: str = ""
    act: Callable[[Page], None] = nothing


def views() -> dict[str, Scene]:
    """Each view of each page that stands in the menu."""
    return {
        name: Scene(f"/{one.path}", words) for one in pages() if not one.hidden for name, words in one.by_view.items()
    }


def things() -> dict[str, Scene]:
    """The page of a thing of each kind that has one."""
    kinds = [kind for kind in KINDS if kind not in ("agent", "proposal")]  # those are shown by the inbox
    return {f"thing_{kind}": Scene("/thing", f"{{{kind}}}") for kind in kinds}


def press(selector: str) -> Callable[[Page], None]:
    return lambda page: page.locator(selector).first.click()


def press_first_cell(tile: str) -> Callable[[Page], None]:
    """Press the first cell of the table of ``tile``."""

    def act(page: Page) -> None:
        table = page.locator(f".st-key-tile-{tile} [data-testid='stDataFrame']").last
        table.scroll_into_view_if_needed()
        table.click(position={"x": 40, "y": 46})
        page.get_by_role("dialog").wait_for()

    return act


def search(page: Page) -> None:
    page.keyboard.press("Control+K")
    box = page.get_by_role("combobox", name="Search things")
    box.wait_for()
    page.wait_for_function("() => !document.body.innerText.includes('being read')")
    box.press_sequentially("load")
    page.get_by_role("option").first.wait_for()


def over() -> dict[str, Scene]:
    """What opens over a page, or beside it."""
    rows = {f"rows_{key}": Scene("/", "", press(f".st-key-behind-{key} button")) for key in DIMENSIONS}
    cards = {f"card_{name}": Scene("/inbox", f"{{{name}}}") for name in ("open", "grave", "approved", "finished")}
    return {
        **rows,
        **cards,
        "drawer": Scene("/pipelineops", "view=Failures", press_first_cell("lately")),
        "propose": Scene("/thing", "{job}", press_first_cell("can_be_done")),
        "tell_me": Scene("/thing", "{job}", press(".st-key-tell-me-page button")),
        "search": Scene("/controls", "", search),
        "filters": Scene("/finops", "view=Spend", press(".st-key-filters-drawer button")),
        "menu": Scene("/finops", "view=Spend", press(".st-key-tile-per_day [data-testid='stPopoverButton']")),
    }


SCENES = views() | things() | over()


def words(home: Path, scratch: Path, store: Store, now: dt.datetime) -> Mapping[str, str]:
    """The words of the addresses: a thing of each kind in the lakehouse of ``home``, and proposals put into ``store``."""
    found = {kind: f"kind={kind}" for kind in KINDS} | _things(home, scratch, now) | {"run": _run(home)}
    made = {
        "open": put(store, content(now=now)),
        "grave": put(store, delete_cluster(now).model_copy(update={"dimension": "finops"})),
        "approved": approved(store, content("late-bi", now=now)),
        "finished": moved(store, approved(store, content("sandbox", now=now)), *THROUGH, checks=[READ_BACK]),
    }
    job = Target(
        workspace_id="1204817365918273", type="job", id="7", name="payments_nightly_settlement_and_reconciliation_007"
    )
    seen = Found(
        "pipelineops.failed_run",
        job,
        job,
        "its newest run ended as FAILED (CLOUD_FAILURE)",
        "ended at 02:01 UTC; 3 since",
    )
    with store.writing() as tx:
        observed(tx, [seen], ())
    return found | {name: f"p={one}" for name, one in made.items()}


def _things(home: Path, scratch: Path, now: dt.datetime) -> dict[str, str]:
    """The first of each kind that a search finds. ``scratch`` is a folder for what the reader keeps."""
    (scratch / "lakehouse.duckdb").symlink_to(home / "lakehouse.duckdb")
    reader = limited(open_reader(Settings(home=scratch), lambda: now), RowLimits())
    table = reader.submit(known.question(RowLimits(), now.date())).result(60).table
    close_readers()
    assert table is not None
    rows = [one for one in table.to_pylist() if not one["deleted"]]
    return {one["kind"]: _words(one["kind"], one["workspace_id"], one["id"]) for one in reversed(rows)}


def _run(home: Path) -> str:
    with duckdb.connect(str(home / "lakehouse.duckdb"), read_only=True) as lake:
        found = lake.execute(
            "SELECT workspace_id, job_id, run_id FROM lakeflow.job_run_timeline WHERE result_state = 'FAILED' "
            "ORDER BY period_end_time DESC, run_id LIMIT 1"
        ).fetchone()
    assert found is not None
    return _words("run", *found)


def _words(kind: str, workspace: str | None, *ids: str) -> str:
    sort = KINDS[kind]
    thing = named_by(kind, [workspace, *ids] if sort.in_workspace else ids)
    assert thing is not None
    return thing.address.partition("?")[2]
