"""What a question can be limited to besides workspaces: written into its text only where somebody has chosen something.

``only_usage()`` (records of usage) and ``only_jobs(workspace_id, job_id)`` stand behind an ``AND``. Without a choice they are
taken out with it, so that an unlimited question is the text it always was; with one they keep what is of the chosen values,
each a list parameter (:func:`queries.folding.joined`) called as its filter. What has no such value is not kept.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

NOTHING = "AND_NOTHING"  # stands for a filter that nobody chose, until it is taken out


def _tag(tags: str, means: str) -> str:
    """The value of the tag that means a cost centre, team or environment, folded; the first where there are several."""
    wanted = f"filter(map_entries({tags}), e -> array_contains({means}_keys(), keyed(e.key)))"
    return f"array_min(filter(transform({wanted}, e -> folded(e.value)), v -> v <> ''))"


def _by_tags(tags: str) -> dict[str, str]:
    pair = "concat(keyed(e.key), '=', folded(e.value))"
    return {
        **{means: f"array_contains(listed(:{means}), {_tag(tags, means)})" for means in TAGS},
        "tagged": f"size(filter(map_entries({tags}), e -> array_contains(listed(:tagged), {pair}))) > 0",
    }


TAGS = ("cost_center", "team", "environment")  # what tag keys may mean
# Of the columns of usage_rows; a job is workspace_id/job_id.
USAGE: Mapping[str, str] = {
    "owner": "array_contains(listed(:owner), owner)",
    "product": "array_contains(listed(:product), product)",
    "job": "resource_kind = 'job' AND array_contains(listed(:job), concat(workspace_id, '/', resource_id))",
    **_by_tags("custom_tags"),
}
# Of the columns of system.lakeflow.jobs, newest version.
JOBS: Mapping[str, str] = {
    "owner": "array_contains(listed(:owner), COALESCE(NULLIF(folded(run_as_user_name), ''), NULLIF(folded(run_as), '')))",
    "job": "array_contains(listed(:job), concat(workspace_id, '/', job_id))",
    **_by_tags("tags"),
}
_OF_JOBS = """concat({workspace}, '/', {job}) IN (
      SELECT concat(workspace_id, '/', job_id)
      FROM (SELECT workspace_id, job_id, run_as_user_name, run_as, tags
            FROM system.lakeflow.jobs
            QUALIFY ROW_NUMBER() OVER (PARTITION BY workspace_id, job_id
                                       ORDER BY change_time DESC, delete_time DESC NULLS LAST) = 1) newest
      WHERE {conditions})"""
CALLS: Mapping[str, Mapping[str, str]] = {"only_usage": USAGE, "only_jobs": JOBS}


def only_usage(chosen: Collection[str]) -> str:
    """The condition on a record of usage; :data:`NOTHING` where none of its filters is ``chosen``."""
    return "\n  AND ".join(text for name, text in USAGE.items() if name in chosen) or NOTHING


def only_jobs(chosen: Collection[str], workspace: str, job: str) -> str:
    """The condition on the job that ``workspace`` and ``job`` identify."""
    conditions = "\n        AND ".join(text for name, text in JOBS.items() if name in chosen)
    return _OF_JOBS.format(workspace=workspace, job=job, conditions=conditions) if conditions else NOTHING


def known_by(sql: str) -> frozenset[str]:
    """The filters that ``sql``, not yet written out, can be limited by."""
    return frozenset(name for call, filters in CALLS.items() if f"{call}(" in sql for name in filters)


def without_nothing(sql: str) -> str:
    """``sql`` without the filters that nobody chose."""
    return re.sub(rf"\s+AND {NOTHING}\b", "", sql)
