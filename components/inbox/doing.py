"""What a proposal does, as a sentence: made by code from the changes that are signed, in the words of its kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from approvals.values.proposal import Change, Content
from components.inbox import diff
from components.text.untrusted import exact

Says = Callable[[Content, Mapping[str, Change]], str]


def sentence(content: Content) -> str:
    """``stops after 10 idle minutes, not 60``; kinds without words of their own list their first changes."""
    says = _KINDS.get(content.kind)
    if says is not None:
        try:
            return says(content, {one.path: one for one in content.changes})
        except (KeyError, TypeError):
            pass  # changed into another shape than its kind makes: listed as it is
    said = "; ".join(diff.sentence(one) for one in content.changes[:2]) or "; ".join(content.steps[:1])
    return said + (f"; {len(content.changes) - 2} more" if len(content.changes) > 2 else "")


def _stops(path: str) -> Says:
    def says(_: Content, changes: Mapping[str, Change]) -> str:
        one = changes[path]
        then = f"stops after {one.after} idle minutes" if one.after else "never stops by itself"
        return then + (f", not {one.before}" if one.before else ", not never" if one.after else "")

    return says


def _repairs(_: Content, changes: Mapping[str, Change]) -> str:
    tasks, again = changes["tasks"].after, int(changes["repairs"].after)
    return f"runs {exact(', '.join(map(str, tasks)), 200)} again, as its {_ORDINAL.get(again, f'{again}th')} repair"


def _rights(verb: str, where: str) -> Says:
    def says(content: Content, _: Mapping[str, Change]) -> str:
        held = exact(", ".join(map(str, content.params["privileges"])), 200)
        return f"{verb} {held} {where} {exact(content.params['principal'], 120)}"

    return says


def _paused(content: Content, _: Mapping[str, Change]) -> str:
    return "pauses its schedule" if content.params["paused"] else "lets its schedule run again"


_ORDINAL = {1: "first", 2: "second", 3: "third"}
_KINDS: Mapping[str, Says] = {
    "warehouse.set_autostop": _stops("auto_stop_mins"),
    "cluster.set_autotermination": _stops("autotermination_minutes"),
    "job.repair_run": _repairs,
    "job.pause_schedule": _paused,
    "grant.revoke": _rights("takes", "away from"),
    "grant.add": _rights("gives", "to"),
}
