"""Failed runs whose cause is known, each among a hundred and more changes of ordinary work: as the rows of
pipelineops.run_compare, run_tasks and run_changes, with what the run said. Made apart from whatever ranks them: nothing
here knows the rules."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

END = dt.datetime(2026, 11, 20, 6, tzinfo=dt.UTC)
LEAST, MOST = 100, 260  # changes before a failure
PLATFORM, NOTHING = "platform", "nothing"
CAUSES = {
    "revoked": 20, "runs_as": 8, "columns": 22, "dropped": 10, "timeout": 8, "runtime": 10, "shrunk": 8, "upstream": 14,
    PLATFORM: 10, NOTHING: 28,
}  # fmt: skip
SAID = 0.9  # share of the runs whose error text is still there
PEOPLE = ("ann", "bea", "cyd", "dan", "eve", "fay", "gus", "hal", "ian", "joe", "kim", "lea")
Row = dict[str, Any]


@dataclass
class Failed:
    """One failure: its rows, what it ``said``, and its ``cause``: the row of what did it, or the name of none."""

    kind: str
    compare: list[Row]
    codes: list[str]
    changes: list[Row]
    said: str
    cause: Row | None = None


@dataclass
class _Job:
    """A job with what it uses, in a window of time, and the changes made so far."""

    rnd: random.Random
    identity: str
    people: list[str]
    groups: list[str]
    tables: list[str]
    clusters: list[str]
    since: dt.datetime
    changes: list[Row] = field(default_factory=list)

    def moment(self) -> dt.datetime:
        return self.since + (END - self.since) * self.rnd.random()

    def changed(self, kind: str, thing: str, what: str, at: dt.datetime | None = None, who: str | None = None) -> Row:
        row = {
            "at": at or self.moment(), "what": what, "name": thing.upper() if self.rnd.random() < 0.1 else thing,
            "who": self.rnd.choice(self.people) if who is None else who, "kind": kind, "workspace_id": "1", "thing_id": thing,
        }  # fmt: skip
        self.changes.append(row)
        return row


def failures(seed: int, many: int) -> Iterator[Failed]:
    """``many`` failures, always the same ones for a ``seed``."""
    rnd = random.Random(seed)
    for _ in range(many):
        kind = rnd.choices(list(CAUSES), list(CAUSES.values()))[0]
        yield _failed(rnd, kind)


def _failed(rnd: random.Random, kind: str) -> Failed:
    job = _job(rnd)
    _ordinary(job)
    cause, codes, said = _MADE[kind](job)
    while len(job.changes) < LEAST:
        _grant(job)
    rnd.shuffle(job.changes)
    known = rnd.random() < 0.85
    this = {
        "which": "this", "run_id": "2", "result_state": "TIMED_OUT" if "TIMED" in codes[0] else "FAILED",
        "started": END - dt.timedelta(minutes=rnd.randint(2, 200)), "ended": END,
        "termination_code": "RUN_EXECUTION_ERROR" if "TIMED" in codes[0] else codes[0],
        "run_as": job.identity if known else None, "node_type": "i3.xlarge", "dbr_version": "16.4", "workers": 4,
    }  # fmt: skip
    good = this | {
        "which": "good", "run_id": "1", "started": job.since, "ended": job.since + dt.timedelta(minutes=20),
        "result_state": "SUCCEEDED", "termination_code": "SUCCESS",
    }  # fmt: skip
    return Failed(kind, [this, good], codes[1:], job.changes, said if rnd.random() < SAID else "", cause)


def _job(rnd: random.Random) -> _Job:
    people = [f"{name}@example.com" for name in rnd.sample(PEOPLE, 8)]
    robot = f"{rnd.randrange(16**8):08x}-0000-4000-8000-{rnd.randrange(16**12):012x}"
    schemas = rnd.sample(["sales", "orders", "risk", "web", "stock", "people", "bills"], rnd.randint(1, 4))
    tables = [f"main.{schema}.{name}_{n}" for schema in schemas for n, name in enumerate(
        rnd.sample(["raw", "day", "line", "head", "item", "visit", "map", "rate", "load", "view"], rnd.randint(4, 10)))]  # fmt: skip
    hours = min(120.0, max(3.0, rnd.lognormvariate(3.2, 0.7)))
    return _Job(
        rnd,
        robot if rnd.random() < 0.6 else people[0],
        people,
        rnd.sample(["analysts", "data-eng", "finance", "interns", "bi-readers", "partners"], 4),
        tables,
        [f"c{n}" for n in range(rnd.randint(1, 4))],
        END - dt.timedelta(hours=hours),
    )


def _ordinary(job: _Job) -> None:
    """What is always going on, and breaks nothing: single changes and acts of many at once, more of some sorts than others."""
    rnd = job.rnd
    sorts: list[tuple[Callable[[_Job], Any], float]] = [
        (_grant, 10.0), (_taken_from_others, 3.0), (_comment, 1.2), (_label, 0.4), (_quiet_compute, 0.8), (_resized, 0.25),
        (_upstream_label, 0.3),
    ]  # fmt: skip
    weights = [rnd.gammavariate(weight, 1.0) for _, weight in sorts]
    for _ in range(rnd.randint(LEAST - 20, MOST - 60)):
        rnd.choices([one for one, _ in sorts], weights)[0](job)
    for _ in range(rnd.randint(0, 3)):
        _act(job, rnd.choice([_grant, _taken_from_others, _comment]), rnd.randint(5, 25))
    for likely, made in ((0.15, _other_right), (0.12, _longer), (0.06, _runtime_back), (0.12, _failed_before)):
        if rnd.random() < likely:
            made(job)


def _act(job: _Job, sort: Callable[[_Job], Row], many: int) -> list[Row]:
    """``many`` changes by one person within a minute."""
    at, who = job.moment(), job.rnd.choice(job.people)
    made = [sort(job) for _ in range(many)]
    for row in made:
        row |= {"at": at + dt.timedelta(seconds=job.rnd.randint(0, 50)), "who": who}
    return made


def _securable(job: _Job) -> tuple[str, str]:
    table = job.rnd.choice(job.tables)
    return job.rnd.choices(
        [("table", table), ("schema", table.rpartition(".")[0]), ("catalog", "main")], [6, 2, 1]
    )[0]  # fmt: skip


def _holder(job: _Job) -> str:
    return job.rnd.choice([one for one in [*job.people, *job.groups] if one != job.identity])


def _grant(job: _Job) -> Row:
    return job.changed(
        *_securable(job), f"{job.rnd.choice(['SELECT', 'MODIFY', 'USE_SCHEMA'])} granted to {_holder(job)}"
    )


def _taken_from_others(job: _Job) -> Row:
    return job.changed(*_securable(job), f"{job.rnd.choice(['SELECT', 'MODIFY'])} taken from {_holder(job)}")


def _comment(job: _Job) -> Row:
    """A comment, an owner or a property of a table; now and then a column that nobody misses."""
    what = "columns changed" if job.rnd.random() < 0.12 else "definition changed"
    return job.changed("table", job.rnd.choice(job.tables), what)


def _altered(job: _Job) -> Row:
    return job.changed("table", job.rnd.choice(job.tables), "columns changed")


def _label(job: _Job) -> Row:
    what = job.rnd.choice(
        ["tags team=a → team=b", "schedule 0 0 5 * * ? UTC → 0 30 5 * * ? UTC", "permissions changed"]
    )
    return job.changed("job", "10", what)


def _quiet_compute(job: _Job) -> Row:
    what = job.rnd.choice(
        ["auto-termination 60 → 30 min", "tags none → cost=1", "permissions changed", "owner a@x → b@x"]
    )
    return job.changed("cluster", job.rnd.choice(job.clusters), what)


def _resized(job: _Job) -> Row:
    return job.changed(
        "cluster", job.rnd.choice(job.clusters), f"workers {job.rnd.randint(2, 6)} → {job.rnd.randint(7, 12)}"
    )


def _upstream_label(job: _Job) -> Row:
    return job.changed("schema", job.rnd.choice(job.tables).rpartition(".")[0], "privileges changed")


def _other_right(job: _Job) -> Row:
    """A right of the job's own identity that it does not need."""
    return job.changed("table", job.rnd.choice(job.tables), f"MODIFY taken from {job.identity}")


