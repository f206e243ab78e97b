"""Choosing a run to look at: a list of recent runs, held in the address bar."""

from __future__ import annotations

import streamlit as st

from components import format as fmt
from components.state import Reads
from components.untrusted import plain, safe
from components.waiting import until_done
from warehouse.interface import Ask


def choose_run(reader: Reads, question: Ask) -> dict[str, str] | None:
    """workspace_id, job_id and run_id of the run in the address bar, else of the newest failed one (or the newest).

    ``question`` is answered with workspace_id, job_id, run_id, name, started, result_state. None when there is none.
    """
    with st.spinner("Reading the list of runs"):
        until_done([asked := reader.submit(question)])
    answer = asked.result()
    if answer.table is None or not answer.table.num_rows:
        st.info(safe(answer.error.message) if answer.error else "No finished run in this period.")
        return None
    rows = {f"{r['workspace_id']}-{r['run_id']}": r for r in answer.table.to_pylist()}
    newest_failed = next((key for key, r in rows.items() if r["result_state"] == "FAILED"), next(iter(rows)))
    picked = st.selectbox(
        "Run", list(rows), index=list(rows).index(newest_failed), key="run", bind="query-params",
        format_func=lambda key: plain(f"{rows[key]['name']} · {fmt.moment(rows[key]['started'], 'UTC')} UTC · "
                                      f"{rows[key]['result_state']}", 120),
    )  # fmt: skip
    row = rows[picked if picked in rows else newest_failed]
    return {name: row[name] for name in ("workspace_id", "job_id", "run_id")}
