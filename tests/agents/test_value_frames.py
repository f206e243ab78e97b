"""Changes by hand are those that no call of ours made, there or back."""

from __future__ import annotations

import pandas as pd

from agents.detectors.value_frames import without_us


def times(*values: str | None) -> pd.Series:
    return pd.to_datetime(pd.Series(values), utc=True)


def test_what_our_calls_did_is_not_by_hand() -> None:
    rows = pd.DataFrame({"thing_kind": ["warehouse"], "workspace_id": ["1"], "thing_id": ["a"]})
    rows = rows.assign(made=times("2026-10-01T10:00:00Z"), undone=times("2026-10-02T10:00:00Z"))
    told = [
        ("a", "2026-10-01T10:04:00Z"), ("a", "2026-10-01T10:06:00Z"), ("a", "2026-10-02T09:59:30Z"),
        ("b", "2026-10-01T10:04:00Z"),
    ]  # fmt: skip
    changes = pd.DataFrame({"kind": "warehouse", "workspace_id": "1", "thing_id": [one for one, _ in told]})
    left = without_us(changes.assign(at=times(*(at for _, at in told))), rows)
    assert left["thing_id"].tolist() == ["a", "b"]
    assert without_us(changes.assign(at=times(*(at for _, at in told))).head(0), rows).empty
