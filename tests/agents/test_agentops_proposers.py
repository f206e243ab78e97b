"""What the agents of AgentOps propose about agents, models and indexes, and what they leave alone, on frames made by hand."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from agents.agentops import fallbacks, index_lags, judged_worse, runaways, slow_answers, throttled, tool_loops
from agents.agentops.services import at_least
from agents.capability import Observation
from queries.catalogue import catalogue
from tests.agents.test_access_proposers import NOW, ago, left, only, proposed
from warehouse.params import checked

TODAY = NOW.date()

# Who runs away

DAY = {
    "day": TODAY - dt.timedelta(days=1), "workspace_id": "1", "service": "main.agents.orders", "caller": "tom@x.com",
    "tokens": 6_000_000, "usual": 25_000.0, "times": 240.0, "tool": "run_sql", "repeats": 2, "calls": 69,
    "from_time": ago(hours=30), "to_time": ago(hours=12),
}  # fmt: skip
SERVICE = {
    "workspace_id": "1", "workspace": "prod", "service": "main.agents.orders", "calls": 900, "callers": 21, "refused": 0.3,
    "refused_before": 0.0, "failed": 0.004, "failed_before": 0.005, "fell_back": 0.8, "fell_back_before": 0.01, "latency": 3.6,
    "latency_before": 0.9, "tokens": 9_000_000,
}  # fmt: skip
CALM = SERVICE | {"refused": 0.0, "fell_back": 0.01, "latency": 0.9}
OTHERS = [CALM | {"service": f"main.agents.a{n}", "latency": 0.9 + n / 100} for n in range(5)]
OWNED = {"name": "main.agents.orders", "owner": "olga@x.com"}


def running(*more: dict[str, Any], **changed: Any) -> list[Observation]:
    return runaways.runaways({"runaways": pd.DataFrame([DAY | changed, *more])}, NOW)


def test_who_runs_away_is_limited_alone() -> None:
    draft = proposed(running())
    assert (draft.kind, draft.target.key) == ("gateway.set_rate_limit", "1/endpoint/main.agents.orders")
    assert draft.params == {"key": "user", "principal": "tom@x.com", "calls": 60, "tokens": 2_500}
    assert draft.confidence == Decimal("0.8")
    service = "0f8fad5b-d9cb-469f-a165-70867728950e"
    assert proposed(running(caller=service)).params["key"] == "service_principal"


def test_days_of_one_caller_are_one_proposal() -> None:
    draft = proposed(running(DAY | {"day": TODAY - dt.timedelta(days=2), "times": 300.0}))
    assert "2 such days within 30" in draft.narrative
    assert draft.evidence[0].match["day"] == (TODAY - dt.timedelta(days=1)).isoformat()


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"day": TODAY - dt.timedelta(days=6)}, "the last such day"),
        ({"caller": None}, "the caller is not known"),
        ({"tokens": 300_000}, "not worth a look"),
    ],
)
def test_a_caller_is_left_alone(changed: dict[str, Any], why: str) -> None:
    left(running(**changed), why)


def test_who_does_so_every_week_needs_a_budget() -> None:
    left(running(*(DAY | {"day": TODAY - dt.timedelta(days=n)} for n in (3, 9, 16))), "4 such days in 30")


def test_a_loop_is_no_run_of_tokens() -> None:
    assert running(times=3.0, repeats=600) == []
    assert running(times=None) == []


# Refused


def refused(*ran: dict[str, Any], **changed: Any) -> list[Observation]:
    frames = {"services": pd.DataFrame([SERVICE | changed]), "runaways": pd.DataFrame([*ran], columns=list(DAY))}
    return throttled.throttled(frames, NOW)


def test_what_is_refused_since_lately_gets_a_higher_limit() -> None:
    draft = proposed(refused())
    assert draft.params == {"key": "endpoint", "principal": None, "calls": 600, "tokens": None}
    assert draft.confidence == Decimal("0.7")
    assert draft.evidence[0].scalars[0].threshold == Decimal("0.05")
    assert proposed(refused(calls=90_000)).params["calls"] == 3_200  # 50 times 62.5 a minute, in hundreds


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"calls": 49}, "too few"),
        ({"refused": 0.04}, "4.0% of 900 calls are refused"),
        ({"refused": 0.3, "refused_before": 0.28}, "28.0% before"),
        ({"refused": 0.09, "calls": 60}, "9.0% of 60"),
        ({"refused": None}, "0.0% of 900"),
        ({"refused": 0.2, "calls": 60}, "not worth a look"),
    ],
)
def test_a_limit_is_left_as_it_is(changed: dict[str, Any], why: str) -> None:
    left(refused(**changed), why)


def test_one_caller_who_uses_it_up_comes_first() -> None:
    left(refused(DAY), "tom@x.com uses it up")
    assert proposed(refused(DAY | {"day": TODAY - dt.timedelta(days=9)}))


def test_whether_one_caller_does_is_asked_only_where_calls_are_refused() -> None:
    assert throttled.about({"services": pd.DataFrame([CALM])}, NOW) == {}
    assert set(throttled.about({"services": pd.DataFrame([SERVICE])}, NOW)) == {"runaways"}


# Falling back, slow


def told(judge: Any, *, registry: Any = (OWNED,), others: Any = OTHERS, **changed: Any) -> list[Observation]:
    frames = {
        "services": pd.DataFrame([SERVICE | changed, *others]),
        "registry": pd.DataFrame([*registry], columns=["name", "owner"]),
    }
    return [one for one in judge(frames, NOW) if one.entity.endswith("orders")]


def test_the_owner_is_told_that_calls_fall_back() -> None:
    draft = proposed(told(fallbacks.fallbacks))
    assert (draft.kind, draft.target.key) == ("notify.owner", "1/gateway/main.agents.orders")
    assert draft.params["recipient"] == "olga@x.com"
    assert draft.params["subject"] == "main.agents.orders: 80% of its calls fall back"
    assert len(draft.params["text"].split("\n")) == 5
    assert proposed(told(fallbacks.fallbacks, registry=())).params["recipient"] == "lakehelm-admins"


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"calls": 20}, "too few"),
        ({"fell_back": 0.1}, "10.0% of 900"),
        ({"fell_back": 0.5, "fell_back_before": 0.4}, "40.0% before"),
        ({"fell_back": None}, "0.0% of 900"),
    ],
)
def test_ordinary_fallbacks_are_left_alone(changed: dict[str, Any], why: str) -> None:
    left(told(fallbacks.fallbacks, **changed), why)


def test_the_owner_is_told_that_answers_take_longer() -> None:
    draft = proposed(told(slow_answers.slow_answers))
    assert draft.params["subject"] == "main.agents.orders: answers take 4.0 times as long"
    assert "up to 1.5 times is ordinary" in draft.params["text"]
    assert draft.confidence == Decimal("0.72")


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"latency": 1.2}, "ordinary up to"),
        ({"latency": None}, "is not known"),
        ({"latency_before": None}, "is not known"),
        ({"calls": 20}, "too few"),
        ({"others": [one | {"latency": 3.6} for one in OTHERS]}, "ordinary up to"),  # all of them became slower
    ],
)
def test_ordinary_answers_are_left_alone(changed: dict[str, Any], why: str) -> None:
    left(told(slow_answers.slow_answers, **changed), why)


def test_a_share_of_few_calls_says_little() -> None:
    assert at_least(0.5, 10) < 0.2 < at_least(0.5, 100) < at_least(0.5, 10_000) < 0.5
    assert at_least(float("nan"), 10) == at_least(0.5, 0) == 0.0


# Loops


def looping(*more: dict[str, Any], **changed: Any) -> list[Observation]:
    day = DAY | {"times": 2.0, "repeats": 600} | changed
    frames = {"runaways": pd.DataFrame([day, *more]), "registry": pd.DataFrame([OWNED])}
    assert (set(tool_loops.about(frames, NOW)) == {"registry"}) == (not changed.get("day"))
    return tool_loops.tool_loops(frames, NOW)


def test_the_owner_is_told_of_a_loop() -> None:
    draft = proposed(looping())
    assert draft.params["subject"] == "main.agents.orders calls run_sql over and over"
    assert draft.params["recipient"] == "olga@x.com"
    assert draft.confidence == Decimal("0.83")
    assert proposed(looping(DAY | {"repeats": 300})).confidence == Decimal("0.86")


def test_a_loop_of_long_ago_is_left_alone() -> None:
    left(looping(day=TODAY - dt.timedelta(days=8)), "the last such day")


# Indexes

INDEX = {
    "workspace_id": "1", "index_id": "main.s.i", "index_name": "main.s.i", "source": "main.s.t", "freshness": "BEHIND",
    "behind": 180_000.0, "usual": 2_500.0, "syncs": 74, "last_sync": ago(days=3), "missing_since": ago(days=2), "questions": 48.0,
    "owner": "olga@x.com", "endpoint_id": "e", "endpoint_name": "v", "endpoint_indexes": 4.0,
}  # fmt: skip


def lagging(**changed: Any) -> list[Observation]:
    return index_lags.index_lags({"indexes": pd.DataFrame([INDEX | changed])}, NOW)


def test_an_index_far_behind_is_synchronised() -> None:
    draft = proposed(lagging())
    assert (draft.kind, draft.target.key, draft.params) == ("index.sync", "1/index/main.s.i", {})
    assert "50.0 hours behind, usually up to 0.7 hours" in draft.narrative
    assert "48 questions since" in draft.narrative
    assert "is not known" in proposed(lagging(questions=None)).narrative


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"usual": 80_000.0}, "usually up to 22.2 hours"),  # at night by habit
        ({"behind": 9_000.0}, "2.5 hours behind"),
        ({"syncs": 3}, "too few"),
        ({"freshness": "FRESH"}, "nothing was written"),
        ({"freshness": "CONTINUOUS"}, "by itself"),
        ({"freshness": "NO_SYNC"}, "is not known"),
        ({"questions": 0.0, "endpoint_indexes": 0.0}, "nobody asked it"),
    ],
)
def test_an_index_is_left_alone(changed: dict[str, Any], why: str) -> None:
    left(lagging(**changed), why)


# Judged


def judged(
    share: float = 0.7,
    labels: int = 60,
    wrong: int = 0,
    judge: str | None = "correctness",
    newest: str = "v12",
    lasts: int = 7,
) -> list[Observation]:
    """Forty judged answers a day: 90 % pass for a month of one version, then ``share`` of another one, which ``lasts`` days."""
    days = []
    for n in range(30 + lasts):
        version, passed = ("v11", 36) if n < 30 else (newest, round(40 * share))
        both = labels // 2 if n == 1 else 0
        days.append(
            {
                "agent": "main.agents.orders",
                "workspace_id": None,
                "endpoint_id": None,
                "version": version,
                "judge": judge,
                "day": TODAY - dt.timedelta(days=29 + lasts - n),
                "answers": 50,
                "judged": 40 if judge else 0,
                "passed": passed if judge else 0,
                "both_passed": both,
                "judge_alone": wrong if n == 1 else 0,
                "person_alone": wrong if n == 1 else 0,
                "both_failed": both,
            }
        )
    frames = {"judged_answers": pd.DataFrame(days), "services": pd.DataFrame([CALM])}
    return judged_worse.judged_worse(frames, NOW)


def test_fewer_that_pass_are_a_ticket() -> None:
    draft = proposed(judged())
    assert (draft.kind, draft.target.key) == ("ticket.open", "1/gateway/main.agents.orders")
    assert draft.params["priority"] == "high"
    assert "70% of 280 answers of main.agents.orders, version v12, pass; before 90%" in draft.params["text"]
    assert draft.evidence[0].match["version"] == "v12"
    assert draft.confidence == Decimal("0.9")


def test_a_fall_that_chance_hardly_makes_is_said_before_the_chart_speaks() -> None:
    fallen = pd.DataFrame(
        [{"agent": "a", "judge": "j", "version": one, "judged": 300, "day": 1} for one in ("v1", "v2")]
    )
    row: Any = next(
        pd.DataFrame(
            [{"agent": "a", "judge": "j", "version": "v2", "judged": 300, "usual": 0.78, "share": 0.69}]
        ).itertuples()
    )
    assert not judged_worse.surely(row, fallen.assign(judged=99))
    assert not judged_worse.surely(row._replace(share=0.72), fallen)  # once in 19 times
    assert judged_worse.surely(row, fallen)
    looked = pd.concat([fallen[:1], *(fallen[1:].assign(judged=60, day=day) for day in range(5))])
    assert not judged_worse.surely(row, looked)  # once in 133 times: five looks make chance five times as likely
    assert not judged_worse.surely(row._replace(usual=0.99, share=0.95), fallen.assign(judged=9_000))


def test_a_fall_of_few_answers_is_said_where_it_is_deep() -> None:
    """16 of 80 fail, of which 6 would as a rule; of 40 answers 5 that fail are chance."""
    days = [
        {"version": "v1", "judged": 500, "day": 1},
        *({"version": "v2", "judged": 20, "day": day} for day in range(4)),
    ]
    answers = pd.DataFrame(days).assign(agent="a", judge="j")
    row: Any = next(
        pd.DataFrame(
            [{"agent": "a", "judge": "j", "version": "v2", "judged": 80, "usual": 0.93, "share": 0.8}]
        ).itertuples()
    )
    assert judged_worse.surely(row, answers)
    assert not judged_worse.surely(row._replace(judged=40, share=0.875), answers)
    assert not judged_worse.surely(row._replace(judged=29, share=0.5), answers)


def test_such_a_fall_rests_on_the_first_day_of_the_version() -> None:
    draft = proposed(judged(share=0.8, lasts=3))
    assert draft.evidence[0].match["day"] == (TODAY - dt.timedelta(days=2)).isoformat()
    assert "the chart does not speak yet" in draft.params["text"]


def test_how_far_the_judge_is_believed_is_said() -> None:
    few, wrong = proposed(judged(labels=10)), proposed(judged(wrong=40))
    assert (few.confidence, wrong.confidence) == (Decimal("0.81"), Decimal("0.62"))
    assert "on 10 answers only" in few.params["text"]
    assert "agrees little with people" in wrong.params["text"]


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"share": 0.9}, "as many of its answers pass"),
        ({"share": 0.875}, "as many of its answers pass"),
        ({"judge": None}, "nobody judges"),
        ({"share": 0.85, "newest": "v11"}, "of its only version"),
    ],
)
def test_answers_are_left_alone(given: dict[str, Any], why: str) -> None:
    left(judged(**given), why)


@pytest.mark.parametrize("module", [fallbacks, index_lags, judged_worse, runaways, slow_answers, throttled, tool_loops])
def test_what_is_asked_is_a_question(module: Any) -> None:
    frames = {"services": pd.DataFrame([SERVICE, *OTHERS]), "runaways": pd.DataFrame([DAY | {"repeats": 600}])}
    steps = [step(frames, NOW) for step in module.CAPABILITY.then]
    for one in (*module.CAPABILITY.asks(NOW).values(), *(one for step in steps for one in step.values())):
        checked(catalogue(), one)


def test_the_page_and_the_agents_ask_alike() -> None:
    asked = dict(throttled.CAPABILITY.asks(NOW)["services"].params)
    assert (asked["start"], asked["split"], asked["end"]) == (
        TODAY - dt.timedelta(days=30), TODAY - dt.timedelta(days=2), TODAY + dt.timedelta(days=1),
    )  # fmt: skip
    assert only(lagging()).entity == "1/index/main.s.i"
