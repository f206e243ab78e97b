"""What everything costs: usage per resource and clock hour, corrections, prices. Tables of ``system.billing``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from demo.compute import cluster_hours, running
from demo.faults import NEW_SKU, where
from demo.organisation import ACCOUNT, CLOSED, EUROPE, METASTORE, PROD, WORKSPACES, Organisation
from demo.rhythm import days, first_day, generator, level
from demo.runs import by_hour
from demo.tables import insert

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

LATENCY = pd.Timedelta(hours=10)  # younger usage has not been billed yet
REGION = {"us-east-1": "US_EAST_N_VIRGINIA", "eu-west-1": "EU_IRELAND"}
# SKU stem: (list price in USD per unit, unit, regional)
PRICES: dict[str, tuple[str, str, bool]] = {
    "ENTERPRISE_JOBS_COMPUTE": ("0.20", "DBU", False),
    "ENTERPRISE_JOBS_SERVERLESS_COMPUTE": ("0.45", "DBU", True),
    "ENTERPRISE_ALL_PURPOSE_COMPUTE": ("0.65", "DBU", False),
    "ENTERPRISE_SERVERLESS_SQL_COMPUTE": ("0.70", "DBU", True),
    "ENTERPRISE_DLT_ADVANCED_COMPUTE": ("0.43", "DBU", False),
    "ENTERPRISE_DELTA_LIVE_TABLES_SERVERLESS_COMPUTE": ("0.45", "DBU", True),
    "ENTERPRISE_SERVERLESS_REAL_TIME_INFERENCE": ("0.07", "DBU", True),
    "ENTERPRISE_ALL_PURPOSE_SERVERLESS_COMPUTE": ("0.95", "DBU", True),
    "ENTERPRISE_DATABASE_SERVERLESS_COMPUTE": ("0.52", "DBU", True),
    "DATABRICKS_STORAGE": ("0.023", "DSU", True),
    "INTER_REGION_EGRESS": ("0.02", "GB", True),
}
DISCOUNTED = ("ENTERPRISE_JOBS", "ENTERPRISE_SERVERLESS_SQL", "ENTERPRISE_ALL_PURPOSE_COMPUTE", "ENTERPRISE_DLT")
PROMOTED = "ENTERPRISE_SERVERLESS_REAL_TIME_INFERENCE"  # on promotion: its effective price is below the default
CURRENCIES = {"USD": 1.0, "EUR": 0.92}


def change_time(world: Organisation) -> pd.Timestamp:
    """When the serverless SQL price rose: 18 days ago, in the middle of a day."""
    return (pd.Timestamp(world.now) - pd.Timedelta(days=18)).normalize() + pd.Timedelta(hours=13)


def write_prices(connection: DuckDBPyConnection, world: Organisation) -> None:
    """``list_prices`` and ``account_prices``: two currencies, a change inside the window, one promotion."""
    begin = pd.Timestamp("2024-01-01", tz="UTC")
    rows: list[dict[str, Any]] = []
    for stem, (price, unit, regional) in PRICES.items():
        for region in REGION.values() if regional else ("",):
            sku = f"{stem}_{region}" if region else stem
            base = float(price) * (1.2 if region == "EU_IRELAND" else 1.0)
            spans: list[tuple[pd.Timestamp, Any, float]] = [(begin, pd.NaT, base)]
            if stem == "ENTERPRISE_SERVERLESS_SQL_COMPUTE":
                at = change_time(world)
                spans = [(begin, at, base), (at, pd.NaT, base * 1.1)]
            for start, end, usd in spans:
                for currency, rate in CURRENCIES.items():
                    net = usd * rate * (0.85 if stem.startswith(DISCOUNTED) else 1.0)
                    promo = usd * rate * 0.85 if stem == PROMOTED else usd * rate
                    rows.append({"sku_name": sku, "usage_unit": unit, "currency_code": currency, "price_start_time": start,
                                 "price_end_time": end, "list": f"{usd * rate:.6f}", "promo": f"{promo:.6f}",
                                 "net": f"{net:.6f}", "has_promo": stem == PROMOTED})  # fmt: skip
    frame = pd.DataFrame(rows)
    frame["price_end_time"] = pd.to_datetime(frame.price_end_time, utc=True)
    shared = {"account_id": f"'{ACCOUNT}'", "cloud": "'AWS'"}
    insert(connection, "system.billing.list_prices", frame, shared | {
        "pricing": {"default": "list", "promotional": {"default": "CASE WHEN has_promo THEN promo END"},
                    "effective_list": {"default": "promo"}},
    })  # fmt: skip
    insert(connection, "system.billing.account_prices", frame, shared | {"pricing": {"default": "net"}})


class TagSets:
    """Each distinct set of tags once, by number, so that half a million rows need not carry half a million maps."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[tuple[str, str], ...], int] = {}

    def number(self, tags: dict[str, str]) -> int:
        return self._numbers.setdefault(tuple(sorted(tags.items())), len(self._numbers))

    def write(self, connection: DuckDBPyConnection) -> None:
        """The table ``tag_sets`` (tag_set, tags) for the inserts to join."""
        connection.execute("CREATE OR REPLACE TEMP TABLE tag_sets (tag_set INTEGER, tags MAP(VARCHAR, VARCHAR))")
        rows = [(number, dict(key)) for key, number in self._numbers.items()]
        connection.executemany(
            "INSERT INTO tag_sets SELECT ?, map(?::VARCHAR[], ?::VARCHAR[])",
            [(number, list(tags), list(tags.values())) for number, tags in rows],
        )