def _longer(job: _Job) -> Row:
    return job.changed("job", "10", "timeout 3600 → 7200 s")


def _runtime_back(job: _Job) -> Row:
    return job.changed("cluster", job.rnd.choice(job.clusters), "runtime 16.4.x-scala2.12 → 16.4.x-photon-scala2.12")


def _failed_before(job: _Job) -> Row:
    """A job before it failed, and was repaired in time, or writes what this run does not need today."""
    return job.changed("job", str(job.rnd.randint(11, 40)), "run failed (RUN_EXECUTION_ERROR)", who="")


# What did it: the row, the codes of the run and its tasks, and the error text.


def _revoked(job: _Job) -> tuple[Row, list[str], str]:
    rnd = job.rnd
    kind, thing = _securable(job)
    privilege = "SELECT" if kind == "table" else "USE_SCHEMA" if kind == "schema" else "USE_CATALOG"
    holder = job.identity if rnd.random() < 0.8 else rnd.choice(job.groups)
    made = job.changed(kind, thing, f"{privilege} taken from {holder}")
    if rnd.random() < 0.3:
        for row in _act(job, _taken_from_others, rnd.randint(3, 12)):
            row |= {"at": made["at"] + dt.timedelta(seconds=rnd.randint(0, 40)), "who": made["who"]}
    on = f" {kind.title()} '{thing}'" if rnd.random() < 0.85 else " the securable"
    said = rnd.choice(
        ["[INSUFFICIENT_PERMISSIONS] Insufficient privileges: ", "PERMISSION_DENIED: ", "Py4JJavaError: "]
    )
    code = rnd.choices(["UNAUTHORIZED_ERROR", "RUN_EXECUTION_ERROR"], [1, 1])[0]
    return made, [code, code], f"{said}User does not have {privilege.replace('_', ' ')} on{on}."


