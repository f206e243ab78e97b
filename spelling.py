"""How names are spelt: people type, paste and copy them, so two that look alike are not always the same text.

Three questions are answered here, for every room. Are two spellings one name? (:func:`folded`; ``queries/folding.py``
asks the same in SQL.) Does a text look like what it is? (:func:`honest`: only such an identifier is handed to an API.)
How is one shown that does not? (:func:`escaped`.)
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# The group of all people and services of an account, in both its names.
EVERYBODY = frozenset({"account users", "all account users"})
KEPT_BY_DATABRICKS = EVERYBODY | {"admins", "users"}  # groups that people neither make nor leave
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
Ranges = tuple[tuple[int, int], ...]
# Code points, both ends included. Blanks are every kind of white space; hidden ones take no place at all.
BLANKS: Ranges = (
    (0x09, 0x0D), (0x1C, 0x20), (0x85, 0x85), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029),
    (0x202F, 0x202F), (0x205F, 0x205F), (0x3000, 0x3000),
)  # fmt: skip
HIDDEN: Ranges = (
    (0x00, 0x08), (0x0E, 0x1B), (0x7F, 0x84), (0x86, 0x9F), (0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C),
    (0x180B, 0x180F), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0xFEFF, 0xFEFF),
)  # fmt: skip
# Letters and signs that look like nothing, although Unicode does not call them format characters.
_EMPTY: Ranges = (
    (0x115F, 0x1160), (0x17B4, 0x17B5), (0x2800, 0x2800), (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFFB), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
)  # fmt: skip
_TOGETHER = frozenset({"LATIN", "HIRAGANA", "KATAKANA", "CJK", "HANGUL", "BOPOMOFO"})  # written together in East Asia


def _class(ranges: Ranges) -> str:
    return "[" + "".join(f"\\U{first:08x}-\\U{last:08x}" for first, last in ranges) + "]"


_BLANK, _HIDDEN, _EMPTIES = (re.compile(_class(one) + "+") for one in (BLANKS, HIDDEN, _EMPTY))


def composed(text: str) -> str:
    """``text`` in composed form (NFC), without what is hidden, every stretch of blanks one space, none at the ends."""
    kept = _HIDDEN.sub("", text)
    return _BLANK.sub(" ", kept if kept.isascii() else unicodedata.normalize("NFC", kept)).strip(" ")


@lru_cache(maxsize=1 << 16)  # names come again and again: the rights of an estate name each thing and person many times
def folded(text: str) -> str:
    """What is equal for two spellings of one name: :func:`composed`, in small letters. A capital I with a dot is an i,
    a final sigma is a sigma: so the engines agree as well."""
    kept = composed(text)
    return kept.lower() if kept.isascii() else composed(kept.replace("İ", "i").lower().replace("ς", "σ"))


def honest(text: str) -> bool:
    """Whether ``text`` looks like what it is: composed, nothing in it unseen or reordering, no blanks but single spaces
    within. What is not honest is refused where it would run, never mended: what was looked at is what is changed."""
    return escaped(text) == text and text.strip(" ") == text and "  " not in text


def escaped(text: str) -> str:
    """``text`` with everything that cannot be seen, or would be taken for something else, as ``\\u200b``."""
    if text.isascii() and text.isprintable():
        return text
    marks = not unicodedata.is_normalized("NFC", text)
    return "".join(_escape(one) if _odd(one) or (marks and unicodedata.combining(one)) else one for one in text)


def visible(one: str) -> bool:
    """Whether a character is seen on paper: neither blank nor hidden."""
    return one != " " and not _odd(one)


def _odd(one: str) -> bool:
    return not one.isprintable() or bool(_HIDDEN.match(one) or _EMPTIES.match(one))


def _escape(one: str) -> str:
    number = ord(one)
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def scripts(text: str) -> tuple[str, ...]:
    """The scripts whose letters ``text`` mixes, by name ("cyrillic", "latin"); none where it is one, or a usual mix."""
    found = {unicodedata.name(one, "UNKNOWN").split(" ")[0].split("-")[0] for one in text if one.isalpha()}
    return () if len(found) < 2 or found <= _TOGETHER else tuple(sorted(one.lower() for one in found))
