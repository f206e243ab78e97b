"""What sort of error a failed run ended with: from its codes, which the system tables have, and from what it said, which only
the Jobs API gives. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum


class Error(StrEnum):
    """A sort of error, in the words of a sentence."""

    RIGHTS = "a right is lacking"
    MISSING = "something is not there"
    COLUMNS = "columns or types do not fit"
    ABSENT = "its rows are not there"
    DATA = "its rows are wrong"
    CODE = "its code broke"
    LIBRARY = "a library does not load"
    MEMORY = "memory ran out"
    TIME = "time ran out"
    CONFIG = "its settings are not valid"
    PLATFORM = "the platform failed"
    OUTSIDE = "something outside did not answer"
    OTHER = "no sort of error is known"


RIGHTS = frozenset({"UNAUTHORIZED_ERROR", "STORAGE_ACCESS_ERROR", "RESOURCE_NOT_FOUND", "PERMISSION_DENIED"})
PLATFORM = frozenset(
    {"CLOUD_FAILURE", "CLUSTER_ERROR", "DRIVER_ERROR", "INTERNAL_ERROR", "CLUSTER_REQUEST_LIMIT_EXCEEDED",
     "LIBRARY_INSTALLATION_ERROR",
     "MAX_CONCURRENT_RUNS_EXCEEDED", "MAX_JOB_QUEUE_SIZE_EXCEEDED"}
)  # fmt: skip
# Of an attempt whose machines did not come, or not with what is installed on them.
NO_START = frozenset({"CLOUD_FAILURE", "CLUSTER_ERROR", "CLUSTER_REQUEST_LIMIT_EXCEEDED", "LIBRARY_INSTALLATION_ERROR"})
_BY_CODE = {
    "UNAUTHORIZED_ERROR": Error.RIGHTS,
    "PERMISSION_DENIED": Error.RIGHTS,
    "STORAGE_ACCESS_ERROR": Error.RIGHTS,
    "RESOURCE_NOT_FOUND": Error.MISSING,
    "LIBRARY_INSTALLATION_ERROR": Error.LIBRARY,
    "DRIVER_ERROR": Error.MEMORY,
    "RUN_EXECUTION_TIMEOUT": Error.TIME,
    "TIMED_OUT": Error.TIME,
    "INVALID_CLUSTER_REQUEST": Error.CONFIG,
    "INVALID_RUN_CONFIGURATION": Error.CONFIG,
    "FEATURE_DISABLED": Error.CONFIG,
    "REPOSITORY_CHECKOUT_FAILED": Error.CONFIG,
    **dict.fromkeys(
        ("CLOUD_FAILURE", "CLUSTER_ERROR", "INTERNAL_ERROR", "CLUSTER_REQUEST_LIMIT_EXCEEDED",
         "MAX_CONCURRENT_RUNS_EXCEEDED", "MAX_JOB_QUEUE_SIZE_EXCEEDED"),
        Error.PLATFORM,
    ),
}  # fmt: skip
# The first that is found decides: what is lacking is said inside of other errors.
_BY_WORDS = tuple(
    (error, re.compile(words, re.IGNORECASE))
    for error, words in (
        (Error.OUTSIDE, r"HTTPError|Connection ?(Reset|Refused|Error|Aborted)|Read ?Timeout|Connect ?Timeout|Too Many Requests|"
                        r"SSLError|UnknownHost|name resolution|SocketTimeout"),
        (Error.RIGHTS, r"INSUFFICIENT_PERMISSIONS|PERMISSION_DENIED|Access ?Denied|not authorized|does not have .{3,60} on |\b403\b"),
        (Error.COLUMNS, r"UNRESOLVED_COLUMN|DATATYPE_MISMATCH|DELTA_SCHEMA|MERGE_FIELDS|schema mismatch|FIELD_NOT_FOUND|INCOMPATIBLE"),
        (Error.ABSENT, r"no (new )?rows|is empty|not been (written|updated)|PATH_NOT_FOUND"),
        (Error.MISSING, r"(TABLE_OR_VIEW|SCHEMA|CATALOG|ROUTINE)\w*_NOT_FOUND|No ?Such ?(File|Key)|File ?Not ?Found|\b404\b"),
        (Error.LIBRARY, r"ModuleNotFound|ImportError|No module named|ClassNotFound|NoSuchMethod|LIBRARY_INSTALLATION|"
                        r"Could not find a version"),
        (Error.MEMORY, r"OutOfMemory|out of memory|driver has stopped|exit code 137|GC overhead|No space left"),
        (Error.TIME, r"timed out after|time ?limit|Run timed out|exceeded its timeout"),
        (Error.PLATFORM, r"could not reach driver|instance capacity|insufficient ?(instance)? ?capacity|spot (instance|termination)|"
                         r"cloud provider|waiting for the cluster|(service|temporarily) unavailable|\b50[23]\b"),
        (Error.CONFIG, r"invalid (cluster|job|run|node|configuration)|is not (a )?(valid|supported)|could not check ?out"),
        (Error.DATA, r"EXPECT|CAST_INVALID|DIVIDE_BY_ZERO|constraint|duplicate|MULTIPLE_SOURCE_ROW"),
        (Error.CODE, r"(Syntax|Name|Type|Key|Attribute|Value|Index|Assertion)Error|NullPointer|PARSE_SYNTAX_ERROR|Exception"),
    )
)  # fmt: skip


VAGUE = (Error.OUTSIDE, Error.CODE, Error.DATA)  # a code that is no general one knows more


def error_of(codes: Iterable[str], text: str = "") -> Error:
    """The sort of error of a run that ended with ``codes`` and said ``text``, which knows more where it is there. Several codes:
    the first in the order of the sorts."""
    known = {_BY_CODE[one] for one in codes if one in _BY_CODE}
    told = next((error for error, words in _BY_WORDS if words.search(text)), Error.OTHER)
    if told is Error.OTHER or (known and told in VAGUE):
        return next((error for error in Error if error in known), told)
    return told
