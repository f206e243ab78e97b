"""MLOps: better back or forward? The newest version of each endpoint against the one before, on the same hours."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pandas as pd

from components.figures.paired import paired
from components.panels import offers
from components.panels.offers import Offer
from components.text import format as fmt
from components.text.names import things_apart
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.grid import labelled, things_of
from components.tiles.panel import Panel, panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid, Proposes

QUERY = "mlops.versions_matched"
SAID = {"worse": "fails more", "better": "fails less", "alike": "no difference shown", "not known": "too few requests"}
HOURS = {True: "hours in which both were asked", False: "the same hours of the week"}
BACK = Proposes("model", "back_act", "back_params", "why")


def versions_since(now: dt.datetime) -> Panel:
    """The panel at ``now``, by which a version is so old."""

    @panel("Better back or forward?", height=300, waits=420)
    def versions(frames: Frames, look: ViewContext) -> Sequence[Body]:
        """Share of requests that failed (500 and above): the newest version against the one before, in hours in which both were
        asked, else at the same hours of the week, so that a weekend is never held against a week. The bar is the 99 % interval
        of the difference. What else changed meanwhile is not taken out."""
        rows = frames["compared"]
        if rows.empty:
            return [Empty("0 endpoints have a new version whose hours can be matched with the version before.")]
        known = things_apart(rows, "endpoint", "endpoint_id")
        known = known.assign(
            pair=[f"{row.endpoint}: v{row.version} against v{row.version_before}" for row in known.itertuples()],
            least=known["share_before"] + known["low"],
            most=known["share_before"] + known["high"],
            says=known["state"].map(SAID),
            points=pd.Series([_points(row) for row in known.itertuples()], known.index, dtype=object),
            hour_kind=known["same_hours"].map(HOURS),
        )
        drawn = paired(
            known[known["state"].ne("not known")],
            look,
            label="pair",
            said_first=("share_before", "the version before"),
            came=("share", "the newest"),
            low="least",
            high="most",
            unit="ratio",
            of="share of requests that failed",
        )
        return [said_of(known, now), drawn, _listed(known, frames)]

    return versions


def said_of(known: pd.DataFrame, now: dt.datetime) -> Finding:
    """``churn: v3 fails 21.8 to 26.1 points more than v2 at the same hours of the week, 3 days old``."""
    worst, count = known.iloc[0], int(known["state"].eq("worse").sum())
    if not count:
        judged = int(known["state"].ne("not known").sum())
        few = f"; {len(known) - judged:,} with too few requests" if judged < len(known) else ""
        return Finding(f"None of {fmt.counted(judged, 'new version')} fails more than the one before{few}", "ok")
    points = f"{worst['low'] * 100:.1f} to {worst['high'] * 100:.1f} points more"
    age = fmt.age(now - pd.Timestamp(worst["deployed"]).to_pydatetime())
    more = f"; {count - 1:,} more" if count > 1 else ""
    versions = f"v{plain(worst['version'], 12)} fails {points} than v{plain(worst['version_before'], 12)}"
    return Finding(f"{plain(worst['endpoint'], 40)}: {versions} on {worst['hour_kind']}, {age} old{more}", "act")


def _points(row: Any) -> str | None:
    """``21.8 to 26.1``; nothing where too few were asked."""
    if row.state == "not known":
        return None
    return f"{row.low * 100:.1f} to {row.high * 100:.1f}".replace("-", "−")


def _listed(known: pd.DataFrame, frames: Frames) -> Grid:
    made = offers.offered(known, "endpoint", "endpoint", [_offer(row) for row in known.itertuples()], frames)
    back = known["state"].eq("worse") & known["version_before"].map(_is_number) & known["model_full_name"].notna()
    made = made.assign(
        back=pd.Series(["Back" if one else None for one in back], made.index, dtype=object),
        back_act=pd.Series(["model.set_alias" if one else "" for one in back], made.index, dtype=object),
        back_params=pd.Series(
            [{"version": int(v)} if one else {} for one, v in zip(back, known["version_before"], strict=True)],
            made.index,
            dtype=object,
        ),
        why=pd.Series(
            [_why(row) if row.state == "worse" else "" for row in known.itertuples()], made.index, dtype=object
        ),
    )
    columns = {
        **labelled(QUERY, ("endpoint",)), **offers.COLUMNS, "back": ("Alias", "text"), "says": ("Decision", "text"),
        "points": ("More failed, points", "text"), **labelled(QUERY, ("version", "version_before", "deployed")),
        "requests": ("Requests", "count"), "requests_before": ("Before", "count"), "hours": ("Slots", "count"),
        "hour_kind": ("Matched by", "text"), **labelled(QUERY, ("model", "workspace")),
    }  # fmt: skip
    return Grid(
        made,
        columns,
        "99 % certain; matched requests only",
        things={**things_of(QUERY), "state": offers.STATE},
        proposes={"propose": offers.button("endpoint"), "back": BACK},
    )


def _offer(row: Any) -> Offer | None:
    """All requests to the version before, where it is still served and the newest is surely worse."""
    if row.state != "worse" or not isinstance(row.entity_before, str):
        return None
    routes = [{"served_entity": row.entity_before, "percentage": 100}]
    return Offer("serving.set_traffic", _why(row), {"routes": routes})


def _why(row: Any) -> str:
    return (
        f"Version {row.version} failed {fmt.percent(row.share)} of {row.requests:,} requests, version {row.version_before} "
        f"{fmt.percent(row.share_before)} of {row.requests_before:,} on {HOURS[bool(row.same_hours)]}: {_points(row)} points more."
    )


def _is_number(version: Any) -> bool:
    return isinstance(version, str) and version.isascii() and version.isdigit()
