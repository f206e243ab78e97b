"""A field of what people sign that nothing reads looks like a check and checks nothing."""

from __future__ import annotations

import ast
import inspect
import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from actions.kinds.shared.kind import Kind
from approvals.reading.ledger_tables import signed_text
from approvals.values import proposal
from approvals.values.canonical import canonical, digest
from approvals.values.proposal import WORDS, Content, action_digest
from components.text.tokens import Tokens
from settings import ROOT
from tests.approvals.world import content

ROOMS = ("actions", "agents", "approvals", "components", "deploy", "pages")
VALUES = [
    one
    for _, one in inspect.getmembers(proposal, inspect.isclass)
    if issubclass(one, BaseModel) and one.__module__ == proposal.__name__
]
# Read by every reader that has a value of another version before it.
BY_EVERYBODY = {"schema_version"}
# Read by the functions beside them.
BY_THE_TOKENS = {"series", "other"}


def _read(but: str) -> set[str]:
    """The names of all attributes that production code reads, and the names it asks for as text, outside ``but``."""
    files = [file for room in ROOMS for file in (ROOT / room).rglob("*.py") if file != ROOT / but]
    return {name for file in files for name in _names(file)}


def _names(file: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(file.read_text())))
    return {one.attr for one in nodes if isinstance(one, ast.Attribute) and isinstance(one.ctx, ast.Load)}


@pytest.mark.parametrize("value", VALUES, ids=lambda one: one.__name__)
def test_every_field_of_a_signed_value_is_read(value: type[BaseModel]) -> None:
    assert set(value.model_fields) - BY_EVERYBODY - _read("approvals/values/proposal.py") == set()


def test_every_attribute_of_a_kind_is_read() -> None:
    declared = set(Kind.__annotations__)
    assert len(declared) > 10
    assert declared - _read("actions/kinds/shared/kind.py") == set()


def test_every_token_of_the_look_is_read() -> None:
    declared = set(Tokens.__annotations__)
    assert len(declared) > 10
    assert declared - _read("components/text/tokens.py") - BY_THE_TOKENS == set()


def _first_version(filled: str = "") -> dict[str, Any]:
    """A content as the first version wrote it: with its word for the dimension, and the field of the dry run that it never filled."""
    made: dict[str, Any] = json.loads(canonical(content()))
    made["dry_run"]["output_digest"], made["dimension"] = filled, "fin"
    return made


def test_what_the_first_version_signed_stays_signed() -> None:
    old = _first_version()
    signed = {name: value for name, value in old.items() if name not in WORDS}
    as_signed = digest({"proposal_id": "p", "revision": 3, "content": signed})
    read = Content.model_validate_json(json.dumps(old))
    assert action_digest("p", 3, read) == signed_text("p", 3, json.dumps(old)) == as_signed
    assert signed_text("p", 3, canonical(read)) == as_signed


def test_a_field_that_was_never_filled_is_not_filled_afterwards() -> None:
    with pytest.raises(ValidationError, match="output_digest"):
        Content.model_validate_json(json.dumps(_first_version("ab" * 32)))
    assert signed_text("p", 3, json.dumps(_first_version("ab" * 32))) != signed_text(
        "p", 3, json.dumps(_first_version())
    )
