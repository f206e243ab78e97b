"""A page, a capability and a kind of action are one file each, beside their question and its case: put into a copy of the
tree, they are found everywhere. One other file is edited: the policy, which admits nobody by itself."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
LEFT_OUT = ("docs/screenshots/", "tests/")
NEEDED = ("tests/__init__.py", "tests/queries/", "tests/support/", "tests/warehouse/")

QUESTION = """\
-- question: >
--   Which workspaces spend nothing?
-- params: {start: date, end: date}
-- grain: [workspace_id]
-- columns:
--   workspace_id: text  Workspace
--   lines: count  Lines of the bill
-- ttl: 1h
-- note: >
--   Days in UTC.
SELECT workspace_id, COUNT(*) AS lines
FROM system.billing.usage
WHERE usage_date >= :start AND usage_date < :end
GROUP BY workspace_id
ORDER BY workspace_id
"""
CASE = """\
why: The end is not in it.
params: {start: 2026-11-01, end: 2026-11-02}
tables:
  system.billing.usage:
    - {workspace_id: "1", usage_date: 2026-11-01}
    - {workspace_id: "1", usage_date: 2026-11-02}
expected:
  - ["1", 1]
"""
PAGE = '''\
"""Shelves: what stands empty."""

from __future__ import annotations

from components.frame.page import begin
from components.text.view_context import ViewContext
from components.tiles.grid import grid
from components.tiles.panel import panel
from components.tiles.show import show
from components.tiles.tile import Body, Frames, Metric, Metrics
from pages.map import Entry

PAGE = Entry("shelves", "Shelves", ":material/shelves:", "Operate")
each = grid("Shelves", "dataops.shelves", "What stands where.", empty="Nothing stands anywhere.", key="shelves_each")


@panel("How many")
def shelves_total(frames: Frames, look: ViewContext) -> Body:
    """One figure for all of them."""
    return Metrics([Metric("Shelves", str(len(frames["shelves"])))])


def draw() -> None:
    page = begin(PAGE.title)
    asked = page.ask("dataops.shelves")
    show([[shelves_total.tile(asked)], [each.tile(asked)]], page.reader, page.look, page.now, PAGE.key)


if __name__ == "__main__":
    draw()
'''
KIND = '''\
"""Clear a shelf."""

from __future__ import annotations

from typing import TYPE_CHECKING

from actions.kinds.shared.kind import Kind, NoParams
from actions.kinds.shared.right import Right
from approvals.values.proposal import Change, Target
from approvals.values.value import Json

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient


class ClearShelf(Kind[NoParams]):
    """Shelf: clear it."""

    name = "shelf.clear"
    right = Right(words="a ladder")
    dimension, resource = "dataops", "shelf"
    base_risk, reversibility, idempotency = 1, "none", "set"

    def title(self, target: Target, params: NoParams) -> str:
        return f"Clear shelf `{target.id}`"

    def snapshot(self, read: WorkspaceClient, target: Target, params: NoParams) -> Json:
        return {"things": 1}

    def plan(self, image: Json, params: NoParams) -> tuple[Change, ...]:
        return (Change(path="things", before=image["things"], after=0),)

    def steps(self, target: Target, params: NoParams) -> tuple[str, ...]:
        return ("Take everything away",)

    def execute(self, act: WorkspaceClient, target: Target, params: NoParams, image: Json, key: str) -> Json:
        return {}
'''
CAPABILITY = '''\
"""Proposes to clear shelves on which hardly anything stands."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from agents.capability import Capability, Frames, Observation, Recommendation, window, worth
from agents.cells import Row, rows
from approvals.values.proposal import Scalar, Target
from approvals.values.considered import Benefit, Ooda, Option

FEW = 3  # lines


