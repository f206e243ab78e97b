"""From what agents found broken to incidents: one for each cause."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from agents.capability import Capability, Observation
from agents.proposing import Scan
from approvals.deciding import incidents
from approvals.deciding.incidents import Found
from approvals.store.store import Store

_LOG = logging.getLogger("lakehelm.agents")


def record(store: Store, looks: Iterable[tuple[Capability, Scan]]) -> list[str]:
    """Write what the ``looks`` of one round found broken; the ids of the incidents that they opened. What cannot be written now is
    found again by the next round."""
    told = [(one, scan) for one, scan in looks if one.incident and not scan.could_not]
    found = [made for one, scan in told for seen in scan.observations if (made := _found(one, seen)) is not None]
    try:
        with store.writing() as tx:
            return incidents.observed(tx, found, [one.name for one, _ in told])
    except Exception:
        _LOG.exception("incidents could not be written")
        return []


def _found(capability: Capability, seen: Observation) -> Found | None:
    """What an observation says is broken; None where it is left alone and nothing else is to blame for it."""
    if seen.target is None or (seen.draft is None and seen.cause is None):
        return None
    draft, cause = seen.draft, seen.cause or seen.target
    if draft is None:
        return Found(capability.name, seen.target, cause, seen.why_not, seen.why_not)
    seen_so = draft.ooda.observe or (draft.evidence[0].title,)
    title, owner = str(draft.params.get("subject", seen_so[0])), str(draft.params.get("recipient", ""))
    return Found(capability.name, seen.target, cause, title, "; ".join(seen_so), draft.kind, owner)
