"""The runs that failed lately: one line for each, with what somebody who is called for it asks first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from approvals.reading.proposed import Proposed
from approvals.values.titles import titled
from components.text import format as fmt
from components.text.links import databricks_url
from components.text.names import jobs_apart
from components.text.view_context import ViewContext
from components.tiles.grid import labelled, things_of
from components.tiles.panel import Panel, panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid, Proposes
from things import Thing, ThingColumn

QUERY = "pipelineops.failed_lately"
REPAIR = "job.repair_run"
RUN = ThingColumn("run", ("workspace_id", "job_id", "run_id"))
JOB = ["workspace_id", "job_id"]
# What is asked first stands first: what failed and why, who is called, who waits for it, what was done about it.
ORDER = (
    "name", "code", "run", "owner", "made_by", "next_run", "readers", "cost", "since", "proposal", "tasks", "ended",
)  # fmt: skip
# What stands beside a run, where it is known: of its job, and in the app's own database.
ADDED = {
    "next_run": ("Next run", "lately"),
    "readers": ("Readers", "count"),
    "proposal": ("Proposal", "text"),
}


def failed_runs(span: str) -> Panel:
    """The panel of what failed in the last ``span``. Besides the rows of :data:`QUERY` its frames may be ``next_runs``
    (workspace_id, job_id, next_run), ``job_readers`` (rows of that question) and ``proposals`` (of :func:`proposed`)."""

    @panel(f"Failed in the last {span}", height=320)
    def lately(frames: Frames, look: ViewContext) -> Body | Sequence[Body]:
        """Runs that failed since then, the newest first, whatever period is looked at. What the error says stands in
        Databricks: the sign beside the code leads there. Readers are those of the tables that the job writes."""
        frame = frames["failed_lately"]
        if frame.empty:
            return Empty(f"No run failed in the last {span}.")
        rows = jobs_apart(_with_what_is_known(frame, frames, look))
        good = int(rows["good_again"].fillna(False).sum()) or "none"
        said = f"{fmt.counted(len(rows), 'run')} failed in the last {span}; {good} of the jobs succeeded since"
        things = {**things_of(QUERY), "run": RUN, "proposal": ThingColumn("proposal", ("proposal_id",))}
        columns = {**_columns(rows), "propose": ("", "text")}
        shown = {name: thing for name, thing in things.items() if name in columns}
        button = {"propose": Proposes("run", "kind")}
        return [Finding(said), Grid(_offered(rows), columns, links=_links(rows), things=shown, proposes=button)]

    return lately


def _offered(rows: pd.DataFrame) -> pd.DataFrame:
    """``rows`` with a button for each run after which nothing came: to repair it."""
    free = rows["proposal"].isna() if "proposal" in rows else True
    words = pd.Series("Propose", rows.index, dtype=object).where(rows["since"].isna() & free, None)
    return rows.assign(propose=words, kind=REPAIR)


def _with_what_is_known(frame: pd.DataFrame, frames: Frames, look: ViewContext) -> pd.DataFrame:
    """The rows with what stands beside them, in their order."""
    zone = look.zone
    found = frame.assign(
        run=[fmt.moment(at.to_pydatetime() if pd.notna(at) else None, zone) for at in frame["started"]],
        error_url=pd.Series([_error_url(row) for row in frame.itertuples()], frame.index, dtype=object),
    )
    for name in ("next_runs", "job_readers"):
        if name in frames:
            found = found.merge(frames[name], on=JOB, how="left")
    if "readers" in found:
        found["readers"] = found["readers"].astype("Int64")
    found["since"] = [_since(again, good) for again, good in zip(found["repaired"], found["good_again"], strict=True)]
    return with_proposals(found, frames)


def _since(repaired: Any, good_again: Any) -> str | None:
    """What came after the failure: another try that failed, too, or a later run that went well."""
    said = [word for word, known in (("repaired", repaired), ("good again", good_again)) if pd.notna(known) and known]
    return ", ".join(said) or None


def _links(rows: pd.DataFrame) -> Mapping[str, str]:
    """From a code to its error, where any run's workspace has an address."""
    return {"code": "error_url"} if rows["error_url"].notna().any() else {}


def _error_url(row: Any) -> str | None:
    return databricks_url(row.workspace_url, Thing("run", f"{row.job_id}/{row.run_id}", str(row.workspace_id)))


def with_proposals(runs: pd.DataFrame, frames: Frames) -> pd.DataFrame:
    """``runs`` with the newest proposal about each, else about its job, where the frame ``proposals`` is there."""
    return runs.merge(_proposals(runs, frames["proposals"]), on=[*JOB, "run_id"]) if "proposals" in frames else runs


def _proposals(runs: pd.DataFrame, proposals: pd.DataFrame) -> pd.DataFrame:
    first = proposals.drop_duplicates("resource_key").set_index("resource_key")
    keys = [
        next((key for key in (f"{place}/run/{run}", f"{place}/job/{job}") if key in first.index), None)
        for place, job, run in zip(runs["workspace_id"], runs["job_id"], runs["run_id"], strict=True)
    ]
    said = first.reindex(keys).reset_index(drop=True)
    return pd.concat([runs[[*JOB, "run_id"]].reset_index(drop=True), said], axis=1)


def proposed(found: Sequence[Proposed]) -> pd.DataFrame:
    """Open proposals as the frame ``proposals``: resource_key, proposal_id, proposal (its title)."""
    rows = [(one.resource_key, one.proposal_id, titled(one.title)) for one in found]
    return pd.DataFrame(rows, columns=["resource_key", "proposal_id", "proposal"], dtype=object)


def _columns(rows: pd.DataFrame) -> Mapping[str, tuple[str, str]]:
    """Those that are there, with what is asked first in front."""
    known = {
        **labelled(QUERY),
        "run": ("Run", "text"),
        "ended": ("Ended", "lately"),
        "tasks": ("Tasks", "texts"),
        "since": ("Since", "text"),
        **ADDED,
    }
    return {name: known[name] for name in ORDER if name in rows}


lately = failed_runs("24 hours")