def _runs_as(job: _Job) -> tuple[Row, list[str], str]:
    made = job.changed("job", "10", f"runs as {job.rnd.choice(job.people)} → {job.identity}")
    table = job.rnd.choice(job.tables)
    said = f"PERMISSION_DENIED: User does not have SELECT on Table '{table}'." if job.rnd.random() < 0.85 else (
        "FileNotFoundError: [Errno 2] No such file or directory: '/Workspace/Users/someone/lib.py'")  # fmt: skip
    return made, [job.rnd.choice(["UNAUTHORIZED_ERROR", "RUN_EXECUTION_ERROR"])], said


def _columns(job: _Job) -> tuple[Row, list[str], str]:
    rnd = job.rnd
    made = rnd.choice(_act(job, _altered, rnd.randint(2, 8))) if rnd.random() < 0.25 else _altered(job)
    table = made["thing_id"]
    said = rnd.choice([
        "AnalysisException: [UNRESOLVED_COLUMN.WITH_SUGGESTION] A column with name `amount_eur` cannot be resolved.",
        "[DATATYPE_MISMATCH.BINARY_OP_DIFF_TYPES] Cannot resolve (a = b) due to data type mismatch.",
        "[CAST_INVALID_INPUT] The value 'n/a' of the type STRING cannot be cast to BIGINT.",
        "KeyError: 'customer_id'",
        "[DELTA_FAILED_TO_MERGE_FIELDS] Failed to merge fields; schema mismatch.",
    ])  # fmt: skip
    if rnd.random() < 0.7:
        schema, _, name = table.rpartition(".")
        said += rnd.choice(
            [f"\n  line 12: spark.table('{table}')", f" In table `main`.`{schema.rpartition('.')[2]}`.`{name}`."]
        )
    return made, ["RUN_EXECUTION_ERROR"], said


def _dropped(job: _Job) -> tuple[Row, list[str], str]:
    table = job.rnd.choice(job.tables)
    made = job.changed("table", table, "deleted")
    parts = ".".join(f"`{one}`" for one in table.split("."))
    return made, ["RUN_EXECUTION_ERROR"], f"[TABLE_OR_VIEW_NOT_FOUND] The table or view {parts} cannot be found."


def _timeout(job: _Job) -> tuple[Row, list[str], str]:
    made = job.changed("job", "10", f"timeout 7200 → {job.rnd.choice([60, 600, 1800])} s")
    return made, ["TIMED_OUT"], "Run timed out."


