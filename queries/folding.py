"""Free text in SQL: the constructs of the house with which questions compare what people type.

A question writes ``folded(x)``, ``tidied(x)``, ``keyed(x)``, ``listed(:p)``, ``placed(path)`` or ``cost_center_keys()``;
the catalogue writes them out (:mod:`queries.macros`) into text that gives the same on Databricks and on the embedded
lakehouse, whose own ``trim`` and ``lower`` differ on blanks, on the dotted capital I and on the final sigma.
:mod:`spelling` says the same in Python; composing (NFC), which Databricks SQL cannot do, is done to the answer
(``warehouse/normalise.py``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

from spelling import BLANKS, HIDDEN, Ranges

# Text of people in the system tables, by the column's or field's name: compared and grouped only through a construct.
FREE_TEXT = frozenset({
    "executed_by", "created_by", "owned_by", "run_as", "run_by", "run_as_user_name", "creator_user_name", "email",
    "grantee", "principal", "table_owner", "schema_owner", "initiated_by", "subject_name",
})  # fmt: skip
# The usual names of tags, by what they mean; capitals, blanks and signs between do not count.
COST_CENTER_TAGS = ("cost_center", "cost_centre")
TAG_KEYS: Mapping[str, tuple[str, ...]] = {
    "cost_center": COST_CENTER_TAGS, "team": ("team",), "environment": ("environment", "env"),
}  # fmt: skip


def _class(ranges: Ranges) -> str:
    return "".join(rf"\\x{{{a:X}}}" if a == b else rf"\\x{{{a:X}}}-\\x{{{b:X}}}" for a, b in ranges)


# Most text (§) needs no mending, and a look is cheap. (A dollar sign would let a line break at the end pass.)
_ODD = "§ RLIKE '[^ -~]|^ | $|  '"
_MENDED = f"trim(regexp_replace(regexp_replace(§, '[{_class(HIDDEN)}]', ''), '[{_class(BLANKS)}]+', ' '))"


def _tidied(x: str) -> str:
    """What is hidden dropped, every stretch of blanks one space, none at the ends."""
    return f"CASE WHEN {_ODD} THEN {_MENDED} ELSE § END".replace("§", x)


def _folded(x: str) -> str:
    """:func:`_tidied` in small letters: equal for two spellings of one name."""
    small = f"replace(lower(replace({_MENDED}, 'İ', 'i')), 'ς', 'σ')"
    return f"CASE WHEN {_ODD} THEN {small} ELSE lower(§) END".replace("§", x)


def _keyed(x: str) -> str:
    """:func:`_folded` without what people put between words: CostCenter, cost-center and Cost_Center are one key."""
    return f"regexp_replace({_folded(x)}, '[ _.:/-]', '')"


def _listed(x: str) -> str:
    """The values of a list parameter (:func:`joined`) as an array."""
    return f"transform(split({x}, ','), one -> replace(replace(one, '%2C', ','), '%25', '%'))"


# Of an address: the scheme and what it names (account, bucket); a scheme of local files names nothing.
_SCHEME = "'^([dD][bB][fF][sS]:|[fF][iI][lL][eE]:|[A-Za-z][A-Za-z0-9+.-]*:/[^/]*)'"


def _placed(x: str) -> str:
    """The one address of a place of storage, to compare with others only: without empty steps, scheme and host in small
    letters, the scheme that its other drivers' schemes (s3a, wasbs, abfs) stand for, and ``dbfs:`` before a bare path."""
    plain = f"regexp_replace(regexp_replace({x}, '/+', '/'), '/$', '')"
    full = f"regexp_replace(regexp_replace({plain}, '^([fF][iI][lL][eE]:)?/dbfs/', '/'), '^/', 'dbfs:/')"
    host = f"regexp_replace(lower(regexp_extract({full}, {_SCHEME}, 0)), '^s3[an]:', 's3:')"
    host = f"regexp_replace(regexp_replace({host}, '^(wasbs?|abfs):', 'abfss:'), '[.]blob[.]core[.]', '.dfs.core.')"
    return f"{host} || regexp_replace({full}, {_SCHEME}, '')"


# The tokens of a statement: text in quotes, quoted names, comments, words, numbers, blanks, any other sign.
_TOKENS = (
    r"\\x27[^\\x27\\\\]*(?:\\\\[\\s\\S][^\\x27\\\\]*)*(?:\\x27|\\z)|\\x22[^\\x22\\\\]*(?:\\\\[\\s\\S][^\\x22\\\\]*)*(?:\\x22|\\z)"
    r"|`[^`]*`|--[^\\n]*|/[*][\\s\\S]*?(?:[*]/|\\z)|[A-Za-z_][A-Za-z0-9_]*|[0-9][0-9A-Za-z_.]*|[\\s]+|."
)
_SIGN = r"CASE WHEN t RLIKE '^(--|/[*]|[\\s])' THEN ' ' WHEN t RLIKE '^[\\x27\\x220-9]' THEN '?' ELSE lower(t) END"


def _shape_of(x: str) -> str:
    """The form of a statement: in small letters, without comments, every literal and every list of literals one ``?``."""
    signs = f"array_join(transform(regexp_extract_all({x}, '{_TOKENS}', 0), t -> {_SIGN}), '')"
    listed = f"regexp_replace({signs}, '[?]( *,? *[?])+', '?')"
    return f"trim(regexp_replace({listed}, ' +', ' '))"


CONSTRUCTS: Mapping[str, Callable[[str], str]] = {
    "folded": _folded, "tidied": _tidied, "keyed": _keyed, "listed": _listed, "placed": _placed, "shape_of": _shape_of,
}  # fmt: skip


def joined(values: Iterable[str]) -> str:
    """``values`` as one list parameter: commas between them, commas within them as %2C."""
    return ",".join(one.replace("%", "%25").replace(",", "%2C") for one in values)


def parted(text: str) -> tuple[str, ...]:
    """The values of a list parameter; none of an empty one."""
    return tuple(one.replace("%2C", ",").replace("%25", "%") for one in text.split(",") if one)


def keyed(text: str) -> str:
    """A tag key as SQL's ``keyed`` compares it."""
    from spelling import folded

    return re.sub("[ _.:/-]", "", folded(text))
