"""Who must sit where, written by hand; the table takes the module it judges, see :mod:`tests.approvals.golden`."""

from __future__ import annotations

from typing import Any

from approvals.values.proposal import Requirement, Seats

# seats -> voters -> who sits where, what is missing
SEATINGS: list[tuple[str, str, str, str]] = [
    ("", "", "", "-"),
    ("", "ana:p", "", "-"),
    ("a=p", "", "", "a"),
    ("a=p", "ana:p", "ana=a", ""),
    ("a=p", "ana:q", "", "a"),
    ("a=", "ana:p", "", "a"),
    ("a=p", "ana:", "", "a"),
    ("a=p b=q", "ana:p,q", "ana=a", "b"),
    ("a=p b=q", "ana:p,q bo:p", "ana=b bo=a", ""),
    ("a=p b=q", "bo:p ana:p,q", "ana=b bo=a", ""),
    ("a=p*2", "ana:p", "ana=a", "a"),
    ("a=p*2", "ana:p bo:p", "ana=a bo=a", ""),
    ("a=p*3", "ana:p", "ana=a", "a*2"),
    ("a=p*0", "", "", "a"),
    ("a=p*0", "ana:p", "ana=a", ""),
    ("a=p|q b=q|r c=r", "ana:r bo:q,r cy:p,q", "ana=b bo=c cy=a", ""),
    ("a=p b=p|q c=q|r", "ana:p,q bo:p,q cy:p,q,r", "ana=a bo=b cy=c", ""),
    ("a=p b=p|q c=q|r", "ana:q bo:q,r cy:p,q", "ana=b bo=c cy=a", ""),
    ("a=p*2 b=q", "ana:p,q bo:p cy:p", "ana=b bo=a cy=a", ""),
    ("a=p", "ana:p bo:p", "ana=a", ""),
]
# seats, voters, groups of one more person, whether they help
TURNS: list[tuple[str, str, str, bool]] = [
    ("a=p", "", "p", True),
    ("a=p", "", "q", False),
    ("a=p", "", "", False),
    ("a=p", "ana:p", "p", False),
    ("a=p*2", "ana:p", "p", True),
    ("a=p b=q", "ana:p,q", "p", True),
    ("a=p b=q", "ana:p,q", "q", True),
    ("a=p b=q", "ana:p", "p", False),
    ("a=p b=q|p c=r", "ana:p,q bo:p,q", "p", False),
    ("a=p b=q c=r", "ana:p,q bo:q,r", "p", True),
    ("", "", "p", False),
    ("a=", "", "p", False),
]


def _requirement(text: str) -> Requirement:
    made = []
    for part in text.split():
        name, groups = part.split("=")
        groups, _star, count = groups.partition("*")
        made.append(Seats(id=name, groups=tuple(filter(None, groups.split("|"))), count=int(count or 1)))
    return Requirement(seats=tuple(made))


def _voters(text: str) -> dict[str, frozenset[str]]:
    return {part.split(":")[0]: frozenset(filter(None, part.split(":")[1].split(","))) for part in text.split()}


def quorum_tables(module: Any) -> None:
    for asked, people, sitting, missing in SEATINGS:
        found = module.seated(_requirement(asked), _voters(people))
        assert " ".join(f"{who}={seat}" for who, seat in sorted(found.by_person.items())) == sitting, (asked, people)
        left = " ".join(one.id + (f"*{one.count}" if one.count != 1 else "") for one in found.missing)
        assert left == missing.strip("-"), (asked, people)
        assert found.complete is (missing == ""), (asked, people)
    for asked, people, more, helps in TURNS:
        further = frozenset(filter(None, more.split(",")))
        assert module.could_fill(_requirement(asked), _voters(people), further) is helps, (asked, people, more)
