"""UserOps: which features people use, month by month, and which teams are surely left out of one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pandas as pd

from components.figures.cells import cells
from components.figures.lines import lines
from components.panels import offers
from components.panels.offers import Offer
from components.text import format as fmt
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid
from things import ThingColumn

MOST = 7  # lines
ANYTHING = "anything at all"
EMPTY = "No month is over in which the records say who was active."
COLUMNS = {
    "team": ("Team", "text"),
    **offers.COLUMNS,
    "feature": ("Feature", "text"),
    "users": ("Use it", "count"),
    "people": ("Of", "count"),
    "share": ("Share, drawn to all", "share"),
    "low": ("At least", "share"),
    "high": ("At most", "share"),
    "middle": ("Middle team", "share"),
}
TEAM = ThingColumn("principal", ("team",))


def month(day: dt.date) -> str:
    """``Oct 2026``."""
    return day.strftime("%b %Y")


@panel("Features by month", height=300)
def feature_months(frames: Frames, look: ViewContext) -> Body | Sequence[Body]:
    """Of the people who were active in a month, the share that used each feature, in months that are over. A feature whose records
    begin later has no line before that; what the log does not have is not called unused."""
    rows = frames["adoption"]
    if rows.empty:
        return Empty(EMPTY)
    newest, before = rows.iloc[-1], rows.iloc[-2] if len(rows) > 1 else None
    features = [str(one) for one in rows.columns if one not in ("month", "people")]
    known = [name for name in features if fmt.known(newest[name])]
    moved = {name: abs(newest[name] - before[name]) for name in known if before is not None and fmt.known(before[name])}
    drawn = sorted(known, key=lambda name: -newest[name])[:MOST]
    name = max(moved, key=lambda one: moved[one], default=next(iter(drawn), ""))
    lacking = [one for one in features if one not in known]
    unknown = f"; not known: {', '.join(lacking[:3])}" if lacking else ""
    shares = lines(
        rows, look, x="month", columns={one: one for one in drawn}, unit="ratio", of="of active people", months=True
    )
    return [Finding(_said(newest, before, name) + unknown), *([shares] if drawn else [])]


def _said(newest: Any, before: Any, name: str) -> str:
    people = fmt.counted(int(newest["people"]), "person", "people")
    if not name:
        return f"{people} active in {month(newest['month'])}"
    was = (
        f", {fmt.percent(before[name], 0)} in {month(before['month'])}"
        if before is not None and fmt.known(before[name])
        else ""
    )
    share = fmt.percent(newest[name], 0)
    return f"{name}: {share} of {people} in {month(newest['month'])}{was}"


@panel("Who is left out", height=420)
def team_features(frames: Frames, look: ViewContext) -> Body | Sequence[Body]:
    """Teams by feature in the newest month that is over: the share of their active people who use it, drawn towards that of all
    teams, the more the smaller a team is. Marked is only who surely uses it less than half as much as the middle team. A team of
    whom nobody did anything is listed, too."""
    rows, quiet = frames["team_features"], frames["silent"]
    few = frames["not_judged"].iloc[0]
    teams = fmt.counted(int(few["teams"]), "team")
    rest = f" {teams} below {few['floor']} and people without one, {few['people']:,} in all, not judged."
    rest = rest if few["people"] else ""
    if rows.empty and quiet.empty:
        return Empty("No team has five people who were active in a month that is over.", rest.strip())
    out = rows[rows["left_out"].astype(bool)]
    told = rows.assign(
        text=[fmt.percent(one, 0) for one in rows["share"]],
        state=["low" if one else "known" for one in rows["left_out"]],
        detail=[_detail(row) for row in rows.itertuples()],
    )
    said = _left_out(rows, out, quiet)
    bodies: list[Body] = [
        Finding(said, "watch" if len(out) + len(quiet) else "ok"),
        cells(
            told,
            look,
            row="team",
            column="feature",
            share="share",
            text="text",
            detail="detail",
            state="state",
            alt=said,
            thing=TEAM,
        ),
    ]
    if len(out) + len(quiet):
        nothing = quiet.assign(feature=ANYTHING, users=0)
        bodies.append(_listed(pd.concat([out, nothing], ignore_index=True) if len(quiet) else out, frames, rest))
    return bodies


def _listed(out: pd.DataFrame, frames: Frames, rest: str) -> Grid:
    shown = out.assign(resource_kind="principal", resource_id=out["team"], workspace_id="")
    shown = offers.offered_of_kinds(shown, "team", [_offer(row) for row in shown.itertuples()], frames)
    caption = f"surely below half of the middle team, nine times in ten between the two.{rest}"
    return Grid(
        shown,
        COLUMNS,
        caption,
        things={"team": TEAM, "state": offers.STATE},
        proposes={"propose": offers.button("team")},
    )


def _detail(row: Any) -> str:
    span = f"{fmt.percent(row.low, 0)} to {fmt.percent(row.high, 0)}"
    return f"{row.users:,} of {row.people:,} people; drawn to all {fmt.percent(row.share, 0)}, {span}"


def _quiet(quiet: pd.DataFrame) -> str:
    """Which teams did nothing at all; empty where none."""
    if quiet.empty:
        return ""
    who = plain(quiet["team"].iloc[0], 24) if len(quiet) == 1 else fmt.counted(len(quiet), "team")
    return f"nobody of {who} did anything in {month(quiet['month'].iloc[0])}"


def _left_out(rows: pd.DataFrame, out: pd.DataFrame, quiet: pd.DataFrame) -> str:
    silence = _quiet(quiet)
    if rows.empty:
        return silence[0].upper() + silence[1:]
    teams, when = rows["team"].nunique(), month(rows["month"].iloc[0])
    if out.empty and silence:
        return f"None of {fmt.counted(teams, 'team')} surely lacks a feature; {silence}"
    if out.empty:
        return f"None of {fmt.counted(teams, 'team')} surely uses a feature less than half as much as the middle one in {when}"
    most = out["feature"].value_counts()
    feature, count = str(most.index[0]), int(most.iloc[0])
    verb = "uses" if count == 1 else "use"
    more = len(out) - count
    others = f"; {fmt.counted(more, 'more gap')}" if more else ""
    if silence:
        return f"{count} of {teams} teams {verb} {feature} surely less than half as much; {silence}"
    return f"{count} of {teams} teams {verb} {feature} surely less than half of the middle team in {when}{others}"


def _offer(row: Any) -> Offer:
    if row.feature == ANYTHING:
        why = f"None of the {int(row.people)} people of {plain(row.team, 80)} did anything in a month."
        text = {
            "topic": "First steps",
            "subject": "What the platform is for",
            "text": "Would a short introduction help you?",
        }
        return Offer("training.suggest", why, {"recipient": plain(row.team, 200), **text})
    why = (
        f"{int(row.users)} of {int(row.people)} people of {plain(row.team, 80)} used {row.feature} in a month;"
        f" of the middle team {fmt.percent(row.middle, 0)} do."
    )
    told = {
        "topic": row.feature,
        "subject": f"{row.feature}: what it is for",
        "text": "Would a short introduction help you?",
    }
    return Offer("training.suggest", why, {"recipient": plain(row.team, 200), **told})
