"""Preflight against the emulated deployment: all is well, and every planted fault is found with what mends it."""

from __future__ import annotations

import datetime as dt
import json
import re
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from actions.registry import KINDS
from approvals.store.store import engine
from demo.emulator.server import WAREHOUSE
from deploy import __main__ as command
from deploy import check_policy, check_settings, check_workspace
from deploy.check_store import newest
from deploy.findings import Finding, code, plain, table
from deploy.levels import LEVELS
from queries.needs import needs
from queries.own_tables import TRACES
from settings import ROOT
from tests.deploy.workplace import NAME, VOLUME, Workplace


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two objects of each type are enough here; nobody waits long for what is not there."""
    monkeypatch.setattr(check_policy, "LOOKED_AT", 2)
    monkeypatch.setattr(check_workspace, "CONNECT", 1.0)
    monkeypatch.setattr(check_workspace, "HTTP", 3)
    monkeypatch.setattr(check_workspace, "BUDGET", 1)


def found(findings: tuple[Finding, ...], what: str, state: str) -> str:
    """What was found and what mends it, of the lines about ``what`` in ``state``."""
    return "\n".join(f"{one.found} → {one.mend}" for one in findings if one.what == what and one.state == state)


def test_a_good_deployment_is_good_and_nothing_is_left_behind(place: Workplace) -> None:
    before = len(place.state.effects)
    findings = place.look()
    assert [one for one in findings if one.state in ("warn", "fail")] == []
    assert code(findings) == 0
    assert f"{len(needs())} of {len(needs())} tables can be read as lakehelm-app" in found(findings, "tables", "ok")
    assert place.state.objects["files"] == {}
    assert len(place.state.effects) == before


def test_after_the_first_start_the_tables_are_at_head(place: Workplace) -> None:
    engine(place.environment["LAKEHELM_STORE_URL"])
    findings = place.look(tables=False)
    assert found(findings, "migrations", "ok") == f"at {newest()} → "
    assert "owns the tables" in found(findings, "store", "ok")


def unset(name: str) -> Callable[[Workplace], None]:
    return lambda place: place.environment.update({name: ""})


def given(name: str, value: str) -> Callable[[Workplace], None]:
    return lambda place: place.environment.update({name: value})


def skewed(seconds: float) -> Callable[[Workplace], None]:
    return lambda place: setattr(place, "ahead", dt.timedelta(seconds=seconds))


def no_group(place: Workplace) -> None:
    key = next(k for k, one in place.state.objects["groups"].items() if one["displayName"] == "finops-approvers")
    place.state.drop("groups", key)


def empty_group(place: Workplace) -> None:
    key = next(k for k, one in place.state.objects["groups"].items() if one["displayName"] == "break-glass")
    place.change("groups", key, members=[])


def look_alike(place: Workplace) -> None:
    made = {"id": "9901", "displayName": "Lakehelm-Admins", "members": [{"value": "1"}]}
    place.state.put("groups", "9901", made)


def inactive(place: Workplace) -> None:
    place.change("service_principals", "2", active=False)


def bad_policy(place: Workplace) -> None:
    path = Path(place.environment["LAKEHELM_HOME"]).with_name("policy.yaml")
    path.write_text(
        (ROOT / "policies" / "default.yaml").read_text().replace("version: 1", "version: 1\nsurprise: 2", 1)
    )
    place.environment["LAKEHELM_POLICY"] = str(path)


def misspelt_kind(place: Workplace) -> None:
    path = Path(place.environment["LAKEHELM_HOME"]).with_name("policy.yaml")
    path.write_text(
        (ROOT / "policies" / "default.yaml").read_text().replace("disabled: []", "disabled: [token.revoke]", 1)
    )
    place.environment["LAKEHELM_POLICY"] = str(path)


def unwritable_home(place: Workplace) -> None:
    file = Path(place.environment["LAKEHELM_HOME"]).with_name("a file")
    file.write_text("")
    place.environment["LAKEHELM_HOME"] = str(file / "home")


def resources(place: Workplace, word: str) -> None:
    kept = [one for one in place.state.get("apps", NAME)["resources"] if word not in one]
    place.change("apps", NAME, resources=kept)


def behind(place: Workplace) -> None:
    made = engine(place.environment["LAKEHELM_STORE_URL"])
    with made.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0001'"))


def ahead(place: Workplace) -> None:
    made = engine(place.environment["LAKEHELM_STORE_URL"])
    with made.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))


def as_role(place: Workplace, *statements: str) -> None:
    """Let the app sign in to Postgres as a role that owns nothing; roles are the server's, so the name is the database's."""
    url = sa.make_url(place.environment["LAKEHELM_STORE_URL"])
    role = f"app_of_{url.database}"
    admin = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sa.text(f"CREATE ROLE {role} LOGIN"))
        for one in statements:
            connection.execute(sa.text(one.replace("ROLE", role)))
    admin.dispose()
    place.environment["LAKEHELM_STORE_URL"] = url.set(username=role).render_as_string(hide_password=False)


def foreign_schema(place: Workplace) -> None:
    as_role(place, "REVOKE CREATE ON SCHEMA public FROM PUBLIC")


def foreign_tables(place: Workplace) -> None:
    engine(place.environment["LAKEHELM_STORE_URL"])
    as_role(place, "GRANT SELECT ON alembic_version TO ROLE")


def no_database(place: Workplace) -> None:
    url = sa.make_url(place.environment["LAKEHELM_STORE_URL"])
    place.environment["LAKEHELM_STORE_URL"] = url.set(database="nowhere").render_as_string(hide_password=False)


TOKEN = {"DATABRICKS_TOKEN": "expired", "DATABRICKS_CLIENT_ID": "", "DATABRICKS_CLIENT_SECRET": ""}
FAULTS: list[tuple[str, Callable[[Workplace], object], str, str, str]] = [
    # what is planted, how, the line that tells of it, its state, what it says and what mends it
    ("no warehouse named", unset("DATABRICKS_WAREHOUSE_ID"), "settings", "fail", "DATABRICKS_WAREHOUSE_ID is missing.*app.yaml"),
    ("the laptop's profile", unset("LAKEHELM_PROFILE"), "settings", "fail", "LAKEHELM_PROFILE=databricks is missing"),
    ("no host", unset("DATABRICKS_HOST"), "host", "fail", "no host is set → Set DATABRICKS_HOST"),
    ("no secret", unset("DATABRICKS_CLIENT_SECRET"), "settings", "fail", "DATABRICKS_CLIENT_SECRET is missing"),
    ("a value that is none", given("LAKEHELM_QUERY_TIMEOUT", "soon"), "settings", "fail", "LAKEHELM_QUERY_TIMEOUT.*docs/settings.md"),
    ("outside an app", unset("DATABRICKS_APP_NAME"), "inside", "note", "from outside Databricks Apps → Name the app with --app"),
    ("a wrong secret", given("DATABRICKS_CLIENT_SECRET", "wrong"), "sign-in", "fail", "refused .*or the token is wrong"),
    ("an expired token", lambda place: place.environment.update(TOKEN), "sign-in", "fail", "refused .* has expired"),
    ("a principal that was switched off", inactive, "sign-in", "fail", "refused|not active"),
    ("a clock that is a little off", skewed(90), "clock", "warn", "s apart → Set this machine's clock"),
    ("a clock that is far off", skewed(3600), "clock", "fail", "s apart → Set this machine's clock"),
    ("a warehouse that is not there", given("DATABRICKS_WAREHOUSE_ID", "feedbeef"), "warehouse", "fail",
     "feedbeef does not exist → Set DATABRICKS_WAREHOUSE_ID to one of: "),
    ("a warehouse that may not be used", lambda place: place.give("warehouses", WAREHOUSE, None), "warehouse right", "fail",
     f"holds nothing on warehouses {WAREHOUSE}, CAN_USE is needed → databricks permissions update warehouses {WAREHOUSE}"),
    ("a warehouse that never stops", lambda place: place.change("warehouses", WAREHOUSE, auto_stop_mins=0), "warehouse", "warn",
     "auto-stop to 10"),
    ("no such app", lambda place: place.state.drop("apps", NAME), "app", "fail", f"no app {NAME} → databricks bundle deploy"),
    ("an app that stands still", lambda place: place.change("apps", NAME, app_status={"state": "UNAVAILABLE"}), "app", "warn",
     f"UNAVAILABLE → databricks apps start {NAME}"),
    ("an app without its database", lambda place: resources(place, "postgres"), "app resource", "fail",
     "no postgres resource → databricks bundle deploy"),
    ("an app without its executor", lambda place: resources(place, "job"), "app resource", "fail", "no job resource"),
    ("no executor", lambda place: place.state.drop("jobs", place.job), "executor", "fail",
     "does not exist .*→ databricks bundle deploy"),
    ("an executor whose right was taken away", lambda place: place.give("jobs", place.job, "CAN_VIEW"), "executor right", "fail",
     "holds CAN_VIEW on it → .*permissions of the job must name lakehelm-app with CAN_MANAGE_RUN"),
    ("no key for the ledger", unset("LAKEHELM_LEDGER_KEY"), "ledger key", "fail",
     "no key to sign .*docs/deploy.md .*valueFrom: ledger-key"),
    ("a key that is none", given("LAKEHELM_LEDGER_KEY", "-----BEGIN"), "ledger key", "fail", "is no ed25519 key"),
    ("no second place", unset("LAKEHELM_CHECKPOINTS"), "second place", "warn", "lost at every start → Let the executor's job act"),
    ("a second place that an app cannot reach", given("LAKEHELM_CHECKPOINTS", "/proc/Volumes/main"), "second place", "fail",
     "/proc/Volumes/main cannot be written .*An app reaches no volume as a folder"),
    ("an app without the key's secret", lambda place: resources(place, "secret"), "app resource", "fail", "no secret resource"),
    ("a volume that may not be written", lambda place: place.change("volumes", VOLUME, readonly=True), "checkpoints", "fail",
     f"cannot be written .*GRANT READ VOLUME, WRITE VOLUME ON VOLUME {VOLUME}"),
    ("a home that cannot be written", unwritable_home, "home", "fail", "cannot be written .*/tmp/lakehelm in Databricks Apps"),
    ("a policy that says something unknown", bad_policy, "policy", "fail", "surprise: unknown field → Mend .*policy.yaml"),
    ("a policy that names a kind that does not exist", misspelt_kind, "policy names", "fail",
     "kinds.disabled: there is no kind of action token.revoke → Mend the name in .*policy.yaml"),
    ("no policy", given("LAKEHELM_POLICY", "/nowhere/policy.yaml"), "policy", "fail", "cannot be read"),
    ("a group that is not there", no_group, "group", "fail",
     "finops-approvers does not exist.*groups create --display-name finops-approvers"),
    ("a group that reads like another one", look_alike, "group names", "warn",
     "'Lakehelm-Admins' reads like lakehelm-admins, and is another group.*→ Rename or remove it in the account"),
    ("a group without members", empty_group, "group", "warn", "break-glass has no members"),
    ("a webhook in the clear", given(check_settings.WEBHOOKS, "ops=http://hooks.example.com/x"),
     "webhook", "fail", "ops is not https"),
    ("tables of an older version", behind, "migrations", "fail", "at 0001, this version needs .*deploy migrate"),
    ("tables of a newer version", ahead, "migrations", "fail", "9999, which this version does not know → .*newer version"),
    ("a schema of somebody else", foreign_schema, "store", "fail",
     "public belongs to .*may make no tables in it → As .*deploy migrate --grant-to .*ALTER SCHEMA"),
    ("tables of somebody else", foreign_tables, "store", "fail",
     "the tables belong to .*may not use .*→ As .*deploy migrate --grant-to"),
    ("a database that is not there", no_database, "store", "fail", "does not let the app in .*Check host, database and role"),
    ("a database that is a file inside an app", given("LAKEHELM_STORE_URL", ""), "store", "fail",
     "lost at every start .*LAKEHELM_PG_ENDPOINT"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "plant", "what", "state", "said"), FAULTS, ids=[one[0] for one in FAULTS])
def test_a_planted_fault_is_found_and_its_mend_is_named(
    place: Workplace, name: str, plant: Callable[[Workplace], object], what: str, state: str, said: str
) -> None:
    plant(place)
    findings = place.look(tables=False)
    assert re.search(said, found(findings, what, state), re.DOTALL), table(findings)
    assert code(findings) == {"fail": 2, "warn": 1, "note": 0}[state], table(findings)


@pytest.mark.parametrize("one", ["system.billing.usage", "system.access.audit", "system.query.history"])
def test_a_missing_grant_comes_with_the_grant(place: Workplace, one: str) -> None:
    place.emulator.faults.set("no_grant", times=-1, name=one)
    findings = place.look()
    told = found(findings, one, "fail")
    schema = one.rpartition(".")[0].replace(".", "`.`")
    assert "may not read it" in told
    assert f"GRANT SELECT ON TABLE `{one.replace('.', '`.`')}` TO `lakehelm-app`" in told
    assert f"GRANT USE SCHEMA ON SCHEMA `{schema}` TO `lakehelm-app`" in told
    assert f"{len(needs()) - 1} of {len(needs())} tables" in found(findings, "tables", "ok")
    assert code(findings) == 2


@pytest.mark.parametrize(("one", "state"), [(need.table, "note" if need.optional else "fail") for need in needs()])
def test_an_absent_table_is_a_note_where_the_questions_can_do_without_it(
    place: Workplace, one: str, state: str
) -> None:
    from deploy.check_tables import tables
    from settings import from_environment

    place.emulator.faults.set("missing_table", times=-1, name=one)
    findings = tuple(tables(from_environment(place.environment), "lakehelm-app"))
    assert [found.state for found in findings if found.what == one] == [state]
    own = "LAKEHELM_TRACE_TABLE names no view of traces"  # of a table that the account names itself
    mend = own if one == TRACES else f"system-schemas enable <metastore id> {one.split('.')[1]}"
    assert mend in found(findings, one, state)


def test_what_an_account_may_lack_is_what_every_question_says_it_can_do_without() -> None:
    optional = {one.table for one in needs() if one.optional}
    assert {"system.billing.account_prices", "system.access.column_lineage"} <= optional
    assert "system.billing.usage" not in optional


def test_a_host_that_swallows_everything_is_given_up_soon(place: Workplace) -> None:
    with socket.socket() as silent:  # it takes the connection and never answers
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        place.environment["DATABRICKS_HOST"] = f"http://127.0.0.1:{silent.getsockname()[1]}"
        began = time.monotonic()
        findings = place.look()
        took = time.monotonic() - began
    assert "does not answer" in found(findings, "host", "fail")
    assert "Check DATABRICKS_HOST" in found(findings, "host", "fail")
    assert "no sign-in" in found(findings, "tables", "warn")
    assert took < 60
    assert code(findings) == 2


def test_from_outside_a_database_that_is_not_named_is_a_note(place: Workplace) -> None:
    place.environment |= {"DATABRICKS_APP_NAME": "", "LAKEHELM_STORE_URL": ""}
    findings = place.look(tables=False, app=NAME)
    assert "the app itself can look at it" in found(findings, "store", "note")
    assert code(findings) == 0, table(findings)


@pytest.mark.parametrize("host", ["http://127.0.0.1:1", "https://lakehelm.invalid", "https://[half"])
def test_a_host_that_is_not_there_is_said(place: Workplace, host: str) -> None:
    place.environment["DATABRICKS_HOST"] = host
    began = time.monotonic()
    findings = place.look()
    assert "does not answer" in found(findings, "host", "fail")
    assert time.monotonic() - began < 60


def test_an_address_in_the_clear_is_refused(place: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    original = socket.create_connection
    port = place.emulator.url.rpartition(":")[2]
    monkeypatch.setattr(
        socket, "create_connection", lambda address, *more, **also: original(("127.0.0.1", address[1]), *more, **also)
    )
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, port, *_, **__: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))],
    )
    place.environment["DATABRICKS_HOST"] = f"http://workspace.example.com:{port}"
    assert "not https" in found(place.look(tables=False), "host", "fail")


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("ops=https://hooks.example.com/x", "ok"),
        ("ops=https://user:pw@hooks.example.com/x", "fail"),
        ("https://hooks.example.com/x", "fail"),
        ("ops=ftp://hooks.example.com", "fail"),
        ("ops=https://", "fail"),
    ],
)
def test_webhooks(text: str, state: str) -> None:
    (one,) = check_settings.webhooks(text)
    assert one.state == state
    assert "pw" not in one.found + one.mend


def test_whoever_works_with_tables_of_somebody_else_is_let_in_by_the_migration(
    place: Workplace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The mend that preflight names is run as it stands, and mends it."""
    owner = dict(place.environment)
    as_role(place)
    role = str(sa.make_url(place.environment["LAKEHELM_STORE_URL"]).username)
    monkeypatch.setattr(command, "settings", lambda: __import__("settings").from_environment(owner))
    assert command.main(["migrate", "--grant-to", role]) == 0
    assert f"at revision {newest()}" in capsys.readouterr().out
    findings = place.look(tables=False)
    assert f"{role} may use them" in found(findings, "store", "ok")
    assert code(findings) == 0


