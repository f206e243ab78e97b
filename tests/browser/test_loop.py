"""The whole loop on a laptop, by clicks: three agents propose by themselves, people accept, reject and override, the
workspace changes exactly once, the change is verified, and undoing it brings the state before back."""

from __future__ import annotations

import datetime as dt
import functools
import json
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pytest
from playwright.sync_api import Browser, Locator

from approvals.deciding import drafts
from approvals.deciding.proposals import content_of
from approvals.deciding.transitions import Row, live_execution, proposal
from approvals.deciding.voters import votes
from approvals.ledger.ledger import story
from approvals.policy.quorum import seated
from approvals.reading.ledger_export import verify_store
from approvals.store.store import Store, open_store
from approvals.values.proposal import Draft, Evidence
from bench.serving import App, serve
from demo.organisation import found
from demo.workspace import people
from settings import ROOT
from tests.browser.visit import Visit, visit
from tests.lakehouses import lakehouse
from tests.support.tiers import deep

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("loop"), pytest.mark.costs("the whole loop, by clicks")]
# Accepting and rejecting are seen with one kind each; the other kinds, and overriding, which the inbox's own tests see
# without a browser, in the deep tier.
CHANGED = {"warehouse.set_autostop": "warehouses.edit", "job.repair_run": "jobs.repair_run", "grant.revoke": "grants.update",
           "tag.set": "entity_tag_assignments.create"}  # fmt: skip
CARRIED_OUT = {"execution.start", "execution.pass", "execution.intent_act", "execution.ok", "execution.verify_pass"}


