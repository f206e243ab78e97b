"""An action runs in the workspace that it is about, or nowhere: at its own host, which has to say that it is the one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from actions import impact, intake, registry
from actions.acting import Elsewhere, Permit
from actions.evidence import Unread
from actions.kinds.shared.identifiers import BadTarget
from actions.workspaces import METASTORE, NoWay, Workspaces, of_one_family
from approvals.deciding.proposals import content_of
from approvals.deciding.transitions import proposal
from approvals.ledger.ledger import Actor
from approvals.values.proposal import Draft, Target
from demo.names import CLOSED, DEV, EUROPE, PROD
from demo.workspace.people import APP, APP_SECRET, APP_TOKEN
from tests.actions.kind_cases import CASES
from tests.actions.kind_cases_catalog import CHANGING, KindCase
from tests.actions.office import BY, Office, office
from tests.actions.workspace_server import world
from workspace_client import SignIn

EVERY = {case.kind: case for case in (*CASES, *CHANGING)}
IN_A_WORKSPACE = [case for case in EVERY.values() if registry.kind(case.kind).scope == "workspace"]
IN_THE_METASTORE = [case for case in EVERY.values() if registry.kind(case.kind).scope == "metastore"]


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Office]:
    with office(f"sqlite:///{tmp_path / 'store.sqlite'}") as made:
        yield made


def reaching(here: Office, hosts: Mapping[str, str], token: str = APP_TOKEN, home: str = PROD) -> Office:
    """The same office, where the addresses of the workspaces are ``hosts``."""
    sign_in = SignIn(here.there.emulator.urls[home], token=token)
    return Office(here.there, replace(here.desk, workspaces=Workspaces(sign_in, lambda: hosts, kept=0)))


def take(here: Office, kind: str, target: Target, params: Any) -> str:
    return intake.take(here.desk, Draft(kind=kind, target=target, params=params, agent=BY), Actor("agent", BY.id))


def shared_job() -> str:
    """The id of a job that two workspaces have."""
    jobs = world().jobs
    (twice,) = set(jobs[jobs.job_id.duplicated()].job_id)
    return str(twice)


def test_the_job_of_the_workspace_that_is_meant(here: Office) -> None:
    """Two workspaces have a job of this number: each is changed by what is about it, the other one never."""
    number = shared_job()
    wanted = {"timeout_seconds": 1234}
    places = [str(one) for one in world().jobs[world().jobs.job_id == number].workspace_id]
    assert len(places) == 2
    for place in places:
        target = Target(workspace_id=place, type="job", id=number)
        made = here.approved(KindCase("job.set_timeout", target, wanted))
        known = len(here.there.effects)
        row = here.work(made, here.executor())
        assert row is not None and row.state == "verified"
        assert [(one.id, one.workspace_id) for one in here.effects(known)] == [(number, place)]
    assert len(here.effects(0)) == 2


@pytest.mark.parametrize("case", IN_A_WORKSPACE, ids=str)
def test_an_object_of_another_workspace_is_not_there(case: KindCase, here: Office) -> None:
    """Whichever other workspace a draft claims, nothing becomes of it: the claim decides nothing."""
    if case.prepare is not None:
        case.prepare(here.there.state)
    for claimed in {PROD, DEV, EUROPE} - {case.target.workspace_id}:
        with pytest.raises(Exception) as refused:
            take(here, case.kind, case.target.model_copy(update={"workspace_id": claimed}), case.params)
        assert type(refused.value).__name__ in ("Gone", "BadRequest", "InvalidParameterValue", "Pointless", "NotFound")
    assert here.effects(0) == []
    assert take(here, case.kind, case.target, case.params)


@pytest.mark.parametrize("claimed", [CLOSED, "9", "", METASTORE, "../1", "1" * 60])
def test_a_workspace_that_nobody_knows_is_refused(claimed: str, here: Office) -> None:
    target = EVERY["warehouse.set_autostop"].target.model_copy(update={"workspace_id": claimed})
    with pytest.raises(NoWay):
        take(here, "warehouse.set_autostop", target, {"auto_stop_minutes": 10})


def _wrong_ways(here: Office) -> dict[str, tuple[Office, str]]:
    """How the way to a workspace of development can be closed, and words of the reason."""
    urls = here.there.emulator.urls
    return {
        "no address": (reaching(here, {PROD: urls[PROD]}), "No address"),
        "the address of another": (reaching(here, {DEV: urls[EUROPE]}), "answers as workspace"),
        "the app's own address": (reaching(here, {DEV: urls[PROD]}), "answers as workspace"),
        "not one of Databricks": (reaching(here, {DEV: "https://evil.example"}), "not one of Databricks"),
        "a token that is not known": (reaching(here, urls, token="strange"), "may not sign in"),
    }


WAYS = (
    "no address",
    "the address of another",
    "the app's own address",
    "not one of Databricks",
    "a token that is not known",
)


def dev_warehouse() -> Target:
    frame = world().warehouses
    one = frame[frame.workspace_id == DEV].iloc[0]
    return Target(workspace_id=DEV, type="warehouse", id=str(one.warehouse_id), name="whatever the draft says")


@pytest.mark.parametrize("way", WAYS)
def test_a_way_that_is_closed_is_refused_at_intake_and_before_the_act(way: str, here: Office) -> None:
    closed, words = _wrong_ways(here)[way]
    with pytest.raises(NoWay, match=words):
        take(closed, "warehouse.set_autostop", dev_warehouse(), {"auto_stop_minutes": 17})
    made = here.approved(KindCase("warehouse.set_autostop", dev_warehouse(), {"auto_stop_minutes": 17}))
    row = closed.work(made, closed.executor())
    assert row is not None and row.state == "failed" and words in row.error_text
    assert here.effects(0) == []


def test_a_way_that_closes_after_the_preflight(here: Office) -> None:
    made = here.approved(KindCase("warehouse.set_autostop", dev_warehouse(), {"auto_stop_minutes": 17}))
    hosts = dict(here.there.emulator.urls)
    own = reaching(here, hosts)

    def checkpoint(name: str) -> None:
        if name == "intended":
            hosts[DEV] = hosts[EUROPE]

    row = own.work(made, own.executor(checkpoint))
    assert row is not None and row.state == "failed" and "answers as workspace" in row.error_text
    assert here.effects(0) == []


def test_who_may_not_sign_in_is_refused_by_its_403(here: Office) -> None:
    here.there.emulator.faults.set("forbidden", -1, name="/scim/v2/Me")
    own = reaching(here, here.there.emulator.urls)
    with pytest.raises(NoWay, match="may not sign in"):
        take(own, "warehouse.set_autostop", dev_warehouse(), {"auto_stop_minutes": 17})


def test_a_principal_that_the_workspace_does_not_know_is_refused_and_a_sign_in_that_is_ill_is_not(here: Office) -> None:
    urls = here.there.emulator.urls

    def as_principal(secret: str) -> Office:
        sign_in = SignIn(urls[PROD], client_id=APP, client_secret=secret)
        return Office(here.there, replace(here.desk, workspaces=Workspaces(sign_in, lambda: urls)))

    with pytest.raises(NoWay, match="not known there"):
        take(as_principal("wrong"), "warehouse.set_autostop", dev_warehouse(), {"auto_stop_minutes": 17})
    here.there.emulator.faults.set("unavailable", -1, name="/oidc/v1/token")
    with pytest.raises(ConnectionError):
        take(as_principal(APP_SECRET), "warehouse.set_autostop", dev_warehouse(), {"auto_stop_minutes": 17})
    here.there.emulator.faults.clear()
    assert take(as_principal(APP_SECRET), "warehouse.set_autostop", dev_warehouse(), {"auto_stop_minutes": 17})


def test_addresses_that_cannot_be_read_are_no_refusal(here: Office) -> None:
    """The draft waits: whether there is a way is not known now."""

    def away() -> Mapping[str, str]:
        raise Unread("the warehouse is starting")

    workspaces = Workspaces(SignIn(here.there.emulator.url, token=APP_TOKEN), away)
    own = Office(here.there, replace(here.desk, workspaces=workspaces))
    with pytest.raises(Unread):
        take(own, "warehouse.set_autostop", dev_warehouse(), {"auto_stop_minutes": 17})
    home = EVERY["warehouse.resize"]
    assert home.target.workspace_id == PROD
    assert take(own, home.kind, home.target, home.params), "the app's own needs no list"


def test_name_and_workspace_come_from_what_was_read(here: Office) -> None:
    made = take(here, "warehouse.set_autostop", dev_warehouse(), {"auto_stop_minutes": 17})
    with here.desk.store.reading() as tx:
        content = content_of(tx, made, 1)
    real = here.there.state.get("warehouses", dev_warehouse().id)
    assert content.target.name == real["name"] and "whatever" not in content.title
    assert content.target.workspace_id == DEV


@pytest.mark.parametrize("case", IN_THE_METASTORE, ids=str)
def test_an_object_of_the_metastore_has_one_key(case: KindCase, here: Office) -> None:
    """From whichever workspace of the metastore it is seen, it is one object, and the app's own workspace acts."""
    if case.prepare is not None:
        case.prepare(here.there.state)
    keys = set()
    for claimed in (PROD, DEV, METASTORE, ""):
        made = take(here, case.kind, case.target.model_copy(update={"workspace_id": claimed}), case.params)
        with here.desk.store.reading() as tx:
            keys.add((made, proposal(tx, made).resource_key, content_of(tx, made, 1).env))
    assert len(keys) == 1, keys
    with pytest.raises(NoWay, match="another metastore"):
        take(here, case.kind, case.target.model_copy(update={"workspace_id": EUROPE}), case.params)


