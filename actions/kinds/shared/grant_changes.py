"""What the two kinds that change grants share: reading a principal's privileges, and one delta of them.

Only what is granted directly on the object can be changed there; what comes from its schema or catalog stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from actions.kinds.shared.identifiers import BadTarget, Principal, checked_name, in_path
from actions.kinds.shared.kind import UNORDERED, Gone, Kind, Params
from actions.kinds.shared.principals import held_as
from actions.kinds.shared.right import Right
from approvals.values.proposal import Check, Impact, Target
from approvals.values.value import Json

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

Privilege = Literal[
    "ALL_PRIVILEGES",
    "APPLY_TAG",
    "BROWSE",
    "CREATE_FUNCTION",
    "CREATE_MATERIALIZED_VIEW",
    "CREATE_MODEL",
    "CREATE_SCHEMA",
    "CREATE_TABLE",
    "CREATE_VOLUME",
    "EXECUTE",
    "MANAGE",
    "MODIFY",
    "READ_VOLUME",
    "REFRESH",
    "SELECT",
    "USE_CATALOG",
    "USE_SCHEMA",
    "WRITE_VOLUME",
]
_ON_ANY = {"ALL_PRIVILEGES", "APPLY_TAG", "BROWSE", "MANAGE"}
_IN_SCHEMA = _ON_ANY | {
    "CREATE_FUNCTION", "CREATE_MATERIALIZED_VIEW", "CREATE_MODEL", "CREATE_TABLE", "CREATE_VOLUME", "EXECUTE", "MODIFY",
    "READ_VOLUME", "REFRESH", "SELECT", "USE_SCHEMA", "WRITE_VOLUME",
}  # fmt: skip
_KNOWN = {
    "table": _ON_ANY | {"MODIFY", "REFRESH", "SELECT"}, "volume": _ON_ANY | {"READ_VOLUME", "WRITE_VOLUME"},
    "function": _ON_ANY | {"EXECUTE"}, "schema": _IN_SCHEMA, "catalog": _IN_SCHEMA | {"CREATE_SCHEMA", "USE_CATALOG"},
}  # fmt: skip
_NOT_IN_ALL = {"MANAGE"}  # ALL_PRIVILEGES does not bring it


class Grant(Params):
    """Privileges of one principal: an e-mail address, the name of a group, a service principal's application id."""

    principal: Principal = Field(title="Principal")
    privileges: Annotated[tuple[Privilege, ...], UNORDERED] = Field(
        min_length=1, max_length=20, strict=False, title="Privileges"
    )


class GrantKind(Kind[Grant]):
    """What both directions share. The image: the principal's direct privileges; as context where others come from."""

    right = Right(words="MANAGE on the securable, or ownership")
    dimension, resource, further_resources = "governanceops", "table", ("schema", "catalog", "volume", "function")
    base_risk, reversibility, idempotency, repeatable = 3, "auto", "set", True
    scope = "metastore"

    def snapshot(self, read: WorkspaceClient, target: Target, params: Grant) -> Json:
        return privileges_of(read, target, params.principal)

    def preconditions(self, image: Json, params: Grant) -> tuple[Check, ...]:
        wrong = [one for one in params.privileges if one not in _KNOWN[image["_type"]]]
        return (
            Check(
                id="applies",
                expected=f"privileges that a {image['_type']} knows",
                observed=", ".join(wrong) or "all of them",
                ok=not wrong,
            ),
        )

    def blast(self, image: Json, params: Grant) -> Impact:
        one_person = "@" in params.principal
        uncounted = () if one_person else (f"the members of {params.principal} are not counted",)
        return Impact(objects=1, principals=1, skipped=uncounted)


def privileges_of(read: WorkspaceClient, target: Target, principal: str) -> Json:
    """``privileges``: what ``principal`` holds directly, sorted. ``_inherited``: what it holds from above, privilege to
    "schema main.sales". ``_principal``: how the catalog spells it. Groups it belongs to are not followed. Raises
    :class:`Gone` or :class:`actions.kinds.shared.principals.Ambiguous`."""
    from databricks.sdk.errors import NotFound

    if target.type not in _KNOWN:
        raise BadTarget(f"grants of a {target.type[:40]} are not changed here")
    name = in_path(checked_name(target))
    direct: set[str] = set()
    inherited: dict[str, str] = {}
    spelt = principal
    try:
        for held in _assignments(read.grants.get, target.type, name, principal):
            direct |= {one.value for one in held.privileges or ()}
            spelt = held.principal
        for held in _assignments(read.grants.get_effective, target.type, name, principal):
            for one in held.privileges or ():
                if one.privilege is not None and one.inherited_from_name:
                    place = one.inherited_from_type.value.lower() if one.inherited_from_type else "parent"
                    inherited[one.privilege.value] = f"{place} {one.inherited_from_name}"
    except NotFound as error:
        raise Gone(target.id) from error
    return {
        "privileges": sorted(direct),
        "_inherited": dict(sorted(inherited.items())),
        "_type": target.type,
        "_principal": spelt,
    }


def _assignments(call: Any, kind: str, name: str, principal: str) -> list[Any]:
    """The principal's assignments. Asked for by name first; a catalog that finds no other capitals is asked for all."""
    for asked in (principal, None):
        every = list(_pages(call, kind, name, asked))
        spelt = held_as(principal, (one.principal or "" for one in every))
        if spelt is not None:
            return [one for one in every if one.principal == spelt]
    return []


def _pages(call: Any, kind: str, name: str, principal: str | None) -> Iterator[Any]:
    """Page by page: a page may be empty although others follow."""
    token: str | None = None
    while True:
        page = call(kind, name, principal=principal, max_results=0, page_token=token)
        yield from page.privilege_assignments or ()
        token = page.next_page_token
        if not token:
            return


def sources(image: Json, privilege: str) -> list[str]:
    """Where a principal has ``privilege`` from, apart from holding it directly on the object."""
    found = [image["_inherited"][privilege]] if privilege in image["_inherited"] else []
    if privilege not in _NOT_IN_ALL and privilege != "ALL_PRIVILEGES":
        if "ALL_PRIVILEGES" in image["privileges"]:
            found.append("ALL_PRIVILEGES on the object itself")
        if "ALL_PRIVILEGES" in image["_inherited"]:
            found.append(f"ALL_PRIVILEGES on {image['_inherited']['ALL_PRIVILEGES']}")
    return found


def change(act: WorkspaceClient, target: Target, principal: str, *, add: list[str], remove: list[str]) -> Json:
    """Send one delta; what is there already, or is not, stays as it is."""
    from databricks.sdk.service.catalog import PermissionsChange, Privilege

    delta = PermissionsChange(
        principal=principal, add=[Privilege(one) for one in add], remove=[Privilege(one) for one in remove]
    )
    act.grants.update(target.type, in_path(checked_name(target)), changes=[delta])
    return {}