class Laptop:
    """A running app with its workers, the store beside it, and a tab in a browser."""

    def __init__(self, app: App, home: Path, seen: Visit) -> None:
        self.home, self.seen, self.page = home, seen, seen.page
        world = found(7, 0.1, dt.datetime.now(dt.UTC).replace(minute=0, second=0, microsecond=0))
        there = people.seed(world, dt.datetime.now(dt.UTC))
        self.members: dict[str, list[str]] = {"local": []}  # who is asked first
        for group in there["groups"].values():
            for one in group["members"]:
                name = there["users"].get(one["value"], {}).get("userName")
                if name:
                    self.members.setdefault(name, []).append(group["displayName"])
        self.store: Store = open_store(f"sqlite:///{home / 'store.sqlite'}")

    def wait(self, what: Callable[[], Any], seconds: float = 90) -> Any:
        limit = time.monotonic() + seconds
        while not (answer := what()):
            assert time.monotonic() < limit, self.page.inner_text('[data-testid="stMain"]')
            time.sleep(0.3)
        return answer

    def open_proposals(self, kind: str) -> list[Row]:
        with self.store.reading() as tx:
            rows = tx.connection.exec_driver_sql(
                "SELECT proposal_id FROM proposals WHERE kind = ? AND state = 'open' ORDER BY proposal_id", (kind,)
            ).all()
            return [proposal(tx, one.proposal_id) for one in rows]

    def known(self, kind: str) -> Sequence[Any]:
        """Proposals of the kind in any state: id and target."""
        with self.store.reading() as tx:
            return tx.connection.exec_driver_sql(
                "SELECT proposal_id, resource_key FROM proposals WHERE kind = ? ORDER BY proposal_id", (kind,)
            ).all()

    def row(self, proposal_id: str) -> Row:
        with self.store.reading() as tx:
            return proposal(tx, proposal_id)

    def state(self, proposal_id: str) -> str:
        with self.store.reading() as tx:
            live = live_execution(tx, proposal_id)
            return str(live.state) if live is not None else str(proposal(tx, proposal_id).state)

    def effects(self, row: Row) -> list[dict[str, Any]]:
        """What was really done to the target of the proposal, from the workspace's own journal."""
        target = row.resource_key.split("/", 2)[2]
        with sqlite3.connect(f"file:{self.home / 'workspace' / 'journal.sqlite'}?mode=ro", uri=True) as journal:
            rows = [json.loads(body) for (body,) in journal.execute("SELECT body FROM effects ORDER BY number")]
        return [{"action": action, **detail} for action, _, identifier, *_, detail in rows if identifier == target]

    def told(self, proposal_id: str) -> set[str]:
        """The events of the proposal in the ledger, which holds."""
        report = verify_store(self.store)
        assert report.code == 0, report
        with self.store.reading() as tx:
            return {entry.event for entry in story(tx, proposal_id)}

    # Clicks

    def card(self, proposal_id: str, who: str) -> None:
        self.seen.open("/inbox", f"p={proposal_id}&as=dev:{who}")
        self.page.wait_for_selector('[class*="st-key-inbox-verb-"]')

    def verb(self, name: str) -> Locator:
        return self.page.locator(f".st-key-inbox-verb-{name} button").first

    def fill(self, label: str, text: str) -> None:
        field = self.page.get_by_label(label, exact=False).last
        field.fill(text)
        field.press("Tab")
        self.page.wait_for_timeout(150)

    def newer(self, proposal_id: str, version: int) -> bool:
        return bool(self.row(proposal_id).version > version)

    def next_person(self, proposal_id: str) -> str:
        """Somebody who can fill a seat that is still open."""
        with self.store.reading() as tx:
            row = proposal(tx, proposal_id)
            cast = {one.voter_id: frozenset(one.groups) for one in votes(tx, row)}
            voters = {one.voter for one in votes(tx, row)}
            missing = seated(content_of(tx, proposal_id, row.revision).requirement, cast).missing
        wanted = missing[0].groups
        able = [one for one in self.members if set(self.members[one]) & set(wanted)]
        return next(one for one in able if f"dev:{one}" not in voters and f"dev:{one}" != row.agent_principal)

    def accept(self, proposal_id: str) -> None:
        """As many people as it takes, each with a comment where the class asks for one."""
        while (row := self.row(proposal_id)).state == "open":
            self.card(proposal_id, self.next_person(proposal_id))
            for section in ("1 What will run", "3 What could break"):
                heading = self.page.locator('[data-testid="stExpander"] summary', has_text=section).first
                if row.risk >= 3 and heading.locator("xpath=..").get_attribute("open") is None:
                    heading.click()
                    self.page.wait_for_timeout(300)
                    self.seen.settle()
            self.page.wait_for_timeout(1_100)  # nobody has read it before
            self.verb("accept").click()
            self.seen.settle()
            if row.risk >= 4:
                self.fill("Name of the resource", row.resource_name or row.resource_key.split("/", 2)[2])
            if row.risk >= 3:
                self.fill("Why (others read it", "The evidence is plain.")
            if row.risk >= 3 or (row.risk >= 2 and row.env in ("prod", "governance")):
                self.page.locator(".st-key-inbox-send-accept button").last.click()
            self.wait(functools.partial(self.newer, proposal_id, row.version), 20)
        assert self.row(proposal_id).state == "approved"

    def reason(self) -> None:
        self.page.get_by_label("Reason").last.click()
        self.page.get_by_role("option").first.click()
        self.fill("Why (others read it", "Not what we want here.")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[App, Path]]:
    """The app as ``make run`` serves it, with a policy whose undo windows are over at once."""
    home = tmp_path_factory.mktemp("laptop")
    lakehouse(tmp_path_factory, home / "lakehouse.duckdb", None)
    policy = (ROOT / "policies" / "default.yaml").read_text("utf-8")
    quick = policy.replace("undo: [0s, 30s, 2m, 2m, 2m]", "undo: [0s, 0s, 0s, 0s, 0s]")
    open_week = quick.replace('cron: "0 0 * * sat"', 'cron: "0 0 29 2 *"')  # the test also runs on weekends
    assert quick != policy and open_week != quick
    (home / "policy.yaml").write_text(open_week, "utf-8")
    with serve(home, {"LAKEHELM_SCALE": "0.1", "LAKEHELM_POLICY": str(home / "policy.yaml")}) as running:
        yield running, home


@pytest.fixture
def laptop(chromium: Browser, served: tuple[App, Path]) -> Iterator[Laptop]:
    with visit(chromium, served[0]) as seen:
        yield Laptop(*served, seen)
        assert seen.errors == [] and seen.strangers == []


