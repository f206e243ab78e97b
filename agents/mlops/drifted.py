"""Tells who measures a model whose inputs moved, or that became worse, where no job is known that trains it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from agents.capability import CURRENCY, Capability, Frames, Observation, Recommendation
from agents.cells import Row, share, text
from agents.messages import note, plain, recipient, telling
from agents.mlops.moved import DRIFT, OPENS, Moved, said
from approvals.values.considered import Benefit
from approvals.values.proposal import Scalar, Target

GAIN = Decimal(100)  # assumed worth of telling in time, to rank by only


def drifted(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per measured model: frames as :data:`agents.mlops.moved.OPENS` names them, and ``groups`` of the
    policy. Pure."""
    known = Moved(frames)
    return [_judged(model, known, frames, now) for model in known.models]


def _judged(model: Row, known: Moved, frames: Frames, now: dt.datetime) -> Observation:
    column = known.column(model)
    if reason := known.why_not(model):
        return CAPABILITY.leaves(column, reason)
    if (model.workspace_id, model.model) in known.trainers:
        return CAPABILITY.leaves(column, "the job that trains it is known: that it runs is the way")
    return CAPABILITY.proposes(
        column, now, _tell(model, column, known.drifted(model), recipient(model.owner, frames, "mlops"))
    )


def _tell(model: Row, column: Row, columns: list[str], whom: str) -> Recommendation:
    name, seen = plain(model.model, 80), said(model, columns)
    lines = (
        f"Model {name}: {seen[0]}.",
        f"{'; '.join(seen[1:])}.",
        "It answers for inputs that it was not trained on; how wrong that is, only labels tell.",
        "Please look whether the inputs are right, then train it anew on fresh rows or let its alias name a version that fits.",
        "To check: MLOps, Drift: the columns keep still in the next two windows.",
    )
    return telling(
        note(whom, f"Inputs of model {name} moved" if columns else f"Model {name} became worse", lines),
        sure=share(0.8),
        gain=GAIN,
        benefit=Benefit(kind="quality", currency=CURRENCY, method="Answers fit what is asked; not put into money."),
        title=f"{len(columns)} columns drifted" if columns else "It became worse",
        scalars=(
            Scalar(column="column_name", observed=text(column.column_name)),
            Scalar(column="psi", observed=_psi(column), tolerance=Decimal("0.5")),
        ),
        observe=seen,
        orient=(
            "An effect (PSI of 0.1, or what equals it) that is no chance among all columns read with it, in two windows running; "
            "what is so on every weekend is none.",
            "Which job trains the model is in no table: it is not proposed to run.",
        ),
        expected="the owner looks at the inputs, and trains the model anew where they are right",
        nothing="the model answers for inputs that it does not know",
        why="The distance and its evidence are measured; what it costs is not known without labels.",
    )


def _psi(column: Row) -> Decimal:
    value = float(column.psi)
    return Decimal(f"{value if value == value else 0.0:.4g}")


CAPABILITY = Capability(
    name="mlops.drifted",
    version="1.0",
    kind="notify.owner",
    target=lambda row: Target(
        workspace_id=row.workspace_id,
        type="endpoint",
        id=text(row.endpoint_id) or text(row.model),
        name=text(row.model)[:200],
    ),
    opens=OPENS,
    younger=frozenset({"trainers"}),
    evidence=DRIFT,
    match=("workspace_id", "run_id", "column_name"),
    judge=drifted,
)
