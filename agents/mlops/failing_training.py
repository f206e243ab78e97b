"""Tells who trains that their training fails more than it did, since when and of how many runs."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from decimal import Decimal

from agents.capability import BASIS, CURRENCY, Capability, Frames, Observation, Recommendation, Window
from agents.cells import Row, moment, money, rows, share, text
from agents.messages import note, plain, recipient, telling
from approvals.values.considered import Benefit
from approvals.values.proposal import Scalar, Target
from queries.kinds import Param

QUERY = "mlops.training"
DAYS, LATELY = 28, 7  # days, and those of them that are judged
JUDGED, FAILING, Z = 5, 0.1, 1.96  # runs that ended; share that failed from which on, 95 % certain, it is told
LOST = Decimal(40)  # assumed worth of telling, beside what failed runs cost, to rank by only
NOWHERE = "0"  # people are of the account, not of a workspace


@dataclass(frozen=True)
class Lately(Window):
    """A window that tells its last days from those before."""

    def params(self, now: dt.datetime) -> dict[str, Param]:
        return super().params(now) | {"split": now.date() - dt.timedelta(days=LATELY)}


TRAINING = Lately(QUERY, DAYS, 1, {"currency": CURRENCY, "basis": BASIS, "workspaces": "", "limit": 200})


def failing_training(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per experiment and who runs it: ``training`` are rows of :data:`QUERY`, ``groups`` those of the policy.
    Pure."""
    return [_judged(row, frames, now) for row in rows(frames["training"])]


def least(failed: int, ended: int) -> float:
    """The lower end of the 95 % interval of a share of which ``failed`` of ``ended`` were seen; Wilson (1927)."""
    part, weight = failed / ended, Z * Z / ended
    half = math.sqrt(weight * part * (1 - part) + weight * weight / 4)
    return max(0.0, (part + weight / 2 - half) / (1 + weight))


def earlier(row: Row, since: dt.datetime | None, now: dt.datetime) -> tuple[int, int]:
    """How many of how many runs failed before the days that are judged and, where none has ended well since an earlier day, before
    that one: what failed from then on is left out, at the rate at which it fails now."""
    failed, ended = int(row.failed_before), int(row.ended_before)
    first = dt.datetime.combine(now.date() - dt.timedelta(days=LATELY), dt.time(), dt.UTC)
    if since is None or since >= first:
        return failed, ended
    stretch = min(round(int(row.failed) / LATELY * ((first - since) / dt.timedelta(days=1))), failed)
    return (failed - stretch, ended - stretch) if ended - stretch >= JUDGED else (0, 0)


def _judged(row: Row, frames: Frames, now: dt.datetime) -> Observation:
    failed, ended, since = int(row.failed), int(row.ended), moment(row.failing_since)
    if ended < JUDGED:
        return CAPABILITY.leaves(row, f"{failed} of {ended} runs failed in {LATELY} days: too few to say")
    usual = earlier(row, since, now)
    sure, before = least(failed, ended), usual[0] / usual[1] if usual[1] else 0.0
    if sure < FAILING:
        return CAPABILITY.leaves(row, f"{failed} of {ended} runs failed in {LATELY} days: {FAILING:.0%} are not sure")
    if sure <= before:
        return CAPABILITY.leaves(row, f"{failed} of {ended} runs failed, as {before:.0%} did before")
    if since is None:
        return CAPABILITY.leaves(row, "its newest run ended well")
    return CAPABILITY.proposes(
        row, now, _tell(row, sure, usual, since, recipient(row.owner, frames, "mlops")), began=since
    )


def _tell(row: Row, sure: float, usual: tuple[int, int], since: dt.datetime, whom: str) -> Recommendation:
    name, failed, ended = plain(row.experiment, 100), int(row.failed), int(row.ended)
    cost, before = money(row.failed_cost), usual[0] / usual[1] if usual[1] else 0.0
    first = f"{failed} of {ended} training runs of {name} failed in {LATELY} days, none ended well since {since:%Y-%m-%d %H:%M} UTC"
    once = (
        f"before that {usual[0]} of {usual[1]} did; at least {sure:.0%} fail now (95 % certain)"
        if usual[1]
        else f"no run of it is known from before; at least {sure:.0%} fail now (95 % certain)"
    )
    paid = (
        f"the failed runs cost {CURRENCY} {cost}, as far as a job started them"
        if cost
        else "what they cost is not known"
    )
    lines = (
        f"{first}.",
        f"{once[:1].upper()}{once[1:]}; {paid}.",
        "Runs that fail again and again teach nothing and are paid for.",
        f"Please look what changed on or before {since:%Y-%m-%d}: a library, the runtime, the data, a parameter. Pause what starts "
        "them until then.",
        "To check: MLOps, Training: the next run ends well.",
    )
    return telling(
        note(whom, f"Training of {name} fails since {since:%Y-%m-%d}", lines),
        sure=share(min(0.6 + 0.4 * (1 - 1 / ended) * min(failed / ended / max(before, 0.1), 3.0) / 3, 0.95)),
        gain=LOST + cost,
        benefit=Benefit(
            kind="cost",
            high=cost,
            currency=CURRENCY,
            method=f"At most what failed runs cost in {LATELY} days, list price.",
        ),
        title=f"Training fails since {since:%Y-%m-%d}",
        scalars=(Scalar(column="failed", observed=Decimal(failed), tolerance=Decimal("0.5")),),
        observe=(first, once, paid),
        orient=(
            "A sweep counts once, killed is not failed, what still runs is not judged.",
            "Who runs it knows what changed.",
        ),
        expected="who runs it finds what changed, or pauses it",
        nothing="it goes on failing, and is paid for",
        why=f"The lower end of what fails, {sure:.0%}, is above the {before:.0%} before.",
    )


CAPABILITY = Capability(
    name="mlops.failing_training",
    version="1.0",
    kind="notify.owner",
    target=lambda row: Target(workspace_id=NOWHERE, type="principal", id=text(row.owner), name=text(row.owner)[:200]),
    opens={"training": TRAINING},
    evidence=TRAINING,
    match=("workspace_id", "experiment_id", "owner"),
    judge=failing_training,
    incident="stopped",
)
