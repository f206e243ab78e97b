"""What is believed of each agent with each kind of action, from everything that is through. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from approvals.learning import demotion
from approvals.learning.beliefs import Belief, Label, learned, prior
from approvals.learning.labels import Ended, labels, major

Key = tuple[str, str]  # agent, kind of action
OLDER = 0.25  # what a label of an earlier major version weighs


@dataclass(frozen=True)
class Standing:
    """``agreement``: how often people take it as it is; ``outcome``: how often the change holds; ``harmed``: changes that were
    taken back; ``fall``: the sum of :mod:`approvals.learning.demotion`, at whose limit the agent is trusted less."""

    agreement: Belief
    outcome: Belief
    harmed: int = 0
    fall: float = 0.0


def standings(ended: Sequence[Ended]) -> dict[Key, Standing]:
    """Of each agent and kind in ``ended``, which is in the order of time. What is believed before the first label is what other
    agents' proposals of the kind came to."""
    own: dict[Key, list[Ended]] = {}
    for one in ended:
        own.setdefault((one.agent, one.kind), []).append(one)
    return {key: _standing(mine, _others(own, key)) for key, mine in own.items()}


def _others(own: dict[Key, list[Ended]], key: Key) -> list[Ended]:
    agent, kind = key
    return [one for (other, same), each in own.items() if same == kind and other != agent for one in each]


def _standing(mine: Sequence[Ended], others: Sequence[Ended]) -> Standing:
    now = major(mine[-1].version)
    agreed = [_weighed(one.agreed, one, now) for one in mine]
    held = [_weighed(one.held, one, now) for one in mine]
    right = [one.right for one in mine]
    fall = demotion.sums(bool(one) for one in right if one is not None)
    return Standing(
        agreement=learned(prior(labels(one.agreed for one in others)), labels(agreed)),
        outcome=learned(prior(labels(one.held for one in others)), labels(held)),
        harmed=sum(one.held is not None and not one.held.value for one in mine),
        fall=fall[-1] if fall else 0.0,
    )


def _weighed(label: Label | None, one: Ended, now: str) -> Label | None:
    if label is None or major(one.version) == now:
        return label
    return replace(label, weight=label.weight * OLDER)
