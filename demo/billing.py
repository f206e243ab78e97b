"""What everything costs: usage per resource and clock hour, corrections included. Table ``billing.usage``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from demo.actions_done import after, done_of, since
from demo.clusters import clusters_of, workers_of
from demo.daily_usage import always_on, by_people, by_the_day
from demo.faults import struck
from demo.names import ACCOUNT
from demo.organisation import Organisation
from demo.past_actions import dearer
from demo.resources import IDENTITIES, METADATA, Resources
from demo.rhythm import DAY, Frame, by_hour, by_month, generator
from demo.runs import SUBMITTED
from demo.tables import insert, stage
from demo.warehouses import scaled_up
from demo.workloads import MOVED, RATES, SQL_SKUS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

LATENCY = 10 * 3600  # seconds; younger usage has not been billed yet
BILLED = 2.2  # units of a job's own rate
SLICE = ["resource", "hour", "until", "quantity", "run"]  # what a usage record is before it meets its resource


def _sliced(frame: Frame, rate: Any) -> Frame:
    """One record per resource, run and clock hour; ``rate`` is the quantity of a full hour."""
    slices = by_hour(frame.assign(rate=rate))
    slices["quantity"] = (slices.period_end - slices.period_start) / 3600 * slices.rate
    slices["hour"] = slices.period_start // 3600 * 3600
    made = slices.groupby(["resource", "run", "hour"], as_index=False, sort=False).quantity.sum()
    return made.assign(until=made.hour + 3600)[SLICE]


def job_usage(world: Organisation, attempts: Frame, known: Resources) -> Frame:
    """Jobs on job compute and serverless; jobs on all-purpose clusters are billed with their cluster."""
    number: dict[tuple[int, str, str], int] = {}
    for job in world.jobs.itertuples():
        for runs_on in ("job", "serverless") if job.position in MOVED else (job.compute,):
            serverless = runs_on == "serverless"
            for job_id in filter(pd.notna, (job.job_id, job.ghost_id)):
                number[job.position, job_id, runs_on] = known.add(
                    "JOBS",
                    "ENTERPRISE_JOBS_SERVERLESS_COMPUTE" if serverless else "ENTERPRISE_JOBS_COMPUTE",
                    job.workspace_id,
                    job.tags,
                    job_id=job_id,
                    run_as=job.run_as_user_name,
                    jobs_tier="CLASSIC",
                    job_name=job.name if serverless else None,
                    serverless=serverless,
                    own_cluster=not serverless,
                    node_type=None if serverless else "m5.xlarge",
                )
    own = (attempts.runs_on != "all_purpose") & (attempts.dbu > 0) & (attempts.position != SUBMITTED)
    paid = attempts[own & ~_moved(world, attempts)]
    resource = [number[one] for one in zip(paid.position, paid.job_id, paid.runs_on, strict=True)]
    from_jobs = _sliced(paid.assign(resource=resource), paid.dbu * BILLED)
    outside = attempts[attempts.position == SUBMITTED]
    numbers = [
        known.add(
            "JOBS",
            "ENTERPRISE_JOBS_COMPUTE",
            run.workspace_id,
            {"source": "scheduler"},
            serverless=False,
            own_cluster=True,
            job_id=run.job_id,
            run_name="submitted from outside",
            jobs_tier="CLASSIC",
            run_as=world.principals.application_id[6],
        )
        for run in outside.itertuples()
    ]
    return pd.concat([from_jobs, _sliced(outside.assign(resource=numbers), outside.dbu * BILLED)])


def _moved(world: Organisation, attempts: Frame) -> Any:
    """The runs of jobs that were moved from an all-purpose cluster to one of each run."""
    there = np.append(world.jobs.compute == "all_purpose", False)[attempts.position]  # SUBMITTED is the last one
    moved = since(world, "job.set_compute", attempts.workspace_id, attempts.job_id, attempts.start)
    return moved & there & (attempts.runs_on == "job")


def moved_usage(world: Organisation, attempts: Frame, known: Resources) -> Frame:
    """Runs on clusters of their own, with the machines of the all-purpose cluster before: the same units an hour, billed as jobs."""
    runs, parts = attempts[_moved(world, attempts)], []
    place = {cluster: position for position, cluster in enumerate(world.clusters.cluster_id)}
    for one in done_of(world, "job.set_compute"):
        job = world.jobs[(world.jobs.workspace_id == one.workspace_id) & (world.jobs.job_id == one.id)].iloc[0]
        number = known.add(
            "JOBS",
            "ENTERPRISE_JOBS_COMPUTE",
            job.workspace_id,
            job.tags,
            job_id=job.job_id,
            run_as=job.run_as_user_name,
            jobs_tier="CLASSIC",
            serverless=False,
            own_cluster=True,
        )
        rate = _cluster_rates(world)[place[clusters_of(world)[job.position]]]
        parts.append(_sliced(runs[runs.position == job.position].assign(resource=number), rate))
    return pd.concat(parts)


def _cluster_rates(world: Organisation) -> Any:
    """DBU an hour of each all-purpose cluster, by position."""
    return (world.clusters.dbu * world.clusters.workers**0.5).to_numpy() * 0.4


def _part_left(world: Organisation, ran: Frame) -> Any:
    """Of what an hour of each stretch ``ran`` costs what is left with the workers that were set: machines cost alike."""
    left, had = np.ones(len(ran)), workers_of(world)[ran.position]
    of = world.clusters.workspace_id.to_numpy()[ran.position], world.clusters.cluster_id.to_numpy()[ran.position]
    for one in done_of(world, "cluster.resize"):
        left = np.where(after(one, *of, ran.start), (one.value + 1) / (had + 1), left)
    return left


def cluster_usage(world: Organisation, ran: Frame, known: Resources) -> Frame:
    """All-purpose clusters by the hour they ran, under the id each had at the time."""
    now: list[int] = []
    before: list[int] = []
    for c in world.clusters.itertuples():
        shared = {"owned_by": c.owned_by, "node_type": c.node_type, "serverless": False}
        for ids, found in ((c.cluster_id, now), (c.ghost_id if isinstance(c.ghost_id, str) else c.cluster_id, before)):
            found.append(
                known.add(
                    "ALL_PURPOSE", "ENTERPRISE_ALL_PURPOSE_COMPUTE", c.workspace_id, c.tags, cluster_id=ids, **shared
                )
            )
    old = ran.start < int(world.clusters.remade.iloc[0].timestamp())
    resource = np.where(old, np.array(before)[ran.position], np.array(now)[ran.position])
    rate = _cluster_rates(world)[ran.position] * dearer(world, ran.position.to_numpy(), ran.start.to_numpy())
    return _sliced(ran.assign(resource=resource, run=0), rate * _part_left(world, ran))


def warehouse_usage(world: Organisation, ran: Frame, known: Resources) -> Frame:
    """SQL warehouses by the hour they ran, times their clusters; the fault's size change makes one dearer."""
    numbers = [
        known.add(
            "SQL",
            SQL_SKUS[w.warehouse_type],
            w.workspace_id,
            w.tags,
            serverless=w.warehouse_type == "SERVERLESS",
            warehouse_id=w.warehouse_id,
            owned_by=w.created_by,
            sql_tier="CLASSIC" if w.warehouse_type == "CLASSIC" else "PRO",
        )
        for w in world.warehouses.itertuples()
    ]
    both = pd.concat([ran[["position", "start", "seconds"]], scaled_up(world, ran)], ignore_index=True)
    ids = world.warehouses.warehouse_id.to_numpy()[both.position]
    rate = world.warehouses.warehouse_size.map(RATES).to_numpy()[both.position]
    dearer = struck(world, "cost_rise", ids, both.start - 9 * 3600)
    dearer &= ~since(
        world, "warehouse.resize", world.warehouses.workspace_id.to_numpy()[both.position], ids, both.start
    )
    return _sliced(
        both.assign(resource=np.array(numbers)[both.position], run=0), np.where(dearer, RATES["X_LARGE"], rate)
    )