def test_an_answer_of_another_workspace_stops_the_action(here: Office) -> None:
    """Between the first look and the call the address came to lead elsewhere."""
    there = here.desk.workspaces.at(DEV)
    permit = Permit()
    there._id = lambda: EUROPE  # type: ignore[assignment]
    one = there.acting(permit)
    with pytest.raises(Elsewhere):
        one.warehouses.get(dev_warehouse().id)
    assert not permit.sent


@pytest.mark.parametrize(("address", "home", "fine"), [
    ("https://adb-12.3.azuredatabricks.net", "https://x.cloud.databricks.com", True),
    ("dbc-1.cloud.databricks.com", "https://x.cloud.databricks.com", True),
    ("https://1.2.gcp.databricks.com/", "adb-12.3.azuredatabricks.net", True),
    ("http://dbc-1.cloud.databricks.com", "https://x.cloud.databricks.com", False),
    ("https://cloud.databricks.com.evil.example", "https://x.cloud.databricks.com", False),
    ("https://evil.example/.cloud.databricks.com", "https://x.cloud.databricks.com", False),
    ("https://x@evil.example", "https://x.cloud.databricks.com", False),
    ("http://127.0.0.1:1", "https://x.cloud.databricks.com", False),
    ("http://127.0.0.1:1", "http://127.0.0.1:2", True), ("https://evil.example", "http://127.0.0.1:2", False),
    ("", "https://x.cloud.databricks.com", False),
])  # fmt: skip
def test_credentials_go_to_databricks_only(address: str, home: str, fine: bool) -> None:
    assert of_one_family(address, home) is fine


