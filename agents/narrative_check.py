"""Whether a model's words about a proposal say only what the evidence says. By rule: no model judges another one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from approvals.values.proposal import Draft

LONGEST = 1_200  # characters
_CITED = re.compile(r"\[([a-z]+\d+)\]")
_MARKUP = re.compile(
    r"https?:|www\.|[<>`*_#|~\\]{2,}|\]\(|[\x00-\x09\x0b-\x1f\x7f]|[\u200b-\u200f\u202a-\u202e\u2060-\u2069]"
)
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_NAME = re.compile(r"[\w.@/:-]*[\w@/-]*(?:[_@/]|\w\.\w|\w-\w*\d|[a-z]\d)[\w.@/:-]*")
# Figures that hide in words; what is counted is said in digits, which can be looked up.
_WORDS = re.compile(
    r"\b(two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens?|twenty|thirty|forty|fifty|hundreds?|thousands?"
    r"|millions?|billions?|half|halves|halved|twice|doubled?|thrice|tripled?|thirds?|quarters?|tenfold|most|all|none|every)\b",
    re.IGNORECASE,
)


def facts(draft: Draft) -> dict[str, str]:
    """What a model may say of ``draft``, by the id it has to cite: what was observed (``o``), made of it (``m``), and the
    figures of the evidence (``e``)."""
    figures = [
        f"{one.title}: " + ", ".join(f"{each.column} {each.observed} {each.unit}".strip() for each in one.scalars)
        for one in draft.evidence
    ]
    said = {"o": draft.ooda.observe, "m": draft.ooda.orient, "e": figures}
    return {f"{sort}{place}": text for sort, texts in said.items() for place, text in enumerate(texts, 1)}


def refused(text: str, known: Mapping[str, str], name: str = "") -> str:
    """Why ``text`` is not taken; empty where it is. Each sentence cites at least one of the ``known`` facts, and every figure
    and every name in it is in those that it cites, or is the ``name`` of what is acted on."""
    if not text.strip():
        return "it is empty"
    if len(text) > LONGEST:
        return f"it is longer than {LONGEST:,} characters"
    if _MARKUP.search(text):
        return "it has links, markup or hidden characters"
    for sentence in _sentences(text):
        cited = _CITED.findall(sentence)
        if not cited:
            return f"a sentence cites nothing: {sentence[:80]}"
        if unknown := [one for one in cited if one not in known]:
            return f"it cites what is not there: {unknown[0]}"
        ground = " ".join(known[one] for one in cited)
        if wrong := _not_there(_CITED.sub("", sentence), f"{ground} {name}"):
            return f"it says what its evidence does not: {wrong[:80]}"
    return ""


def _sentences(text: str) -> Iterator[str]:
    """The sentences, each with the ids that stand behind its end."""
    for part in re.split(r"(?<=[.!?])(?:\s+(?!\[)|$)|(?<=\])\s+(?=[A-Z])|\n+", text):
        if part.strip():
            yield part.strip()


def _not_there(said: str, ground: str) -> str:
    """The first figure, name or counting word of ``said`` that ``ground`` has not."""
    numbers = {_value(one) for one in _all(_NUMBER, ground)}
    names, words = ground.casefold(), {one.casefold() for one in _all(_WORDS, ground)}
    for one in _all(_NUMBER, said):
        if _value(one) not in numbers:
            return one
    for one in _all(_NAME, said):
        name = one.strip(".:-/").casefold()
        if name not in names and not _NUMBER.fullmatch(name):
            return one
    for one in _all(_WORDS, said):
        if one.casefold() not in words:
            return one
    return ""


def _all(pattern: re.Pattern[str], text: str) -> list[str]:
    return [found[0] for found in pattern.finditer(text)]


def _value(number: str) -> Decimal:
    return Decimal(number.replace(",", "").rstrip("."))
