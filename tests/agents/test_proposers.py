"""What each agent proposes and why it does not, on frames made by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from agents import cells, proposing
from agents.capability import Capability, Observation, worth
from agents.finops import idle_warehouses as finops
from agents.governanceops import unused_grants as governanceops
from agents.pipelineops import failed_runs as pipelineops
from agents.round import CAPABILITIES
from approvals.values.proposal import Draft
from queries.catalogue import catalogue
from tests.agents import made_drafts
from warehouse.coverage import Coverage
from warehouse.interface import Answer, ask
from warehouse.params import CLOCK, checked

NOW = dt.datetime(2026, 11, 20, 10, 25, tzinfo=dt.UTC)


def ago(**since: float) -> pd.Timestamp:
    return pd.Timestamp(NOW - dt.timedelta(**since))


def only(observations: list[Observation]) -> Observation:
    assert len(observations) == 1
    return observations[0]


def proposed(observations: list[Observation]) -> Draft:
    draft = only(observations).draft
    assert draft is not None, only(observations).why_not
    return draft


# Idle warehouses

WAREHOUSE: dict[str, Any] = {
    "workspace_id": "1", "workspace": "prod", "warehouse_id": "w1", "warehouse": "<b>wh</b>", "owner": "zoe@x.com",
    "auto_stop_minutes": 120, "changed_at": ago(days=90), "running_hours": 200.0, "busy_hours": 20.0, "stops": 40,
    "idle_stretches": 60, "cold_starts": 14, "idle_cost": Decimal("900"), "saved_hours": 150.0,
    "saving_low": Decimal("400.00"), "saving_high": Decimal("600.00"), "known_cost": Decimal("1200"), "evidence_days": 28,
    "minutes": 10, "warehouse_type": "SERVERLESS", "start_cost": Decimal("0.75"), "best": True,
}  # fmt: skip


MILDER: dict[str, Any] = {
    "minutes": 30, "saving_low": Decimal(300), "saving_high": Decimal(350), "cold_starts": 7,
    "start_cost": Decimal("0.38"), "best": False,
}  # fmt: skip
Track = tuple[int, int]  # verified, taken back


def warehouses(track: Track | None = None, milder: dict[str, Any] = MILDER, **changed: Any) -> list[Observation]:
    frames = {"replay": pd.DataFrame([WAREHOUSE | changed, WAREHOUSE | changed | milder])}
    if track:
        frames["tracks"] = pd.DataFrame(
            [("warehouse.set_autostop", *track), ("grant.revoke", 0, 50)], columns=["kind", "verified", "regressions"]
        )
    return finops.idle_warehouses(frames, NOW)


def test_an_idle_warehouse_shall_stop_sooner() -> None:
    draft = proposed(warehouses())
    assert (draft.kind, draft.target.key, draft.params) == (
        "warehouse.set_autostop",
        "1/warehouse/w1",
        {"auto_stop_minutes": 10},
    )
    assert draft.benefit is not None
    assert (draft.benefit.kind, draft.benefit.low, draft.benefit.high) == ("cost", Decimal(400), Decimal(600))
    nothing = draft.ooda.options[-1]
    assert nothing.what == "do nothing"
    assert nothing.expected == "costs USD 16.67 a day"  # 500 a month
    assert "saves USD 300.00 to 350.00" in draft.ooda.options[1].expected
    assert "15 statements a month wait" in draft.ooda.options[0].expected  # 14 in 28 days


def test_the_time_that_is_best_after_its_waits_is_proposed() -> None:
    draft = proposed(warehouses(best=False, milder=MILDER | {"best": True}))
    assert draft.params == {"auto_stop_minutes": 30}
    assert draft.evidence[0].match["minutes"] == 30
    assert [one.what for one in draft.ooda.options] == [
        "stop after 30 idle minutes",
        "stop after 10 idle minutes",
        "do nothing",
    ]
    soon = only(warehouses(auto_stop_minutes=20, best=False, milder=MILDER | {"best": True}))
    assert soon.draft is None
    assert "saves less than waiting" in soon.why_not


def test_times_that_are_not_sooner_are_no_options() -> None:
    draft = proposed(warehouses(auto_stop_minutes=30))
    assert [one.what for one in draft.ooda.options] == ["stop after 10 idle minutes", "do nothing"]


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("SERVERLESS", "a serverless warehouse starts within seconds"),
        ("PRO", "a pro warehouse starts within minutes"),
        ("CLASSIC", "a classic warehouse starts within minutes"),
        ("REAL_TIME", "a start may take minutes: its type is REAL_TIME"),
        (None, "a start may take minutes: its type is not known"),
    ],
)
def test_how_long_a_start_takes_is_said_by_type(kind: str | None, said: str) -> None:
    draft = proposed(warehouses(warehouse_type=kind))
    assert said in draft.ooda.orient[1]
    assert all(said in one.expected for one in draft.ooda.options[:-1])
    assert said in draft.narrative
    assert ("seconds" in draft.model_dump_json()) == (kind == "SERVERLESS")


@pytest.mark.parametrize(("kind", "apart"), [("SERVERLESS", ""), ("PRO", "pro"), ("CLASSIC", "classic"), (None, "")])
def test_what_the_cloud_bills_apart_is_said_by_type(kind: str | None, apart: str) -> None:
    draft = proposed(warehouses(warehouse_type=kind))
    said = f"The cloud bills the machines of a {apart} warehouse apart: they are in no figure here, and stop with it."
    assert (said in draft.ooda.orient) == (said in draft.narrative) == bool(apart)


def test_waits_are_taken_off_what_it_is_worth() -> None:
    cheap, dear = only(warehouses()), only(warehouses(start_cost=Decimal(30)))
    assert cheap.worth - dear.worth == Decimal("29.25") * Decimal("1.1")  # and 0.1 of it as the harm if it is wrong


@pytest.mark.parametrize(
    ("track", "confidence"),
    [(None, "0.9"), ((0, 0), "0.9"), ((30, 0), "0.95"), ((10, 0), "0.95"), ((0, 2), "0.75"), ((5, 5), "0.7")],
)
def test_the_record_of_such_changes_says_how_sure_it_is(track: Track | None, confidence: str) -> None:
    draft = proposed(warehouses(track))
    assert draft.confidence == Decimal(confidence)  # 9 of 10 assumed; at most 61 of 64, by the stretches
    verified, regressed = track or (0, 0)
    assert f"{verified} verified, {regressed} taken back; 9 of 10 assumed before" in draft.ooda.why


def test_few_stretches_give_little_confidence() -> None:
    assert proposed(warehouses(idle_stretches=2)).confidence == Decimal("0.5")


def test_one_that_never_stops_is_proposed_too() -> None:
    assert "never by itself" in proposed(warehouses(auto_stop_minutes=0)).ooda.observe[1]


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"auto_stop_minutes": 15}, "stops after 15 minutes already"),
        ({"auto_stop_minutes": 5}, "stops after 5 minutes already"),
        ({"changed_at": ago(days=6, hours=23)}, "changed 6 days ago"),
        ({"idle_stretches": 0}, "no stretch"),
        ({"saving_low": Decimal(0), "saving_high": Decimal(0)}, "no stretch"),
        ({"saving_low": None, "saving_high": None}, "no price in USD"),
        ({"saving_low": Decimal("3.00"), "saving_high": Decimal("6.00")}, "not worth a look"),
        ({"start_cost": Decimal(700)}, "not worth a look"),
    ],
)
def test_a_warehouse_is_left_alone(changed: dict[str, Any], why: str) -> None:
    seen = only(warehouses(milder={"minutes": 30, "best": False}, **changed))
    assert seen.draft is None
    assert why in seen.why_not


def test_a_change_of_a_week_ago_has_settled() -> None:
    assert proposed(warehouses(changed_at=ago(days=7)))


# Failed runs

RUN: dict[str, Any] = {
    "workspace_id": "1", "workspace": "prod", "job_id": "10", "run_id": "77", "name": "load", "owner": "sp",
    "paused": False, "started": ago(hours=5), "ended": ago(hours=4), "result_state": "FAILED",
    "termination_code": "CLOUD_FAILURE", "attempts": 1, "failures": 1, "runs": 30, "last_success": ago(days=1, hours=4),
    "failed_tasks": ["b"], "cost_per_run": Decimal("4.50"),
}  # fmt: skip
READERS = {"workspace_id": "1", "job_id": "10", "tables": 2, "readers": 3}
LEARNED = {"workspace_id": "1", "job_id": "10", "seconds": 7200.0, "runs": 20}
DECLARED = {"workspace_id": "1", "job_id": "10", "due_time": "06:30", "zone": "Europe/Berlin"}


Repaired = Mapping[tuple[str, str], tuple[int, int]]  # by job and code: repaired, rescued


def runs(
    repairs: Repaired | None = None,
    *,
    learned: bool = True,
    declared: bool = False,
    readers: int = 3,
    quartz: str = "",
    **changed: Any,
) -> list[Observation]:
    tried = [
        {"workspace_id": "1", "job_id": job, "termination_code": code, "repaired": n, "rescued": k}
        for (job, code), (n, k) in (repairs or {}).items()
    ]
    schedule = {"workspace_id": "1", "job_id": "10", "quartz": quartz, "zone": "UTC", "until": pd.NaT}
    frames = {
        "failed": pd.DataFrame([RUN | changed]),
        "learned": pd.DataFrame([LEARNED] if learned else [], columns=list(LEARNED)),
        "readers": pd.DataFrame([READERS | {"readers": readers}]),
        "schedules": pd.DataFrame([schedule] if quartz else [], columns=list(schedule)),
        "repairs": pd.DataFrame(tried, columns=["workspace_id", "job_id", "termination_code", "repaired", "rescued"]),
    }
    if declared:
        frames["declared"] = pd.DataFrame([DECLARED])
    return pipelineops.failed_runs(frames, NOW)


def test_a_run_that_broke_off_shall_be_repaired() -> None:
    draft = proposed(runs())
    assert (draft.kind, draft.target.key, draft.params) == (
        "job.repair_run",
        "1/run/77",
        {"rerun_all_failed_tasks": True},
    )
    assert draft.confidence == Decimal("0.7")  # nothing known of this account: 7 of 10
    assert draft.benefit is not None
    assert (draft.benefit.kind, draft.benefit.high) == ("sla", Decimal("4.50"))
    assert draft.evidence[0].match == {"workspace_id": "1", "job_id": "10", "run_id": "77"}
    assert "usually done 2.0 h after its start (learned)" in draft.ooda.orient
    assert "3 readers of the 2 tables it writes" in draft.ooda.orient
    assert [one.what for one in draft.ooda.options][-1] == "do nothing"


def test_a_declared_deadline_counts_before_a_learned_one() -> None:
    assert "due at 06:30 Europe/Berlin (declared)" in proposed(runs(declared=True)).ooda.orient


@pytest.mark.parametrize(
    "alone",
    [
        {"learned": False, "declared": True, "readers": 0},
        {"workspace": "devices-prod"},  # no word of these within another
        {"workspace": "contest"},
        {"workspace": "production"},
        {"workspace": "lakehouse-dev", "declared": True, "readers": 0},
        {"learned": False, "readers": 1},
        {"learned": False, "readers": 0, "cost_per_run": Decimal("10.00")},
    ],
)
def test_each_reason_alone_makes_a_job_matter(alone: dict[str, Any]) -> None:
    assert proposed(runs(**alone))


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"paused": True}, "paused"),
        ({"ended": ago(hours=25)}, "more than a day ago"),
        ({"ended": pd.NaT}, "more than a day ago"),
        ({"attempts": 2}, "repaired already"),
        ({"failures": 3}, "failed 3 times in a row"),
        ({"last_success": pd.NaT}, "no run succeeded"),
        ({"termination_code": "UNAUTHORIZED_ERROR"}, "UNAUTHORIZED_ERROR does not pass"),
        ({"termination_code": "RESOURCE_NOT_FOUND"}, "does not pass"),
        ({"termination_code": "RUN_EXECUTION_ERROR"}, "succeeds with 0.5"),
        ({"termination_code": None}, "succeeds with 0.5"),
        ({"result_state": "TIMED_OUT"}, "takes as long again"),
        ({"readers": 0}, "nobody reads"),  # a deadline that was only learned: nearly every job has one
        ({"workspace": "lakehouse-dev"}, "a workspace to try things in"),
        ({"workspace": "sandbox", "cost_per_run": Decimal(50)}, "a workspace to try things in"),
        ({"workspace": "analytics_development"}, "a workspace to try things in"),
        ({"workspace": "lake-nonprod-eu"}, "a workspace to try things in"),
        ({"workspace": "UAT2"}, "a workspace to try things in"),
        ({"quartz": "0 0 13 * * ?"}, "its next scheduled run starts at 13:00 UTC"),  # it is 10:25
        ({"quartz": "0 0/15 * * * ?"}, "starts at 10:30 UTC"),
        ({"learned": False, "readers": 0, "cost_per_run": None}, "nobody reads"),
    ],
)
def test_a_failed_run_is_left_alone(changed: dict[str, Any], why: str) -> None:
    seen = only(runs(**changed))
    assert seen.draft is None
    assert why in seen.why_not


def test_the_next_scheduled_run_is_said() -> None:
    later = proposed(runs(quartz="0 0 6 * * ?"))
    assert "its next scheduled run starts at 2026-11-21 06:00 UTC" in later.ooda.observe
    assert "2026-11-21 06:00" in later.ooda.options[-1].expected
    assert "no schedule starts it again" in proposed(runs()).ooda.observe
    unread = proposed(runs(quartz="not a schedule"))
    assert "when its schedule starts it next is not known: it cannot be read" in unread.ooda.observe
    assert "no scheduled run within a day" in proposed(runs(quartz="0 0 6 1 1 ?")).ooda.observe


def test_the_accounts_own_repairs_decide_where_the_code_does_not() -> None:
    def others(*outcomes: tuple[int, int], code: str = "RUN_EXECUTION_ERROR") -> Repaired:
        return {(f"2{n}", code): outcome for n, outcome in enumerate(outcomes)}

    unclear = runs(others((5, 5), (5, 4), (5, 5)), termination_code="RUN_EXECUTION_ERROR")
    assert proposed(unclear).confidence == Decimal("0.76")  # 19 of 25
    assert proposed(runs(others((2, 1), code="CLOUD_FAILURE"))).confidence == Decimal("0.67")  # 8 of 12
    assert proposed(runs(others(*[(5, 5)] * 3, code="unknown"), termination_code=None)).confidence == Decimal("0.8")


def test_one_flaky_job_does_not_lift_all_others() -> None:
    flaky: Repaired = {("99", "RUN_EXECUTION_ERROR"): (200, 198)}
    seen = only(runs(flaky, termination_code="RUN_EXECUTION_ERROR"))
    assert seen.draft is None or seen.draft.confidence < Decimal("0.7")  # 5 of its 200 count: 9.95 of 15


def test_a_job_is_drawn_towards_its_own_record() -> None:
    bad: Repaired = {("10", "CLOUD_FAILURE"): (4, 0)}
    assert "0.39: less than 0.6" in only(runs(bad)).why_not  # 5 x 0.7 of 5 + 4
    good: Repaired = {("10", "RUN_EXECUTION_ERROR"): (10, 9)}
    assert proposed(runs(good, termination_code="RUN_EXECUTION_ERROR")).confidence == Decimal("0.77")  # 11.5 of 15


def test_whether_the_tasks_may_run_twice_is_said() -> None:
    assert any("not known: nobody repaired this job" in line for line in proposed(runs()).ooda.orient)
    twice = proposed(runs({("10", "CLOUD_FAILURE"): (3, 2)}))
    assert any("run twice 3 times in 90 days, 2 times to a good end" in line for line in twice.ooda.orient)


def test_a_quiet_round_asks_one_cheap_question() -> None:
    assert {one.query for one in pipelineops.CAPABILITY.asks(NOW).values()} == {"pipelineops.newest_failure"}
    for newest in (None, ago(hours=25)):
        frames = {"newest": pd.DataFrame({"newest": [newest]})}
        assert pipelineops.failures(frames, NOW) == {}
    assert pipelineops.failures({"newest": pd.DataFrame({"newest": [ago(hours=1)]})}, NOW).keys() == {"failed"}


def test_lineage_is_read_only_of_jobs_that_could_be_repaired() -> None:
    failed = pd.DataFrame([RUN, RUN | {"job_id": "11", "paused": True}, RUN | {"job_id": "12"}])
    asked = pipelineops.about({"failed": failed}, NOW)
    assert dict(asked["readers"].params)["jobs"] == "1/10,1/12"
    for question in (*asked.values(), *pipelineops.failures({"newest": pd.DataFrame({"newest": [NOW]})}, NOW).values()):
        checked(catalogue(), question)
    assert pipelineops.about({"failed": failed.assign(paused=True)}, NOW) == {}


# Unused grants

GRANT: dict[str, Any] = {
    "grantee": "ann@x.com", "holder": "person", "table_name": "main.s.t1", "privileges": "MODIFY,SELECT",
    "table_owner": "olga@x.com", "table_created": ago(days=400), "granted_at": pd.NaT, "last_seen": ago(days=1),
    "watched_from": NOW.date() - dt.timedelta(days=90), "watched_to": NOW.date(), "through": None,
}  # fmt: skip


def grants(used: tuple[int, ...] = (), watched: int | None = 365, **changed: Any) -> list[Observation]:
    """``used``: days ago; ``watched``: days back that audit and lineage reach, None: not said."""
    days = [NOW.date() - dt.timedelta(days=one) for one in used]
    weeks = [("ann@x.com/main.s.t1", day - dt.timedelta(days=day.weekday())) for day in days]
    frame = pd.DataFrame(weeks, columns=["held", "week"])
    if watched is not None:
        frame.attrs["coverage"] = Coverage(since=NOW - dt.timedelta(days=watched))
    return governanceops.unused_grants({"grants": pd.DataFrame([GRANT | changed]), "weeks": frame}, NOW)


@pytest.mark.parametrize("used", [(95, 186, 277), (100, 282), (97,), (360,)])
def test_whoever_comes_once_a_quarter_or_a_year_is_left_alone(used: tuple[int, ...]) -> None:
    seen = only(grants(used))
    assert seen.draft is None
    assert "used" in seen.why_not


def test_whoever_came_daily_and_left_is_not() -> None:
    draft = proposed(grants(tuple(range(120, 360, 2))))
    assert any("last used in the week of 2026-07-20" in line for line in draft.ooda.observe)


@pytest.mark.parametrize(
    ("watched", "confidence", "said"),
    [
        (365, "0.85", "no use in the 365 days that are known"),
        (400, "0.85", "no use in the 365 days that are known"),
        (228, "0.75", "go back 228 days, less than a year"),
        (90, "0.65", "go back 90 days, less than a year"),
        (None, "0.65", "go back 90 days, less than a year"),
    ],
)
def test_a_year_that_is_not_known_whole_is_said_and_makes_less_sure(
    watched: int | None, confidence: str, said: str
) -> None:
    draft = proposed(grants(watched=watched))
    assert draft.confidence == Decimal(confidence)
    assert any(said in line for line in draft.ooda.observe)
    assert any(said in line for line in draft.ooda.orient)


@pytest.mark.parametrize(
    ("through", "said"),
    [
        (None, "no group is seen to hold a grant on it"),
        ("readers, team-a", "they may still use it through readers, team-a (membership is not known)"),
        ("account users, readers", "everybody is in account users"),
        ("a, b, c, d, e, f, g", "through a, b, c, d, e and 2 more groups"),
    ],
)
def test_what_the_holder_may_still_do_is_said(through: str | None, said: str) -> None:
    draft = proposed(grants(through=through))
    assert any(said in line for line in draft.ooda.observe)
    assert said in draft.ooda.options[0].expected


def test_the_year_before_is_read_only_of_what_could_be_revoked() -> None:
    frame = pd.DataFrame([GRANT, GRANT | {"grantee": "bob@x.com"}, GRANT | {"holder": "service principal"}])
    asked = governanceops.about({"grants": frame}, NOW)["weeks"]
    checked(catalogue(), asked)
    given = dict(asked.params)
    assert given["grants"] == "ann@x.com/main.s.t1 bob@x.com/main.s.t1"
    assert (given["start"], given["end"]) == (dt.date(2025, 11, 20), dt.date(2026, 8, 22))
    assert governanceops.about({"grants": frame.assign(holder="service principal")}, NOW) == {}


def test_an_answer_that_begins_late_is_told_from_one_with_holes() -> None:
    gap = ("system.access.audit begins on 2026-05-01; asked from 2025-11-20: the days before are not in it.",)
    question = ask(governanceops.WEEKS, start=NOW.date(), end=NOW.date(), grants="")

    def answer(**coverage: Any) -> Answer:
        return Answer(question, "fresh", pa.table({}), NOW, 1.0, coverage=Coverage(gaps=gap, **coverage))

    late = answer(since=NOW - dt.timedelta(days=200), cut=False)
    assert proposing.unusable(late, NOW, younger=True) == ""
    assert proposing.unusable(late, NOW) == gap[0]
    assert proposing.unusable(answer(since=NOW, cut=True), NOW, younger=True) == gap[0]
    assert proposing.unusable(answer(cut=False), NOW, younger=True) == gap[0]


def test_an_unused_grant_shall_be_revoked() -> None:
    draft = proposed(grants())
    assert (draft.kind, draft.target.type, draft.target.id) == ("grant.revoke", "table", "main.s.t1")
    assert draft.params == {"principal": "ann@x.com", "privileges": ["MODIFY", "SELECT"]}
    assert draft.confidence == Decimal("0.85")
    assert draft.benefit is not None
    assert draft.benefit.kind == "risk"
    assert draft.ooda.options[-1].what == "do nothing"


def test_whoever_is_not_seen_at_all_will_hardly_miss_it() -> None:
    assert proposed(grants(last_seen=pd.NaT)).confidence == Decimal("0.95")


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"holder": "service principal"}, "service principal"),
        ({"granted_at": ago(days=89)}, "granted 89 days ago"),
        ({"table_created": ago(days=80)}, "younger than 90 days"),
        ({"table_created": pd.NaT}, "younger than 90 days"),
        ({"watched_from": NOW.date() - dt.timedelta(days=87)}, "do not reach 90 days back"),
        ({"watched_from": None}, "do not reach 90 days back"),
        ({"watched_to": NOW.date() - dt.timedelta(days=3)}, "end too early"),
        ({"watched_to": None}, "do not reach"),
    ],
)
def test_a_grant_is_left_alone(changed: dict[str, Any], why: str) -> None:
    seen = only(grants(**changed))
    assert seen.draft is None
    assert why in seen.why_not


# What they share

MADE: list[Callable[[], list[Observation]]] = [
    warehouses,
    runs,
    grants,
    *made_drafts.MADE.values(),
]


@pytest.mark.parametrize("capability", CAPABILITIES, ids=lambda one: one.agent.id)
def test_its_questions_are_questions_of_the_catalogue(capability: Capability) -> None:
    for question in capability.asks(NOW).values():
        checked(catalogue(), question)


@pytest.mark.parametrize("made", MADE)
def test_its_evidence_can_be_read_again(made: Callable[[], list[Observation]]) -> None:
    draft = proposed(made())
    assert draft.evidence
    for evidence in draft.evidence:
        query = catalogue()[evidence.query]
        assert evidence.params.keys() == query.params.keys() - {CLOCK}  # which whoever reads it again has
        for name, value in evidence.params.items():
            if query.params[name] == "date":
                assert dt.date.fromisoformat(value)
        assert set(query.grain) <= evidence.match.keys()
        assert evidence.match.keys() | {one.column for one in evidence.scalars} <= query.columns.keys()
        assert evidence.scalars


@pytest.mark.parametrize("made", MADE)
def test_a_draft_survives_json(made: Callable[[], list[Observation]]) -> None:
    draft = proposed(made())
    assert Draft.model_validate_json(draft.model_dump_json()) == draft


def test_at_most_five_at_once_the_most_valuable_first() -> None:
    draft = proposed(warehouses())
    seen = [Observation(f"1/warehouse/w{n}", draft=draft, worth=Decimal(n)) for n in range(8)]
    kept = proposing.chosen([Observation("1/warehouse/x", "fine"), *seen])
    assert [one.worth for one in kept if one.draft] == [7, 6, 5, 4, 3]
    assert len(kept) == 9
    assert sum("more than 5 at once" in one.why_not for one in kept) == 3


def test_expected_value() -> None:
    # 0.8 x 100 - 0.2 x 50 - 5 for the review
    assert worth(Decimal("0.8"), Decimal(100), Decimal(50)) == Decimal("65.0")


def test_rows_are_read_as_they_come() -> None:
    assert cells.text(pd.NaT) == cells.text(None) == cells.text(float("nan")) == ""
    assert cells.money(None) == Decimal("0.00")
    assert cells.moment(pd.NaT) is None
