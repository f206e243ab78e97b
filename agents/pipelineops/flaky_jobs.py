"""Proposes retries for a job whose runs fail again and again and pass when somebody repairs them."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from decimal import Decimal

from agents.capability import BASIS, CURRENCY, REVIEW, Capability, Frames, Observation, Recommendation, window, worth
from agents.cells import Row, moment, rows, share, text
from agents.detectors.error_classes import NO_START
from agents.pipelineops.repairs import Job, Repairs, repairs_of
from approvals.values.considered import Benefit, Ooda, Option
from approvals.values.proposal import Scalar, Target
from warehouse.interface import Ask

DAYS, HISTORY = 28, 90
FEW = 4  # runs that a repair rescued in the window below which there is no pattern
CHANCE = 0.001  # that a job of the others' rate is rescued so often, below which it is no chance
CREDIT = (1, 100)  # rescued of runs, assumed of the others before any is counted
PASSES = 0.7  # of the repairs that are counted, from which a failure passes by itself
SAFE = 0.95  # chance that one of the tries succeeds, for which they are enough
MOST, LEAST = 3, 2  # tries; one is used up by a second failure of the same night
STILL = dt.timedelta(days=7)  # since its newest run: one that stopped needs nothing
METHOD = (
    "Not money but time: a repair by hand that is spared, counted with "
    f"{CURRENCY} {REVIEW} each (assumed, as a look at a proposal is), for the repairs of {DAYS} days scaled to 30."
)
REPAIRS = window("pipelineops.repairs", days=DAYS, ahead=1, workspaces="", currency=CURRENCY, basis=BASIS, limit=200)
OUTCOMES = window("pipelineops.repair_outcomes", days=HISTORY, workspaces="")
SUCCESS = window("pipelineops.success_by_job", days=DAYS, ahead=1, workspaces="", limit=2000)


def outcomes(frames: Frames, now: dt.datetime) -> Mapping[str, Ask]:
    """What became of repairs in a longer time, and how often each job ran; nothing where none is repaired often."""
    often = any(_often(row) for row in rows(frames["repaired"]))
    return {"repairs": OUTCOMES.ask(now), "success": SUCCESS.ask(now)} if often else {}


def _often(row: Row) -> bool:
    return bool(text(row.job_id)) and int(row.rescued) >= FEW


def flaky_jobs(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per job that was repaired: ``repaired`` are rows of pipelineops.repairs, ``repairs`` of
    pipelineops.repair_outcomes, ``success`` of pipelineops.success_by_job. Pure."""
    known = repairs_of(rows(frames.get("repairs")))
    ran: dict[Job, Row] = {(row.workspace_id, row.job_id): row for row in rows(frames.get("success"))}
    rescues = {(row.workspace_id, row.job_id): int(row.rescued) for row in rows(frames["repaired"]) if text(row.job_id)}
    return [_judged(row, known, ran, rescues, now) for row in rows(frames["repaired"]) if text(row.job_id)]


def _judged(
    row: Row, known: Repairs, ran: Mapping[Job, Row], rescues: Mapping[Job, int], now: dt.datetime
) -> Observation:
    job: Job = (row.workspace_id, row.job_id)
    rescued, repaired = int(row.rescued), int(row.repaired_runs)
    if rescued < FEW:
        return CAPABILITY.leaves(row, f"{rescued} runs were rescued by a repair in {DAYS} days: too few for a pattern")
    tried, passed = known.of_job(job)
    chance = (passed + 1) / (tried + 2)
    if chance < PASSES:
        return CAPABILITY.leaves(
            row, f"{passed} of {tried} repairs succeeded: what it fails of does not pass by itself"
        )
    if 2 * _unstarted(known, job) > tried:
        return CAPABILITY.leaves(row, "its machines did not come: that is told of what it runs on")
    if job not in ran:
        return CAPABILITY.leaves(row, "how often it ran is not known")
    newest = moment(ran[job].last_started)
    runs = int(ran[job].runs)
    usual = _usual(job, ran, rescues)
    if at_least(rescued, runs, usual) > CHANCE:
        return CAPABILITY.leaves(row, f"{rescued} of {runs} runs were rescued by a repair: others need as many")
    if newest is None or now - newest > STILL:
        return CAPABILITY.leaves(row, f"it has not run for {STILL.days} days")
    spared = Decimal(rescued * 30) / DAYS
    confidence = share(chance)
    value = worth(confidence, spared * REVIEW, REVIEW)
    if value <= 0:
        return CAPABILITY.leaves(row, f"about {spared:.0f} repairs a month: not worth a look", value)
    seen = (
        f"{repaired} of its {runs} runs in {DAYS} days failed and were repaired, {rescued} of them to a good end",
        f"in {HISTORY} days {passed} of {tried} repairs succeeded",
        f"it failed of {_codes(known, job)}",
    )
    return CAPABILITY.proposes(row, now, _retry(row, seen, tries(chance), chance, spared, value))


