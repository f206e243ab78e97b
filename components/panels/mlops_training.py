"""MLOps: which training fails lately, whose it is, and what that cost."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pandas as pd

from components.figures.bars import ranked
from components.panels import offers
from components.panels.amounts import amount
from components.panels.offers import Offer
from components.text import format as fmt
from components.text.names import told_apart
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.grid import labelled, things_of
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid

JUDGED = 5  # runs that ended: of fewer no share is said
FAILING = 0.1  # share that failed, from which on, with 95 % certainty, it is a finding
Z = 1.96  # of a 95 % interval
SHOWN = (
    "experiment", "owner", "failed", "ended", "between", "failing_since", "failed_cost", "share_before", "killed", "unended", "nested",
)  # fmt: skip
BETWEEN = {"between": ("Share, 95 % certain", "text")}


def interval(failed: int, ended: int, z: float = Z) -> tuple[float, float]:
    """The ends of the 95 % interval (of ``z``) of a share of which ``failed`` of ``ended`` were seen; Wilson (1927)."""
    share, weight = min(1.0, failed / ended), z * z / ended
    middle = share + weight / 2
    half = math.sqrt(weight * share * (1 - share) + weight * weight / 4)
    return max(0.0, (middle - half) / (1 + weight)), min(1.0, (middle + half) / (1 + weight))


def failing(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of mlops.training that fail, and more than before, the surest first; with ``least``, what is certain."""
    judged = frame[frame["ended"].ge(JUDGED)]
    least = [
        interval(int(failed), int(ended))[0] for failed, ended in zip(judged["failed"], judged["ended"], strict=True)
    ]
    known = judged.assign(least=pd.Series(least, judged.index, dtype="float64"))
    before = known["share_before"].astype("float64").fillna(0.0)
    return known[known["least"].ge(FAILING) & known["least"].gt(before)].sort_values(
        "least", ascending=False, kind="stable"
    )


@panel("Training that fails", height=420)
def training(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """Share of the runs of the last seven days that failed, by experiment and who ran it, with the interval in which it lies:
    two of three is no rate. A sweep counts once, killed is not failed, what still runs is not judged. The cost is that of
    failed runs that a job started on compute of its own; of others nobody knows it."""
    query, frame = "mlops.training", frames["training"]
    if frame.empty:
        return [Empty("No training run of MLflow began in this period.")]
    named = frame.assign(experiment=told_apart(frame["experiment"], frame["workspace_id"], frame["experiment_id"]))
    bad = failing(named)
    rows = pd.concat([named.loc[bad.index], named.drop(bad.index)])
    drawn = _drawn(rows, bad, look)
    said = rows.assign(between=pd.Series([_between(row) for row in rows.itertuples()], rows.index, dtype=object))
    said = said.assign(resource_kind="principal", resource_id=said["owner"])
    made = offers.offered_of_kinds(
        said, "owner", [_offer(row, row.Index in bad.index) for row in said.itertuples()], frames
    )
    columns = {**offers.after_name(query, SHOWN[:4]), **BETWEEN, **labelled(query, SHOWN[5:])}
    few = int(rows["ended"].lt(JUDGED).sum())
    caption = f"{few:,} with fewer than {JUDGED} ended runs not judged" if few else ""
    table = Grid(
        made,
        columns,
        caption,
        things={**things_of(query), "state": offers.STATE},
        proposes={"propose": offers.button("owner")},
    )
    return [said_of_training(named, look), *drawn, table]


def _offer(row: Any, fails: bool) -> Offer | None:
    """To tell who runs it what fails, where it fails more than before."""
    if not fails or not isinstance(row.owner, str):
        return None
    since = f" since {fmt.day(row.failing_since)}" if pd.notna(row.failing_since) else ""
    text = f"{row.failed:,} of {row.ended:,} training runs of {plain(row.experiment, 80)} failed in seven days{since}."
    subject = plain(f"Training of {row.experiment} fails", 120)
    return Offer("notify.owner", text, {"recipient": row.owner, "subject": subject, "text": text})


def said_of_training(frame: pd.DataFrame, look: ViewContext) -> Finding:
    """The rows of mlops.training in a sentence."""
    bad = failing(frame)
    if bad.empty:
        whole, failed = int(frame["ended"].sum()), int(frame["failed"].sum())
        return Finding(
            f"{failed:,} of {fmt.counted(whole, 'run')} failed in seven days; no experiment more than before", "ok"
        )
    worst = bad.iloc[0]
    since = f" since {fmt.day(worst['failing_since'])}" if pd.notna(worst["failing_since"]) else ""
    cost = ""
    if worst["costed"] > 0:
        of = "" if worst["costed"] == worst["failed"] else f" known of {int(worst['costed']):,}"
        cost = f": {fmt.money(amount([worst['failed_cost']]), look.currency)}{of}"
    more = f"; {len(bad) - 1:,} more" if len(bad) > 1 else ""
    who = f" of {plain(look.names.called(str(worst['owner'])), 24)}" if isinstance(worst["owner"], str) else ""
    counts = f"{int(worst['failed']):,} of {int(worst['ended']):,} runs"
    return Finding(f"{plain(worst['experiment'], 30)}{who} failed {counts}{since}{cost}{more}", "act")


def _drawn(rows: pd.DataFrame, bad: pd.DataFrame, look: ViewContext) -> list[Body]:
    """Bars of those that are judged and failed at all."""
    judged = rows[rows["ended"].ge(JUDGED) & rows["failed"].gt(0)]
    if judged.empty:
        return []
    words = judged["experiment"].astype(str) + " · " + judged["owner"].map(lambda one: look.names.called(str(one)))
    told = [f"{row.failed:,} of {row.ended:,}, {_between(row)}" for row in judged.itertuples()]
    return [
        ranked(
            judged.assign(label=words, told=told),
            look,
            label="label",
            value="share",
            unit="ratio",
            detail="told",
            top=10,
        )
    ]


def _between(row: Any) -> str | None:
    """``58 % to 91 %``; nothing where nothing ended."""
    if row.ended == 0:
        return None
    least, most = interval(int(row.failed), int(row.ended))
    return f"{fmt.percent(least, 0)} to {fmt.percent(most, 0)}"
