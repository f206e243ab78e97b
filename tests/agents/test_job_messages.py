"""Messages about jobs: that they became slower, wait in the queue, or succeed and write nothing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from actions.registry import kind, parsed
from agents.capability import Observation
from agents.detectors.rank_sum import larger, since
from agents.pipelineops import empty_runs, job_messages, late_starts, slower_jobs
from queries.catalogue import catalogue
from tests.agents.test_proposers import NOW, ago, only, proposed
from warehouse.params import checked

JOB = {"workspace_id": "1", "job_id": "10", "name": "load"}
RUNS = ["workspace_id", "job_id", "run_id", "name", "started", "result_state", "elapsed"]
OWNERS = pd.DataFrame([JOB | {"owner": "zoe@x.com"}])
MINUTE = 60.0


def history(*runs: tuple[float, float], state: str = "SUCCEEDED") -> pd.DataFrame:
    """Runs that began so many days ago and took so many seconds."""
    made = [("1", "10", f"r{n}", "load", ago(days=days), state, seconds) for n, (days, seconds) in enumerate(runs)]
    return pd.DataFrame(made, columns=RUNS)


def questions(*asked: Any) -> None:
    for one in asked:
        checked(catalogue(), one)


# Succeeds and writes nothing

EMPTY: dict[str, Any] = JOB | {
    "run_id": "e1", "started": ago(hours=20), "last_wrote": ago(days=3), "runs": 28, "wrote": 28
}  # fmt: skip
BEFORE = EMPTY | {"run_id": "e2", "started": ago(hours=44)}


def empties(
    *more: dict[str, Any], runs: pd.DataFrame | None = None, known: bool = True, **changed: Any
) -> list[Observation]:
    frames = {"empty": pd.DataFrame([EMPTY | changed, *more]), "owners": OWNERS}
    if known:
        frames["history 1/10"] = history((20 / 24, 60.0)) if runs is None else runs
    return empty_runs.empty_runs(frames, NOW)


def test_who_owns_a_job_that_writes_nothing_is_told() -> None:
    draft = proposed(empties(BEFORE))
    assert (draft.kind, draft.target.key, draft.params["recipient"]) == ("notify.owner", "1/job/10", "zoe@x.com")
    assert parsed(kind(draft.kind), draft.params)
    assert (
        "Every run of load since 2026-11-17 10:25 UTC succeeded and wrote no table; until then 28 of 28 wrote."
        in draft.params["text"]
    )
    assert "The first empty one is run e2" in draft.params["text"]
    assert draft.evidence[0].match["run_id"] == "e1"
    assert draft.evidence[0].scalars[0].observed == "2026-11-17 10:25:00+00:00"  # another one is news


def test_one_empty_run_of_a_job_that_always_writes_is_told_too() -> None:
    assert proposed(empties()).confidence == Decimal("0.97")


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"known": False}, "long ago"),
        (
            {"runs": pd.DataFrame([("1", "10", "r", "load", ago(hours=13), "SUCCEEDED", 60.0)], columns=RUNS)},
            "wrote again",
        ),
        ({"started": ago(hours=40)}, "does not succeed any more"),
        ({"wrote": 23}, "it may be its habit"),
    ],
)
def test_a_green_run_is_left_alone(changed: dict[str, Any], why: str) -> None:
    if "started" in changed:
        changed = changed | {"runs": history((40 / 24, 60.0))}
    seen = only(empties(**changed))
    assert seen.draft is None
    assert why in seen.why_not


def test_a_run_that_lineage_may_not_know_yet_says_nothing() -> None:
    young = pd.DataFrame([("1", "10", "r", "load", ago(hours=3), "SUCCEEDED", 60.0)], columns=RUNS)
    assert proposed(empties(runs=young))


def test_empty_runs_before_it_wrote_again_do_not_count() -> None:
    old = EMPTY | {"run_id": "e0", "started": ago(days=9), "last_wrote": ago(days=10)}
    assert "1 runs succeeded" in proposed(empties(old)).ooda.observe[0]


def test_only_young_ones_are_looked_into() -> None:
    assert empty_runs.about({"empty": pd.DataFrame([EMPTY | {"started": ago(days=4)}])}, NOW) == {}
    asked = empty_runs.about({"empty": pd.DataFrame([EMPTY])}, NOW)
    assert asked.keys() == {"history 1/10", "owners"}
    questions(*asked.values(), *empty_runs.CAPABILITY.asks(NOW).values())


# Slower

SLOWER: dict[str, Any] = JOB | {
    "recent_runs": 7, "base_runs": 27, "recent_p50": 40 * MINUTE, "base_p50": 20 * MINUTE, "ratio": 2.0
}  # fmt: skip


def slower(
    runs: pd.DataFrame | None = None,
    *,
    queue: tuple[float, float] = (9, 9),
    changes: tuple[Any, ...] = (),
    **changed: Any,
) -> list[Observation]:
    days = [(34.5 - n, (20 + n % 3) * MINUTE if n < 27 else 40 * MINUTE) for n in range(34)]
    frames = {
        "slower": pd.DataFrame([SLOWER | changed]),
        "history 1/10": history(*days) if runs is None else runs,
        "recent": pd.DataFrame([JOB | {"runs": 7, "queue": queue[0]}]),
        "before": pd.DataFrame([JOB | {"runs": 27, "queue": queue[1]}]),
        "changes 1/10": pd.DataFrame(changes, columns=["at", "what"]),
        "owners": OWNERS,
    }
    return slower_jobs.slower_jobs(frames, NOW)


def test_who_owns_a_slower_job_is_told_since_when() -> None:
    draft = proposed(slower())
    assert parsed(kind(draft.kind), draft.params)
    assert draft.params["subject"] == "load takes longer since 2026-11-12 22:25 UTC"
    assert "half of them were done in 21 min" in draft.params["text"]
    assert "No change of its settings is recorded in the two days before." in draft.params["text"]
    assert draft.ooda.observe[0] == "half of its 7 runs since took 40 min or more; of the 27 before 21 min"
    assert draft.confidence == Decimal("0.99")


def test_what_changed_before_it_is_said() -> None:
    near, far = (ago(days=8), "workers 8 → 2"), (ago(days=20), "name")
    text = proposed(slower(changes=(near, far))).params["text"]
    assert "Changed shortly before: workers 8 → 2 at 2026-11-12 10:25 UTC." in text
    assert "name at" not in text


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"queue": (900, 9)}, "waiting in the queue"),
        ({"runs": history((3, 60.0), (2, 60.0))}, "too few for a usual time"),
        ({"runs": history(*((34.5 - n, (20 + 9 * (n % 3)) * MINUTE) for n in range(34)))}, "they vary"),
        (
            {"runs": history(*((34.5 - n, (20 + n % 3 + 20 * (23 < n < 33)) * MINUTE) for n in range(34)))},
            "as fast as before",
        ),
    ],
)
def test_a_job_whose_runs_took_longer_is_left_alone(changed: dict[str, Any], why: str) -> None:
    seen = only(slower(**changed))
    assert seen.draft is None
    assert why in seen.why_not


def test_more_than_some_are_not_looked_into() -> None:
    rows = [SLOWER | {"job_id": str(n)} for n in range(job_messages.MOST + 1)]
    asked = slower_jobs.about({"slower": pd.DataFrame(rows)}, NOW)
    questions(*asked.values(), *slower_jobs.CAPABILITY.asks(NOW).values())
    assert slower_jobs.about({"slower": pd.DataFrame(columns=[*SLOWER])}, NOW) == {}
    assert "look at what they share" in slower_jobs.slower_jobs({"slower": pd.DataFrame(rows)}, NOW)[-1].why_not


def test_ranks_say_how_often_later_ones_are_larger() -> None:
    assert larger([1, 2], [3, 4]).share == 1
    assert larger([1, 2], [1, 2]).share == 0.5
    assert larger([1, 2], [1, 2]).z == 0
    assert larger([1.0] * 20, [2.0] * 5).z == pytest.approx(3.4, abs=0.01)  # 50 over the half of 100, spread 14.7
    assert since([1, 1, 1, 1, 2, 2, 2], 3, 7) == 4


# Late starts


def late(
    *queues: float, usual: float | None = 12.0, mean: float | None = None, known: bool = True
) -> list[Observation]:
    """``queues`` of the newest runs, the newest first, in seconds."""
    runs = [("1", "10", f"r{n}", "load", ago(days=n), "SUCCEEDED", 600.0) for n in range(len(queues))]
    frames = {
        "recent": pd.DataFrame([JOB | {"runs": 3, "queue": sum(queues) / len(queues) if mean is None else mean}]),
        "base": pd.DataFrame(
            [JOB | {"runs": 28, "queue": usual}] if usual is not None else [], columns=[*JOB, "runs", "queue"]
        ),
        "owners": OWNERS,
    }
    if known:
        frames["history 1/10"] = pd.DataFrame(runs, columns=RUNS)
    for n, one in enumerate(queues):
        both = [("this", one, ago(days=n)), ("good", 1.0, ago(days=n + 1))]
        frames[f"run r{n}"] = pd.DataFrame(both, columns=["which", "queue", "started"])
    return late_starts.late_starts(frames, NOW)


def test_who_owns_a_job_that_waits_is_told() -> None:
    draft = proposed(late(7200, 7210, 7190))
    assert parsed(kind(draft.kind), draft.params)
    assert draft.params["subject"] == "load waits in the queue for 2.0 h before it begins"
    assert "its 3 newest runs waited 2.0 h or longer" in draft.ooda.observe[0]
    assert draft.confidence == Decimal("0.8")


@pytest.mark.parametrize(
    ("queues", "more", "why"),
    [
        ((10, 8, 30), {}, "do not wait longer than usual"),
        ((7200, 10, 12), {}, "1 of its newest runs in a row waited"),
        ((12, 7200, 7200), {}, "0 of its newest runs in a row waited"),
        ((7200, 7200, 7200), {"usual": None}, "it is new"),
        ((7200, 7200, 7200), {"usual": 5000.0}, "do not wait longer than usual"),
        ((7200, 7200, 7200), {"known": False}, "look at what they share"),
    ],
)
def test_a_wait_is_left_alone(queues: tuple[float, ...], more: dict[str, Any], why: str) -> None:
    seen = only(late(*queues, **more))
    assert seen.draft is None
    assert why in seen.why_not


def test_waits_are_read_of_those_only_that_wait() -> None:
    frames = {"recent": pd.DataFrame([JOB | {"queue": 9.0}]), "base": pd.DataFrame([JOB | {"queue": 12.0}])}
    assert late_starts.histories(frames, NOW) == {}
    frames["recent"] = pd.DataFrame([JOB | {"queue": 7000.0}, JOB | {"job_id": None, "queue": 7000.0}])
    asked = late_starts.histories(frames, NOW)
    assert asked.keys() == {"history 1/10", "owners"}
    frames["history 1/10"] = history((1, 9.0), (0.1, 9.0))
    more = late_starts.waits(frames, NOW)
    assert more.keys() == {"run r0", "run r1"}
    questions(*asked.values(), *more.values(), *late_starts.CAPABILITY.asks(NOW).values())
