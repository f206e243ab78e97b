"""Codes as people say them: ``MODEL_SERVING`` is Model serving. A question's header says which columns hold codes (kind
``code``); tables and figures say them in words, files to take along keep them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

import pandas as pd

from queries.catalogue import catalogue

_CODE = re.compile(r"[A-Z][A-Z0-9_()]*|[a-z]+(?:_[a-z]+)*")
_WORD = re.compile(r"[A-Z0-9]+")
_AS_THEY_ARE = frozenset(
    {"AI", "API", "CPU", "DBFS", "DBU", "DLT", "GPU", "IO", "IP", "ML", "SQL", "TPU", "UI", "VM"}
)  # fmt: skip
# A region ends a SKU: from its first word on, every word is a part of a name.
_REGIONS = frozenset(
    {"AF", "AFRICA", "AP", "ASIA", "AUSTRALIA", "BRAZIL", "CA", "CANADA", "CHINA", "EU", "EUROPE", "FRANCE", "GERMANY",
     "INDIA", "JAPAN", "KOREA", "ME", "NORWAY", "QATAR", "SA", "SWEDEN", "SWITZERLAND", "UAE", "UK", "US"}
)  # fmt: skip
_SAID: Mapping[str, str] = MappingProxyType({
    "ALL_PURPOSE": "All-purpose", "CANCELED": "Cancelled", "unityCatalog": "Unity Catalog", "aibiGenie": "Genie",
    "databrickssql": "Databricks SQL", "deltaPipelines": "Pipelines", "serverlessRealTimeInference": "Model serving",
})  # fmt: skip


@lru_cache(4096)
def in_words(code: str) -> str:
    """``RUN_EXECUTION_ERROR`` → ``Run execution error``; what is no code stays as it is."""
    if code in _SAID or not _CODE.fullmatch(code):
        return _SAID.get(code, code)
    said: list[str] = []
    named = False
    for word in code.upper().replace("_", " ").split():
        named = named or (word in _REGIONS and bool(said))
        said.append(_WORD.sub(lambda part, named=named: _word(part.group(), named), word))  # type: ignore[misc]
    text = " ".join(said)
    return text[:1].upper() + text[1:]


def _word(word: str, named: bool) -> str:
    if word in _AS_THEY_ARE or (named and len(word) <= 2):
        return word
    return word.capitalize() if named or word == "PHOTON" else word.lower()


def worded(frame: pd.DataFrame, query: str) -> pd.DataFrame:
    """``frame``, rows of ``query``, with the codes of its columns in words."""
    kinds = catalogue()[query].columns
    coded = [name for name in frame if kinds.get(str(name)) == "code"]
    return frame.assign(**{str(name): frame[name].map(in_words, na_action="ignore") for name in coded})
