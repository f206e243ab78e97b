"""What Databricks says, as the failures of :mod:`warehouse.errors`. Nothing of a statement or a token is repeated."""

from __future__ import annotations

import re

from warehouse.errors import (
    Failed,
    NoGrant,
    NotThere,
    Refused,
    Starting,
    Throttled,
    TimedOut,
    Unreachable,
    WarehouseError,
)

# [ERROR_CLASS.SUB_CLASS] in front of every message of the engine
_CLASS = re.compile(r"\[([A-Z][A-Z0-9_.]+)\]")
_DENIED = re.compile(
    r"permission (?P<privilege>[A-Z][A-Z _]+?) on (?P<kind>Table|View|Schema|Catalog) '(?P<name>[^']+)'"
    r"|does not have (?P<privilege2>USE (?:SCHEMA|CATALOG)|SELECT) on (?P<kind2>\w+) '(?P<name2>[^']+)'",
    re.IGNORECASE,
)
_NAMED = re.compile(r"(?:table or view|schema|with name|struct field)\s+(?P<name>`[^`]+`(?:\.`[^`]+`)*)", re.IGNORECASE)
_DEAD = ("Invalid SessionHandle", "SessionHandle is closed", "Session has been closed", "is closed", "INVALID_HANDLE")
PRINCIPAL = "`<app service principal>`"


def is_dead_session(message: str) -> bool:
    """Whether a session ended on the other side: then the same statement may be sent once more in a new one."""
    return "SessionHandle" in message and any(words in message for words in _DEAD)


def from_message(message: str, timeout: float) -> WarehouseError:
    """The failure behind an engine's message; ``timeout`` in seconds is what the statement was given."""
    found = _CLASS.search(message)
    kind = found.group(1) if found else ""
    if "INSUFFICIENT_PERMISSIONS" in kind or "PERMISSION_DENIED" in message:
        return _denied(message)
    if kind.startswith(("TABLE_OR_VIEW_NOT_FOUND", "SCHEMA_NOT_FOUND", "UNRESOLVED_COLUMN", "FIELD_NOT_FOUND")):
        named = _NAMED.search(message)
        return NotThere(named.group("name").replace("`", "") if named else "a table or column of the query")
    if "TIMEOUT" in kind or "timed out" in message.lower() or "STATEMENT_TIMEOUT" in message:
        return TimedOut(timeout)
    if "TEMPORARILY_UNAVAILABLE" in message or "is starting" in message or "STARTING" in message:
        return Starting()
    return Failed(f"Databricks reported {kind or 'an error'}.")


def _denied(message: str) -> WarehouseError:
    found = _DENIED.search(message)
    if found is None:
        return NoGrant("a table of the query", f"GRANT SELECT ON … TO {PRINCIPAL}")
    privilege = (found.group("privilege") or found.group("privilege2")).upper().strip()
    kind = (found.group("kind") or found.group("kind2")).upper()
    name = found.group("name") or found.group("name2")
    return NoGrant(name, f"GRANT {privilege} ON {'TABLE' if kind == 'VIEW' else kind} {name} TO {PRINCIPAL}")


def from_status(status: int, retry_after: str | None = None) -> WarehouseError | None:
    """The failure behind an HTTP status, None for one that says nothing by itself."""
    if status == 401:
        return Refused()
    if status == 403:
        return NoGrant("the SQL warehouse", f"CAN USE on the SQL warehouse for {PRINCIPAL}")
    if status == 429:
        return Throttled(float(retry_after) if retry_after and retry_after.isdigit() else None)
    if status == 503:
        return Starting()
    return None


def from_exception(error: BaseException, timeout: float) -> WarehouseError:
    """The failure behind whatever a Databricks client raised, its causes included."""
    if isinstance(error, WarehouseError):
        return error
    for one in _chain(error):
        context = getattr(one, "context", None) or {}
        status = context.get("http-code") if isinstance(context, dict) else None
        if status and (known := from_status(int(status))):
            return known
        by_type = _by_type(type(one).__name__, timeout)
        if by_type is not None:
            return by_type
    text = " ".join(str(one) for one in _chain(error))
    if "max retry duration" in text:  # the connector heard 429 or 503 for longer than we let it try; it forgets which
        return Throttled()
    for status in (401, 403, 429, 503):
        if re.search(rf"\b{status}\b", text) and (known := from_status(status)):
            return known
    if "Invalid URL 'None'" in text:  # the SDK could not ask the host where to sign in
        return Unreachable()
    if any(word in text for word in ("Connection refused", "NewConnectionError", "Max retries", "Connection aborted")):
        return Unreachable()
    if "RemoteDisconnected" in text or "Remote end closed" in text or "ConnectionReset" in text:
        return Unreachable("the connection was dropped")
    return from_message(text, timeout)


def _by_type(name: str, timeout: float) -> WarehouseError | None:
    """Failures that the SDK or the HTTP library name in the type of their exception."""
    if name == "Unauthenticated":
        return Refused()
    if name == "PermissionDenied":
        return from_status(403)
    if name in ("TooManyRequests", "RequestLimitExceeded", "ResourceExhausted"):
        return Throttled()
    if name == "TemporarilyUnavailable":
        return Starting()
    if name in ("ReadTimeout", "ReadTimeoutError", "timeout"):
        return TimedOut(timeout)
    return None


def _chain(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    one: BaseException | None = error
    while one is not None and one not in found:
        found.append(one)
        one = one.__cause__ or one.__context__
    return found
