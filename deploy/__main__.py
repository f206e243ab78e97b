"""`python -m deploy bundle | preflight | grants | verify | migrate | dump | restore | reference`: what deploys it, from a shell."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from deploy.findings import Finding, as_json, code, table
from logs import install_for_command
from settings import settings


def _say(text: str) -> None:
    sys.stdout.write(text if text.endswith("\n") else text + "\n")


def _told(found: Sequence[Finding], as_text: bool) -> int:
    _say(table(found) if as_text else as_json(found))
    return code(found)


def _bundle(chosen: argparse.Namespace) -> int:
    from deploy.bundle import checked

    return _told(checked(), not chosen.json)


def _preflight(chosen: argparse.Namespace) -> int:
    from deploy.preflight import preflight

    return _told(preflight(os.environ, app=chosen.app, tables=not chosen.no_tables), not chosen.json)


def _grants(chosen: argparse.Namespace) -> int:
    from approvals.policy.policy_file import PolicyError, load
    from deploy.grants import script

    try:
        _say(script(chosen.principal, load(settings().policy)))
    except (ValueError, PolicyError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


def _verify(chosen: argparse.Namespace) -> int:
    from deploy.verify import verify

    token = os.environ.get("LAKEHELM_VERIFY_TOKEN", "")
    if chosen.sign_in:
        from workspace_client import SignIn, config

        signed = config(SignIn(found=True), budget=20, timeout=10).authenticate()
        token = signed.get("Authorization", "").removeprefix("Bearer ")
    return _told(tuple(verify(chosen.url, token=token, budget=chosen.budget)), not chosen.json)


def _migrate(chosen: argparse.Namespace) -> int:
    from approvals.store.guards import grants_sql
    from approvals.store.store import open_store
    from deploy.store_tables import declared

    declared()  # all of them, so that all of them are granted
    statements = [
        one for role in chosen.grant_to for one in grants_sql(role)
    ]  # a wrong name before anything is changed
    made = open_store(settings())  # opening brings the tables up to date
    if statements and made.engine.dialect.name == "postgresql":
        with made.engine.begin() as connection:
            schema = connection.exec_driver_sql("SELECT quote_ident(current_schema())").scalar_one()
            for one in statements:
                connection.exec_driver_sql(one.replace("ON SCHEMA public", f"ON SCHEMA {schema}"))
    with made.reading() as tx:
        revision = tx.connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one()
    _say(f"the tables are at revision {revision}")
    return 0


def _dump(chosen: argparse.Namespace) -> int:
    from approvals.store.store import open_store
    from deploy.dump import BadDump, dump

    try:
        _say(f"{dump(open_store(settings()), chosen.file):,} rows in {chosen.file}")
    except BadDump as error:
        sys.stderr.write(f"{error}\n")
        return 2
    return 0


def _restore(chosen: argparse.Namespace) -> int:
    from approvals.store.store import open_store
    from deploy.dump import BadDump, checked, restore

    try:
        checked(chosen.file)  # before the tables are made
        _say(f"{restore(open_store(settings()), chosen.file):,} rows restored; the ledger is intact")
    except BadDump as error:
        sys.stderr.write(f"{error}\nnothing was written\n")
        return 2
    return 0


def _reference(chosen: argparse.Namespace) -> int:
    from deploy.references import PAGES

    _say(PAGES[chosen.page]())
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m deploy", description=__doc__)
    verbs = parser.add_subparsers(required=True)
    json = {"action": "store_true", "help": "the findings as JSON"}
    one = verbs.add_parser("bundle", help="check databricks.yml and app.yaml without a workspace")
    one.add_argument("--json", **json)  # type: ignore[arg-type]
    one.set_defaults(run=_bundle)
    one = verbs.add_parser("preflight", help="0 all is well, 1 warnings, 2 failures; signs in as the environment says")
    one.add_argument("--app", default="", help="the app's name, from outside Databricks Apps")
    one.add_argument("--no-tables", action="store_true", help="leave the system tables out: the warehouse stays asleep")
    one.add_argument("--json", **json)  # type: ignore[arg-type]
    one.set_defaults(run=_preflight)
    one = verbs.add_parser("grants", help="print the GRANT statements for a principal")
    one.add_argument("--principal", required=True, help="application id of the app's service principal")
    one.set_defaults(run=_grants)
    one = verbs.add_parser("verify", help="smoke-test a running app; a token comes from LAKEHELM_VERIFY_TOKEN")
    one.add_argument("url")
    one.add_argument("--sign-in", action="store_true", help="take a token from the SDK's own sign-in (a login, OIDC)")
    one.add_argument("--budget", type=float, default=5.0, help="seconds that a page may take")
    one.add_argument("--json", **json)  # type: ignore[arg-type]
    one.set_defaults(run=_verify)
    one = verbs.add_parser("migrate", help="bring the app's own tables up to date")
    one.add_argument("--grant-to", action="append", default=[], metavar="ROLE", help="a role that works with them")
    one.set_defaults(run=_migrate)
    for name, run, words in (
        ("dump", _dump, "write the app's own tables to a file"),
        ("restore", _restore, "read such a file into empty tables"),
    ):
        one = verbs.add_parser(name, help=words)
        one.add_argument("file", type=Path)
        one.set_defaults(run=run)
    one = verbs.add_parser("reference", help="print a page of docs/reference")
    one.add_argument("page", choices=("actions", "capabilities", "runbooks", "settings"))
    one.set_defaults(run=_reference)
    return parser


def main(arguments: list[str]) -> int:
    chosen = _parser().parse_args(arguments)
    return int(chosen.run(chosen))


if __name__ == "__main__":
    install_for_command()
    sys.exit(main(sys.argv[1:]))