def _sku(stem: str, workspace: pd.Series) -> pd.Series:
    region = np.where(workspace == EUROPE, REGION["eu-west-1"], REGION["us-east-1"])
    return (
        stem + "_" + pd.Series(region, index=workspace.index)
        if PRICES[stem][2]
        else pd.Series(stem, index=workspace.index)
    )


def _hours(frame: pd.DataFrame) -> Any:
    return ((frame.period_end - frame.period_start).dt.total_seconds() / 3600).to_numpy()


def _of(world_frame: pd.DataFrame, slices: pd.DataFrame, columns: dict[str, str]) -> dict[str, Any]:
    """The columns of the object each slice belongs to, under new names."""
    own = world_frame.iloc[slices.position.to_numpy()]
    return {new: own[old].to_numpy() for new, old in columns.items()}


def job_usage(world: Organisation, attempts: pd.DataFrame, tags: TagSets) -> pd.DataFrame:
    """Jobs on job compute and serverless; jobs on all-purpose clusters are billed with their cluster."""
    slices = by_hour(attempts[(attempts.runs_on != "all_purpose") & (attempts.dbu > 0)])
    sets = np.array([tags.number(t) for t in world.jobs.tags])
    serverless = (slices.runs_on == "serverless").to_numpy()
    workspace = slices.workspace_id
    sku = np.where(serverless, _sku("ENTERPRISE_JOBS_SERVERLESS_COMPUTE", workspace), "ENTERPRISE_JOBS_COMPUTE")
    return slices[["workspace_id", "period_start", "period_end", "job_id"]].assign(
        product="JOBS", sku_name=sku, unit="DBU", quantity=_hours(slices) * slices.dbu.to_numpy() * 2.2,
        job_run_id=slices.run_id, serverless=serverless, tag_set=sets[slices.position],
        cluster_id=np.where(serverless, None, "job-" + slices.run_id), **_of(world.jobs, slices, {"run_as": "run_as_user_name"}),
        job_name=np.where(serverless, world.jobs.name.to_numpy()[slices.position], None),
    )  # fmt: skip


def cluster_usage(world: Organisation, stretches: pd.DataFrame, tags: TagSets) -> pd.DataFrame:
    """All-purpose clusters by the hour they ran."""
    slices = by_hour(stretches)
    sets = np.array([tags.number(t) for t in world.clusters.tags])
    own = _of(world.clusters, slices, {"workspace_id": "workspace_id", "cluster_id": "cluster_id", "run_as": "owned_by",
                                       "node_type": "node_type"})  # fmt: skip
    rate = (world.clusters.dbu * world.clusters.workers**0.5).to_numpy()[slices.position]
    return slices[["period_start", "period_end"]].assign(
        product="ALL_PURPOSE", sku_name="ENTERPRISE_ALL_PURPOSE_COMPUTE", unit="DBU", serverless=False,
        quantity=_hours(slices) * rate * 0.45, tag_set=sets[slices.position], **own,
    )  # fmt: skip


