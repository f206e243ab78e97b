"""Proposes a run of the job that trains a model, where its inputs moved or it became worse."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from agents.capability import CURRENCY, Capability, Frames, Observation, Recommendation, worth
from agents.cells import Row, moment, share, text
from agents.finops.record import Record
from agents.messages import plain
from agents.mlops.moved import OPENS, TRAINERS, Moved, said
from approvals.values.considered import Benefit, Ooda, Option
from approvals.values.proposal import Scalar, Target

KIND = "job.run_now"
PRIOR = (7, 3)  # such runs that end well and that are taken back, before any is counted: assumed
GAIN, RUN = (
    Decimal(100),
    Decimal(20),
)  # assumed worth of a model that fits, and cost of a run for nothing, to rank by only
ANEW = dt.timedelta(days=2)  # after the drift began: a model trained since then knows the new rows


def retrain(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per measured model whose job is known: frames as :data:`agents.mlops.moved.OPENS` names them, ``tracks``
    those of :func:`approvals.reading.track.frame`. Pure."""
    known, record = Moved(frames), Record.of(frames.get("tracks"), KIND, PRIOR)
    found = []
    for model in known.models:
        trainer = known.trainers.get((model.workspace_id, model.model))
        if trainer is not None:
            found.append(_judged(model, trainer, known, record, now))
    return found


def _judged(model: Row, trainer: Row, known: Moved, record: Record, now: dt.datetime) -> Observation:
    if reason := known.why_not(model):
        return CAPABILITY.leaves(trainer, f"{plain(model.model, 60)}: {reason}")
    trained, since = moment(trainer.trained), moment(model.since if model.drifted else model.worse_since)
    if trained is not None and since is not None and trained.replace(tzinfo=None) > since + ANEW:
        return CAPABILITY.leaves(
            trainer, f"it trained {plain(model.model, 60)} on {trained:%Y-%m-%d}, after that began"
        )
    sure = share(record.chance)
    value = worth(sure, GAIN, RUN)
    return CAPABILITY.proposes(trainer, now, _run(model, trainer, known.drifted(model), record, sure, value))


def _run(model: Row, trainer: Row, columns: list[str], record: Record, sure: Decimal, value: Decimal) -> Recommendation:
    name, trained = plain(model.model, 80), moment(trainer.trained)
    seen = (
        *(f"model {name}: {one}" for one in said(model, columns)),
        f"job {plain(trainer.job, 80)} trained it last on {trained:%Y-%m-%d}, {int(trainer.runs)} times in 180 days to a good end",
    )
    oriented = (
        "It answers for inputs that it was not trained on.",
        "A run makes a new version; no alias and no endpoint names it until somebody decides so.",
        "Rows without labels teach nothing: whoever knows the job knows whether fresh ones are there.",
    )
    return Recommendation(
        params={},
        confidence=sure,
        worth=value,
        benefit=Benefit(kind="quality", currency=CURRENCY, method="Answers fit what is asked; not put into money."),
        title="The job that trained the model last",
        scalars=(
            Scalar(column="job_id", observed=text(trainer.job_id)),
            Scalar(
                column="runs", observed=Decimal(int(trainer.runs)), tolerance=Decimal("0.5"), threshold=Decimal("0.5")
            ),
        ),
        ooda=Ooda(
            observe=seen,
            orient=oriented,
            options=(
                Option(what="run the training once", expected="a new version, trained on what is asked now"),
                Option(
                    what="let the alias name another version",
                    expected="older rows fit no better",
                    rejected_because="no version is known that was trained on such inputs",
                ),
                Option(
                    what="do nothing",
                    expected="the model answers for inputs that it does not know",
                    rejected_because="the evidence is no chance, in two windows running",
                ),
            ),
            why=f"A run is cancelled in one step. Confidence {sure}: what {record} gives.",
        ),
        narrative=f"{'. '.join(seen)}. {' '.join(oriented)}",
    )


CAPABILITY = Capability(
    name="mlops.retrain",
    version="1.0",
    kind=KIND,
    target=lambda row: Target(workspace_id=row.workspace_id, type="job", id=row.job_id, name=text(row.job)[:200]),
    opens=OPENS,
    younger=frozenset({"trainers"}),
    evidence=TRAINERS,
    match=("workspace_id", "model"),
    judge=retrain,
)
