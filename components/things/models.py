"""What is shown of a registered model: which endpoints serve which of its versions, how each is asked and fails, and what
these endpoints cost."""

from __future__ import annotations

import pandas as pd

from components.figures.change_marks import with_changes
from components.figures.stacked import stacked
from components.text import format as fmt
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.things.endpoints import BAD, FEW, NO_RECORD
from components.tiles.grid import grid
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Finding, Frames, Note

NOT_SERVED = "No endpoint that you may see serves it."


def asked(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of things.model_days that count requests."""
    return frame[frame["version"].notna()]


def billed(frame: pd.DataFrame) -> pd.DataFrame:
    """The rows of things.model_days that hold the bill of a day."""
    return frame[frame["version"].isna()]


@panel("How its versions are asked", height=320)
def versions(frames: Frames, look: ViewContext) -> list[Body]:
    """Requests by UTC day and version, of the endpoints that serve it. A version that is asked by nobody has no bar, and one
    of an endpoint whose usage is not tracked has none either."""
    rows = asked(frames["model_days"])
    if rows.empty:
        return [Empty("No request to a version of it is recorded in this period.", NO_RECORD)]
    shown = rows.assign(called="version " + rows["version"].astype(str))
    drawn = stacked(
        shown, look, x="day", series="called", value="requests", unit="count", things="requests", height=240
    )
    return [said_of_versions(rows), with_changes(drawn, frames.get("changes"), look)]


def said_of_versions(rows: pd.DataFrame) -> Finding:
    """``1,203 requests to 2 versions, 4% failed; version 3 fails most, 24%``."""
    sums = by_version(rows)
    whole, failed = int(sums["requests"].sum()), int(sums["failed"].sum())
    said = (
        f"{fmt.counted(whole, 'request')} to {fmt.counted(len(sums), 'version')}, {fmt.percent(failed / whole)} failed"
    )
    judged = sums[sums["requests"].ge(FEW)]
    worst = judged.iloc[0] if len(judged) else None
    if worst is None or worst["share"] < BAD:
        return Finding(said)
    return Finding(f"{said}; version {plain(worst['version'], 20)} most, {fmt.percent(worst['share'])}", "act")


def by_version(rows: pd.DataFrame) -> pd.DataFrame:
    """One row a version, with the ``share`` that failed, the worst first."""
    sums = rows.groupby("version", as_index=False)[["requests", "failed"]].sum()
    return sums.assign(share=sums["failed"] / sums["requests"]).sort_values("share", ascending=False, kind="stable")


@panel("What its endpoints cost", height=260)
def cost(frames: Frames, look: ViewContext) -> list[Body]:
    """The bill of the endpoints that serve or served it, by UTC day, from the day on which they first did. An endpoint that
    serves several models is told whole."""
    rows = billed(frames["model_days"])
    if rows.empty:
        return [Empty("Nothing is billed in this period for an endpoint that serves it.")]
    unpriced, known = int(rows["unpriced_rows"].sum()), [one for one in rows["cost"] if fmt.known(one)]
    if not known:
        return [Finding(f"The cost of {fmt.counted(unpriced, 'usage row')} of its endpoints is not known", "unknown")]
    lacking = f"; {fmt.counted(unpriced, 'row')} without a price" if unpriced else ""
    said = f"{fmt.money(sum(known), look.currency)} for its endpoints on {fmt.counted(len(rows), 'day')}{lacking}"
    drawn = stacked(rows.assign(what="Model serving"), look, x="day", series="what", value="cost", height=200)
    return [Finding(said), with_changes(drawn, frames.get("changes"), look)]


def serves_said(frame: pd.DataFrame, look: ViewContext) -> str:
    """The rows of things.model_serves in a sentence."""
    now = frame[frame["state"].eq("now")]
    places = int(now.groupby(["workspace_id", "endpoint_id"]).ngroups)
    if not places:
        return f"No endpoint serves it any more; {fmt.counted(len(frame), 'version')} did"
    newest = now.sort_values("since").iloc[-1]
    since = fmt.moment(pd.Timestamp(newest["since"]).to_pydatetime(), look.zone)
    versions_now = fmt.counted(int(now["version"].nunique()), "version")
    where = f"{fmt.counted(places, 'endpoint')} serve{'s' if places == 1 else ''} {versions_now} of it"
    return f"{where}; the newest, version {plain(newest['version'], 20)}, since {since}"


serves = grid(
    "Endpoints that serve it",
    "things.model_serves",
    "Every endpoint and version, those that are served now first. What it was trained on is in no system table.",
    finding=serves_said,
    empty=NOT_SERVED,
    hint="What is registered and not served is in no system table.",
    key="model_serves",
    height=300,
)


def finding(frames: Frames, look: ViewContext) -> Note | None:
    """That a version that is served now fails more than is to be borne and twice as often as the others."""
    rows = frames["model_serves"]
    now = rows[rows["state"].eq("now") & rows["requests"].ge(FEW)].sort_values("share", ascending=False, kind="stable")
    if now.empty or not now["share"].iloc[0] > BAD:
        return None
    worst = now.iloc[0]
    others = rows.drop(index=worst.name)
    usual = others["failed"].sum() / others["requests"].sum() if others["requests"].sum() >= FEW else None
    if usual is not None and worst["share"] <= 2 * usual:
        return None
    before = "" if usual is None else f"; of its other versions {fmt.percent(usual)}"
    told = f"{fmt.percent(worst['share'], 0)} of the requests to version {plain(worst['version'], 20)} failed{before}."
    return Finding(told, "act")
