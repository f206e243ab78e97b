"""What a change is in words. Questions write one as text, from the words of the system tables: codes and ids in it are said
as everywhere else. What people chose (names, tags, schedules) stays as it is."""

from __future__ import annotations

import re

from components.text.codes import in_words
from components.text.principals import NOBODY, Names

# Where the questions write what is no choice of people: why a run failed, a setting whose values are codes, privileges.
_FAILED = re.compile(r"(?:(?<=→ failed \()|(?<=run failed \())\w+(?=\)$)")
_SETTING = re.compile(r"(?:^|(?<=, ))(type|channel|edition) (\w+) → (\w+)")
_GIVEN = re.compile(r"(?:^|(?<=, ))([A-Z_]+(?:, [A-Z_]+)*) (granted to|taken from) ([^,]+)")
_PEOPLE = re.compile(r"(?:^|(?<=, ))(runs as|owner) ([^\s,]+) → ([^\s,]+)")


def change_in_words(what: str, names: Names = NOBODY) -> str:
    """``USE_SCHEMA granted to 7d0c9a1e-…`` → ``USE SCHEMA granted to nightly-etl``, as Databricks and the directory call
    them. Foreign text either way."""
    said = _FAILED.sub(lambda code: in_words(code[0]), what)
    said = _SETTING.sub(lambda found: f"{found[1]} {in_words(found[2])} → {in_words(found[3])}", said)
    said = _GIVEN.sub(lambda found: f"{found[1].replace('_', ' ')} {found[2]} {names.called(found[3])}", said)
    return _PEOPLE.sub(lambda found: f"{found[1]} {names.called(found[2])} → {names.called(found[3])}", said)
