"""From marked proposals to figures: precision, recall and delay by capability and kind of fault, and whether they are good enough."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from bench import round_rules
from bench.judge_marks import Mark, Marked, Wrong

PRECISION, RECALL, EACH, EMPTY, TWINS, FALSE_A_WEEK = 0.9, 0.8, 0.7, 0.95, 0.05, 1.0
FEW = 3  # faults of its kinds, below which a capability is not judged by itself


@dataclass(frozen=True)
class Looked:
    """One organisation, and what was proposed in it on ``days`` days. ``faultless``: nothing was planted. ``delays`` are days from
    the begin of a fault until it was proposed, by its number."""

    seed: int
    wrong: Sequence[Wrong]
    marked: Sequence[Marked]
    twins: int
    faultless: bool = False
    days: int = 1
    seconds: Mapping[str, float] = field(default_factory=dict)
    could_not: Mapping[str, str] = field(default_factory=dict)
    delays: Mapping[int, float] = field(default_factory=dict)


def share(part: float, whole: float) -> float | None:
    return round(part / whole, 3) if whole else None


def owners(looked: Sequence[Looked]) -> dict[str, str]:
    """Which capability answers for a kind of fault: the one that finds most of it."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for one in looked:
        for each in one.marked:
            if each.mark == "right" and each.wrong is not None:
                found[one.wrong[each.wrong].kind][each.proposal.capability] += 1
    return {kind: sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[0][0] for kind, counts in found.items()}


def by_kind(looked: Sequence[Looked]) -> dict[str, dict[str, Any]]:
    """Planted faults of each kind, and how many were found."""
    made: dict[str, dict[str, Any]] = {}
    for one in looked:
        found = {each.wrong for each in one.marked if each.mark == "right"}
        for at, wrong in enumerate(one.wrong):
            if not wrong.natural:
                own = made.setdefault(wrong.kind, {"planted": 0, "found": 0, "delays": []})
                own["planted"] += 1
                own["found"] += at in found
                own["delays"] += [one.delays[at]] if at in one.delays else []
    return {kind: _recalled(made[kind]) for kind in sorted(made)}


def _recalled(own: dict[str, Any]) -> dict[str, Any]:
    delays = own.pop("delays")
    more = {"days": round(median(delays), 1)} if delays else {}
    return own | {"recall": share(own["found"], own["planted"])} | more


