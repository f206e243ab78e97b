"""The cost detectors' results as frames that a tile can draw."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from agents.detectors import cost_anomalies, forecast

PLACE = ["place", "place_kind", "place_id"]
SERIES = ["event", "day", "cost", "expected", "low", "high"]
DRAWN = 40  # events whose days are kept, the largest
BEFORE = 35  # days before an event that are drawn with it


def anomaly_frames(
    daily: pd.DataFrame, since: dt.date, until: dt.date = dt.date.max, floor: float = cost_anomalies.FLOOR
) -> dict[str, pd.DataFrame]:
    """From finops.daily_by_object's columns: ``events`` that begin from ``since`` to before ``until`` (with ``place`` in words,
    and what it is: ``place_kind`` and ``place_id``), ``series`` (the days of each of the first :data:`DRAWN` events' places, by
    its row in ``event``) and ``judged`` (one row: ``days`` and ``series`` that were looked at). ``floor`` is the smallest excess of
    a day that is one."""
    daily = daily[daily["complete"].astype(bool)]  # what is not billed yet is no drop
    if daily.empty:
        return {
            "events": pd.DataFrame(columns=[*cost_anomalies.COLUMNS, *PLACE]),
            "series": pd.DataFrame(columns=SERIES),
            "judged": pd.DataFrame(columns=["days", "series"]),
        }
    no_id = "(" + daily["resource_kind"] + ")"  # what names no resource, and the rest of a product, are two series
    frame = daily.assign(resource_id=daily["resource_id"].fillna(no_id)).fillna({"workspace_id": "account"})
    frame = one_series_per_name(frame)
    judged = cost_anomalies.judge(frame)
    events = cost_anomalies.events(judged, since, floor)
    events = _placed(
        events[events["day"].map(lambda day: day < until).astype(bool)].reset_index(drop=True), daily, frame
    )
    days = sum(since <= day.date() < until for day in judged.days)
    return {
        "events": events,
        "series": _series(judged, events),
        "judged": pd.DataFrame([{"days": days, "series": len(judged.nodes)}]),
    }


def _placed(events: pd.DataFrame, daily: pd.DataFrame, frame: pd.DataFrame) -> pd.DataFrame:
    """``events`` with the columns of :data:`PLACE`."""
    names = {
        (r.workspace_id, r.product, r.resource_id): f"{r.workspace} · {r.product} · {r.resource}"
        for r in frame.drop_duplicates(["workspace_id", "product", "resource_id"]).itertuples()
    }
    kinds = {
        (workspace, resource): kind
        for workspace, kind, resource in zip(
            daily["workspace_id"], daily["resource_kind"], daily["resource_id"], strict=True
        )
    }
    workspaces = dict(zip(frame["workspace_id"], frame["workspace"], strict=True))
    events["place"] = [
        names.get((e.workspace_id, e.product, e.resource_id))
        or " · ".join(str(part) for part in (workspaces.get(e.workspace_id, "whole account"), e.product) if part)
        for e in events.itertuples()
    ]
    events["place_kind"] = [kinds.get((e.workspace_id, e.resource_id), "workspace") for e in events.itertuples()]
    events["place_id"] = events["resource_id"].where(events["place_kind"] != "workspace", events["workspace_id"])
    events.loc[~events["workspace_id"].isin(daily["workspace_id"]), "place_id"] = None  # the account
    return events


def _series(judged: cost_anomalies.Judged, events: pd.DataFrame) -> pd.DataFrame:
    """What the places of the first events cost and usually do (:data:`SERIES`), from some weeks before each on."""
    made = []
    for at, row in enumerate(events.head(DRAWN).to_dict("records")):
        node = tuple(row[level] for level in cost_anomalies.LEVELS if row[level])
        days = cost_anomalies.band(judged, node)
        since = pd.Timestamp(row["day"]) - pd.Timedelta(days=BEFORE)
        made.append(days[days["day"] >= since].assign(event=at))
    return pd.concat(made, ignore_index=True)[SERIES] if made else pd.DataFrame(columns=SERIES)


UNNAMED = "other region or deleted"


def one_series_per_name(daily: pd.DataFrame) -> pd.DataFrame:
    """``daily`` with one id for resources of the same name that followed each other: made again under a new id, a
    resource did not end and another begin. Ids used on the same days stay apart, whatever they are called."""
    key = ["workspace_id", "product", "resource_kind", "resource"]
    named = daily[daily["resource_id"].notna() & (daily["resource"] != UNNAMED)]
    spans = named.groupby([*key, "resource_id"])["usage_date"].agg(["min", "max"]).reset_index().sort_values("min")
    newest: dict[tuple[str, ...], str] = {}
    for _, ids in spans.groupby(key):
        begins, ends = ids["min"].tolist(), ids["max"].tolist()
        followed = all(begin >= max(ends[:i]) for i, begin in enumerate(begins) if i)
        if len(ids) > 1 and followed:
            newest |= {
                (*row[:-3], row[-3]): ids["resource_id"].iloc[-1] for row in ids.itertuples(index=False, name=None)
            }
    if not newest:
        return daily
    of = zip(*(daily[column] for column in (*key, "resource_id")), strict=True)
    return daily.assign(resource_id=[newest.get(one, one[-1]) for one in of])


def forecast_frames(daily: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """``history`` (day, cost of the last 60 complete days), ``forecast`` (day, p10, p50, p90), ``forecast_total`` (one
    row: p10, p50, p90 of the month, spent, wape, unseen) and ``month`` (see :func:`adding_up`) from finops.daily_total's
    columns; no totals without enough days."""
    days = daily[daily["complete"]].assign(cost=lambda f: pd.to_numeric(f["cost"].fillna(0)).astype(float))
    if not days.empty:  # a day without any usage is a day of cost 0
        every = pd.date_range(days["usage_date"].min(), days["usage_date"].max())
        days = days.assign(usage_date=pd.to_datetime(days["usage_date"])).set_index("usage_date").reindex(every)
        days = days["cost"].fillna(0.0).rename_axis("usage_date").reset_index()
    history = days.tail(60).rename(columns={"usage_date": "day"})
    try:
        made = forecast.month_end(days)
    except ValueError:
        return {name: pd.DataFrame() for name in ("forecast", "forecast_total", "month")} | {"history": history}
    low, middle, high = made.total
    said = {"p10": low, "p50": middle, "p90": high, "spent": made.spent, "wape": made.wape, "unseen": made.unseen}
    total = pd.DataFrame([said])
    return {"history": history, "forecast": made.days, "forecast_total": total, "month": adding_up(days, made)}


def adding_up(days: pd.DataFrame, made: forecast.Forecast) -> pd.DataFrame:
    """The month that is forecast, day by day from its first, as it adds up: ``day`` (1 to 31), ``date``, ``actual``, from the
    last complete day on ``ahead`` with ``low`` and ``high`` (p50, p10 and p90 of the month, spread over its days as the p50 of
    the days), and ``before``: the whole month before, where every day of it is known. ``days``: usage_date, cost, complete
    and consecutive."""
    following = made.days["day"].iloc[0]
    first = following.replace(day=1)
    costs = days.set_index("usage_date")["cost"]
    so_far = costs[costs.index >= first].cumsum()
    before = costs[(costs.index < first) & (costs.index >= first - pd.DateOffset(months=1))].cumsum()
    if len(before) < (first - pd.Timedelta(days=1)).day:
        before = before.head(0)
    month = pd.DataFrame({"day": range(1, max((first + pd.offsets.MonthEnd()).day, len(before)) + 1)}).set_index("day")
    month["date"] = [first + pd.Timedelta(days=day - 1) for day in month.index]
    month["actual"] = pd.Series(so_far.to_numpy(), index=so_far.index.day, dtype=float)
    month["before"] = pd.Series(before.to_numpy(), index=before.index.day, dtype=float)
    shares = made.days["p50"].cumsum().to_numpy() / (made.days["p50"].sum() or 1.0)
    for name, end in zip(("low", "ahead", "high"), made.total, strict=True):
        path = pd.Series(made.spent + (end - made.spent) * shares, index=made.days["day"].dt.day)
        path.loc[following.day - 1] = made.spent  # it begins where what was ends
        month[name] = path
    return month.reset_index()
