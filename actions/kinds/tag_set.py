"""Set or remove a tag of an object in Unity Catalog."""

from __future__ import annotations

from typing import TYPE_CHECKING

from actions.kinds.shared.identifiers import BadTarget, checked_name, in_path
from actions.kinds.shared.kind import Gone, Inverse, Kind
from actions.kinds.shared.right import Right
from actions.kinds.shared.tags import Tag, image_of, plan, title_of
from approvals.values.proposal import Change, Target
from approvals.values.value import Json

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

ENTITIES = {"catalog": "catalogs", "schema": "schemas", "table": "tables", "column": "columns", "volume": "volumes"}


class SetTag(Kind[Tag]):
    """Catalog object: one tag."""

    name = "tag.set"
    right = Right(words="APPLY TAG on the securable, and ASSIGN on a governed tag")
    dimension, resource, further_resources = "governanceops", "table", ("schema", "catalog", "column", "volume")
    base_risk, reversibility, idempotency, repeatable = 1, "auto", "set", True
    scope = "metastore"

    def title(self, target: Target, params: Tag) -> str:
        return title_of(target.type, target.id, params)

    def snapshot(self, read: WorkspaceClient, target: Target, params: Tag) -> Json:
        return image_of(_tags(read, target), params)

    def plan(self, image: Json, params: Tag) -> tuple[Change, ...]:
        return plan(image, params)

    def steps(self, target: Target, params: Tag) -> tuple[str, ...]:
        return ("Delete the tag's assignment",) if params.value is None else ("Create or change the tag's assignment",)

    def execute(self, act: WorkspaceClient, target: Target, params: Tag, image: Json, key: str) -> Json:
        """There is one call to create a tag and another to change it: which one is decided right before."""
        from databricks.sdk.service.catalog import EntityTagAssignment

        found = image_of(_tags(act, target), params)
        self.unmoved(image, found, params)
        now = found["value"]
        kind, name = ENTITIES[target.type], checked_name(target)
        if now == params.value:
            return {}
        if params.value is None:
            act.entity_tag_assignments.delete(kind, in_path(name), in_path(params.key))
            return {}
        wanted = EntityTagAssignment(entity_type=kind, entity_name=name, tag_key=params.key, tag_value=params.value)
        if now is None:
            act.entity_tag_assignments.create(wanted)
        else:
            act.entity_tag_assignments.update(kind, in_path(name), in_path(params.key), wanted, "tag_value")
        return {}

    def inverse(self, target: Target, params: Tag, image: Json, refs: Json) -> Inverse | None:
        return Inverse(self.name, {"key": params.key, "value": image["value"]})


def _tags(client: WorkspaceClient, target: Target) -> dict[str, str]:
    """The object's own tags. Raises :class:`BadTarget` or :class:`Gone`."""
    from databricks.sdk.errors import NotFound

    if target.type not in ENTITIES:
        raise BadTarget(f"a {target.type[:40]} has no tags here")
    try:
        every = list(client.entity_tag_assignments.list(ENTITIES[target.type], in_path(checked_name(target))))
    except NotFound as error:
        raise Gone(target.id) from error
    return {one.tag_key: one.tag_value or "" for one in every}
