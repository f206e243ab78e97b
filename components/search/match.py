"""What somebody means by what they typed: an exact id before a name, a name before its parts, parts before typing errors."""

from __future__ import annotations

import heapq
from collections.abc import Sequence

from rapidfuzz import fuzz, process

from components.search.index import Entry, Index, searchable, words_of

LONGEST = 100  # characters that are looked at
SHOWN = 10
_CLOSE, _CLOSE_NAME = 75, 70  # of 100: how alike a word, a whole name, must be to be meant
_MOST_CLOSE = 5
_MISTYPED = 100  # what a typing error costs: more than any difference below
# How good a match is, best first.
_ID, _NAME, _START, _WORD, _PART, _TAG, _OWNER, _SOMEWHERE = 95, 90, 80, 70, 60, 50, 40, 20


def search(indexes: Sequence[Index], text: str, own: str = "", limit: int = SHOWN) -> list[Entry]:
    """The entries that ``text`` means, the best first, at most ``limit``. Every word must be found, in any order; where
    nothing has them all, words that are nearly so typed count. Deleted things come last; of equally good ones first those
    that ``own`` (an address) owns."""
    typed = searchable(text[:LONGEST])
    words = words_of(typed)
    if not words:
        return []
    found = [hit for one in indexes for hit in _plain(one, typed, words, searchable(own))]
    if not found:
        found = [hit for one in indexes for hit in _mistyped(one, typed, words, searchable(own))]
    return [entry for *_, entry in heapq.nsmallest(limit, found, key=lambda hit: hit[:-1])]


Hit = tuple[bool, int, bool, int, str, Entry]  # deleted, how bad, another's, how long its name, its name; ascending


def _plain(index: Index, typed: str, words: Sequence[str], own: str) -> list[Hit]:
    return [
        _hit(index.entries[n], index.names[n], -_score(typed, words, index.names[n], index.entries[n]), own)
        for n, text in enumerate(index.texts)
        if all(word in text for word in words)
    ]


def _hit(entry: Entry, name: str, bad: int, own: str) -> Hit:
    return entry.deleted, bad, not own or searchable(entry.owner) != own, len(name), name, entry


def _score(typed: str, words: Sequence[str], name: str, entry: Entry) -> int:
    if typed == searchable(entry.id):
        return _ID
    if typed == name:
        return _NAME
    if name.startswith(typed):
        return _START
    return min(_word(word, name, entry) for word in words)


def _word(word: str, name: str, entry: Entry) -> int:
    """How well ``word`` says which entry is meant; 0 where it is not among its words."""
    if word in name:
        return _WORD if any(part.startswith(word) for part in words_of(name)) else _PART
    if any(word in searchable(tag) for tag in entry.tags):
        return _TAG
    return _OWNER if word in searchable(entry.owner) else _SOMEWHERE


def _mistyped(index: Index, typed: str, words: Sequence[str], own: str) -> list[Hit]:
    """By words that are close to those typed; where that finds nothing, by whole names that are close to all of it."""
    meant = [_close(index, word) for word in words]
    by_words = [
        _hit(index.entries[n], index.names[n], _MISTYPED - _best(meant, index.names[n], index.entries[n]), own)
        for n, text in enumerate(index.texts)
        if all(any(one in text for one in some) for some in meant)
    ]
    if by_words:
        return by_words
    close = process.extract(typed, index.names, scorer=fuzz.ratio, score_cutoff=_CLOSE_NAME, limit=SHOWN)
    return [_hit(index.entries[n], name, 2 * _MISTYPED - round(alike), own) for name, alike, n in close]


def _best(meant: Sequence[Sequence[str]], name: str, entry: Entry) -> int:
    """How well the worst word says which entry is meant, each in the spelling that says it best."""
    return min(max(_word(one, name, entry) for one in some) for some in meant)


def _close(index: Index, word: str) -> list[str]:
    """``word`` where it occurs, else the words of names that it may have meant. Digits are meant as they are typed."""
    if len(word) < 3 or not word.isalpha() or any(word in text for text in index.texts):
        return [word]
    close = process.extract(word, index.words, scorer=fuzz.ratio, score_cutoff=_CLOSE, limit=_MOST_CLOSE)
    return [one for one, *_ in close] or [word]