def test_the_table_is_aligned_and_cannot_be_steered_by_foreign_words() -> None:
    shown = table([Finding("a", "ok", "x\x1b[2J\ny\u202ez"), Finding("longer", "fail", "no", "do this")])
    assert shown.splitlines() == [
        "ok    a       x [2J y z",
        "fail  longer  no",
        "              → do this",
        "1 ok, 0 note, 0 warn, 1 fail",
    ]
    assert len(plain("x" * 10_000)) == 400


def test_the_command_prints_json_and_ends_with_the_worst(
    place: Workplace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("os.environ", place.environment)
    assert command.main(["preflight", "--no-tables", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert {"what", "state", "found", "mend"} == set(told[0])
    place.give("jobs", place.job, None)
    assert command.main(["preflight", "--no-tables"]) == 2
    assert "fail  executor right" in capsys.readouterr().out


def test_no_secret_is_ever_printed(place: Workplace) -> None:
    place.environment["DATABRICKS_CLIENT_SECRET"] = "s3cr3t-canary"
    assert "s3cr3t-canary" not in table(place.look(tables=False))


@pytest.mark.parametrize("kind", sorted({one.right.on for one in KINDS.values()} - {""}))
def test_where_the_app_may_act_is_counted(place: Workplace, kind: str) -> None:
    before = found(place.look(tables=False), f"acting on {kind}", "note")
    assert "of 2 looked at: " in before
    assert " on 2" not in before
    for key in [one for one in place.state.objects["permissions"] if one.startswith(f"{kind} ")]:
        place.give(kind, key.split()[1], LEVELS[kind][-1])
    after = found(place.look(tables=False), f"acting on {kind}", "note")
    assert after == f"{', '.join(re.sub(' on [01]$', ' on 2', part) for part in before.split(' → ')[0].split(', '))} → "