@pytest.mark.parametrize("kind", ["warehouse.set_autostop", deep("job.repair_run"), deep("grant.revoke")])
def test_accepted_it_runs_once_is_verified_and_can_be_undone(laptop: Laptop, kind: str) -> None:
    row = laptop.wait(lambda: laptop.open_proposals(kind), 240)[0]  # by an agent, without anybody's doing
    laptop.accept(row.proposal_id)
    laptop.wait(lambda: laptop.state(row.proposal_id) == "verified", 120)
    done = laptop.effects(row)
    assert [one["action"] for one in done] == [CHANGED[kind]]
    assert laptop.told(row.proposal_id) >= {"proposal.created", "vote.approve", "decision.quorum", *CARRIED_OUT}
    laptop.card(row.proposal_id, "local") if kind != "job.repair_run" else None
    if kind == "job.repair_run":
        return  # what a repaired run wrote stays: there is no state to bring back once it has ended
    laptop.verb("undo").click()
    laptop.seen.settle()
    laptop.fill("Why", "It was needed after all.")
    laptop.page.get_by_role("button", name="Undo the change").last.click()
    undo = laptop.wait(lambda: _undo_of(laptop, row.proposal_id), 30)
    laptop.accept(undo)
    laptop.wait(lambda: laptop.state(undo) == "verified", 120)
    first, second = laptop.effects(row)
    assert second["object"] == first["before"]
    assert laptop.told(undo) >= {"proposal.created", *CARRIED_OUT}


@pytest.mark.parametrize("kind", [deep("warehouse.set_autostop"), "job.repair_run", deep("grant.revoke")])
def test_rejected_nothing_happens(laptop: Laptop, kind: str) -> None:
    row = _one_more(laptop, kind)
    laptop.card(row.proposal_id, "local")
    laptop.verb("reject").click()
    laptop.seen.settle()
    laptop.reason()
    laptop.page.get_by_role("button", name="Reject", exact=True).last.click()
    laptop.wait(lambda: laptop.row(row.proposal_id).state == "rejected", 20)
    assert laptop.effects(row) == []
    assert laptop.told(row.proposal_id) >= {"proposal.created", "vote.reject", "decision.reject"}


@pytest.mark.parametrize("kind", [deep("warehouse.set_autostop"), deep("job.repair_run"), deep("grant.revoke")])
def test_overridden_the_persons_action_runs_instead(laptop: Laptop, kind: str) -> None:
    row = _one_more(laptop, kind)
    laptop.card(row.proposal_id, "local")
    laptop.verb("override").click()
    laptop.seen.settle()
    other = kind
    if kind == "warehouse.set_autostop":
        laptop.fill("Stop after idle minutes", "25")
    elif kind == "job.repair_run":
        laptop.page.get_by_text("All failed tasks").last.click()
        laptop.fill("Only these tasks", _failed_task(laptop.home, row))
    else:
        other = "tag.set"
        laptop.page.get_by_label("Action").last.click()
        laptop.page.get_by_role("option", name="tag.set").click()
        laptop.seen.settle()
        laptop.fill("Tag", "grant_review")
        laptop.fill("Value", "2026-11")
    laptop.reason()
    laptop.page.get_by_role("button", name="Override", exact=True).last.click()
    laptop.wait(lambda: laptop.row(row.proposal_id).state == "overridden", 30)
    successor = laptop.row(row.proposal_id).replaced_by
    assert laptop.row(successor).kind == other and laptop.row(successor).sponsor == "dev:1000"
    laptop.card(successor, "local")
    assert laptop.verb("accept").is_disabled(), "who proposes does not decide"
    laptop.accept(successor)
    laptop.wait(lambda: laptop.state(successor) == "verified", 120)
    assert [one["action"] for one in laptop.effects(row)] == [CHANGED[other]]
    assert laptop.told(row.proposal_id) >= {"proposal.created", "decision.override"}
    assert laptop.told(successor) >= {"proposal.created", "vote.approve", "decision.quorum", *CARRIED_OUT}


