"""Change a setting of the cockpit that is money, or says what counts as what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import Field, model_validator

from actions.kinds.shared.identifiers import BadTarget
from actions.kinds.shared.kind import Inverse, Kind, Params
from actions.kinds.shared.right import Right
from approvals.deciding.kept_settings import KIND, LONGEST, TITLES, read_as
from approvals.values.proposal import Change, Impact, Target
from approvals.values.value import Json
from settings import Changeable

if TYPE_CHECKING:
    from actions.own import OwnSettings


class Value(Params):
    """The setting and its value, written and checked as in the environment. No value: the environment's counts again."""

    setting: Changeable = Field(title="Setting")
    value: str = Field(default="", max_length=LONGEST, title="Value (empty: what the environment says)")

    @model_validator(mode="after")
    def _makes_sense(self) -> Value:
        if self.value:
            try:
                read_as(self.setting, self.value)
            except ValueError as error:
                raise ValueError(f"{self.setting}: {error}") from None
        return self


class ChangeSetting(Kind[Value]):
    """Setting of this app: its value."""

    name = KIND
    right = Right(words="the app's own database")
    dimension, resource, scope = "finops", "setting", "own"
    base_risk, reversibility, idempotency, repeatable = 2, "auto", "set", True
    interrupts = False

    def one_way(self, target: Target, params: Value) -> tuple[Target, Value]:
        _same(target, params)
        return target, params

    def title(self, target: Target, params: Value) -> str:
        called = TITLES.get(params.setting, params.setting)
        if not params.value:
            return f"Take back what was set for `{called}`"
        return f"Set `{called}` to `{params.value[:120]}`"

    # The clients of this scope are no clients of the SDK: hence Any.
    def snapshot(self, read: Any, target: Target, params: Value) -> Json:
        own: OwnSettings = read
        _same(target, params)
        return own.image(params.setting) | {"_name": TITLES[params.setting]}

    def plan(self, image: Json, params: Value) -> tuple[Change, ...]:
        before, after = _sensible(image, params) or image["_otherwise"], params.value or image["_otherwise"]
        return () if before == after else (Change(path=params.setting, before=before or None, after=after or None),)

    def steps(self, target: Target, params: Value) -> tuple[str, ...]:
        return ("Keep the value in the app's own database; every process of the app goes by it within a minute",)

    def blast(self, image: Json, params: Value) -> Impact:
        return Impact(objects=1)

    def execute(self, act: Any, target: Target, params: Value, image: Json, key: str) -> Json:
        own: OwnSettings = act
        own.change(params.setting, params.value, lambda now: self.unmoved(image, now, params))
        return {}

    def inverse(self, target: Target, params: Value, image: Json, refs: Json) -> Inverse | None:
        return Inverse(self.name, {"setting": params.setting, "value": _sensible(image, params)})


def _sensible(image: Json, params: Value) -> str:
    """What was kept, where it counts: text that makes no sense does not."""
    try:
        return read_as(params.setting, image["value"]) if image["value"] else ""
    except ValueError:
        return ""


def _same(target: Target, params: Value) -> None:
    """Raises :class:`BadTarget` where the parameters speak of another setting than the target does."""
    if (target.type, target.id) != ("setting", params.setting):
        raise BadTarget(f"the target is the {target.type[:40]} {target.id[:64]!r}, not the setting {params.setting!r}")