def shelves(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per workspace."""
    return [_judged(row, now) for row in rows(frames["shelves"])]


def _judged(row: Row, now: dt.datetime) -> Observation:
    if row.lines >= FEW:
        return CAPABILITY.leaves(row, f"{row.lines} lines stand on it")
    sure, cleared = Decimal("0.9"), Option(what="clear it", expected="room")
    wanted = Recommendation(
        params={},
        confidence=sure,
        worth=worth(sure, Decimal(20), Decimal(1)),
        benefit=Benefit(kind="risk", method="Room; not put into money."),
        title="What stands on it",
        scalars=(Scalar(column="lines", observed=Decimal(row.lines)),),
        ooda=Ooda(observe=(f"{row.lines} lines",), options=(cleared,), why="Nobody comes."),
        narrative="Nobody comes.",
    )
    return CAPABILITY.proposes(row, now, wanted)


SHELVES = window("dataops.shelves", days=7)
CAPABILITY = Capability(
    name="dataops.empty_shelf",
    version="1.0",
    kind="shelf.clear",
    target=lambda row: Target(workspace_id=row.workspace_id, type="shelf", id=row.workspace_id),
    opens={"shelves": SHELVES},
    evidence=SHELVES,
    match=("workspace_id",),
    judge=shelves,
)
'''
ADMITTED = '  - {id: dataops.empty_shelf, principal: "agent:dataops", kinds: shelf.clear}\n'
NEW = {
    "queries/dataops/shelves.sql": QUESTION,
    "tests/queries/cases/dataops/shelves.yml": CASE,
    "pages/shelves.py": PAGE,
    "actions/kinds/shelf_clear.py": KIND,
    "agents/dataops/empty_shelves.py": CAPABILITY,
}

# Asked of the copy, by a Python of its own.
LOOK = """\
import datetime as dt
import json
from collections import defaultdict
from pathlib import Path

import pyarrow as pa

import deploy.verify
from actions.admission import admitted
from actions.inbox_intake import forms
from actions.registry import KINDS
from agents.round import run_once
from approvals.deciding import drafts
from approvals.policy.policy_file import load
from approvals.store.store import Store, engine
from components.frame import warm_up
from components.tiles import menu
from deploy import references
from pages.map import asking, pages
from queries.catalogue import catalogue
from queries.reference import page
from tests.queries.case_files import difference
from tests.queries.case_files import load as case
from tests.queries.duckdb_engine import DuckDB
from tests.warehouse.fakes import Fake
from warehouse.errors import Unreachable
from warehouse.reach import LAG_QUERY, SPAN_QUERY
from warehouse.reader import Reader

NOW = dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
home = Path("home")
home.mkdir()
warmed = []
warm_up.HEAVY, menu.sources = (), warmed.append
warm_up.warm_up()
worked_out = case(Path("tests/queries/cases/dataops/shelves.yml"))


def reach(name, days):
    table, at = catalogue()[name].columns
    then = pa.array([NOW - dt.timedelta(days=days)], pa.timestamp("us", tz="UTC"))
    return pa.table({table: ["system.billing.usage"], at: then})


warehouse = Fake()
warehouse.answers = defaultdict(lambda: Unreachable("the warehouse"))
warehouse.answers |= {
    "dataops.shelves": pa.table({"workspace_id": ["1", "2"], "lines": [2, 9]}),
    SPAN_QUERY: reach(SPAN_QUERY, 400),
    LAG_QUERY: reach(LAG_QUERY, 0),
}
reader = Reader(warehouse, catalogue(), clock=lambda: NOW, threads=4)
store = Store(engine("sqlite:///home/store.sqlite"))
round = run_once(store, reader, NOW)
reader.close()
with store.writing() as tx:
    handed_in = [draft for _, draft in drafts.take(tx, 10)]
for draft in handed_in:
    admitted(draft, load("policies/default.yaml"))
print(json.dumps({
    "navigation": [one.title for one in pages()],
    "bench": asking(),
    "verify": [one.path for one in deploy.verify.pages()],
    "warm-up": warmed,
    "reference": [page(), references.actions(), references.capabilities()],
    "case": difference(DuckDB(home).rows(worked_out), worked_out.expected),
    "kinds": list(KINDS),
    "forms": list(forms()),
    "looked": {one.capability: [[seen.entity, seen.why_not] for seen in one.observations] for one in round.looks},
    "handed in": [[draft.kind, draft.target.key, draft.agent.principal] for draft in handed_in],
}))
"""


def copied(tree: Path) -> None:
    """What git knows of the tree, as far as it runs."""
    known = ["git", "ls-files", "-coz", "--exclude-standard"]
    for name in subprocess.run(known, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0"):
        if (ROOT / name).is_file() and (name.startswith(NEEDED) or not name.startswith(LEFT_OUT)):
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, tree / name)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    tree = tmp_path_factory.mktemp("tree")
    copied(tree)
    for name, text in NEW.items():
        assert not (tree / name).exists()
        (tree / name).parent.mkdir(exist_ok=True)
        (tree / name).write_text(text, encoding="utf-8")
    policy = tree / "policies/default.yaml"
    policy.write_text(policy.read_text(encoding="utf-8").replace("\nagents:\n", f"\nagents:\n{ADMITTED}"), "utf-8")
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("LAKEHELM_", "PYTHONPATH"))
    }
    looked = subprocess.run(
        [sys.executable, "-c", LOOK],
        cwd=tree,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert looked.returncode == 0, looked.stderr
    made: dict[str, Any] = json.loads(looked.stdout.splitlines()[-1])
    return made


def test_the_page_is_found_wherever_pages_are_listed(found: dict[str, Any]) -> None:
    assert "Shelves" in found["navigation"]
    assert "shelves" in found["bench"]
    assert "shelves" in found["verify"]


def test_its_question_is_warmed_up_described_and_held_by_its_case(found: dict[str, Any]) -> None:
    assert "dataops.shelves" in found["warm-up"]
    assert "dataops.shelves" in found["reference"][0]
    assert found["case"] == ""


def test_the_kind_is_known_described_and_has_a_form(found: dict[str, Any]) -> None:
    assert "a ladder" in found["reference"][1]
    assert "shelf.clear" in found["kinds"]
    assert "shelf.clear" in found["forms"]


def test_the_agent_takes_part_in_the_round_is_described_and_admitted(found: dict[str, Any]) -> None:
    assert "dataops.empty_shelf" in found["reference"][2]
    assert found["looked"]["dataops.empty_shelf"] == [["1/shelf/1", ""], ["2/shelf/2", "9 lines stand on it"]]
    assert found["handed in"] == [["shelf.clear", "1/shelf/1", "agent:dataops"]]
