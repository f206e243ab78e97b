"""Whether evidence speaks of what would be changed: rows about another object are no grounds.

A row, or what its question was asked for, names an object by its id where it has one for this type (``job_id``,
``table_name`` or ``table_full_name``, ``resource_id`` beside ``resource_kind``), else by its name. Where it says a workspace
or a principal, these have to be the target's. Of a setting of the cockpit itself no row speaks: it counts for all that rows
are about.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from actions.workspaces import METASTORE
from approvals.values.proposal import Evidence, Target
from approvals.values.refusals import Refusal
from approvals.values.value import Json
from queries.catalogue import Query, catalogue
from spelling import escaped, folded

Row = Mapping[str, Any]
BILLED = frozenset({"job", "pipeline", "warehouse", "cluster", "endpoint"})  # values of resource_kind
TABLES = ("table", "column")  # rows about them say the workspaces of their readers
NAMES = ("table_name", "table_full_name")  # by which they are called
SERVED = "endpoint"  # the type of what is called through the gateway, too: there it goes by the service's name
SOMEBODY = "principal"  # the type of people, services and groups: rows name them in columns of any name
OWN = "setting"  # the type of what the cockpit itself goes by
OF_A_BILL = ("resource_kind", "resource_id")


class OffTarget(Refusal):
    """No row of the evidence is about the target."""

    def __init__(self, target: Target) -> None:
        super().__init__(
            f"No row of the evidence names {target.type[:40]} {escaped(target.id)[:80]!r}: it speaks of something else."
        )


def check(grounds: Sequence[Evidence], target: Target, params: Json) -> None:
    """Raises :class:`OffTarget` where no evidence speaks of ``target`` and of the principal among the ``params``. Of a
    type that no question of the catalogue could name, rows have to be from the same workspace, schema or catalog."""
    nameable = any(could_name(one, target.type) for one in catalogue().values())
    if not any(_speaks(one, target, params, nameable) for one in grounds):
        raise OffTarget(target)


def could_name(query: Query, kind: str) -> bool:
    """Whether rows of ``query`` could name an object of this type."""
    if kind == SOMEBODY:
        return bool(_named(query, SOMEBODY))
    if kind == SERVED and _named(query, "gateway"):
        return True
    known = {*query.columns, *query.params}
    own = {*NAMES} if kind in TABLES else {f"{kind}_id", f"{kind}_name"}
    return not own.isdisjoint(known) or (kind in BILLED and known.issuperset(OF_A_BILL))


def _speaks(one: Evidence, target: Target, params: Json, nameable: bool) -> bool:
    """Whether a row is about it; where figures count, the row that they are read from."""
    rows = [one.params | dict(zip(one.columns, row, strict=True)) for row in one.rows]
    if target.type == SOMEBODY:
        rows = [{f"{SOMEBODY}_name": row.get(name)} for row in rows for name in _columns(one, SOMEBODY)]
    if target.type == SERVED and (services := _columns(one, "gateway")):
        rows = [row | {f"{SERVED}_name": row.get(services[-1])} for row in rows]
    about = _names if nameable else _near
    return any(_agrees(row, target, params) and about(row, target) for row in (rows[:1] if one.scalars else rows))


def _columns(one: Evidence, kind: str) -> tuple[str, ...]:
    """The columns of its rows that name a thing of this kind."""
    return _named(catalogue()[one.query], kind) if one.query in catalogue() else ()


def _named(query: Query, kind: str) -> tuple[str, ...]:
    """The columns of ``query`` that identify a person, service or group, or a service of the gateway, by its name."""
    return tuple(one.columns[-1] for one in query.things.values() if one.kind == kind)


def _agrees(row: Row, target: Target, params: Json) -> bool:
    """Whether the row is of no other workspace and of no other principal."""
    place = row.get("workspace_id")
    anywhere = target.workspace_id == METASTORE or target.type in TABLES
    if place is not None and not anywhere and str(place) != target.workspace_id:
        return False
    whom = [row[name] for name in ("grantee", "principal") if row.get(name) is not None]
    wanted = params.get("principal")
    return wanted is None or all(folded(str(one)) == folded(str(wanted)) for one in whom)


def _names(row: Row, target: Target) -> bool:
    if target.type in TABLES:
        table = target.id if target.type == "table" else target.id.rpartition(".")[0]
        return table.lower() in {str(row.get(name)).lower() for name in NAMES}
    return any(_is(row.get(identifier), row.get(name), target) for identifier, name in _places(row, target))


def _places(row: Row, target: Target) -> Iterator[tuple[str, str]]:
    """The fields in which the row may say an id and a name of an object of this type."""
    yield f"{target.type}_id", f"{target.type}_name"
    yield f"{target.type}_id", target.type
    if target.type in BILLED and row.get("resource_kind") == target.type:
        yield "resource_id", "resource"


def _is(identifier: Any, name: Any, target: Target) -> bool:
    """Whether these are of the target; its name tells only where no id does, or where it goes by its name."""
    if identifier is not None and (target.type != "endpoint" or str(identifier) == target.id):
        return str(identifier) == target.id
    return name is not None and folded(str(name)) in {folded(one) for one in (target.id, target.name) if one}


def _near(row: Row, target: Target) -> bool:
    """Whether the row is from the schema or catalog that is the target, or says of no table."""
    table = next((row[name] for name in NAMES if row.get(name) is not None), None)
    return target.type != OWN and (
        target.type not in ("schema", "catalog") or table is None or _within(str(table), target.id)
    )


def _within(table: str, place: str) -> bool:
    return table.lower().startswith(f"{place.lower()}.")
