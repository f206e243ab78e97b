"""Preflight: the app's own database, before it is changed: reached, whose it is, what may be done, which revision."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from deploy.findings import Finding
from settings import Settings

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

CONNECT = 10  # seconds
MIGRATE = ".venv/bin/python -m deploy migrate"


def store(chosen: Settings, inside: bool) -> Iterator[Finding]:
    """What stands between the app and its tables; ``inside``: looked at by the app itself."""
    from sqlalchemy.exc import SQLAlchemyError

    from approvals.store.lakebase import StoreRefused

    if not chosen.lakebase and chosen.store.startswith("sqlite"):
        yield from _sqlite(chosen, inside)
        return
    try:
        engine = _engine(chosen)
        with engine.connect() as connection:
            yield from _postgres(connection)
            yield from revision(connection)
        engine.dispose()
    except StoreRefused as error:
        said, _, mend = str(error).partition(". ")
        yield Finding("store", "fail", said, mend)
    except SQLAlchemyError as error:
        where = f"{chosen.pg_host}:{chosen.pg_port}" if chosen.lakebase else "the database of LAKEHELM_STORE_URL"
        yield Finding(
            "store",
            "fail",
            f"{where} does not let the app in ({type(error).__name__})",
            "Check host, database and role; on Lakebase the app needs its postgres resource.",
        )


def _sqlite(chosen: Settings, inside: bool) -> Iterator[Finding]:
    import sqlalchemy as sa

    if not inside and not chosen.store_url:
        yield Finding("store", "note", "the database is not named here; the app itself can look at it")
        return
    if inside:
        yield Finding(
            "store",
            "fail",
            "the tables lie in a file that is lost at every start of the app",
            "Give the app a postgres resource and set LAKEHELM_PG_ENDPOINT (valueFrom: postgres).",
        )
    path = Path(sa.make_url(chosen.store).database or "")
    if not path.exists():
        yield Finding("store", "note", f"{path} will be made at the first start")
        return
    with sa.create_engine(chosen.store).connect() as connection:
        yield from revision(connection)


def _engine(chosen: Settings) -> Engine:
    if chosen.lakebase:
        from approvals.store.lakebase import lakebase_engine

        return lakebase_engine(chosen)
    import sqlalchemy as sa

    return sa.create_engine(chosen.store, connect_args={"connect_timeout": CONNECT})


def _postgres(connection: Connection) -> Iterator[Finding]:
    """Owner and rights. Who does not own the tables must hold what the app needs on each of them."""
    from sqlalchemy import text

    me, schema = connection.execute(text("SELECT current_user, current_schema()")).one()
    if schema is None:
        yield _unseen(connection, str(me))
        return
    owner, create = connection.execute(
        text(
            "SELECT pg_get_userbyid(nspowner), has_schema_privilege(nspname, 'CREATE') FROM pg_namespace WHERE nspname = :s"
        ),
        {"s": schema},
    ).one()
    rows = connection.execute(text("SELECT tablename, tableowner FROM pg_tables WHERE schemaname = :s"), {"s": schema})
    owners = {str(row[0]): str(row[1]) for row in rows}
    if "alembic_version" not in owners:
        if create:
            yield Finding("store", "ok", f"schema {schema} is empty, and {me} may make tables")
        else:
            yield Finding(
                "store",
                "fail",
                f"schema {schema} belongs to {owner}; {me} may make no tables in it",
                f'As {owner}: {MIGRATE} --grant-to "{me}"; or: ALTER SCHEMA "{schema}" OWNER TO "{me}"',
            )
        return
    strangers = sorted({one for table, one in owners.items() if table in _tables() and one != me})
    if not strangers:
        yield Finding("store", "ok", f"schema {schema}; {me} owns the tables")
        return
    lacking = sorted(
        table
        for table in _tables() & owners.keys()
        if not connection.execute(
            text("SELECT has_table_privilege(:t, 'SELECT') AND has_table_privilege(:t, 'INSERT')"),
            {"t": f'"{schema}"."{table}"'},
        ).scalar_one()
    )
    if lacking:
        yield Finding(
            "store",
            "fail",
            f"the tables belong to {strangers[0]}; {me} may not use {', '.join(lacking[:3])}",
            f'As {strangers[0]}: {MIGRATE} --grant-to "{me}"',
        )
    else:
        yield Finding("store", "ok", f"schema {schema}; the tables belong to {strangers[0]}, {me} may use them")


def _unseen(connection: Connection, me: str) -> Finding:
    """The schema that the role looks for is not there, or is somebody else's."""
    from sqlalchemy import text

    name = str(connection.execute(text("SHOW search_path")).scalar_one()).split(",")[0].strip().strip('"')
    owner = connection.execute(
        text("SELECT pg_get_userbyid(nspowner) FROM pg_namespace WHERE nspname = :s"), {"s": name}
    ).scalar_one_or_none()
    if owner is not None:
        return Finding(
            "store",
            "fail",
            f"schema {name} belongs to {owner}, and {me} may not use it",
            f'As {owner}: ALTER SCHEMA "{name}" OWNER TO "{me}"',
        )
    if connection.execute(text("SELECT has_database_privilege(current_database(), 'CREATE')")).scalar_one():
        return Finding("store", "ok", f"schema {name} will be made at the first start, by {me}")
    return Finding(
        "store",
        "fail",
        f"schema {name} is not there, and {me} may make none",
        "Give the app its postgres resource with CAN_CONNECT_AND_CREATE.",
    )


def _tables() -> set[str]:
    from deploy.store_tables import declared

    return {one.name for one in declared()}


def newest() -> str:
    """The newest revision that this version of the project knows."""
    from approvals.store.store import migrations

    return str(migrations().get_current_head())


def revision(connection: Connection) -> Iterator[Finding]:
    """Whether the tables are those of this version."""
    from alembic.runtime.migration import MigrationContext

    from approvals.store.store import migrations

    now, head = MigrationContext.configure(connection).get_current_revision(), newest()
    if now == head:
        yield Finding("migrations", "ok", f"at {head}")
    elif now is None:
        yield Finding("migrations", "note", "no tables yet; the first start makes them", MIGRATE)
    elif now in {one.revision for one in migrations().walk_revisions()}:
        yield Finding("migrations", "fail", f"the tables are at {now}, this version needs {head}", MIGRATE)
    else:
        yield Finding(
            "migrations",
            "fail",
            f"the tables are at {now}, which this version does not know",
            "They belong to a newer version: deploy that one, or restore a dump of this one.",
        )