# Other things that an agent could have proposed the same for: workspace, id, name, parameters. Runs of jobs that came
# through since: one that fails by nature fails again when it is repaired.
OTHERS = {
    "warehouse.set_autostop": """
        SELECT workspace_id, warehouse_id, warehouse_name, '{"auto_stop_minutes": 10}' FROM compute.warehouses
        WHERE delete_time IS NULL AND auto_stop_minutes > 10 ORDER BY warehouse_id""",
    "job.repair_run": """
        SELECT workspace_id, CAST(run_id AS VARCHAR), '', '{"rerun_all_failed_tasks": true}'
        FROM lakeflow.job_run_timeline WHERE run_type = 'JOB_RUN' AND job_id IN (
            SELECT job_id FROM lakeflow.job_run_timeline WHERE job_id IN (SELECT job_id FROM lakeflow.jobs)
            GROUP BY job_id HAVING max_by(result_state, period_end_time) = 'SUCCEEDED')
        GROUP BY ALL HAVING max_by(result_state, period_end_time) = 'FAILED' AND count(result_state) = 1
        ORDER BY max(period_end_time) DESC""",
    "grant.revoke": """
        SELECT '0', concat_ws('.', table_catalog, table_schema, table_name), '',
               to_json({principal: grantee, privileges: list(privilege_type)})
        FROM info_schema.table_privileges WHERE grantee LIKE '%@example.com' AND inherited_from = 'NONE'
        GROUP BY ALL ORDER BY 2""",
}


def _one_more(laptop: Laptop, kind: str) -> Row:
    """An open proposal of the kind that no other test has taken; where the agent found no more, one more draft of its own
    comes in through the agents' door."""
    if rows := laptop.open_proposals(kind):
        return rows[-1]
    known = laptop.wait(lambda: laptop.known(kind), 120)
    with laptop.store.reading() as tx:
        like = content_of(tx, known[0].proposal_id, 1)
    taken = {one.resource_key.split("/", 2)[2] for one in known}
    with duckdb.connect(str(laptop.home / "lakehouse.duckdb"), read_only=True) as lake:
        others = [one for one in lake.execute(OTHERS[kind]).fetchall() if one[1] not in taken]
    for workspace, identifier, name, params in others[:5]:
        target = like.target.model_copy(update={"workspace_id": workspace, "id": identifier, "name": name})
        rests_on = (_of_run(workspace, identifier),) if kind == "job.repair_run" else like.evidence
        draft = Draft(kind=kind, target=target, params=json.loads(params), agent=like.agent, evidence=rests_on)
        with laptop.store.writing() as tx:
            drafts.submit(tx, draft, like.agent.principal)
    more: list[Row] = laptop.wait(lambda: laptop.open_proposals(kind), 30)
    return more[-1]


def _of_run(workspace: str, run: str) -> Evidence:
    """That there is this run: the one that the agent's own evidence speaks of is repaired by now."""
    today = dt.datetime.now(dt.UTC).date()
    return Evidence(
        title="The run",
        query="pipelineops.run_found",
        match={"run_id": run},
        params={
            "start": str(today - dt.timedelta(days=400)),
            "end": str(today + dt.timedelta(days=1)),
            "workspaces": "",
            "workspace_id": workspace,
            "run_id": run,
        },
    )


def _failed_task(home: Path, row: Row) -> str:
    run = row.resource_key.split("/", 2)[2]
    with duckdb.connect(str(home / "lakehouse.duckdb"), read_only=True) as lake:
        found = lake.execute(
            "SELECT task_key FROM lakeflow.job_task_run_timeline WHERE job_run_id = ? AND result_state = 'FAILED' "
            "ORDER BY period_end_time DESC LIMIT 1",
            [run],
        ).fetchone()
    assert found is not None
    return str(found[0])


def _undo_of(laptop: Laptop, proposal_id: str) -> str | None:
    with laptop.store.reading() as tx:
        found = tx.connection.exec_driver_sql(
            "SELECT proposal_id FROM proposals WHERE undo_of = ? ORDER BY proposal_id DESC LIMIT 1", (proposal_id,)
        ).one_or_none()
        return str(found.proposal_id) if found else None
