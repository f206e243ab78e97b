"""The agents of access, of AI agents and of people on the synthetic organisation: what is planted is proposed as it should be
and becomes a proposal, and no benign twin is."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest

from actions import intake
from agents import proposing
from agents.proposing import Scan
from agents.round import CAPABILITIES
from approvals.deciding.proposals import content_of
from approvals.ledger.ledger import Actor
from approvals.policy.policy_file import load
from demo.accepted import SLOW_BOARD
from queries.catalogue import catalogue
from tests.actions.office import POLICY, Office, office
from tests.actions.workspace_server import world
from tests.lakehouses import lakehouse as small
from warehouse.embedded import Embedded
from warehouse.reader import Reader

pytestmark = pytest.mark.xdist_group("organisation")
NOW = dt.datetime(2026, 11, 20, 10, 25, tzinfo=dt.UTC)
PLANTED = {
    "governanceops.broad_grant": "broad_grant",
    "governanceops.self_grant": "self_grant",
    "governanceops.denied_burst": "denied_burst",
    "governanceops.failed_logins": "failed_logins",
    "governanceops.download_burst": "download_burst",
    "governanceops.unmasked_sensitive": "unmasked_sensitive",
    "agentops.runaway": "runaway",
    "agentops.throttled": "throttled",
    "agentops.tool_loop": "tool_loop",
    "agentops.fallback": "fallback",
    "agentops.slow_answers": "slow_answers",
    "agentops.judged_worse": "judged_worse",
    "agentops.index_lag": "index_lag",
    "userops.slow_dashboard": "slow_dashboard",
    "userops.repeated_failures": "repeated_failures",
    "userops.spill": "spill",
    "userops.full_scans": "full_scans",
    "userops.left_out": "left_out",
    "userops.inactive": "inactive",
}


EVERY = (*PLANTED, "userops.newcomer_stuck")  # newcomers are stuck in every organisation
ALIKE = {"userops.left_out": ("team-research",)}  # as wrong as what is planted, though nobody planted it


@pytest.fixture(scope="module")
def lakehouse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small(tmp_path_factory, tmp_path_factory.mktemp("organisation") / "lakehouse.duckdb", NOW)


@pytest.fixture(scope="module")
def reader(lakehouse: Path) -> Iterator[Reader]:
    made = Reader(Embedded(lakehouse), catalogue(), clock=lambda: NOW, threads=2)
    yield made
    made.close()


@pytest.fixture(scope="module")
def looks(reader: Reader) -> dict[str, Scan]:
    people = world().people
    teams = {"group": [f"team-{one}" for one in people.team], "member": [one.lower() for one in people.email]}
    given = {"members": pd.DataFrame(teams)}
    return {one.name: proposing.scan(one, reader, NOW, given) for one in CAPABILITIES if one.name in EVERY}


def listed(lakehouse: Path, name: str) -> dict[str, dict[str, Any]]:
    found = json.loads(lakehouse.with_name(name).read_text(encoding="utf-8"))
    return {one["kind"]: one for one in found}


@pytest.mark.parametrize("name", PLANTED)
def test_what_is_planted_is_proposed_and_nothing_else(name: str, lakehouse: Path, looks: dict[str, Scan]) -> None:
    fault, look = listed(lakehouse, "faults.json")[PLANTED[name]], looks[name]
    assert look.could_not == ""
    drafts = {draft.target.id: draft for draft in look.drafts if draft.target.id not in ALIKE.get(name, ())}
    assert list(drafts) in ([fault["entity_id"]], [fault["entity_name"]], [SLOW_BOARD])
    (draft,) = drafts.values()
    assert draft.kind == fault["action"]
    assert draft.params.items() >= fault["parameters"].items()


@pytest.mark.parametrize("name", PLANTED)
def test_no_benign_twin_is_proposed(name: str, lakehouse: Path, looks: dict[str, Scan]) -> None:
    twin = listed(lakehouse, "twins.json").get(PLANTED[name])
    if twin is not None:
        assert not {twin["entity_id"], twin["entity_name"]} & {draft.target.id for draft in looks[name].drafts}


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with office(f"sqlite:///{tmp_path_factory.mktemp('store') / 'store.sqlite'}") as made:
        yield made


@pytest.mark.parametrize("name", EVERY)
def test_intake_takes_it(name: str, here: Office, reader: Reader, looks: dict[str, Scan]) -> None:
    desk = replace(here.desk, reader=reader, policy=load(POLICY))
    draft = looks[name].drafts[0]
    made = intake.take(desk, draft, Actor("agent", draft.agent.id))
    with desk.store.reading() as tx:
        content = content_of(tx, made, 1)
    assert content.dimension == name.partition(".")[0]
    assert content.evidence[0].row_count == 1
    assert content.requirement.seats


def test_what_has_been_tagged_is_to_be_masked_as_all_others_are(lakehouse: Path, here: Office, tmp_path: Path) -> None:
    """Once somebody gave the planted column the tag of its class, the message becomes a mask; intake finds it possible."""
    table = listed(lakehouse, "faults.json")["unmasked_sensitive"]["entity_id"]
    path = tmp_path / "lakehouse.duckdb"
    shutil.copy(lakehouse, path)
    with duckdb.connect(str(path)) as connection:
        values = [*table.split("."), "contact", "class.email_address", ""]
        names = "catalog_name, schema_name, table_name, column_name, tag_name, tag_value"
        connection.execute(f"INSERT INTO info_schema.column_tags ({names}) VALUES (?, ?, ?, ?, ?, ?)", values)
    reader = Reader(Embedded(path), catalogue(), clock=lambda: NOW, threads=2)
    every = {one.name: one for one in CAPABILITIES}
    told = proposing.scan(every["governanceops.unmasked_sensitive"], reader, NOW)
    masks = proposing.scan(every["governanceops.mask_tagged"], reader, NOW)
    assert [one.target.id for one in told.drafts] == []
    assert [(one.target.id, one.params["function"]) for one in masks.drafts] == [(table, "main.risk_gold.mask_contact")]
    here.there.state.put("tags", f"column {table}.contact", {"class.email_address": ""})
    desk = replace(here.desk, reader=reader, policy=load(POLICY))
    made = intake.take(desk, masks.drafts[0], Actor("agent", "governanceops.mask_tagged"))
    with desk.store.reading() as tx:
        content = content_of(tx, made, 1)
    reader.close()
    assert all(one.ok for one in content.preconditions), content.preconditions
    assert content.requirement.seats
