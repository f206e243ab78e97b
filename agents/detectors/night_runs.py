"""The runs of ``pipelineops.night_steps``, what each needed, and what is known of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from agents.detectors.night_path import Handover, Key, Night, Step

KEY = ["runner_kind", "workspace_id", "run_id"]
WRITER = ["writer_kind", "writer_workspace", "writer_run"]
FACTS = [
    "name", "started", "ended", "state", "trigger_type", "runner_kind", "workspace_id", "runner_id", "run_id", "owner", "by_path",
]  # fmt: skip


@dataclass(frozen=True)
class Runs:
    """What is known of the runs: ``place`` is where each stands in ``rows``, the others are those columns of them."""

    place: Mapping[Key, int]
    rows: pd.DataFrame
    names: Sequence[str]
    runners: Sequence[str]
    triggers: Sequence[Any]

    def facts(self, keys: Sequence[Key]) -> pd.DataFrame:
        """The rows of the runs ``keys``, in their order."""
        return self.rows.iloc[[self.place[key] for key in keys]][FACTS].reset_index(drop=True)

    def who(self, key: Key) -> Key:
        """The job or pipeline that ran."""
        return key[0], key[1], self.runners[self.place[key]]


def read(rows: pd.DataFrame) -> tuple[Night, Runs]:
    """The runs of ``rows`` and what each needed, and what is known of each."""
    first = rows.drop_duplicates(KEY)
    keys, began = _keys(first, KEY), _seconds(first["started"])
    ended = [
        None if missing else at for at, missing in zip(_seconds(first["ended"]), first["ended"].isna(), strict=True)
    ]
    handed = rows[rows["writer_run"].notna()]
    parts = (_keys(handed, WRITER), _keys(handed, KEY), handed["table_name"].tolist(), _seconds(handed["wrote_at"]))
    night = Night.of(
        [Step(*one) for one in zip(keys, began, ended, strict=True)],
        [Handover(*one) for one in zip(*parts, strict=True)],
    )
    columns = (first[name].tolist() for name in ("name", "runner_id", "trigger_type"))
    return night, Runs(dict(zip(keys, range(len(keys)), strict=True)), first, *columns)


def _keys(rows: pd.DataFrame, columns: Sequence[str]) -> list[Key]:
    return list(zip(*(rows[name].tolist() for name in columns), strict=True))


def _seconds(moments: pd.Series) -> list[float]:
    """Seconds since 1970; of no moment, nothing that means anything."""
    made: list[float] = (moments.dt.as_unit("us").astype("int64") / 1e6).tolist()
    return made