def _unstarted(known: Repairs, job: Job) -> int:
    """How many of its repairs were of attempts that did not start."""
    return sum(tried for (one, code), (tried, _) in known.outcomes.items() if one == job and code in NO_START)


def _usual(job: Job, ran: Mapping[Job, Row], rescues: Mapping[Job, int]) -> float:
    """How often a run of the other jobs is rescued."""
    runs = sum(int(row.runs) for other, row in ran.items() if other != job)
    return (sum(n for other, n in rescues.items() if other != job) + CREDIT[0]) / (runs + CREDIT[1])


def at_least(few: int, runs: int, rate: float) -> float:
    """P(X >= ``few``) of ``runs`` tries that succeed with ``rate`` each."""
    return 1 - sum(math.comb(runs, n) * rate**n * (1 - rate) ** (runs - n) for n in range(min(few, runs + 1)))


def tries(chance: float) -> int:
    """So many that one of them succeeds with :data:`SAFE`, where each does with ``chance``."""
    return next((n for n in range(LEAST, MOST) if 1 - (1 - chance) ** n >= SAFE), MOST)


def _codes(known: Repairs, job: Job) -> str:
    mine = {code: tried for (one, code), (tried, _) in known.outcomes.items() if one == job}
    return ", ".join(f"{code} ({tried})" for code, tried in sorted(mine.items(), key=lambda one: -one[1])[:4])


def _retry(
    row: Row, seen: tuple[str, ...], wanted: int, chance: float, spared: Decimal, value: Decimal
) -> Recommendation:
    good, low = 1 - (1 - chance) ** wanted, REVIEW * spared * Decimal(str(round(chance, 2)))
    twice = (
        f"its failed tasks were run twice {int(row.repaired_runs)} times by hand and nobody stopped it: a retry does the same. "
        "Tasks that append without merging must not be run twice: whoever knows the job decides"
    )
    return Recommendation(
        params={"max_retries": wanted},
        confidence=share(chance),
        worth=value,
        benefit=Benefit(
            kind="time",
            low=low.quantize(Decimal("0.01")),
            high=(REVIEW * spared).quantize(Decimal("0.01")),
            currency=CURRENCY,
            method=METHOD,
        ),
        title="How often its runs were repaired",
        scalars=(
            Scalar(column="rescued", observed=Decimal(int(row.rescued)), threshold=Decimal(FEW), unit="runs"),
            Scalar(column="repaired_runs", observed=Decimal(int(row.repaired_runs)), unit="runs"),
        ),
        ooda=Ooda(
            observe=seen,
            orient=(
                "Somebody repairs it night after night; until then what it writes is late.",
                twice,
                "What makes it fail is not mended by this: it is only waited for no longer.",
            ),
            options=(
                Option(
                    what=f"let each task be tried {wanted} times more after a failure",
                    expected=f"a night without a repair with a chance of {share(good)}; about {spared:.0f} repairs a month spared",
                ),
                Option(
                    what="tell its owner to find the cause",
                    expected="the repairs go on until it is found",
                    rejected_because="it can be looked for while retries keep the nights",
                ),
                Option(
                    what="do nothing",
                    expected=f"about {spared:.0f} repairs by hand a month, and late tables until each",
                    rejected_because="a try by itself does what people do now",
                ),
            ),
            why=f"Confidence {share(chance)}: of the job's own repairs in {HISTORY} days (Beta from an even start). The number "
            "of tries is taken back in one step.",
        ),
        narrative=f"{'; '.join(seen)}. With {wanted} tries more a night needs no repair with a chance of {share(good)}. {twice}. "
        "Undone by setting the number of before.",
    )


CAPABILITY = Capability(
    name="pipelineops.flaky_job",
    version="1.0",
    kind="job.set_retries",
    target=lambda row: Target(workspace_id=row.workspace_id, type="job", id=row.job_id, name=text(row.name)[:200]),
    opens={"repaired": REPAIRS},
    then=(outcomes,),
    evidence=REPAIRS,
    match=("workspace_id", "job_id"),
    judge=flaky_jobs,
)
