"""Proposes to validate a declarative pipeline whose updates fail: it says what is wrong without touching data."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from agents.capability import CURRENCY, Capability, Frames, Observation, Recommendation, window, worth
from agents.cells import Row, moment, rows, share, text
from agents.pipelineops.failed_runs import PLAYGROUND
from approvals.values.considered import Benefit, Ooda, Option
from approvals.values.proposal import Scalar, Target

DAYS = 90
SURE = Decimal("0.75")  # that the next update fails, too, from which it is proposed: two failures and no success
KNOWN = Decimal(25)  # assumed worth of knowing whether it is the code or the data, to rank by only
METHOD = "Not put into money: its tables are as old as the last update that completed, and somebody must find out why."
FAILING = window("pipelineops.failing_pipelines", days=DAYS, ahead=4, workspaces="")


def failing_pipelines(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per pipeline that has failed for more than a day: ``failing`` are rows of
    pipelineops.failing_pipelines. Pure."""
    return [_judged(row, now) for row in rows(frames["failing"])]


def _judged(row: Row, now: dt.datetime) -> Observation:
    failures, since = int(row.failures), moment(row.failing_since)
    sure = share((failures + 1) / (failures + 2))
    if since is None or sure < SURE:
        return CAPABILITY.leaves(row, f"{failures} failed update: the next may complete")
    if PLAYGROUND.search(text(row.name).lower()):
        return CAPABILITY.leaves(row, "a pipeline to try things in, by its name")
    wanted = _validate(row, failures, sure, worth(sure, KNOWN, Decimal(0)), now)
    return CAPABILITY.proposes(row, now, wanted, began=since)


def _validate(row: Row, failures: int, sure: Decimal, value: Decimal, now: dt.datetime) -> Recommendation:
    good = moment(row.last_success)
    last = (
        f"the last one that completed began at {good:%Y-%m-%d %H:%M} UTC" if good else f"none completed in {DAYS} days"
    )
    seen = (
        f"its last {failures} updates failed, the first of them at {row.failing_since:%Y-%m-%d %H:%M} UTC",
        f"{last}: what it writes is as old",
    )
    return Recommendation(
        params={},
        confidence=sure,
        worth=value,
        benefit=Benefit(kind="quality", currency=CURRENCY, method=METHOD),
        title="No update of the pipeline has completed since",
        scalars=(
            Scalar(
                column="failures",
                observed=Decimal(failures),
                threshold=Decimal(2),
                tolerance=Decimal(1),
                unit="updates",
            ),
            Scalar(column="last_success", observed=str(good) if good else None),
        ),
        ooda=Ooda(
            observe=seen,
            orient=(
                "System tables do not say why an update failed. A validation reads the code, resolves every table and checks "
                "the rights, and writes nothing.",
                f"It is run as {text(row.owner)[:120] or 'nobody known'}.",
            ),
            options=(
                Option(
                    what="validate it",
                    expected="it fails: code, names or rights are wrong, and its message says which; it passes: it is the data",
                ),
                Option(
                    what="update it again",
                    expected=f"fails with a chance of {sure}, and is paid for",
                    rejected_because=f"{failures} in a row failed",
                ),
                Option(
                    what="do nothing",
                    expected=f"the next update fails with a chance of {sure}; its tables grow older",
                    rejected_because="nobody is seen to have mended it",
                ),
            ),
            why=f"Confidence {sure}: after {failures} failures and no success the next fails, too (Beta from an even start). "
            "A validation changes nothing, so there is nothing to undo.",
        ),
        narrative=f"{'; '.join(seen)}. A validation tells code, names and rights from data, and touches no table.",
    )


CAPABILITY = Capability(
    name="pipelineops.failing_pipeline",
    version="1.0",
    kind="pipeline.validate",
    target=lambda row: Target(
        workspace_id=row.workspace_id, type="pipeline", id=row.pipeline_id, name=text(row.name)[:200]
    ),
    opens={"failing": FAILING},
    evidence=FAILING,
    match=("workspace_id", "pipeline_id"),
    max_age_s=24 * 3600,
    incident="stopped",
    judge=failing_pipelines,
)
