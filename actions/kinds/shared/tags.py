"""One tag: what kinds that set or remove a tag share."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from actions.kinds.shared.identifiers import TagKey
from actions.kinds.shared.kind import Params
from approvals.values.proposal import Change
from approvals.values.value import Json

TagValue = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f]{0,1000}$")]


class Tag(Params):
    """No value: the tag is removed. An empty one is a value: the tag is there, and says nothing more."""

    words = frozenset({"value"})
    key: TagKey = Field(title="Tag")
    value: TagValue | None = Field(title="Value")


def image_of(tags: Json, params: Tag) -> Json:
    """The ``value`` of the tag among ``tags`` (None: it is not there); ``_others`` are the keys of the other ones."""
    return {"value": tags.get(params.key), "_others": sorted(tags.keys() - {params.key})}


def title_of(word: str, name: str, params: Tag) -> str:
    """What is done to the tag of the ``word`` (job, table) that is called ``name``."""
    if params.value is None:
        return f"Remove tag `{params.key}` from {word} `{name}`"
    return f"Set tag `{params.key}` of {word} `{name}` to `{params.value}`"


def plan(image: Json, params: Tag) -> tuple[Change, ...]:
    """The change of the one tag."""
    if image["value"] == params.value:
        return ()
    return (Change(path=f"tag {params.key}", before=image["value"], after=params.value),)


def with_tag(tags: Json, params: Tag) -> Json:
    """``tags`` as they are to be, whole."""
    others = {name: value for name, value in tags.items() if name != params.key}
    return others if params.value is None else others | {params.key: params.value}
