"""What makes a run fail, each with the row of what did it (None: no row), the codes of the run and its tasks, and the error text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from bench.series.failing_job import Job, Row, act, altered, securable, taken_from_others

PLATFORM, NOTHING = "platform", "nothing"


def _revoked(job: Job) -> tuple[Row, list[str], str]:
    rnd = job.rnd
    kind, thing = securable(job)
    privilege = "SELECT" if kind == "table" else "USE_SCHEMA" if kind == "schema" else "USE_CATALOG"
    holder = job.identity if rnd.random() < 0.8 else rnd.choice(job.groups)
    made = job.changed(kind, thing, f"{privilege} taken from {holder}")
    if rnd.random() < 0.3:
        for row in act(job, taken_from_others, rnd.randint(3, 12)):
            row |= {"at": made["at"] + dt.timedelta(seconds=rnd.randint(0, 40)), "who": made["who"]}
    on = f" {kind.title()} '{thing}'" if rnd.random() < 0.85 else " the securable"
    said = rnd.choice(
        ["[INSUFFICIENT_PERMISSIONS] Insufficient privileges: ", "PERMISSION_DENIED: ", "Py4JJavaError: "]
    )
    code = rnd.choices(["UNAUTHORIZED_ERROR", "RUN_EXECUTION_ERROR"], [1, 1])[0]
    return made, [code, code], f"{said}User does not have {privilege.replace('_', ' ')} on{on}."


def _runs_as(job: Job) -> tuple[Row, list[str], str]:
    made = job.changed("job", "10", f"runs as {job.rnd.choice(job.people)} → {job.identity}")
    table = job.rnd.choice(job.tables)
    said = f"PERMISSION_DENIED: User does not have SELECT on Table '{table}'." if job.rnd.random() < 0.85 else (
        "FileNotFoundError: [Errno 2] No such file or directory: '/Workspace/Users/someone/lib.py'")  # fmt: skip
    return made, [job.rnd.choice(["UNAUTHORIZED_ERROR", "RUN_EXECUTION_ERROR"])], said


def _columns(job: Job) -> tuple[Row, list[str], str]:
    rnd = job.rnd
    made = rnd.choice(act(job, altered, rnd.randint(2, 8))) if rnd.random() < 0.25 else altered(job)
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


def _dropped(job: Job) -> tuple[Row, list[str], str]:
    table = job.rnd.choice(job.tables)
    made = job.changed("table", table, "deleted")
    parts = ".".join(f"`{one}`" for one in table.split("."))
    return made, ["RUN_EXECUTION_ERROR"], f"[TABLE_OR_VIEW_NOT_FOUND] The table or view {parts} cannot be found."


def _timeout(job: Job) -> tuple[Row, list[str], str]:
    made = job.changed("job", "10", f"timeout 7200 → {job.rnd.choice([60, 600, 1800])} s")
    return made, ["TIMED_OUT"], "Run timed out."


def _runtime(job: Job) -> tuple[Row, list[str], str]:
    made = job.changed("cluster", job.rnd.choice(job.clusters), "runtime 15.4.x-scala2.12 → 17.3.x-scala2.13")
    code, said = job.rnd.choices(
        [("RUN_EXECUTION_ERROR", "ModuleNotFoundError: No module named 'pkg_resources'"),
         ("LIBRARY_INSTALLATION_ERROR", "Could not find a version that satisfies numpy<1.24"),
         ("RUN_EXECUTION_ERROR", "java.lang.NoSuchMethodError: scala.Predef$.refArrayOps"),
         ("RUN_EXECUTION_ERROR", "AttributeError: 'DataFrame' object has no attribute 'iteritems'")], [3, 2, 2, 2])[0]  # fmt: skip
    return made, [code], said


def _shrunk(job: Job) -> tuple[Row, list[str], str]:
    what = job.rnd.choice(["node r5.4xlarge → m5.large", "workers 8 → 1", "driver r5.2xlarge → m5.large"])
    made = job.changed("cluster", job.rnd.choice(job.clusters), what)
    return made, *job.rnd.choice([
        (["DRIVER_ERROR"], "The Spark driver has stopped unexpectedly and is restarting."),
        (["RUN_EXECUTION_ERROR"], "java.lang.OutOfMemoryError: Java heap space"),
        (["RUN_EXECUTION_ERROR"], "ExecutorLostFailure: Container killed, exit code 137"),
    ])  # fmt: skip


def _upstream(job: Job) -> tuple[Row, list[str], str]:
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


def _platform(job: Job) -> tuple[None, list[str], str]:
    code, said = job.rnd.choice([
        ("CLOUD_FAILURE", "Unexpected failure while waiting for the cluster to be ready: instance capacity is not available."),
        ("CLUSTER_ERROR", "Could not reach driver of cluster."), ("INTERNAL_ERROR", "Internal error: service unavailable."),
        ("CLUSTER_REQUEST_LIMIT_EXCEEDED", "The cloud provider refused: too many requests."),
    ])  # fmt: skip
    return None, [code], said


def _nothing(job: Job) -> tuple[None, list[str], str]:
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


MADE: dict[str, Callable[[Job], tuple[Row | None, list[str], str]]] = {
    "revoked": _revoked, "runs_as": _runs_as, "columns": _columns, "dropped": _dropped, "timeout": _timeout,
    "runtime": _runtime, "shrunk": _shrunk, "upstream": _upstream, PLATFORM: _platform, NOTHING: _nothing,
}  # fmt: skip
