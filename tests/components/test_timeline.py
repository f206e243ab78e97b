"""What happened to a thing: what was proposed, decided and done about it, with its changes and runs, in one list."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa

from approvals.reading.target_things import thing_of
from approvals.reading.thing_story import Step, story
from approvals.store.store import Store
from approvals.values.proposal import Target
from components.text.view_context import ViewContext
from components.things.timeline import LOST, timeline
from components.tiles.tile import Body, Empty, Finding, Grid, Note
from tests.components.inbox_store import ANN, NOW, approved, content, fill, put, revoke_grant
from tests.components.reading import rows
from tests.support.clock import Clock
from tests.support.stores import store_at
from things import Thing

LOOK = ViewContext()
MINUTE = dt.timedelta(minutes=1)
WAREHOUSE, JOB = Thing("warehouse", "a1", "1"), Thing("job", "7", "1")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return store_at(tmp_path / "store.sqlite", Clock(NOW))


def told(store: Store, target: Target, workspaces: tuple[str, ...] | None = None) -> list[Step]:
    with store.reading() as tx:
        return story(tx, target, workspaces)


def test_a_proposal_is_told_step_by_step(store: Store) -> None:
    ids = fill(store)
    steps = told(store, content("sandbox").target)
    assert {(one.proposal_id, one.state) for one in steps} == {(ids["verified"], "verified")}
    found = [(one.what, one.who) for one in reversed(steps)]
    assert found[0] == ("proposed", "finops-agent") and ("vote.approve", ANN.name) in found
    assert ("execution.verified", "") in found
    assert [one.by_agent for one in steps if one.what == "proposed"] == [True]


def test_who_decided_without_a_vote_is_named(store: Store) -> None:
    fill(store)
    with store.reading() as tx:
        every = [
            one
            for key in tx.connection.execute(sa.text("SELECT DISTINCT resource_key FROM proposals")).scalars()
            for one in story(tx, _target(key), None)
        ]
    by_verb = {one.what: one.who for one in every if one.what.startswith("decision.")}
    assert by_verb["decision.override"]
    assert "decision.accept" not in by_verb


def _target(key: str) -> Target:
    place, sort, ident = key.split("/", 2)
    return Target(workspace_id=place, type=sort, id=ident)


def test_the_newest_comes_first_and_of_others_things_nothing_is_told(store: Store) -> None:
    first = approved(store, content("bi-one"))
    store.clock.forward(minutes=5)  # type: ignore[attr-defined]
    second = put(store, content("bi-one", params={"auto_stop_minutes": 25}))
    put(store, content("bi-two"))
    steps = told(store, content("bi-one").target)
    assert steps[0].proposal_id == second and {one.proposal_id for one in steps} == {first, second}
    assert [one.at for one in steps] == sorted((one.at for one in steps), reverse=True)


def test_nobody_is_told_of_a_workspace_that_is_not_theirs(store: Store) -> None:
    put(store, content("bi-one"))
    target = content("bi-one").target
    assert len(told(store, target, (target.workspace_id,))) == 1
    assert told(store, target, ("1",)) == [] == told(store, target, ())


def test_a_table_is_found_whichever_workspace_the_proposal_names(store: Store) -> None:
    of = revoke_grant()
    table = Target(workspace_id="0", type="table", id="Main.PII.People", name="people")
    one = put(store, of.model_copy(update={"target": table}))
    there = Target(workspace_id="", type="table", id="main.pii.people")
    assert [each.proposal_id for each in told(store, there)] == [one]
    assert told(store, there.model_copy(update={"id": "pii.people"})) == []
    assert told(store, there.model_copy(update={"id": "main_pii.people"})) == []  # no sign stands for any other


def test_a_job_is_told_what_is_proposed_about_its_runs(store: Store) -> None:
    def of_run(run: str, job: str, place: str = "1") -> str:
        target = Target(workspace_id=place, type="run", id=run, name="load")
        before = {"_job_id": job, "state": "FAILED", "note": '"_job_id":"7"'}
        return put(
            store, content("load", kind="job.repair_run").model_copy(update={"target": target, "before": before})
        )

    mine = of_run("700", "7")
    of_run("701", "70")
    of_run("702", "8")
    of_run("703", "7", "2")
    job = Target(workspace_id="1", type="job", id="7")
    assert [(one.proposal_id, one.resource_key) for one in told(store, job)] == [(mine, "1/run/700")]
    assert {one.proposal_id for one in told(store, _target("1/run/700"))} == {mine}


def test_one_statement_tells_it_all(store: Store) -> None:
    fill(store)
    with store.reading() as tx:
        asked: list[str] = []
        sa.event.listen(tx.connection, "before_cursor_execute", lambda *said: asked.append(said[2]))
        story(tx, content("sandbox").target, None)
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("target", "before", "thing"),
    [
        (Target(workspace_id="3", type="warehouse", id="a1"), {}, Thing("warehouse", "a1", "3")),
        (Target(workspace_id="3", type="run", id="70"), {"_job_id": "7"}, Thing("run", "7/70", "3")),
        (Target(workspace_id="3", type="run", id="70"), {}, None),
        (Target(workspace_id="3", type="endpoint", id="fraud"), {"_endpoint_id": "e1"}, Thing("endpoint", "e1", "3")),
        (Target(workspace_id="3", type="endpoint", id="fraud"), {}, None),
        (
            Target(workspace_id="3", type="endpoint", id="a.b.bot"),
            {"_endpoint_id": "e1"},
            Thing("gateway", "a.b.bot", "3"),
        ),
        (Target(workspace_id="0", type="table", id="a.b.c"), {}, Thing("table", "a.b.c")),
        (Target(workspace_id="0", type="schema", id="a.b"), {}, Thing("schema", "a.b")),
        (Target(workspace_id="3", type="volume", id="a.b.v"), {}, None),
        (Target(workspace_id="here", type="job", id="7"), {}, None),
    ],
    ids=str,
)
def test_a_target_is_a_thing_where_it_has_a_page(target: Target, before: dict[str, str], thing: Thing | None) -> None:
    assert thing_of(target, before) == thing


def changed(**more: Any) -> pd.DataFrame:
    row = {"at": NOW, "what": "auto-stop 30 → 10 min", "name": "bi", "who": "ann", "kind": "warehouse",
           "workspace_id": "1", "thing_id": "a1"}  # fmt: skip
    made: pd.DataFrame = rows("things.changes", [row | more]).to_pandas()
    return made


def ran(*states: str) -> pd.DataFrame:
    """Runs that ended, one each ten minutes, the last of ``states`` ten minutes before now."""
    return pd.DataFrame(
        [
            {
                "run_id": f"r{place}",
                "started": NOW - (len(states) - place) * 10 * MINUTE,
                "elapsed": 60.0,
                "result_state": state,
            }
            for place, state in enumerate(states)
        ]
    )


def step(what: str, at: dt.datetime, key: str = "1/warehouse/a1", state: str = "verified", **more: Any) -> Step:
    return Step("p1", "Stop `bi` sooner", key, state, at, what, **{"who": "", **more})


def shown(thing: Thing, steps: list[Step] | None, key: str = "1/warehouse/a1", **frames: pd.DataFrame) -> list[Body]:
    made = timeline(thing, steps, key)(frames, LOOK)
    return [made] if isinstance(made, Empty) else list(made)  # type: ignore[arg-type]


def test_changes_and_steps_are_one_list_and_a_change_says_which_proposal_made_it() -> None:
    call = NOW - MINUTE
    steps = [
        step("execution.verified", NOW + MINUTE),
        step("act", call),
        step("vote.approve", NOW - 5 * MINUTE, who="ann@example.com"),
        step("proposed", NOW - 9 * MINUTE, who="finops-agent", by_agent=True),
    ]
    said, grid = shown(WAREHOUSE, steps, changes=changed())
    assert isinstance(said, Finding) and said.text == "1 change, 1 proposal"
    assert isinstance(grid, Grid)
    assert list(grid.frame["what"]) == [
        "verified",
        "auto-stop 30 → 10 min",
        "voted for it",
        "proposed",
    ]  # the call is the change
    assert [grid.thing_at("proposal", row) for row in range(4)] == [Thing("proposal", "p1")] * 4
    assert [grid.thing_at("who", row) for row in (1, 2, 3)] == [
        Thing("principal", "ann"),
        Thing("principal", "ann@example.com"),
        Thing("agent", "finops-agent"),
    ]
    assert "name" not in grid.columns  # all of it is about the thing itself


def test_a_call_whose_change_is_not_in_the_tables_yet_stands_alone() -> None:
    _, grid = shown(WAREHOUSE, [step("act", NOW)], changes=changed(at=NOW - dt.timedelta(hours=2)))
    assert isinstance(grid, Grid)
    assert list(grid.frame["what"]) == ["began to carry it out", "auto-stop 30 → 10 min"]
    assert grid.frame["proposal_id"].tolist() == ["p1", None]


def test_good_runs_in_a_row_are_one_line_that_a_change_parts() -> None:
    frames = {"runs": ran(*["SUCCEEDED"] * 4, "FAILED", "SUCCEEDED")}
    between = changed(kind="job", thing_id="7", at=NOW - 35 * MINUTE, what="paused")
    said, grid = shown(JOB, [], "1/job/7", **frames, changes=between)
    assert isinstance(said, Finding) and said.text == "1 change, 6 runs (1 failed), 0 proposals"
    assert isinstance(grid, Grid)
    assert [what.split(" since")[0] for what in grid.frame["what"]] == [
        "run succeeded after 1 m",
        "run failed after 1 m",
        "run succeeded after 1 m",
        "paused",
        "3 runs succeeded",
    ]
    assert [grid.thing_at("name", row) for row in (0, 1, 4)] == [Thing("run", f"7/r{n}", "1") for n in (5, 4, 2)]


def test_an_update_of_a_pipeline_is_no_run_of_a_job() -> None:
    _, grid = shown(Thing("pipeline", "p", "1"), [], "1/pipeline/p", runs=ran("FAILED"))
    assert isinstance(grid, Grid) and grid.thing_at("name", 0) is None
    assert grid.frame["name"][0].startswith("run of ")


def test_what_is_proposed_about_a_run_leads_to_the_run() -> None:
    _, grid = shown(JOB, [step("proposed", NOW, "1/run/70", "open", who="dev:ann")], "1/job/7")
    assert isinstance(grid, Grid) and grid.thing_at("name", 0) == Thing("run", "7/70", "1")
    assert grid.thing_at("who", 0) is None  # nobody has checked that name


def test_changes_of_other_things_say_of_which() -> None:
    _, grid = shown(Thing("principal", "ann"), [], "", changes=changed())
    assert isinstance(grid, Grid)
    assert grid.frame["name"][0] == "bi (sql warehouse)" and grid.thing_at("name", 0) == WAREHOUSE


def test_an_open_proposal_is_worth_a_look() -> None:
    said = shown(WAREHOUSE, [step("proposed", NOW, state="open")])[0]
    assert isinstance(said, Finding) and (said.text, said.tone) == ("1 proposal (1 open)", "watch")


def test_what_could_not_be_read_is_never_none_of_it() -> None:
    said, lost, _ = shown(WAREHOUSE, None, changes=changed())
    assert isinstance(said, Finding) and said.text == "1 change"  # and no word of proposals
    assert isinstance(lost, Note) and lost.text == LOST
    lost, nothing = shown(WAREHOUSE, None, changes=changed().head(0))
    assert isinstance(lost, Note) and isinstance(nothing, Empty) and nothing.hint == "Looked at: changes."
    (nothing,) = shown(WAREHOUSE, [])
    assert isinstance(nothing, Empty) and nothing.hint == "Looked at: proposals."


@pytest.mark.parametrize(
    ("thing", "steps", "key"), [(WAREHOUSE, None, "1/warehouse/a1"), (Thing("principal", "a"), [], "")], ids=str
)
def test_where_no_source_answered_nothing_is_said_of_what_happened(thing: Thing, steps: Any, key: str) -> None:
    nothing = shown(thing, steps, key)[-1]
    assert isinstance(nothing, Empty) and nothing.text.startswith("What happened to it could not be read")


def test_what_is_recorded_nowhere_is_not_said_to_have_been_looked_at() -> None:
    (nothing,) = shown(Thing("workspace", "1"), [], "")
    assert isinstance(nothing, Empty) and not nothing.hint
    assert nothing.text == "What happened to workspaces is recorded nowhere: 0 sources were looked at."
    said, _ = shown(Thing("principal", "ann"), [], "", changes=changed())
    assert isinstance(said, Finding) and said.text == "1 change"  # nothing is proposed about a person