def _runtime(job: _Job) -> tuple[Row, list[str], str]:
    made = job.changed("cluster", job.rnd.choice(job.clusters), "runtime 15.4.x-scala2.12 → 17.3.x-scala2.13")
    code, said = job.rnd.choices(
        [("RUN_EXECUTION_ERROR", "ModuleNotFoundError: No module named 'pkg_resources'"),
         ("LIBRARY_INSTALLATION_ERROR", "Could not find a version that satisfies numpy<1.24"),
         ("RUN_EXECUTION_ERROR", "java.lang.NoSuchMethodError: scala.Predef$.refArrayOps"),
         ("RUN_EXECUTION_ERROR", "AttributeError: 'DataFrame' object has no attribute 'iteritems'")], [3, 2, 2, 2])[0]  # fmt: skip
    return made, [code], said


def _shrunk(job: _Job) -> tuple[Row, list[str], str]:
    what = job.rnd.choice(["node r5.4xlarge → m5.large", "workers 8 → 1", "driver r5.2xlarge → m5.large"])
    made = job.changed("cluster", job.rnd.choice(job.clusters), what)
    return made, *job.rnd.choice([
        (["DRIVER_ERROR"], "The Spark driver has stopped unexpectedly and is restarting."),
        (["RUN_EXECUTION_ERROR"], "java.lang.OutOfMemoryError: Java heap space"),
        (["RUN_EXECUTION_ERROR"], "ExecutorLostFailure: Container killed, exit code 137"),
    ])  # fmt: skip


def _upstream(job: _Job) -> tuple[Row, list[str], str]:
    made = job.changed(
        "job",
        str(job.rnd.randint(41, 60)),
        f"run failed ({job.rnd.choice(['RUN_EXECUTION_ERROR', 'CLOUD_FAILURE'])})",
        who="",
    )
    table = job.rnd.choice(job.tables)
    said = job.rnd.choice([
        f"AssertionError: no rows for today in {table}", f"ValueError: {table} has not been updated since yesterday",
        f"[PATH_NOT_FOUND] Path does not exist: /Volumes/main/x/{job.rnd.randint(1, 99)}", "Expectation failed: is empty",
    ])  # fmt: skip
    return made, ["RUN_EXECUTION_ERROR"], said


def _platform(job: _Job) -> tuple[None, list[str], str]:
    code, said = job.rnd.choice([
        ("CLOUD_FAILURE", "Unexpected failure while waiting for the cluster to be ready: instance capacity is not available."),
        ("CLUSTER_ERROR", "Could not reach driver of cluster."), ("INTERNAL_ERROR", "Internal error: service unavailable."),
        ("CLUSTER_REQUEST_LIMIT_EXCEEDED", "The cloud provider refused: too many requests."),
    ])  # fmt: skip
    return None, [code], said


def _nothing(job: _Job) -> tuple[None, list[str], str]:
    """Released code, a strange row, a flaky source: what no table records."""
    rnd = job.rnd
    code = "RUN_EXECUTION_ERROR"
    said, weight = zip(*[
        ("KeyError: 'region'", 10), ("TypeError: unsupported operand type(s) for +: 'int' and 'NoneType'", 8),
        ("AssertionError", 4), ("SyntaxError: invalid syntax (load.py, line 40)", 5), ("[DIVIDE_BY_ZERO] Division by zero.", 5),
        ("[DELTA_MULTIPLE_SOURCE_ROW_MATCHING_TARGET_ROW_IN_MERGE] duplicate keys", 6),
        ("ConnectionResetError: [Errno 104] Connection reset by peer", 12), ("HTTPError: 429 Too Many Requests", 8),
        ("HTTPError: 503 Server Error for url https://api.partner.example", 5), ("HTTPError: 403 Forbidden", 3),
        ("java.lang.OutOfMemoryError: Java heap space", 5), ("ReadTimeout: timed out after 60 s", 8),
        ("ERROR: Could not find a version that satisfies left-pad (pypi is away)", 4),
        ("[CAST_INVALID_INPUT] The value '??' of the type STRING cannot be cast to DATE.", 6),
        (f"ValueError: bad value while writing {rnd.choice(job.tables)}", 7),
    ], strict=True)  # fmt: skip
    return None, [code], rnd.choices(said, weight)[0]


_MADE: dict[str, Callable[[_Job], tuple[Row | None, list[str], str]]] = {
    "revoked": _revoked, "runs_as": _runs_as, "columns": _columns, "dropped": _dropped, "timeout": _timeout,
    "runtime": _runtime, "shrunk": _shrunk, "upstream": _upstream, PLATFORM: _platform, NOTHING: _nothing,
}  # fmt: skip
