"""Preflight of a store on Lakebase: a real Postgres whose password is minted, its schema somebody else's, or nobody there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from approvals.store.store import open_store
from deploy.check_store import newest, store
from deploy.findings import Finding
from tests.approvals.lakebase_server import Database, Lakebase, lakebase, named, own_database


@pytest.fixture(scope="module")
def database() -> Iterator[Database]:
    with own_database() as made:
        yield made


@pytest.fixture
def there(database: Database) -> Iterator[Lakebase]:
    with lakebase(database) as one:
        yield one


def found(one: Lakebase, **changes: object) -> dict[str, Finding]:
    return {finding.what: finding for finding in store(named(one, **changes), inside=True)}


def test_before_the_first_start_and_after_it(there: Lakebase) -> None:
    before = found(there)
    assert (before["store"].state, before["migrations"].state) == ("ok", "note")
    assert "schema lakehelm will be made at the first start" in before["store"].found
    open_store(there.settings)
    seen = found(there)
    assert (seen["store"].state, seen["migrations"].state) == ("ok", "ok")
    assert seen["migrations"].found == f"at {newest()}"
    assert "schema lakehelm" in seen["store"].found


def test_a_schema_of_somebody_else_comes_with_its_mend(there: Lakebase) -> None:
    there.database.admin("CREATE SCHEMA lakehelm", there.settings.pg_database)
    seen = found(there)["store"]
    assert (seen.state, seen.found.split(",")[0]) == ("fail", "schema lakehelm belongs to postgres")
    assert seen.mend == f'As postgres: ALTER SCHEMA "lakehelm" OWNER TO "{there.settings.pg_user}"'
    there.database.admin(seen.mend.partition(": ")[2], there.settings.pg_database)
    assert found(there)["store"].state == "ok"


def test_a_role_that_may_make_no_schema(there: Lakebase) -> None:
    there.database.admin(f'REVOKE CREATE ON DATABASE "{there.settings.pg_database}" FROM "{there.settings.pg_user}"')
    seen = found(there)["store"]
    assert seen.state == "fail"
    assert "may make none" in seen.found


def test_an_endpoint_that_mints_nothing(there: Lakebase) -> None:
    seen = found(there, pg_endpoint="projects/other/branches/production/endpoints/primary")["store"]
    assert seen.state == "fail"
    assert "CAN_CONNECT_AND_CREATE" in seen.found + seen.mend


def test_a_database_that_is_not_there(there: Lakebase) -> None:
    assert found(there, pg_database="nowhere")["store"].state == "fail"