def warehouse_usage(world: Organisation, stretches: pd.DataFrame, tags: TagSets) -> pd.DataFrame:
    """SQL warehouses by the hour they ran; the fault's size change doubles one of them."""
    slices = by_hour(stretches)
    rise = where(world)["cost_rise"]
    sets = np.array([tags.number(t) for t in world.warehouses.tags])
    own = _of(world.warehouses, slices, {"workspace_id": "workspace_id", "warehouse_id": "warehouse_id",
                                         "owned_by": "created_by"})  # fmt: skip
    dearer = (own["warehouse_id"] == rise.entity_id) & (slices.period_start >= rise.t0).to_numpy()
    rate = 1.5 * world.warehouses.dbu.to_numpy()[slices.position] * np.where(dearer, 2.4, 1.0)
    return slices[["period_start", "period_end"]].assign(
        product="SQL", sku_name=_sku("ENTERPRISE_SERVERLESS_SQL_COMPUTE", pd.Series(own["workspace_id"])).to_numpy(), unit="DBU",
        serverless=True, quantity=_hours(slices) * rate, tag_set=sets[slices.position], **own,
    )  # fmt: skip


def pipeline_usage(world: Organisation, made: pd.DataFrame, tags: TagSets) -> pd.DataFrame:
    """Pipelines; the fault's lost tags."""
    slices = by_hour(made)
    lost = where(world)["untagged_rise"]
    sets = np.array([tags.number(t) for t in world.pipelines.tags])
    untagged = (slices.pipeline_id == lost.entity_id) & (slices.period_start >= lost.t0)
    sku = np.where(slices.serverless, _sku("ENTERPRISE_DELTA_LIVE_TABLES_SERVERLESS_COMPUTE", slices.workspace_id),
                   "ENTERPRISE_DLT_ADVANCED_COMPUTE")  # fmt: skip
    return slices[["workspace_id", "period_start", "period_end", "serverless"]].assign(
        product="DLT", sku_name=sku, unit="DBU", quantity=_hours(slices) * slices.dbu.to_numpy() * 1.8,
        dlt_pipeline_id=slices.pipeline_id, dlt_update_id=slices.update_id, run_as=slices.run_as_user_name,
        tag_set=np.where(untagged, tags.number({}), sets[slices.position]),
    )  # fmt: skip


def endpoint_usage(world: Organisation, tags: TagSets) -> pd.DataFrame:
    """Model serving around the clock, a vector search index per third endpoint."""
    every = pd.date_range(pd.Timestamp(first_day(world.now), tz="UTC"), world.now, freq="1h")
    parts = []
    for position, endpoint in enumerate(world.endpoints.itertuples()):
        hours = every[every >= endpoint.create_time]
        busy = level(hours, 0.6, 1.1, 0.4) if len(hours) else np.zeros(0)
        rng = generator(world.seed, 40, position)
        stem = "ENTERPRISE_SERVERLESS_REAL_TIME_INFERENCE"
        frame = pd.DataFrame({
            "workspace_id": endpoint.workspace_id, "period_start": hours, "product": "MODEL_SERVING",
            "quantity": endpoint.dbu * busy * 8 * rng.uniform(0.9, 1.1, len(hours)), "endpoint_name": endpoint.endpoint_name,
            "endpoint_id": endpoint.endpoint_id, "created_by": endpoint.created_by, "tag_set": tags.number(endpoint.tags),
            "sku_name": f"{stem}_{REGION['eu-west-1'] if endpoint.workspace_id == EUROPE else REGION['us-east-1']}",
        })  # fmt: skip
        if position % 3 == 2:
            index = frame.assign(product="VECTOR_SEARCH", quantity=frame.quantity * 0.3,
                                 endpoint_name=endpoint.endpoint_name + "-index", endpoint_id=f"vs-{endpoint.endpoint_id[:12]}")  # fmt: skip
            frame = pd.concat([frame, index])
        parts.append(frame)
    made = pd.concat(parts, ignore_index=True)
    return made.assign(period_end=made.period_start + pd.Timedelta(hours=1), unit="DBU", serverless=True)


