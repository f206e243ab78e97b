"""`python -m tests.queries.record [--all]`: asks real Spark each case that it has not been asked as it stands now (or all)
and writes down what it answered as worked out by hand."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.queries.case_files import Case, difference, load, paths
from tests.queries.spark_engine import Spark, start
from tests.queries.spark_seen import keep, unseen


def main() -> int:
    """Record every case whose answer is the expected one; name the others. 1 when there are any."""
    cases = [load(path) for path in paths()]
    asked = cases if "--all" in sys.argv[1:] else unseen(cases)
    wrong: set[str] = set()
    with tempfile.TemporaryDirectory() as folder:
        spark = Spark(start(Path(folder)))
        for case in asked:
            if found := _wrong(spark, case):
                wrong.add(case.name)
                print(f"{case.name}: {found}")
    keep(case for case in cases if case.name not in wrong)
    print(f"{len(cases) - len(wrong)} of {len(cases)} cases recorded, {len(asked)} asked")
    return 1 if wrong else 0


def _wrong(spark: Spark, case: Case) -> str:
    """What differs from the expected rows, or how the question failed; nothing when it is right."""
    try:
        return difference(spark.rows(case), case.expected)
    except Exception as error:
        return str(error).splitlines()[0][:300]


if __name__ == "__main__":
    sys.exit(main())
