"""`python -m tests.queries.record [--all]`: asks real Spark each case that it has not been asked as it stands now (or all)
and keeps its rows for machines without Java."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.queries.case_files import difference, load, paths
from tests.queries.spark_engine import GOLDEN, Spark, golden_path, record, recorded, start


def main() -> int:
    """Record every case whose answer is the expected one; name the others. 1 when there are any."""
    every = "--all" in sys.argv[1:]
    wrong = asked = 0
    with tempfile.TemporaryDirectory() as folder:
        spark = Spark(start(Path(folder)))
        cases = [load(path) for path in paths()]
        for case in cases:
            if not every and recorded(case):
                continue
            asked += 1
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
    print(f"{len(cases) - wrong} of {len(cases)} cases recorded, {asked} asked")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