def by_capability(looked: Sequence[Looked], kinds: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """What each capability proposed, and what it found of the kinds it answers for."""
    who, made = owners(looked), {}
    names = sorted(
        {each.proposal.capability for one in looked for each in one.marked} | {n for o in looked for n in o.seconds}
    )
    for name in names:
        marks = Counter(each.mark for one in looked for each in one.marked if each.proposal.capability == name)
        mine = [kind for kind, owner in who.items() if owner == name]
        planted, found = (sum(kinds[k][what] for k in mine if k in kinds) for what in ("planted", "found"))
        made[name] = {
            "kinds": ", ".join(sorted(mine)),
            "planted": planted,
            "found": found,
            "proposed": sum(marks.values()),
            **{mark: marks[mark] for mark in ("right", "false", "echo", "twin")},
            "precision": precision(marks),
            "recall": share(found, planted),
            "seconds": round(median([one.seconds[name] for one in looked if name in one.seconds] or [0.0]), 2),
        }
    return made


def precision(marks: Mapping[Mark, int]) -> float | None:
    """Of what was proposed, the share that is right; an echo is no second finding."""
    return share(marks.get("right", 0), sum(marks.values()))


def false_by_dimension(looked: Sequence[Looked]) -> dict[str, float]:
    """False proposals of each dimension a week in an organisation in which nothing is planted; what one look shows is a week's."""
    quiet = [one for one in looked if one.faultless]
    false = Counter(
        each.proposal.capability.partition(".")[0]
        for one in quiet
        for each in one.marked
        if each.mark in ("false", "twin")
    )
    names = {name.partition(".")[0] for one in looked for name in one.seconds}
    weeks = sum(max(one.days / 7, 1) for one in quiet)
    return {name: round(false[name] / weeks, 2) for name in sorted(names | {*false})} if quiet else {}


def scored(looked: Sequence[Looked], rules: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """All figures, with those of ``rules`` (:func:`bench.round_rules.tried`), and under ``misses`` what the gate wants and does
    not get."""
    faulted = [one for one in looked if not one.faultless]
    kinds = by_kind(faulted)
    capabilities = by_capability(looked, kinds)
    marks = Counter(each.mark for one in faulted for each in one.marked)
    planted, found = (sum(own[what] for own in kinds.values()) for what in ("planted", "found"))
    twins = sum(one.twins for one in looked)
    overall = {
        "organisations": len(faulted),
        "faultless": len(looked) - len(faulted),
        "planted": planted,
        "found": found,
        "proposed": sum(marks.values()),
        **{mark: marks[mark] for mark in ("right", "false", "echo", "twin")},
        "precision": precision(marks),
        "recall": share(found, planted),
        "twins_proposed": share(sum(each.mark == "twin" for one in looked for each in one.marked), twins),
    }
    figures: dict[str, Any] = {
        "overall": overall,
        "capabilities": capabilities,
        "kinds": kinds,
        "false_a_week": false_by_dimension(looked),
        "rules": rules or round_rules.tried([]),
    }
    return figures | {"misses": misses(figures)}


def misses(figures: Mapping[str, Any]) -> list[str]:
    """What falls short of the gate: the overall figures, each capability with enough faults, green but empty, quiet weeks, twins."""
    overall, short = figures["overall"], []
    for what, least in (("precision", PRECISION), ("recall", RECALL)):
        if (overall[what] or 0) < least:
            short.append(f"overall {what} {overall[what]} < {least}")
    for name, own in figures["capabilities"].items():
        if own["proposed"] >= FEW and (own["precision"] or 0) < EACH:
            short.append(f"{name} precision {own['precision']} < {EACH}")
        if own["planted"] >= FEW and (own["recall"] or 0) < EACH:
            short.append(f"{name} recall {own['recall']} < {EACH}")
    empty = figures["kinds"].get("wrote_nothing")
    if empty and empty["recall"] < EMPTY:
        short.append(f"green but empty recall {empty['recall']} < {EMPTY}")
    for dimension, many in figures["false_a_week"].items():
        if many > FALSE_A_WEEK:
            short.append(f"{dimension} {many} false a week where nothing is wrong")
    if (overall["twins_proposed"] or 0) > TWINS:
        short.append(f"twins proposed {overall['twins_proposed']} > {TWINS}")
    return [*short, *round_rules.misses(figures["rules"])]


def lines(figures: Mapping[str, Any]) -> list[str]:
    """The figures as a person reads them."""
    made = [" ".join(f"{name} {value}" for name, value in figures["overall"].items()), ""]
    counted = f"{'planted':>8}{'found':>6}{'right':>6}{'false':>6}{'echo':>5}{'twin':>5}"
    made.append(f"{'capability':<34}{counted}{'prec':>7}{'recall':>7}{'s':>7}  kinds")
    for name, own in figures["capabilities"].items():
        counts = (
            f"{own['planted']:>8}{own['found']:>6}{own['right']:>6}{own['false']:>6}{own['echo']:>5}{own['twin']:>5}"
        )
        made.append(f"{name:<34}{counts}{own['precision']!s:>7}{own['recall']!s:>7}{own['seconds']:>7}  {own['kinds']}")
    made += ["", f"{'kind of fault':<34}{'planted':>8}{'found':>6}{'recall':>7}{'days':>6}"]
    for kind, own in figures["kinds"].items():
        made.append(f"{kind:<34}{own['planted']:>8}{own['found']:>6}{own['recall']!s:>7}{own.get('days', ''):>6}")
    quiet = ", ".join(f"{name} {many}" for name, many in figures["false_a_week"].items())
    made += ["", f"false a week where nothing is planted: {quiet or 'not looked'}"]
    made += round_rules.lines(figures["rules"])
    made += [f"could not look: {name}: {why}" for name, why in figures.get("could_not", {}).items()]
    made += ["", *figures.get("examples", ())]
    return [
        *made,
        "",
        *(f"falls short: {one}" for one in figures["misses"]),
        "held" if not figures["misses"] else "not held",
    ]