def pipeline_usage(world: Organisation, made: Frame, known: Resources) -> Frame:
    """Pipelines; one loses its tags."""
    tagged: list[int] = []
    bare: list[int] = []
    for p in world.pipelines.itertuples():
        stem = "ENTERPRISE_DELTA_LIVE_TABLES_SERVERLESS_COMPUTE" if p.serverless else "ENTERPRISE_DLT_ADVANCED_COMPUTE"
        for tags, found in ((p.tags or {"team": p.team}, tagged), ({}, bare)):
            found.append(
                known.add(
                    "DLT",
                    stem,
                    p.workspace_id,
                    tags,
                    serverless=bool(p.serverless),
                    own_cluster=not p.serverless,
                    dlt_pipeline_id=p.pipeline_id,
                    run_as=p.created_by,
                    dlt_tier="ADVANCED",
                )
            )
    ids = world.pipelines.pipeline_id.to_numpy()[made.position]
    untagged = struck(world, "untagged_rise", ids, made.start)
    resource = np.where(untagged, np.array(bare)[made.position], np.array(tagged)[made.position])
    rate = world.pipelines.dbu.to_numpy()[made.position] * 2.4
    return _sliced(made.assign(resource=resource, run=made.number), rate)


def usage(world: Organisation, attempts: Frame, made: Frame, clusters: Frame, ran: Frame, known: Resources) -> Frame:
    """Every usage record that has been billed by now, corrections included, in order of time: resource, hour, until
    (seconds since 1970), quantity, run, kind (0 original, 1 retraction, 2 restatement), landed (days since 1970)."""
    every: Frame = pd.concat(
        [
            job_usage(world, attempts, known),
            cluster_usage(world, clusters, known),
            warehouse_usage(world, ran, known),
            pipeline_usage(world, made, known),
            always_on(world, known)[SLICE],
            by_people(world, known)[SLICE],
            by_the_day(world, known)[SLICE],
            *([moved_usage(world, attempts, known)] if done_of(world, "job.set_compute") else []),
        ],
        ignore_index=True,
    )
    every = every[(every.until <= int(world.now.timestamp()) - LATENCY) & (every.quantity > 0)]
    every = every.sort_values(["hour", "resource", "run"], kind="stable", ignore_index=True)
    every["quantity"] = (every.quantity / world.parts).round(6)
    every["kind"], every["landed"] = 0, (every.until + LATENCY) // DAY
    return _corrected(every, world)


