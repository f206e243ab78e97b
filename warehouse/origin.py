"""Where a client's failure comes from and what it is, beside its words: the host, the HTTP status, the SQLSTATE.

The clients' retry loops give up with a sentence and drop the response that they gave up on. It is still in the frames
that raised, so it is looked for there: words differ between versions and may quote anything.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

INVALID_HANDLE = 4  # TStatusCode of the Thrift service: 0 success, 3 error, 4 invalid handle
STORAGE = "databricks.sql.cloudfetch"  # the part of the connector that fetches results from the cloud's storage
# Classes of the connector that are no word on the session: the statement itself failed, or the request had a status.
_NOT_THE_SESSION = ("ServerOperationError", "RequestError")


@dataclass(frozen=True)
class Origin:
    """What is known of a failure. ``storage`` is the host of the results where that one failed; empty: another."""

    status: int | None = None
    retry_after: str | None = None
    sql_state: str = ""
    invalid_handle: bool = False
    storage: str = ""


def chain(error: BaseException) -> list[BaseException]:
    """``error`` and what caused it, errors that it was made with included."""
    found: list[BaseException] = []
    waiting: list[Any] = [error]
    while waiting:
        one = waiting.pop(0)
        if isinstance(one, BaseException) and not any(one is known for known in found):
            found.append(one)
            waiting += [*one.args, one.__cause__, one.__context__]
    return found


def classes(error: BaseException) -> tuple[str, ...]:
    """The names of the classes of ``error``, the nearest first."""
    return tuple(kind.__name__ for kind in type(error).__mro__)


def host_of(address: str) -> str:
    """The host of an address: no path, no signature, no credentials."""
    with suppress(ValueError):
        return urlsplit(address).hostname or "an unnamed host"
    return "an unnamed host"


def origin(error: BaseException) -> Origin:
    """What the frames of ``error`` and of its causes tell."""
    status, retry_after, sql_state, invalid, storage = _said(error), None, "", False, ""
    for place in _frames(error):
        answer: Any = place.f_locals.get("response")
        heard: Any = getattr(answer, "status", None)
        if isinstance(heard, int) and not isinstance(heard, bool):
            status = status or heard
            retry_after = retry_after or getattr(answer, "headers", {}).get("Retry-After")
        elif heard is not None and hasattr(heard, "statusCode"):
            sql_state, invalid = heard.sqlState or sql_state, invalid or heard.statusCode == INVALID_HANDLE
        if str(place.f_globals.get("__name__", "")).startswith(STORAGE):
            link = getattr(getattr(place.f_locals.get("self"), "link", None), "fileLink", None)
            storage = host_of(link) if link else storage or "the cloud's storage"
    return Origin(status, retry_after, sql_state, invalid, storage)


def lost_session(error: BaseException) -> bool:
    """Whether a session ended on the other side: the same question may then be asked once more in a new one.

    A statement that failed comes as a failed operation, and a refused request with its status. What else the service
    says to a call is about the session that the call named.
    """
    found = origin(error)
    if found.storage:
        return False
    if found.invalid_handle or found.sql_state.startswith("08") or found.status == 404:  # 08: connection exceptions
        return True
    mine = classes(error)
    closed = {"SessionAlreadyClosedError", "CursorAlreadyClosedError"} & set(mine)
    said_by_service = "DatabaseError" in mine and not set(_NOT_THE_SESSION) & set(mine)
    return bool(closed) or (said_by_service and not found.sql_state)


def _said(error: BaseException) -> int | None:
    """The status that the connector itself noted."""
    for one in chain(error):
        context = getattr(one, "context", None)
        code = context.get("http-code") if isinstance(context, dict) else None
        if isinstance(code, int) and code >= 400:
            return code
    return None


def _frames(error: BaseException) -> Iterator[Any]:
    """Every frame that ``error`` or a cause of it went through, the deepest first."""
    for one in chain(error):
        yield from reversed([frame for frame, _ in traceback.walk_tb(one.__traceback__)])
