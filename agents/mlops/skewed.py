"""Opens a ticket where a model is asked with an input that is made otherwise than it was trained on."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pandas as pd

from agents.capability import CURRENCY, Capability, Frames, Observation, Recommendation, window
from agents.cells import Row, day, moment, rows, share, text
from agents.detectors.skew import RUNNING, skew_frames
from agents.messages import group, plain, recipient, telling, ticket
from approvals.values.considered import Benefit, Option
from approvals.values.proposal import Scalar, Target

QUERY = "mlops.skew_by_column"
SERVED = 28  # days, as the page looks at them
FRESH = dt.timedelta(days=3)  # since the newest window: what is not measured any more is not known
MADE = ("unit", "zone", "nulls")  # what differs so is made otherwise; another mean may be other callers
GAIN = Decimal(120)  # assumed worth of telling in time, to rank by only
COLUMNS = window(QUERY, days=SERVED, ahead=1, workspaces="")


def skewed(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per model, of its column that differs most: ``columns`` are rows of :data:`QUERY`, ``groups`` those of
    the policy. Pure."""
    found = skew_frames({"skew_by_column": frames["columns"]})["skew"]
    return [_judged(own, frames, now) for _, own in found.groupby(["workspace_id", "model"], sort=False)]


def _judged(own: pd.DataFrame, frames: Frames, now: dt.datetime) -> Observation:
    first, bad = rows(own)[0], rows(own[own["skewed"] & own["state"].isin(MADE)])
    measured = moment(first.measured)
    if not bad and own["skewed"].any():
        return CAPABILITY.leaves(
            first, "another mean, in the same unit: that may be the callers, and is judged as drift"
        )
    if not bad:
        once = int(own["wrong"].sum())
        seen = (
            f"{once} of {len(own)} columns differ, and not for {RUNNING} windows running"
            if once
            else "its columns agree"
        )
        return CAPABILITY.leaves(
            first, seen if own["state"].ne("not known").any() else "too few rows are logged to say"
        )
    if measured is None or now - measured > FRESH:
        return CAPABILITY.leaves(first, f"not measured since {measured:%Y-%m-%d}" if measured else "not measured")
    wanted = _ticket(bad, len(own), recipient(first.owner, frames, "mlops"), group(frames, "mlops"))
    return CAPABILITY.proposes(first, now, wanted, began=day(bad[0].since))


def does(row: Row) -> str:
    """How the column is served, in words."""
    if row.state == "unit":
        return f"in another unit: {row.factor:.3g} times the mean and the spread ({row.units}?)"
    if row.state == "zone":
        return f"{abs(int(row.hours))} h {'later' if row.hours > 0 else 'earlier'}: in another time zone?"
    return f"with {float(row.nulls_now):.1%} null, trained on {float(row.nulls_then):.1%}"


def _ticket(bad: list[Row], columns: int, whom: str, queue: str) -> Recommendation:
    row = bad[0]
    name, column, since = plain(row.model, 80), plain(row.column_name, 60), pd.Timestamp(row.since).date()
    first = f"{column} of {name} is served {does(row)}, since {since}"
    means = ""
    if not pd.isna(row.mean_now) and not pd.isna(row.mean_then):
        means = (
            f"mean {float(row.mean_now):.4g} of {float(row.rows_now):,.0f} rows, trained on {float(row.mean_then):.4g} of "
            f"{float(row.rows_then):,.0f}"
        )
    more = f"{len(bad) - 1} more columns of {columns}" if len(bad) > 1 else f"none of its other {columns - 1} columns"
    lines = (
        f"{first}.",
        f"{means[:1].upper()}{means[1:]}; {more} differ." if means else f"{more[:1].upper()}{more[1:]} differ.",
        "The model answers as if callers were others: its answers are wrong and nothing fails.",
        f"Please look where the column is made for serving, with {whom}. Training anew would only learn the mistake.",
        "To check: MLOps, Drift: it agrees again in the next window.",
    )
    return telling(
        ticket(queue, f"{column} of {name} is served otherwise than it was trained on", lines, "high"),
        sure=share(0.85 if row.state == "nulls" else 0.95),
        gain=GAIN,
        benefit=Benefit(kind="quality", currency=CURRENCY, method="Answers are right again; not put into money."),
        title=f"{column} is served otherwise than the model was trained on",
        scalars=(Scalar(column="column_name", observed=text(row.column_name)), *_means(row)),
        observe=(first, *((means,) if means else ()), more),
        orient=(
            "That is no drift: the column itself is made otherwise, and callers have not changed.",
            f"Certain by three standard errors, in {RUNNING} windows running: a weekend is two.",
        ),
        expected="whoever makes the column mends it where it is made",
        nothing="every answer of the model rests on a wrong input",
        why="The factor of a unit or of whole hours is seldom chance; more nulls may have a reason.",
        others=(
            Option(
                what="train the model anew",
                expected="it fits the wrong input",
                rejected_because="it would be wrong once the column is mended",
            ),
        ),
    )


def _means(row: Row) -> tuple[Scalar, ...]:
    if pd.isna(row.mean_now):
        return ()
    return (Scalar(column="mean_now", observed=Decimal(f"{float(row.mean_now):.6g}"), tolerance=Decimal("0.5")),)


CAPABILITY = Capability(
    name="mlops.skewed",
    version="1.0",
    kind="ticket.open",
    target=lambda row: Target(
        workspace_id=row.workspace_id,
        type="endpoint",
        id=text(row.endpoint_id) or text(row.model),
        name=text(row.model)[:200],
    ),
    opens={"columns": COLUMNS},
    evidence=COLUMNS,
    match=("workspace_id", "run_id", "column_name"),
    judge=skewed,
    incident="wrong",
)