def _corrected(every: Frame, world: Organisation) -> Frame:
    """One record in 250 is retracted and restated 10 % lower, days later."""
    rng, today = generator(world.seed, 42), int(world.now.timestamp()) // DAY
    chosen = every[rng.random(len(every)) < 0.004]
    chosen = chosen.assign(landed=chosen.landed + rng.integers(2, 20, len(chosen)))
    chosen = chosen[chosen.landed <= today]
    back = chosen.assign(kind=1, quantity=-chosen.quantity)
    again = chosen.assign(kind=2, quantity=(chosen.quantity * 0.9).round(6))
    made = pd.concat([every, back, again])
    made = made.sort_values(["hour", "resource", "run", "kind"], kind="stable", ignore_index=True)
    return made.assign(number=np.arange(len(made)))


def write_usage(
    connection: DuckDBPyConnection, world: Organisation, every: Frame, made: Frame, known: Resources
) -> None:
    """``billing.usage`` in order of date, a month at a time so that memory stays bounded; ``made`` are the updates."""
    known.stage(connection)
    stage(connection, "update_ids", made[["number", "update_id"]].rename(columns={"number": "run"}))
    join = (
        f"JOIN resources USING (resource) LEFT JOIN tag_sets USING (tag_set) LEFT JOIN update_ids USING (run) "
        f"CROSS JOIN range({world.parts}) AS copies(part)"
    )
    values: dict[str, Any] = {
        "account_id": f"'{ACCOUNT}'",
        "cloud": "'AWS'",
        "workspace_id": "workspace_id",
        "sku_name": "sku_name",
        "record_id": "CAST(md5(rows_to_insert.number || '-' || part) AS UUID)",
        "usage_start_time": "to_timestamp(hour)",
        "usage_end_time": "to_timestamp(until)",
        "usage_date": "to_timestamp(hour)",
        "custom_tags": "tags",
        "usage_unit": "unit",
        "usage_quantity": "CAST(quantity AS DECIMAL(38, 6))",
        "usage_type": "usage_type",
        "record_type": "['ORIGINAL', 'RETRACTION', 'RESTATEMENT'][kind + 1]",
        "billing_origin_product": "product",
        "ingestion_date": "DATE '1970-01-01' + CAST(landed AS INTEGER)",
        "usage_metadata": {name: name for name in METADATA}
        | {
            "job_run_id": "CASE WHEN product = 'JOBS' AND run > 0 THEN run END",
            "dlt_update_id": "update_id",
            "cluster_id": "CASE WHEN own_cluster THEN own_cluster(run) ELSE cluster_id END",
            "genie": {"surface": "genie_surface"},
            "ai_gateway": {"endpoint_name": "gateway_name", "destination_model": "gateway_model"},
        },
        "identity_metadata": {name: name for name in IDENTITIES},
        "product_features": {
            "is_serverless": "serverless",
            "is_photon": "NOT serverless",
            "sql_tier": "sql_tier",
            "jobs_tier": "jobs_tier",
            "dlt_tier": "dlt_tier",
            "serving_type": "serving_type",
            "model_serving": {"offering_type": "offering"},
        },
    }
    for rows in by_month(every, "hour"):
        insert(connection, "system.billing.usage", rows, values, order="hour, rows_to_insert.number, part", join=join)
