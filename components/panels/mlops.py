"""MLOps: which serving endpoints are paid for and not asked, which fail, and of which nothing is recorded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from components.figures.scatter import Axis, scatter
from components.panels import offers
from components.panels.amounts import amount
from components.panels.offers import Offer
from components.text import format as fmt
from components.text.codes import worded
from components.text.names import things_apart
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.grid import things_of
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid

FAILS = 0.05  # of the requests of seven days, from which on an endpoint is in trouble
WORTH = 1  # a day, in the viewer's currency: what costs less is no waste
SHOWN = (
    "endpoint", "cost_a_day", "requests", "last_request", "use_state", "failed", "refused", "caller_errors",
    "owner", "workspace",
)  # fmt: skip


def fails(frame: pd.DataFrame) -> pd.Series:
    """Which rows of mlops.endpoints have a version that fails more often than is to be borne."""
    return frame["failed"].map(lambda one: fmt.known(one) and one >= FAILS).astype(bool)


def unasked(frame: pd.DataFrame) -> pd.Series:
    """Which rows of mlops.endpoints are paid for though nobody asks them any more."""
    paid = frame["cost_a_day"].map(lambda one: fmt.known(one) and one >= WORTH)
    return (paid & frame["use_state"].eq("UNASKED")).astype(bool)


def unrecorded(frame: pd.DataFrame) -> pd.Series:
    """Which rows of mlops.endpoints are paid for and have no record of use: they may be busy."""
    return (frame["use_state"].eq("NO_RECORD") & frame["cost"].map(fmt.known)).astype(bool)


@panel("Paid and unasked, or failing", height=420)
def endpoints(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """Each serving endpoint: what it costs a day against the requests of the period, in steps of ten. Bottom right is paid and
    not asked. A ring fails, or has no record of use, which is not the same as no use. Failed is 5xx of the worst version in
    seven days; what the caller did wrong (4xx) and what was refused (429) stand apart."""
    frame = frames["endpoints"]
    if frame.empty:
        return [Empty("No serving endpoint was billed or listed in this period.")]
    known = _worst_first(things_apart(frame, "endpoint", "endpoint_id"))
    drawn = scatter(
        known.assign(
            ring=fails(known) | unrecorded(known),
            worst=fails(known) | unasked(known) | unrecorded(known),
            said=_words(known),
        ),
        look,
        x=Axis("cost_a_day", "money", "a day"),
        y=Axis("requests", "count", "requests", even=True),
        label="endpoint",
        hollow="ring",
        named="worst",
        detail="said",
        thing=things_of("mlops.endpoints")["endpoint"],
    )
    return [said_of_endpoints(known, look), drawn, _listed(known, frames, look)]


def said_of_endpoints(known: pd.DataFrame, look: ViewContext) -> Finding:
    """The rows of mlops.endpoints, the worst first, in a sentence."""
    failing, idle, unknown = known[fails(known)], known[unasked(known)], known[unrecorded(known)]
    said = [_failing(failing)] if len(failing) else []
    if len(idle):
        said.append(_unasked(idle, look))
    if len(unknown):
        said.append(f"{fmt.counted(len(unknown), 'endpoint')} without a record of use")
    if not said:
        return Finding(f"None of {fmt.counted(len(known), 'endpoint')} fails or is paid for unasked", "ok")
    return Finding("; ".join(said), "act" if len(failing) else "watch" if len(idle) else "unknown")


def _failing(rows: pd.DataFrame) -> str:
    worst = rows.iloc[0]
    version = f" of v{plain(worst['failed_version'], 12)}" if isinstance(worst["failed_version"], str) else ""
    more = f" and {len(rows) - 1:,} more fail" if len(rows) > 1 else ""
    return f"{plain(worst['endpoint'], 40)} fails {fmt.percent(worst['failed'], 0)} of requests{version}{more}"


def _unasked(rows: pd.DataFrame, look: ViewContext) -> str:
    cost = fmt.money(amount(rows["cost_a_day"]), look.currency)
    days = int(rows["unasked_days"].min())
    does = "costs" if len(rows) == 1 else "cost"
    return f"{fmt.counted(len(rows), 'endpoint')} {does} {cost} a day with no request in {days} days"


def _words(known: pd.DataFrame) -> pd.Series:
    """What stands in the hover text of a dot."""
    told = worded(known, "mlops.endpoints")["use_state"].astype(str)
    share = known["failed"].map(lambda one: f", {fmt.percent(one)} failed" if fmt.known(one) else "")
    return told + share.astype(str)


def _worst_first(known: pd.DataFrame) -> pd.DataFrame:
    """Those that fail, then those paid and unasked, then those without a record, each by what it costs a day."""
    cost = [float(one) if fmt.known(one) else 0.0 for one in known["cost_a_day"]]
    ranked = known.assign(bad=fails(known), idle=unasked(known), unknown=unrecorded(known), a_day=cost)
    order = ["bad", "idle", "unknown", "a_day"]
    return ranked.sort_values(order, ascending=False, kind="stable").drop(columns=order)


def _listed(known: pd.DataFrame, frames: Frames, look: ViewContext) -> Grid:
    query = "mlops.endpoints"
    made = [_offer(row, look) for row in known.itertuples()]
    return Grid(
        offers.offered(known, "endpoint", "endpoint", made, frames),
        offers.after_name(query, SHOWN),
        "how long an answer takes is not in the tables; no record: tracking may be off",
        things={**things_of(query), "state": offers.STATE},
        proposes={"propose": offers.button("endpoint")},
    )


def _offer(row: Any, look: ViewContext) -> Offer | None:
    """All requests to the version beside the one that fails, where there is one; to stop when nobody asks; else to tell who
    made it."""
    name, owner = plain(row.endpoint, 80), row.owner if isinstance(row.owner, str) else ""
    if fmt.known(row.failed) and row.failed >= FAILS:
        why = f"{fmt.percent(row.failed)} of the requests of version {row.failed_version} failed in seven days."
        if isinstance(row.other_entity, str):
            routes = [{"served_entity": row.other_entity, "percentage": 100}]
            return Offer("serving.set_traffic", why, {"routes": routes})
        return _note(owner, f"{name} fails", why)
    cost = fmt.money(row.cost_a_day, look.currency)
    if not fmt.known(row.cost_a_day) or row.cost_a_day < WORTH:
        return None
    if row.use_state == "UNASKED":
        why = f"It costs {cost} a day and had no request in {int(row.unasked_days)} days."
        named = {"served_entity": row.entity} if isinstance(row.entity, str) else {}
        return Offer("serving.set_scale", why, {**named, "scale_to_zero": True})
    if row.use_state == "NO_RECORD":
        why = f"It costs {cost} a day and no request is recorded in 90 days: is usage tracking off?"
        return _note(owner, f"{name} has no record of use", why)
    return None


def _note(recipient: str, subject: str, text: str) -> Offer | None:
    if not recipient:
        return None
    return Offer("notify.owner", text, {"recipient": recipient, "subject": plain(subject, 120), "text": text})
