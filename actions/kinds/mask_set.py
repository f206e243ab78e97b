"""Mask a tagged column of a table by a policy, or take the policy away: each takes the other back."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, StringConstraints

from actions.kinds.shared.changes import changed
from actions.kinds.shared.identifiers import BadTarget, Principal, TagKey, checked_name, in_path
from actions.kinds.shared.kind import UNORDERED, Gone, Inverse, Kind, Params
from actions.kinds.shared.raw import call
from actions.kinds.shared.right import Right
from approvals.values.proposal import Change, Check, DryRun, Target
from approvals.values.value import Json

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

POLICIES = "/api/2.1/unity-catalog/policies"
EVERYBODY, MASKS = "account users", "POLICY_TYPE_COLUMN_MASK"
LOOKED_AT = 100  # columns of a table, each a question to the workspace
_PART = r"[A-Za-z0-9_-]{1,255}"
FunctionName = Annotated[str, StringConstraints(pattern=rf"^{_PART}\.{_PART}\.{_PART}$")]
ColumnTag = Annotated[TagKey, StringConstraints(pattern=r"^[A-Za-z0-9_.: -]{1,128}$")]  # stands in a condition


class Tagged(Params):
    """The governed tag that says which columns are meant."""

    tag: ColumnTag = Field(title="Tag of the columns")


class Mask(Tagged):
    """Every column of the table with the tag is shown through the function, to everybody but those excepted."""

    function: FunctionName = Field(title="Masking function")
    except_principals: Annotated[list[Principal], UNORDERED] = Field(
        default=[], max_length=100, title="These see it as it is"
    )


class SetMask(Kind[Mask]):
    """Table: mask its columns that have a tag, by a policy of Unity Catalog on the table. The tag has to be there before
    (`tag.set`), and the function too; a policy of ours for the tag that is there is changed."""

    name = "mask.set"
    right = Right(words="MANAGE on the table, and EXECUTE on the masking function")
    dimension, resource, scope = "governanceops", "table", "metastore"
    base_risk, reversibility, idempotency, repeatable = 3, "auto", "set", True

    def title(self, target: Target, params: Mask) -> str:
        return f"Mask the columns tagged `{params.tag}` of table `{target.id}` with `{params.function}`"

    def snapshot(self, read: WorkspaceClient, target: Target, params: Mask) -> Json:
        image = _policy(read, target, params.tag)
        return image | {
            "_columns": _tagged(read, target, params.tag),
            "_function": _exists(read, params.function),
        }

    def plan(self, image: Json, params: Mask) -> tuple[Change, ...]:
        return _changes(image, params.tag, params.function, sorted(params.except_principals))

    def steps(self, target: Target, params: Mask) -> tuple[str, ...]:
        return ("Write the policy on the table, in one call",)

    def preconditions(self, image: Json, params: Mask) -> tuple[Check, ...]:
        tagged = image["_columns"]
        return (
            Check(
                id="tagged",
                expected="at least one column of the table has the tag",
                observed=", ".join(tagged)[:200] or "none has it: set the tag first",
                ok=bool(tagged),
            ),
            Check(
                id="function",
                expected="the masking function is there",
                observed="it is" if image["_function"] else "it is not, or may not be seen",
                ok=bool(image["_function"]),
            ),
            _of_ours(image),
        )

    def dry_run(self, read: WorkspaceClient, target: Target, params: Mask, image: Json) -> DryRun:
        who = ", ".join(params.except_principals) or "nobody"
        return DryRun(
            mode="simulated",
            warnings=(
                f"{', '.join(image['_columns'])[:200]}: jobs, views and reports see it masked too, but for {who}.",
                "Runtimes before 16.4 that are no standard or serverless compute cannot read the table any more.",
            ),
        )

    def execute(self, act: WorkspaceClient, target: Target, params: Mask, image: Json, key: str) -> Json:
        now = _policy(act, target, params.tag)
        self.unmoved(image, now, params)
        if not self.plan(now, params):
            return {}
        body = _body(target, params)
        if now["function"] is None:
            call(act, "POST", POLICIES, body=body)
        else:
            mask = {"update_mask": "column_mask,match_columns,to_principals,except_principals"}
            call(act, "PATCH", f"{_at(target)}/{in_path(_name(params.tag))}", query=mask, body=body)
        return {}

    def inverse(self, target: Target, params: Mask, image: Json, refs: Json) -> Inverse | None:
        if image["function"] is None:
            return Inverse("mask.remove", {"tag": params.tag})
        return Inverse(
            self.name,
            {"tag": params.tag, "function": image["function"], "except_principals": image["except_principals"]},
        )


class RemoveMask(Kind[Tagged]):
    """Table: take away the policy that masks its columns with a tag. Only one that was made here is taken away: the way back
    writes it again as it was."""

    name = "mask.remove"
    right = Right(words="MANAGE on the table")
    dimension, resource, scope = "governanceops", "table", "metastore"
    base_risk, reversibility, idempotency, repeatable = 3, "auto", "set", True

    def title(self, target: Target, params: Tagged) -> str:
        return f"Show the columns tagged `{params.tag}` of table `{target.id}` as they are"

    def snapshot(self, read: WorkspaceClient, target: Target, params: Tagged) -> Json:
        return _policy(read, target, params.tag)

    def plan(self, image: Json, params: Tagged) -> tuple[Change, ...]:
        return _changes(image, params.tag, None, [])

    def steps(self, target: Target, params: Tagged) -> tuple[str, ...]:
        return ("Delete the policy of the table",)

    def preconditions(self, image: Json, params: Tagged) -> tuple[Check, ...]:
        return (_of_ours(image),)

    def dry_run(self, read: WorkspaceClient, target: Target, params: Tagged, image: Json) -> DryRun:
        return DryRun(mode="simulated", warnings=("Whoever may read the table sees the columns in clear.",))

    def execute(self, act: WorkspaceClient, target: Target, params: Tagged, image: Json, key: str) -> Json:
        now = _policy(act, target, params.tag)
        self.unmoved(image, now, params)
        if self.plan(now, params):
            call(act, "DELETE", f"{_at(target)}/{in_path(_name(params.tag))}")
        return {}

    def inverse(self, target: Target, params: Tagged, image: Json, refs: Json) -> Inverse | None:
        if image["function"] is None:
            return None
        kept = {"function": image["function"], "except_principals": image["except_principals"]}
        return Inverse("mask.set", {"tag": params.tag, **kept})


def _changes(image: Json, tag: str, function: str | None, excepted: list[str]) -> tuple[Change, ...]:
    return changed(image, {"function": function, "except_principals": excepted}, f"mask of {tag}")


def _name(tag: str) -> str:
    """What the policy for ``tag`` is called: each tag has one on a table."""
    return f"lakehelm_mask_{re.sub(r'[^A-Za-z0-9]', '_', tag)}"


def _at(target: Target) -> str:
    """The policies of the table."""
    if target.type != "table":
        raise BadTarget(f"a {target.type[:40]} is not masked here")
    return f"{POLICIES}/TABLE/{in_path(checked_name(target))}"


def _body(target: Target, params: Mask) -> Json:
    return {
        "name": _name(params.tag),
        "on_securable_type": "TABLE",
        "on_securable_fullname": checked_name(target),
        "for_securable_type": "TABLE",
        "policy_type": MASKS,
        "to_principals": [EVERYBODY],
        "except_principals": params.except_principals,
        "match_columns": [{"alias": "masked", "condition": _condition(params.tag)}],
        "column_mask": {"function_name": params.function, "on_column": "masked"},
    }


def _condition(tag: str) -> str:
    return f"has_tag('{tag}')"


def _policy(client: WorkspaceClient, target: Target, tag: str) -> Json:
    """``function`` (None: there is no policy for the tag) and ``except_principals`` of the table's policy; ``_own``: it is as
    one of ours is. Raises :class:`Gone`."""
    from databricks.sdk.errors import NotFound

    place = _at(target)
    try:
        client.tables.get(in_path(checked_name(target)))
    except NotFound as error:
        raise Gone(target.id) from error
    query: Json = {}
    while True:
        page = call(client, "GET", place, query=query)
        for one in page.get("policies") or ():
            if one.get("name") == _name(tag):
                return _image(one, tag)
        if not (token := page.get("next_page_token")):
            return {"function": None, "except_principals": [], "_own": True}
        query = {"page_token": token}


def _image(found: Json, tag: str) -> Json:
    columns = [one.get("condition") for one in found.get("match_columns") or ()]
    mask = found.get("column_mask") or {}
    own = (
        found.get("policy_type") == MASKS
        and columns == [_condition(tag)]
        and found.get("to_principals") == [EVERYBODY]
        and not mask.get("using")
        and not found.get("when_condition")
    )
    excepted = sorted(set(found.get("except_principals") or ()))
    return {"function": mask.get("function_name") or "", "except_principals": excepted, "_own": own}


def _of_ours(image: Json) -> Check:
    """A policy of the name that somebody wrote otherwise could not be written back."""
    return Check(
        id="ours",
        expected="no policy of this name that somebody has changed",
        observed="none" if image["_own"] else "one with other columns, people or conditions",
        ok=bool(image["_own"]),
    )


def _tagged(read: WorkspaceClient, target: Target, tag: str) -> list[str]:
    """Columns of the table that have the tag themselves; of a table with very many columns the first."""
    columns = read.tables.get(in_path(checked_name(target))).columns or ()
    names = [one.name for one in islice(columns, LOOKED_AT) if one.name]
    return [one for one in names if _has(read, f"{checked_name(target)}.{one}", tag)]


def _has(read: WorkspaceClient, column: str, tag: str) -> bool:
    from databricks.sdk.errors import NotFound

    try:
        read.entity_tag_assignments.get("columns", in_path(column), in_path(tag))
    except NotFound:
        return False
    return True


def _exists(read: WorkspaceClient, function: str) -> bool:
    from databricks.sdk.errors import NotFound, PermissionDenied

    try:
        read.functions.get(in_path(function))
    except (NotFound, PermissionDenied):
        return False
    return True
