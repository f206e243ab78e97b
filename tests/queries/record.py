"""`python -m tests.queries.record`: asks real Spark every case and keeps its rows for machines without Java."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.queries.case_files import difference, load, paths
from tests.queries.spark_engine import GOLDEN, Spark, golden_path, record, start


def main() -> int:
    """Record every case whose answer is the expected one; name the others. 1 when there are any."""
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        spark = Spark(start(Path(folder)))
        cases = [load(path) for path in paths()]
        for case in cases:
            try:
                answer = spark.rows(case)
            except Exception as error:
                wrong += 1
                print(f"{case.name}: {str(error).splitlines()[0][:300]}")
                continue
            if found := difference(answer, case.expected):
                wrong += 1
                print(f"{case.name}: {found}")
            else:
                record(case, answer)
    known = {golden_path(case) for case in cases}
    for path in GOLDEN.glob("*.json"):
        if path not in known:
            path.unlink()
    print(f"{len(cases) - wrong} of {len(cases)} cases recorded")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