def daily_usage(world: Organisation, tags: TagSets) -> pd.DataFrame:
    """What comes by the day: notebooks, an app, a database, optimisation, storage, egress, Genie, the new SKU."""
    every, rng = days(world.now), generator(world.seed, 41)
    none, busy, count = tags.number({}), level(every, 0.2), len(every)
    us, people = REGION["us-east-1"], world.people

    def one(product: str, sku: str, unit: str, quantity: Any, **more: Any) -> pd.DataFrame:
        return pd.DataFrame({"workspace_id": PROD, "period_start": every, "product": product, "sku_name": sku, "unit": unit,
                             "quantity": quantity * rng.uniform(0.92, 1.08, count), "tag_set": none, "serverless": True} | more)  # fmt: skip

    person = people.email.to_numpy()[rng.integers(0, len(people), count)]
    steady = np.ones(count) * (1 + np.arange(count) / count * 0.3)
    new = where(world)["unpriced"].t0
    parts = [
        one("INTERACTIVE", f"ENTERPRISE_ALL_PURPOSE_SERVERLESS_COMPUTE_{us}", "DBU", busy * 120, run_as=person,
            notebook_id="8124500000000001", notebook_path="/Workspace/Shared/exploration"),
        one("APPS", f"ENTERPRISE_ALL_PURPOSE_SERVERLESS_COMPUTE_{us}", "DBU", steady * 12, app_id="a-1", app_name="cockpit"),
        one("DATABASE", f"ENTERPRISE_DATABASE_SERVERLESS_COMPUTE_{us}", "DBU", steady * 24, database_instance_id="lakebase-1"),
        one("PREDICTIVE_OPTIMIZATION", f"ENTERPRISE_JOBS_SERVERLESS_COMPUTE_{us}", "DBU", busy * 60),
        one("DEFAULT_STORAGE", f"DATABRICKS_STORAGE_{us}", "DSU", steady * 4200, workspace_id=None),
        one("NETWORKING", f"INTER_REGION_EGRESS_{us}", "GB", busy * 900, workspace_id=None),
        one("GENIE", "GENIE_FREE_USAGE", "DBU", busy * 15, genie=True, run_as=person),
        one("JOBS", "ENTERPRISE_JOBS_COMPUTE", "DBU", busy * 20, workspace_id=CLOSED, job_id="777000111222333").head(150),
        one("AI_FUNCTIONS", NEW_SKU, "DBU", busy * 40)[every >= new],
    ]  # fmt: skip
    made = pd.concat(parts, ignore_index=True)
    return made.assign(period_end=made.period_start + pd.Timedelta(days=1))


def usage(
    world: Organisation, attempts: pd.DataFrame, made: pd.DataFrame, statements: pd.DataFrame, tags: TagSets
) -> pd.DataFrame:
    """Every usage record that has been billed by now, corrections included, in order of time."""
    parts = [
        job_usage(world, attempts, tags), cluster_usage(world, cluster_hours(world), tags),
        warehouse_usage(world, running(world, statements), tags), pipeline_usage(world, made, tags),
        endpoint_usage(world, tags), daily_usage(world, tags),
    ]  # fmt: skip
    every = pd.concat(parts, ignore_index=True)
    every = every[(every.period_end <= pd.Timestamp(world.now) - LATENCY) & (every.quantity > 0)]
    # A record covers whole clock hours, whatever part of them was used.
    every["usage_start_time"] = every.period_start.dt.floor("h")
    every["usage_end_time"] = every.period_end.dt.ceil("h")
    every["usage_date"] = every.usage_start_time.dt.date
    every["ingestion_date"] = (every.usage_end_time + LATENCY).dt.date
    every["record_type"] = "ORIGINAL"
    every = every.sort_values(["usage_start_time", "product", "workspace_id"], kind="stable", ignore_index=True)
    if world.parts > 1:
        every = every.loc[every.index.repeat(world.parts)].reset_index(drop=True)
    every["quantity"] = (every.quantity / world.parts).round(6)
    return _corrected(every, world)


