"""What lies before and after one node, along the edges."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping


def around(root: str, edges: Iterable[tuple[str, str]], levels: int) -> dict[str, int]:
    """How many steps each node is after ``root`` (negative: before it), at most ``levels`` either way, nearest first. What
    lies on both sides, in a circle, stands before it."""
    before, after = defaultdict[str, list[str]](list), defaultdict[str, list[str]](list)
    for start, end in edges:
        before[end].append(start)
        after[start].append(end)
    found = _walk(root, after, levels, 1) | _walk(root, before, levels, -1) | {root: 0}
    return dict(sorted(found.items(), key=lambda one: (abs(one[1]), one[1], one[0])))


def _walk(root: str, beside: Mapping[str, list[str]], levels: int, step: int) -> dict[str, int]:
    found, front = {root: 0}, [root]
    for level in range(1, levels + 1):
        front = [one for node in front for one in beside.get(node, ())]
        front = [one for one in dict.fromkeys(front) if one not in found]
        found.update(dict.fromkeys(front, step * level))
    return found
