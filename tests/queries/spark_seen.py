"""What real Spark was asked and answered as worked out by hand: a fingerprint a case, in ``spark_seen.json``.

A pinned engine that was asked the same question on the same rows would only repeat its answer.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from queries.typed import parse
from tests.queries.case_files import Case

SEEN = Path(__file__).with_name("spark_seen.json")


def fingerprint(case: Case) -> str:
    """Of the engine's version and all that a case says, over the normal form of its question: a comment or a line break
    asks nothing new."""
    said = [
        version("pyspark"), _normal(case.query.sql), dict(case.query.columns), dict(case.params), dict(case.tables),
        sorted(case.absent), case.expected.to_pylist(),
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(said, default=str, sort_keys=True).encode()).hexdigest()


@lru_cache(maxsize=512)
def _normal(sql: str) -> str:
    return parse(sql).sql("databricks", comments=False)


def seen() -> dict[str, str]:
    """Fingerprint by the name of the case."""
    found: dict[str, str] = json.loads(SEEN.read_text(encoding="utf-8"))
    return found


def unseen(cases: Iterable[Case]) -> list[Case]:
    """Those that Spark has not been asked as they stand."""
    known = seen()
    return [case for case in cases if known.get(case.name) != fingerprint(case)]


def keep(cases: Iterable[Case]) -> None:
    """Write down that Spark answered just these ``cases``, as they stand, as worked out."""
    lines = {case.name: fingerprint(case) for case in sorted(cases, key=lambda case: case.name)}
    SEEN.write_text(json.dumps(lines, indent=0) + "\n", encoding="utf-8")
