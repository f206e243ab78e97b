"""A definition means the same to whoever reads it: what people see of it is what counts."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions import registry
from actions.registry import BadParams
from approvals.values.canonical import canonical
from approvals.values.proposal import Target

EDIT = registry.kind("policy.edit")
TARGET = Target(workspace_id="1", type="policy", id="p")
ODD = [
    '{"spark_version": {"type": "fixed", "value": "15"}, "spark_version": {"type": "unlimited"}}',
    '{"a": {"type": "fixed", "type": "unlimited"}}', '{"a": [{"b": 1, "b": 2}]}', '{"a": 1, "\\u0061": 2}',
    '{"a": NaN}', '{"a": Infinity}', '{"a": -Infinity}', '{"a": 1e999}', '{"a": ' + "[" * 30_000 + "]" * 30_000 + "}",
    '{"a": ' + "9" * 5000 + "}", "[]", "1", "", "{", "{'a': 1}",
]  # fmt: skip


@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
def test_what_readers_read_differently_is_refused(text: str) -> None:
    with pytest.raises(BadParams):
        registry.parsed(EDIT, {"definition": text})


@given(
    st.dictionaries(
        st.text(),
        st.recursive(
            st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        ),
        max_size=5,
    )
)
def test_what_json_writes_is_taken_and_can_be_signed(value: Any) -> None:
    params = registry.parsed(EDIT, {"definition": json.dumps(value)})
    image = {"definition": "{}", "_family": None, "_name": "p"}
    canonical([one.model_dump() for one in EDIT.plan(image, params)])
    assert EDIT.inverse(TARGET, params, image, {}) is not None


def test_what_stands_there_and_cannot_be_sent_back_is_no_way_back() -> None:
    params = registry.parsed(EDIT, {"definition": "{}"})
    assert EDIT.inverse(TARGET, params, {"definition": ODD[0]}, {}) is None
