"""How events become rows of ``access.audit``: what all of them have alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from demo.names import ACCOUNT
from demo.organisation import Organisation
from demo.rhythm import Frame
from demo.runs import LAG
from demo.tables import insert

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def write_events(
    connection: DuckDBPyConnection, world: Organisation, parts: list[Frame], sign: str, own: Mapping[str, Any]
) -> None:
    """The events of ``parts`` that have arrived; ids are made from ``sign`` and their number. ``own`` are the expressions that
    these rows have for themselves."""
    made: Frame = pd.concat(parts, ignore_index=True)
    made = made[made.start < int(world.now.timestamp()) - LAG].sort_values("start", kind="stable", ignore_index=True)
    made["number"] = np.arange(len(made))
    event = f"CAST(md5('{sign}' || number) AS UUID)"
    alike = {
        "account_id": f"'{ACCOUNT}'",
        "version": "'2.0'",
        "event_date": "to_timestamp(start)",
        "event_time": "to_timestamp(start)",
        "event_id": event,
        "request_id": event,
        "user_identity": {"email": "who"},
        "identity_metadata": {"run_by": "who"},
        "request_params": "CAST(CAST(params AS JSON) AS MAP(VARCHAR, VARCHAR))",
    }
    insert(connection, "system.access.audit", made, alike | dict(own), order="start, number")
