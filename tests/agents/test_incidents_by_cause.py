"""From findings to incidents: the cause of each, why it follows from it, and whose the incident is."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pandas as pd

from agents.detectors.one_cause import Step
from agents.incident_owners import BELOW, OWNS, TAGGED, TEAMS, TOLD, Owners
from agents.incidents import by_cause
from agents.leads import key_of
from approvals.deciding.incident_rows import Found
from approvals.values.proposal import Target
from bench.lineage_steps import by_lineage, by_serving

AT = dt.datetime(2026, 11, 20, 2, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
JOB = Target(workspace_id="1", type="job", id="7", name="load")
NEXT = Target(workspace_id="1", type="job", id="8", name="split")
RUN = Target(workspace_id="1", type="run", id="70", name="load")
ORDERS = Target(workspace_id="0", type="table", id="Main.a.orders", name="main.a.orders")
LINES = Target(workspace_id="0", type="table", id="main.a.lines", name="main.a.lines")
FAILED = Found("pipelineops.failed_run", RUN, JOB, "it failed", "failed", "job.repair_run", sort="stopped", began=AT)
STALE = Found("dataops.stale_table", ORDERS, ORDERS, "late", "late", sort="old", began=AT + HOUR)
SPLIT = Found("pipelineops.not_started", NEXT, NEXT, "not started", "so", sort="stopped", began=AT + 3 * HOUR)
STEPS = [Step(key_of(JOB), key_of(ORDERS), "writes"), Step(key_of(ORDERS), key_of(NEXT), "reads")]
GROUPS = pd.DataFrame(
    [("owner_fallback", "lakehelm-admins"), ("team", "team-*"), ("governanceops", "governance-approvers")],
    columns=["role", "name"],
)


def hops(*rows: tuple[str | None, ...]) -> pd.DataFrame:
    return pd.DataFrame(
        rows, columns=["source", "target", "consumer_kind", "workspace_id", "consumer_id"], dtype=object
    )


def things(*rows: tuple[object, ...]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["kind", "workspace_id", "id", "owner", "tags"], dtype=object)


def whose(*found: Found, index: pd.DataFrame) -> tuple[str, str]:
    ((who, how),) = {
        (one.owner, one.owner_from) for one in Owners.of_rows(index, {"groups": GROUPS}, ["Team", "squad"]).of(found)
    }
    return who, how


def test_a_run_is_a_matter_of_its_job_and_what_follows_says_why() -> None:
    run, table, job = by_cause([FAILED, STALE, SPLIT], STEPS)
    assert {one.cause.key for one in (run, table, job)} == {JOB.key}
    assert (run.because, run.between) == ("", ())
    assert table.because == "follows load, which does not do its work since 2026-11-20 02:00 UTC"
    assert job.because == "follows main.a.orders, which is old since 2026-11-20 03:00 UTC"
    assert [one.key for one in job.between] == [ORDERS.key]


def test_nothing_that_leads_to_it_leaves_each_by_itself() -> None:
    assert [one.cause.key for one in by_cause([FAILED, STALE, SPLIT], [])] == [JOB.key, ORDERS.key, NEXT.key]


def test_what_its_agent_says_itself_is_not_said_again() -> None:
    (one,) = by_cause([replace(STALE, cause=JOB)], STEPS)
    assert (one.cause.key, one.because) == (JOB.key, "")


def test_one_right_that_was_taken_from_several_jobs_is_one_incident_of_the_first() -> None:
    lost = Found("pipelineops.lost_permission", ORDERS, JOB, "lost", "lost", "grant.add", sort="right", began=AT)
    found = by_cause([lost, replace(lost, cause=NEXT), replace(STALE, target=LINES, cause=NEXT)], [])
    assert {one.cause.key for one in found} == {JOB.key}
    later = replace(lost, cause=NEXT, began=AT + 30 * HOUR)
    assert [one.cause.key for one in by_cause([lost, later], [])] == [JOB.key, NEXT.key]


def test_two_rights_that_were_taken_from_one_job_are_one_incident_of_it() -> None:
    lost = Found("pipelineops.lost_permission", ORDERS, JOB, "lost", "lost", "grant.add", sort="right", began=AT)
    found = by_cause([lost, replace(lost, target=LINES, began=AT + 30 * HOUR)], [])
    assert [one.cause.key for one in found] == [JOB.key, JOB.key]


def test_a_table_that_two_agents_blame_on_different_things_is_one_incident() -> None:
    told, blamed = STALE, replace(STALE, agent="dataops.failing_check", cause=JOB)
    assert {one.cause.key for one in by_cause([told, blamed], [])} == {JOB.key}


def test_what_was_wrong_with_a_table_before_its_writer_stopped_is_an_incident_of_its_own() -> None:
    """Where it may have begun with it, or nobody knows when it began, it is one with it."""
    late = replace(STALE, target=LINES, cause=JOB)
    gone = Found("dataops.gone_column", LINES, LINES, "gone", "gone", sort="changed", began=AT - 96 * HOUR)
    first, *others = by_cause([gone, late, FAILED], [])
    assert (first.cause.key, first.because) == (LINES.key, "")
    assert {one.cause.key for one in others} == {JOB.key}
    whole_day = replace(gone, began=AT.replace(hour=0), whole_day=True)
    for one in (replace(gone, began=None), replace(gone, began=AT - HOUR), whole_day, replace(gone, began=AT + HOUR)):
        assert {each.cause.key for each in by_cause([one, late, FAILED], [])} == {JOB.key}


def test_a_day_is_known_as_a_day() -> None:
    short = replace(STALE, sort="short", began=AT.replace(hour=0), whole_day=True)
    assert by_cause([replace(FAILED, began=AT + 16 * HOUR), short], STEPS)[1].cause.key == JOB.key


def test_lineage_leads_to_readers_and_from_them_to_what_they_write() -> None:
    rows = hops(
        ("main.a.orders", "main.a.lines", "job", "1", "8"), ("main.a.orders", None, "person", None, None),
        ("main.a.lines", None, "dashboard", "1", "d"), (None, "main.a.orders", "pipeline", "1", "p"),
        ("main.a.orders", "main.a.mine", "person", "1", "ann@example.com"),
    )  # fmt: skip
    job, board, pipe = (("1", kind, ident) for kind, ident in (("job", "8"), ("dashboard", "d"), ("pipeline", "p")))
    assert list(by_lineage(rows)) == [
        Step(key_of(ORDERS), job, "reads"), Step(job, key_of(LINES), "writes"), Step(key_of(LINES), board, "reads"),
        Step(pipe, key_of(ORDERS), "writes"), Step(key_of(ORDERS), ("0", "table", "main.a.mine"), "reads"),
    ]  # fmt: skip


def test_a_model_leads_to_the_endpoints_that_serve_it() -> None:
    rows = pd.DataFrame(
        [("Main.m.churn", "1", "e"), (None, "1", "f")], columns=["model_full_name", "workspace_id", "endpoint_id"]
    )
    assert list(by_serving(rows)) == [Step(("0", "model", "main.m.churn"), ("1", "endpoint", "e"), "serves")]


def test_who_owns_the_cause_owns_the_incident() -> None:
    index = things(("job", "1", "7", "ann@example.com", None), ("table", None, "main.a.orders", "bo@example.com", None))
    assert whose(*by_cause([FAILED, STALE], STEPS), index=index) == ("ann@example.com", OWNS)


def test_a_service_is_nobody_then_a_tag_the_team_or_who_owns_what_follows() -> None:
    service = "0d5f2f6c-1111-4000-8000-123456789abc"
    table = ("table", None, "main.a.orders", "bo@example.com", None)
    found = by_cause([FAILED, STALE], STEPS)
    tagged = ("job", "1", "7", service, ["owner=cyd@example.com", "team=risk"])
    assert whose(*found, index=things(tagged, table)) == ("cyd@example.com", TAGGED)
    for tag in ("Team=risk", "SQUAD=risk"):  # each of the keys that the setting names, however it is written
        assert whose(*found, index=things(("job", "1", "7", service, [tag]), table)) == ("team-risk", TEAMS)
    assert whose(*found, index=things(("job", "1", "7", service, None), table)) == ("bo@example.com", BELOW)
    assert whose(*found, index=things(("job", "1", "7", service, None))) == ("", "")


def test_who_is_told_as_owner_comes_before_a_team_and_a_group_last() -> None:
    index = things(("job", "1", "7", None, ["team=risk"]))
    told = replace(FAILED, owner="dan@example.com")
    assert whose(told, index=index) == ("dan@example.com", TOLD)
    assert whose(replace(FAILED, owner="governance-approvers"), index=index) == ("team-risk", TEAMS)
    assert whose(replace(FAILED, owner="governance-approvers"), index=things()) == ("governance-approvers", TOLD)


def test_owners_are_those_of_the_same_workspace() -> None:
    assert whose(FAILED, index=things(("job", "2", "7", "ann@example.com", None))) == ("", "")