def _corrected(every: pd.DataFrame, world: Organisation) -> pd.DataFrame:
    """One record in 250 is retracted and restated 10 % lower, days later."""
    rng = generator(world.seed, 42)
    chosen = every[rng.random(len(every)) < 0.004]
    late = chosen.usage_end_time + pd.to_timedelta(rng.integers(2, 20, len(chosen)), unit="D")
    chosen = chosen[late <= pd.Timestamp(world.now)]
    landed = late[late <= pd.Timestamp(world.now)].dt.date
    back = chosen.assign(record_type="RETRACTION", quantity=-chosen.quantity, ingestion_date=landed)
    again = chosen.assign(record_type="RESTATEMENT", quantity=(chosen.quantity * 0.9).round(6), ingestion_date=landed)
    return pd.concat([every, back, again], ignore_index=True)


METADATA = ("cluster_id", "job_id", "job_run_id", "job_name", "warehouse_id", "notebook_id", "notebook_path", "dlt_pipeline_id",
            "dlt_update_id", "endpoint_name", "endpoint_id", "app_id", "app_name", "database_instance_id", "node_type")  # fmt: skip


def write_usage(connection: DuckDBPyConnection, world: Organisation, every: pd.DataFrame, tags: TagSets) -> None:
    """``billing.usage`` in order of date, a month at a time so that memory stays bounded."""
    tags.write(connection)
    for name in (*METADATA, "run_as", "owned_by", "created_by"):
        if name not in every:
            every[name] = None
        every[name] = every[name].astype("string")
    every["record_id"] = np.char.add("rec-", np.arange(len(every)).astype("U10"))
    every["genie"] = every["genie"].fillna(False).astype(bool)
    every["serverless"] = every["serverless"].fillna(True).astype(bool)
    month = pd.to_datetime(every.usage_date).dt.to_period("M")
    for _, rows in every.groupby(month, sort=True):
        insert(connection, "system.billing.usage", rows.rename(columns={"unit": "usage_unit"}), {
            "account_id": f"'{ACCOUNT}'", "cloud": "'AWS'", "custom_tags": "tags",
            "usage_quantity": "CAST(quantity AS DECIMAL(38, 6))",
            "usage_metadata": {n: f'"{n}"' for n in METADATA} | {
                "genie": {"surface": "CASE WHEN genie THEN 'GENIE_ONE' END"},
                "metastore_id": f"CASE WHEN product = 'DEFAULT_STORAGE' THEN '{METASTORE}' END"},
            "identity_metadata": {"run_as": "run_as", "owned_by": "owned_by", "created_by": "created_by"},
            "billing_origin_product": "product",
            "product_features": {"is_serverless": "serverless", "is_photon": "NOT serverless",
                                 "sql_tier": "CASE WHEN product = 'SQL' THEN 'PRO' END"},
            "usage_type": "CASE WHEN usage_unit = 'DSU' THEN 'STORAGE_SPACE' WHEN usage_unit = 'GB' THEN 'NETWORK_BYTE' "
                          "ELSE 'COMPUTE_TIME' END",
        }, order="usage_date, usage_start_time, record_id", join="LEFT JOIN tag_sets USING (tag_set)")  # fmt: skip


def write_workspaces(connection: DuckDBPyConnection) -> None:
    """``access.workspaces_latest``; the closed workspace is gone from it."""
    insert(connection, "system.access.workspaces_latest", WORKSPACES, {
        "account_id": f"'{ACCOUNT}'", "workspace_url": "'https://' || workspace_name || '.cloud.databricks.com'",
        "create_time": "TIMESTAMPTZ '2024-03-01 09:00:00+00'", "status": "'RUNNING'",
    })  # fmt: skip
