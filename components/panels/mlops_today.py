"""The first sentence of MLOps: which endpoints fail, are paid for unasked, or keep no record of their use."""

from __future__ import annotations

from components.panels.amounts import amount
from components.panels.drift import CLAUSE
from components.panels.mlops import fails, unasked, unrecorded
from components.panels.mlops_training import failing, said_of_training
from components.text import format as fmt
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.grid import things_of
from components.tiles.summary import Clause, Said, name_in, summary
from components.tiles.tile import Frames, Lead

ENDPOINTS = ("endpoints",)


def _failing(frames: Frames, look: ViewContext) -> Said:
    rows = frames["endpoints"]
    bad = rows[fails(rows)].sort_values("failed", ascending=False, kind="stable")
    if bad.empty:
        return Said(f"no version of {fmt.counted(len(rows), 'endpoint')} fails one request in twenty", "ok")
    told = "; ".join(
        f"{plain(name, 40)} fails {fmt.percent(share, 0)} of its requests"
        for name, share in zip(bad["endpoint"].head(3), bad["failed"].head(3), strict=True)
    )
    which = things_of("mlops.endpoints")["endpoint"]
    return Said(told, "act", tuple(name_in(row, "endpoint", which) for _, row in bad.head(3).iterrows()))


def _idle(frames: Frames, look: ViewContext) -> Said:
    rows = frames["endpoints"]
    idle = rows[unasked(rows)]
    if idle.empty:
        return Said("no endpoint is paid for unasked", "ok")
    cost = fmt.money(amount(idle["cost_a_day"]), look.currency)
    return Said(
        f"{fmt.counted(len(idle), 'endpoint')} {'costs' if len(idle) == 1 else 'cost'} {cost} a day unasked", "watch"
    )


def _unrecorded(frames: Frames, look: ViewContext) -> Said:
    rows = frames["endpoints"]
    unknown = rows[unrecorded(rows)]
    if unknown.empty:
        return Said("every endpoint that is paid for has a record of its use", "ok")
    return Said(f"of {fmt.counted(len(unknown), 'paid endpoint')} no use is recorded")


def _training(frames: Frames, look: ViewContext) -> Said:
    rows = frames["training"]
    bad = failing(rows)
    if bad.empty:
        return Said(f"training fails no more than before ({int(rows['ended'].sum()):,} runs in seven days)", "ok")
    owner = name_in(bad.iloc[0], "owner", things_of("mlops.training")["owner"])
    return Said(said_of_training(rows, look).text, "act", (owner,))


def _lead(label: str, view: str, panel: str) -> Lead:
    return Lead(label, "mlops.py", view, panel)


today = summary(
    "Today",
    "Which models drifted, which endpoints fail or are paid for unasked, and which training fails.",
    CLAUSE,
    Clause("failing endpoints", ENDPOINTS, _failing, _lead("Endpoints", "Today", "endpoints")),
    Clause("unasked endpoints", ENDPOINTS, _idle, _lead("Endpoints", "Today", "endpoints")),
    Clause("training", ("training",), _training, _lead("Training", "Training", "training")),
    Clause("endpoints without a record", ENDPOINTS, _unrecorded, _lead("Endpoints", "Today", "endpoints")),
)
