"""Who did and touched what: audit events and lineage. Tables of ``system.access``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from demo.faults import where
from demo.organisation import ACCOUNT, EUROPE, METASTORE, PROD, Organisation
from demo.rhythm import days, generator, level
from demo.tables import insert

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

LAG = pd.Timedelta(hours=1)
LINEAGE_DAYS = 120
AUDIT_DAYS = 120


def full_names(world: Organisation) -> Any:
    """``catalog.schema.table`` of every table."""
    t = world.tables
    return (t.table_catalog + "." + t.table_schema + "." + t.table_name).to_numpy()


def write_lineage(connection: DuckDBPyConnection, world: Organisation) -> None:
    """``table_lineage`` of the last 120 days: daily writes of silver and gold from their upstream, reads by people."""
    every = days(world.now)[-LINEAGE_DAYS:]
    names, rng = full_names(world), generator(world.seed, 50)
    made = np.nonzero(world.tables.upstream.to_numpy() >= 0)[0]
    jobs = world.jobs[world.jobs.workspace_id != EUROPE]
    hour = rng.uniform(2, 9, len(made))
    day = np.repeat(np.arange(len(every)), len(made))
    target = np.tile(made, len(every))
    at = every[day] + pd.to_timedelta(np.tile(hour, len(every)) * 3600, unit="s")
    keep = np.asarray(at < pd.Timestamp(world.now) - LAG)
    stale = where(world)["stale_table"]
    keep &= ~((names[target] == stale.entity_id) & np.asarray(at >= stale.t0))
    writer = jobs.iloc[target % len(jobs)]
    writes = pd.DataFrame({
        "source": names[world.tables.upstream.to_numpy()[target]], "target": names[target], "event_time": at.floor("s"),
        "entity_type": "JOB", "entity_id": writer.job_id.to_numpy(), "created_by": writer.run_as_user_name.to_numpy(),
        "workspace_id": writer.workspace_id.to_numpy(),
    })[keep]  # fmt: skip
    unread = where(world)["never_read"].entity_id
    readable = np.nonzero(world.tables.read.to_numpy() & (names != unread))[0]
    count = int(40 * len(every) * world.parts)
    moment = every[rng.integers(0, len(every), count)] + pd.to_timedelta(rng.uniform(7, 18, count) * 3600, unit="s")
    reads = pd.DataFrame({
        "source": names[readable[rng.integers(0, len(readable), count)]], "target": None, "event_time": moment.floor("s"),
        "entity_type": "DBSQL_QUERY", "entity_id": "q", "workspace_id": PROD,
        "created_by": world.people.email.to_numpy()[rng.integers(0, 59, count)],
    })[np.asarray(moment < pd.Timestamp(world.now) - LAG)]  # fmt: skip
    both = pd.concat([writes, reads], ignore_index=True)
    both["record_id"] = "lin-" + pd.Series(np.arange(len(both))).astype(str)
    parts = {f"{side}_table_{part}": f"split_part({side}, '.', {i})" for side in ("source", "target")
             for i, part in enumerate(("catalog", "schema", "name"), 1)}  # fmt: skip
    insert(connection, "system.access.table_lineage", both, parts | {
        "account_id": f"'{ACCOUNT}'", "metastore_id": f"'{METASTORE}'", "source_table_full_name": "source",
        "target_table_full_name": "target", "source_type": "'TABLE'", "target_type": "CASE WHEN target IS NOT NULL THEN 'TABLE' END",
        "event_date": "event_time", "event_id": "record_id", "direct_access": "true",
        "entity_run_id": "record_id", "statement_id": "record_id",
    }, order="event_time, record_id")  # fmt: skip


def _event(at: Any, who: Any, service: str, action: str, *, status: Any = 200, params: Any = None, ip: Any = "10.0.0.7",
           workspace: str | None = PROD, account: bool = False) -> pd.DataFrame:  # fmt: skip
    """Events of one kind; ``params`` one mapping or one per event."""
    count = len(at)
    many = [params or {}] * count if not isinstance(params, list) else params
    return pd.DataFrame({
        "event_time": at, "email": who, "service_name": service, "action_name": action, "status": status, "ip": ip,
        "params": [json.dumps(p) for p in many], "workspace_id": "0" if account else workspace,
        "audit_level": "ACCOUNT_LEVEL" if account else "WORKSPACE_LEVEL",
    })  # fmt: skip


def write_audit(connection: DuckDBPyConnection, world: Organisation) -> None:
    """``audit`` of the last 120 days: sign-ins, table reads, grants, changes, and the planted governance faults."""
    every, rng = days(world.now)[-AUDIT_DAYS:], generator(world.seed, 51)
    names, people = full_names(world), world.people.email.to_numpy()
    faults = where(world)
    busy = level(every, 0.15)

    def moments(rate: float) -> pd.DatetimeIndex:
        counts = rng.poisson(rate * busy * world.parts)
        at = every.repeat(counts) + pd.to_timedelta(rng.uniform(6.5, 18.5, int(counts.sum())) * 3600, unit="s")
        return at[at < pd.Timestamp(world.now) - LAG].floor("s").sort_values()

    sign_in, reads, grants, edits = moments(45), moments(160), moments(3), moments(5)
    table = names[rng.integers(0, len(names), len(reads))]
    parts = [
        _event(sign_in, people[rng.integers(0, 59, len(sign_in))], "accounts", "tokenLogin",
               status=np.where(rng.random(len(sign_in)) < 0.02, 401, 200)),
        _event(reads, people[rng.integers(0, 59, len(reads))], "unityCatalog", "getTable",
               status=np.where(rng.random(len(reads)) < 0.015, 403, 200), account=True,
               params=[{"full_name_arg": t, "workspace_id": PROD} for t in table]),
        _event(grants, people[rng.integers(0, 8, len(grants))], "unityCatalog", "updatePermissions", account=True,
               params=[_change(names[i], f"team-{world.tables.team[i]}", "SELECT") for i in rng.integers(0, 1500, len(grants))]),
        _event(edits, people[rng.integers(0, 59, len(edits))], "jobs", "update",
               params=[{"job_id": world.jobs.job_id[i]} for i in rng.integers(0, len(world.jobs), len(edits))]),
        *_planted(faults, people, rng, world),
    ]  # fmt: skip
    made = pd.concat(parts, ignore_index=True).sort_values("event_time", ignore_index=True)
    made["event_id"] = "evt-" + pd.Series(np.arange(len(made))).astype(str)
    insert(connection, "system.access.audit", made, {
        "account_id": f"'{ACCOUNT}'", "version": "'2.0'", "event_date": "event_time", "source_ip_address": "ip",
        "user_agent": "'Mozilla/5.0'", "user_identity": {"email": "email"}, "request_id": "event_id",
        "request_params": "CAST(CAST(params AS JSON) AS MAP(VARCHAR, VARCHAR))",
        "response": {"status_code": "status", "error_message": "CASE WHEN status >= 400 THEN 'PERMISSION_DENIED' END"},
    }, order="event_time, event_id")  # fmt: skip


def _change(table: str, principal: str, privilege: str, remove: bool = False) -> dict[str, str]:
    changes = [{"principal": principal, "remove" if remove else "add": [privilege]}]
    return {
        "securable_full_name": table,
        "securable_type": "TABLE",
        "changes": json.dumps(changes),
        "workspace_id": PROD,
    }


def _planted(faults: dict[str, Any], people: Any, rng: np.random.Generator, world: Organisation) -> list[pd.DataFrame]:
    """The events of the governance faults, of a lost permission and of a schema change."""

    def at(kind: str, hour: float, count: int = 1, minutes: float = 1) -> pd.DatetimeIndex:
        begin = pd.Timestamp(faults[kind].t0) + pd.Timedelta(hours=hour)
        return pd.date_range(begin, periods=count, freq=pd.Timedelta(minutes=minutes))

    broad, own, lost = faults["broad_grant"], faults["self_grant"], faults["permission_lost"]
    source = world.tables.iloc[601]
    read = f"{source.table_catalog}.{source.table_schema}.{source.table_name}"
    runner = world.jobs.run_as_user_name[1]
    return [
        _event(at("broad_grant", 11), people[2], "unityCatalog", "updatePermissions", account=True,
               params=_change(broad.entity_id, "account users", "ALL_PRIVILEGES")),
        _event(at("self_grant", 15), people[4], "unityCatalog", "updatePermissions", account=True,
               params=_change(own.entity_id, people[4], "MANAGE")),
        _event(at("permission_lost", 0.2), people[1], "unityCatalog", "updatePermissions", account=True,
               params=_change(read, runner, "SELECT", remove=True)) if lost else pd.DataFrame(),
        _event(at("denied_burst", 9, 320, 0.35), people[11], "unityCatalog", "getTable", status=403, account=True,
               params={"full_name_arg": "main.payments_gold.t_1200", "workspace_id": PROD}),
        _event(at("failed_logins", 2, 90, 0.4), people[12], "accounts", "tokenLogin", status=401, ip="203.0.113.77"),
        _event(at("schema_change", 10), people[5], "unityCatalog", "updateTables", account=True,
               params={"full_name_arg": faults["schema_change"].entity_id, "workspace_id": PROD}),
    ]  # fmt: skip