def test_only_workspaces_that_run_have_an_address() -> None:
    with pytest.raises(Unread):
        impact.hosts(None)


def test_addresses_are_asked_for_again_after_a_while(here: Office) -> None:
    asked, now = [], [0.0]

    def hosts() -> Mapping[str, str]:
        asked.append(1)
        return here.there.emulator.urls

    workspaces = Workspaces(SignIn(here.there.emulator.url, token=APP_TOKEN), hosts, kept=300, ticks=lambda: now[0])
    for seconds, times in ((0, 1), (299, 1), (300, 2), (301, 2)):
        now[0] = seconds
        assert workspaces.at(DEV).id == DEV and len(asked) == times


IDS = ("warehouse", "cluster", "pipeline", "policy", "endpoint", "job", "run")


@pytest.mark.parametrize("case", [one for one in IN_A_WORKSPACE if one.target.type in IDS], ids=str)
def test_one_object_has_one_spelling(case: KindCase, here: Office) -> None:
    """An API that takes another spelling of an id, and leading zeros: the object would have a second lock."""
    other = f"00{case.target.id}" if case.target.type in ("job", "run") else case.target.id.upper() + "X"
    if case.prepare is not None:
        case.prepare(here.there.state)
    answer = here.there.workspace.answer

    def lenient(method: str, path: str, query: Any, body: Any, by: str, place: str = "") -> Any:
        spelt = {name: text.replace(other, case.target.id) for name, text in query.items()}
        return answer(method, path.replace(other, case.target.id), spelt, body, by, place)

    here.there.workspace.answer = lenient  # type: ignore[assignment]
    target = case.target.model_copy(update={"id": other})
    with pytest.raises(BadTarget):
        take(here, case.kind, target, case.params)
