"""What Databricks says, as the failures of :mod:`warehouse.errors`. Nothing of a statement or a token is repeated."""

from __future__ import annotations

import re

from warehouse.errors import (
    Failed,
    NoGrant,
    NotThere,
    Refused,
    SignInFailed,
    Starting,
    StorageFailed,
    Throttled,
    TimedOut,
    Unreachable,
    WarehouseError,
)
from warehouse.origin import chain, classes, host_of, origin

# [ERROR_CLASS.SUB_CLASS] in front of every message of the engine
_CLASS = re.compile(r"\[([A-Z][A-Z0-9_]*_[A-Z0-9_.]+)\]")
_CODE = re.compile(r"\s*([A-Z]+_[A-Z_]+)\b")  # ERROR_CODE in front, as the REST API writes it
_STATE = re.compile(r"\bSQLSTATE:? ([0-9A-Z]{5})\b")
_DENIED = re.compile(
    r"permission (?P<privilege>[A-Z][A-Z _]+?) on (?P<kind>Table|View|Schema|Catalog) '(?P<name>[^']+)'"
    r"|does not have (?P<privilege2>USE (?:SCHEMA|CATALOG)|SELECT) on (?P<kind2>\w+) '(?P<name2>[^']+)'",
    re.IGNORECASE,
)
_PART = re.compile(r"`(?:[^`]|``)+`|[^.]+")
_NAMED = re.compile(r"(?:table or view|schema|with name|struct field)\s+(?P<name>`[^`]+`(?:\.`[^`]+`)*)", re.IGNORECASE)
PRINCIPAL = "`<app service principal>`"


def from_message(message: str, timeout: float) -> WarehouseError:
    """The failure behind an engine's message; ``timeout`` in seconds is what the statement was given."""
    found = _CLASS.search(message) or _CODE.match(message)
    kind = found.group(1) if found else ""
    stated = _STATE.search(message)
    state = stated.group(1) if stated else ""
    if kind.startswith(("INSUFFICIENT_PERMISSIONS", "PERMISSION_DENIED")) or state == "42501":
        return _denied(message)
    absent = ("TABLE_OR_VIEW_NOT_FOUND", "SCHEMA_NOT_FOUND", "UNRESOLVED_COLUMN", "FIELD_NOT_FOUND")
    if kind.startswith(absent) or state in ("42P01", "42703", "42704"):
        named = _NAMED.search(message)
        return NotThere(named.group("name").replace("`", "") if named else "a table or column of the query")
    if "TIMEOUT" in kind or "TIMED_OUT" in kind or state == "57014":
        return TimedOut(timeout)
    if kind == "TEMPORARILY_UNAVAILABLE":
        return Starting()
    return Failed(f"Databricks reported {kind or 'an error'}.")


def _denied(message: str) -> WarehouseError:
    found = _DENIED.search(message)
    if found is None:
        return NoGrant("a table of the query", f"GRANT SELECT ON … TO {PRINCIPAL}")
    privilege = (found.group("privilege") or found.group("privilege2")).upper().strip()
    kind = (found.group("kind") or found.group("kind2")).upper()
    name = found.group("name") or found.group("name2")
    on = kind if kind in ("SCHEMA", "CATALOG") else "TABLE"
    return NoGrant(name, f"GRANT {privilege} ON {on} {_quoted(name)} TO {PRINCIPAL}")


def _quoted(name: str) -> str:
    """The full name of a securable out of a message, safe to copy: parts that are no plain words in backquotes."""
    parts = [one.strip("`").replace("``", "`") for one in _PART.findall(name)]
    return ".".join(one if re.fullmatch(r"[A-Za-z0-9_]+", one) else "`" + one.replace("`", "``") + "`" for one in parts)


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
    """The failure behind whatever a Databricks client raised, its causes included: by class, status and origin."""
    every = chain(error)
    for one in every:
        if isinstance(one, WarehouseError):
            return one
    found = origin(error)
    if found.storage:
        return StorageFailed(found.storage, _refusal(found.status))
    if found.status and (known := from_status(found.status, found.retry_after)):
        return known
    for one in every:
        if (by_type := _by_type(classes(one), timeout)) is not None:
            return by_type
    return from_message(" ".join(str(one) for one in every), timeout)


def sign_in_failed(error: BaseException, host: str) -> WarehouseError:
    """The failure of signing in at ``host``."""
    every = chain(error)
    for one in every:
        if isinstance(one, WarehouseError):
            return one
        asked = getattr(getattr(one, "request", None), "url", None)
        host = host_of(asked) if isinstance(asked, str) else host
    status = origin(error).status or next(
        (
            code
            for one in every
            if isinstance(code := getattr(getattr(one, "response", None), "status_code", None), int)
        ),
        None,
    )
    if status in (400, 401, 403) or (status is None and "ValueError" in classes(error) and not _no_connection(every)):
        return Refused()  # the SDK says with a ValueError what the host answered
    return SignInFailed(host, _refusal(status))


def _refusal(status: int | None) -> str:
    return f"answered with HTTP {status}" if status and status >= 400 else "could not be reached"


_DROPPED = {"RemoteDisconnected", "ProtocolError", "ConnectionResetError", "ConnectionAbortedError", "IncompleteRead"}
_NO_CONNECTION = {
    "NewConnectionError", "ConnectTimeoutError", "ConnectTimeout", "NameResolutionError", "MaxRetryError", "SSLError",
    "ProxyError", "ConnectionError", "ConnectionRefusedError", "gaierror", "MissingSchema", "InvalidSchema", "InvalidURL",
}  # fmt: skip


def _no_connection(every: list[BaseException]) -> bool:
    return any(_NO_CONNECTION & set(classes(one)) for one in every)


def _by_type(names: tuple[str, ...], timeout: float) -> WarehouseError | None:
    """Failures that a client names in the class of its exception."""
    own = set(names)
    if "Unauthenticated" in own:
        return Refused()
    if "PermissionDenied" in own:
        return from_status(403)
    if own & {"TooManyRequests", "RequestLimitExceeded", "ResourceExhausted"}:
        return Throttled()
    if "TemporarilyUnavailable" in own:
        return Starting()
    if own & {"ReadTimeout", "ReadTimeoutError"}:
        return TimedOut(timeout)
    if own & _DROPPED:
        return Unreachable("the connection was dropped")
    return Unreachable() if own & _NO_CONNECTION else None
