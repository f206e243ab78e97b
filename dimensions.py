"""The eight dimensions that an account is looked after in. Whatever speaks of one calls it by its key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, PlainSerializer

Key = Literal["infraops", "dataops", "pipelineops", "governanceops", "mlops", "agentops", "finops", "userops"]


@dataclass(frozen=True)
class Dimension:
    """``key`` is its name in proposals, kinds of action, the policy, kill switches and addresses; its page's file, the
    folder of its questions, the folder of its agents and the beginning of their ids. ``title`` is what people read.
    ``stored`` is the word that the first version signed and stored: see :func:`stored`."""

    key: Key
    title: str
    icon: str
    stored: str


DIMENSIONS: Mapping[str, Dimension] = MappingProxyType(
    {
        one.key: one
        for one in (
            Dimension("infraops", "InfraOps", ":material/dns:", "infra"),
            Dimension("dataops", "DataOps", ":material/database:", "data"),
            Dimension("pipelineops", "PipelineOps", ":material/account_tree:", "pipeline"),
            Dimension("governanceops", "GovernanceOps", ":material/policy:", "governance"),
            Dimension("mlops", "MLOps", ":material/model_training:", "ml"),
            Dimension("agentops", "AgentOps", ":material/smart_toy:", "agent"),
            Dimension("finops", "FinOps", ":material/payments:", "fin"),
            Dimension("userops", "UserOps", ":material/group:", "user"),
        )
    }
)
EARLIER: Mapping[str, Key] = MappingProxyType({one.stored: one.key for one in DIMENSIONS.values()})


def known(word: Any) -> Any:
    """The key of what is called ``word``: its key or its earlier word, whatever the capitals. Anything else as it is."""
    if not isinstance(word, str):
        return word
    name = word.strip().casefold()
    return name if name in DIMENSIONS else EARLIER.get(name, word)


def stored(word: str) -> str:
    """How a dimension is written where it is signed or stored: by the word of the first version, for good. So what was
    signed stays signed, and a program of the version before, still at work, reads it and is stopped by its switches."""
    found = DIMENSIONS.get(known(word))
    return found.stored if found else word


def titled(word: str) -> str:
    """What people read for it; an unknown word as it is."""
    found = DIMENSIONS.get(known(word))
    return found.title if found else word


Named = Annotated[Key, BeforeValidator(known), PlainSerializer(stored)]  # as a field of a value
