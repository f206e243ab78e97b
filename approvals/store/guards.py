"""What the database itself refuses: changing or deleting what was written once.

Triggers stop mistakes and anyone who may only write; the owner of the tables can switch them off. Against the owner
there is the checkpoint in a second place. In production the app is not the owner: see :func:`grants_sql`.
"""

from __future__ import annotations

import re

from sqlalchemy import Connection

from approvals.store.store import METADATA
from approvals.values.machines import DECISION

# What is never changed once written, with the columns that name a row.
WRITTEN_ONCE = {"ledger": ("seq",), "revisions": ("proposal_id", "revision"), "decisions": ("decision_id",)}
_FINAL = ", ".join(repr(state) for state in sorted(DECISION.final))
_ENDED = f"OLD.state IN ({_FINAL}) AND NEW.state <> OLD.state"
_HEAD = (
    "NEW.install_id <> OLD.install_id OR NEW.seq < OLD.seq OR NEW.seq > OLD.seq + 1 "
    "OR (NEW.seq = OLD.seq AND NEW.hash <> OLD.hash)"
)
_NEXT = "(SELECT seq + 1 FROM ledger_head) = NEW.seq AND (SELECT hash FROM ledger_head) = NEW.prev_hash"
_FUNCTION, _NEXT_FUNCTION = "lakehelm_refuse", "lakehelm_next"
_NEXT_ONE = """
CREATE OR REPLACE FUNCTION lakehelm_next() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE fits boolean;
BEGIN
    EXECUTE 'SELECT EXISTS (SELECT 1 FROM ' || quote_ident(TG_TABLE_SCHEMA)
        || '.ledger_head WHERE seq + 1 = $1 AND hash = $2)' INTO fits USING NEW.seq, NEW.prev_hash;
    IF fits THEN RETURN NEW; END IF;
    RAISE EXCEPTION USING MESSAGE = 'append-only: ' || TG_NAME, ERRCODE = 'restrict_violation';
END $$
"""


def guards(connection: Connection) -> None:
    """Put the guards on the tables, which must exist; putting them on again changes nothing. What they refuse is an
    ``IntegrityError``."""
    statements = _sqlite() if connection.dialect.name == "sqlite" else _postgres()
    for statement in statements:
        connection.exec_driver_sql(statement)


def remove(connection: Connection) -> None:
    """Take the guards off: only for undoing a migration."""
    for table, name in _names(connection.dialect.name):
        on = "" if connection.dialect.name == "sqlite" else f" ON {table}"
        connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}{on}")
    if connection.dialect.name != "sqlite":
        for function in (_FUNCTION, _NEXT_FUNCTION):
            connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS {function}()")


def _names(dialect: str) -> list[tuple[str, str]]:
    made = _sqlite() if dialect == "sqlite" else _postgres()
    found = (re.search(r"CREATE TRIGGER (?:IF NOT EXISTS )?(\w+).*? ON (\w+)", one, re.DOTALL) for one in made)
    return [(one[2], one[1]) for one in found if one]


def _sqlite() -> list[str]:
    """``INSERT OR REPLACE`` deletes without asking delete triggers, so a row that is there refuses its like."""
    made = []
    for table, key in WRITTEN_ONCE.items():
        for verb in ("UPDATE", "DELETE"):
            made.append(_sqlite_trigger(f"{table}_no_{verb.lower()}", f"{verb} ON {table}", "1"))
        same = " AND ".join(f"{column} = NEW.{column}" for column in key)
        there = f"EXISTS (SELECT 1 FROM {table} WHERE {same})"  # noqa: S608  names of our own tables
        made.append(_sqlite_trigger(f"{table}_once", f"INSERT ON {table}", there))
    return [
        *made,
        _sqlite_trigger("ledger_next", "INSERT ON ledger", f"({_NEXT}) IS NOT 1"),
        _sqlite_trigger("ledger_head_forward", "UPDATE ON ledger_head", _HEAD),
        _sqlite_trigger("ledger_head_stays", "DELETE ON ledger_head", "1"),
        _sqlite_trigger("ledger_head_one", "INSERT ON ledger_head", "EXISTS (SELECT 1 FROM ledger_head)"),
        _sqlite_trigger("proposals_ended", "UPDATE OF state ON proposals", _ENDED),
        _sqlite_trigger("proposals_stay", "DELETE ON proposals", "1"),
        _sqlite_trigger(
            "proposals_once",
            "INSERT ON proposals",
            "EXISTS (SELECT 1 FROM proposals WHERE proposal_id = NEW.proposal_id)",
        ),
    ]


def _sqlite_trigger(name: str, what: str, when: str) -> str:
    return (
        f"CREATE TRIGGER IF NOT EXISTS {name} BEFORE {what} FOR EACH ROW WHEN {when} "
        f"BEGIN SELECT RAISE(ABORT, 'append-only: {name}'); END"
    )


def _postgres() -> list[str]:
    made = [
        f"CREATE OR REPLACE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION USING MESSAGE = 'append-only: ' || TG_NAME, ERRCODE = 'restrict_violation'; END $$"
    ]
    for table in WRITTEN_ONCE:
        made += _postgres_trigger(f"{table}_stays", f"UPDATE OR DELETE OR TRUNCATE ON {table}", "FOR EACH STATEMENT")
    for table in ("ledger_head", "proposals"):
        made += _postgres_trigger(f"{table}_stays", f"DELETE OR TRUNCATE ON {table}", "FOR EACH STATEMENT")
    made += _postgres_trigger("ledger_head_forward", "UPDATE ON ledger_head", f"FOR EACH ROW WHEN ({_HEAD})")
    made += _postgres_trigger("proposals_ended", "UPDATE OF state ON proposals", f"FOR EACH ROW WHEN ({_ENDED})")
    made.append(_NEXT_ONE)
    made += _postgres_trigger("ledger_next", "INSERT ON ledger", "FOR EACH ROW", _NEXT_FUNCTION)
    return made


def _postgres_trigger(name: str, what: str, which: str, function: str = _FUNCTION) -> list[str]:
    table = what.rpartition(" ")[2]
    return [
        f"DROP TRIGGER IF EXISTS {name} ON {table}",
        f"CREATE TRIGGER {name} BEFORE {what} {which} EXECUTE FUNCTION {function}()",
    ]


def grants_sql(app_role: str) -> list[str]:
    """The statements, for the owner of the tables to run on Postgres, that let ``app_role`` work and no more: what is
    written once it may only add to. Raises ``ValueError`` for a name that is none."""
    if not re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9_@.\-]{0,62}", app_role, re.ASCII):
        raise ValueError(f"not a role name: {app_role!r}")
    role = f'"{app_role}"'
    made = [f"GRANT USAGE ON SCHEMA public TO {role}", f"GRANT SELECT ON alembic_version TO {role}"]
    for table in sorted(METADATA.tables):
        made.append(f'REVOKE ALL ON "{table}" FROM {role}')
        rights = "SELECT, INSERT" if table in WRITTEN_ONCE else "SELECT, INSERT, UPDATE"
        if table not in (*WRITTEN_ONCE, "ledger_head", "proposals", "executions", "votes", "intents"):
            rights += ", DELETE"
        made.append(f'GRANT {rights} ON "{table}" TO {role}')
    return made
