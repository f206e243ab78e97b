"""Why a question could not be answered, in types a tile can show.

``WarehouseError`` is the root: ``NoGrant``, ``NotThere``, ``TimedOut``, ``Starting``, ``Throttled``, ``Unreachable``,
``Refused`` (credentials), ``SignInFailed`` and ``StorageFailed`` (another host than the workspace's), ``WrongSession``
(another time zone or mode), ``BadValue`` (an answer that does not fit the declared columns) and ``Failed`` (anything else
the engine said). ``remedy`` tells the reader what to do. Messages carry no statement text and no secrets.
"""

from __future__ import annotations


class WarehouseError(Exception):
    """The root of all reasons. ``remedy`` is one sentence a platform lead can act on."""

    title = "Could not check"

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


class NoGrant(WarehouseError):
    """The principal may not read ``securable``; ``grant`` is the exact statement that mends it."""

    title = "No permission"

    def __init__(self, securable: str, grant: str) -> None:
        super().__init__(f"No permission to read {securable}.", f"Ask a metastore admin to run: {grant}")
        self.securable = securable
        self.grant = grant


class NotThere(WarehouseError):
    """A table or column this account does not have (older account, preview not enabled)."""

    title = "Not in this account"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} does not exist in this account.",
            "Enable its system schema (or preview) for this metastore; older accounts lack newer columns.",
        )
        self.name = name


class TimedOut(WarehouseError):
    """The statement ran longer than the limit and was cancelled."""

    title = "Took too long"

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"No answer within {seconds:g} s; the query was cancelled.",
            "Choose a shorter period or fewer workspaces, or use a larger warehouse.",
        )
        self.seconds = seconds


class Starting(WarehouseError):
    """The warehouse is starting; try again shortly."""

    title = "Warehouse is starting"

    def __init__(self) -> None:
        super().__init__("The SQL warehouse is starting.", "Figures appear by themselves once it runs.")


class Throttled(WarehouseError):
    """The workspace asked to slow down; ``retry_after`` in seconds, None when it did not say for how long."""

    title = "Slowed down by the workspace"

    def __init__(self, retry_after: float | None = None) -> None:
        super().__init__(
            "Databricks asked to slow down" + (f" for {retry_after:.0f} s." if retry_after else "."),
            "Refresh after the wait; if it recurs, raise the rate limit or use fewer concurrent readers.",
        )
        self.retry_after = retry_after


class Unreachable(WarehouseError):
    """No connection to the warehouse."""

    title = "Warehouse unreachable"

    def __init__(self, detail: str = "") -> None:
        super().__init__(
            f"The SQL warehouse could not be reached{': ' + detail if detail else ''}.",
            "Check the workspace URL, the network path and that the warehouse exists.",
        )


class Refused(WarehouseError):
    """The credentials were not accepted."""

    title = "Sign-in refused"

    def __init__(self) -> None:
        super().__init__(
            "The workspace did not accept the app's credentials.",
            "Check the service principal's client id and secret, and that it may use this workspace.",
        )


class SignInFailed(Unreachable):
    """The host where the app signs in did not answer as it should; that is often another one than the workspace."""

    title = "Sign-in host did not answer"

    def __init__(self, host: str, detail: str) -> None:
        super().__init__()
        self.message = f"{host}, where the app signs in, {detail}."
        self.args = (self.message,)
        self.remedy = f"Allow {host} in the network path from the app, or check that it is up."
        self.host = host


class StorageFailed(WarehouseError):
    """The rows lie in the cloud's storage, and that host did not give them."""

    title = "Result could not be fetched"

    def __init__(self, host: str, detail: str) -> None:
        super().__init__(
            f"The warehouse has answered, but the rows lie at {host}, which {detail}.",
            f"Allow {host} in the network path from the app, or set LAKEHELM_CLOUD_FETCH=false to read through the warehouse.",
        )
        self.host = host


class WrongSession(WarehouseError):
    """The warehouse works in another way than the questions are written for, and the transport cannot change that."""

    title = "Warehouse set up otherwise"

    def __init__(self, how: str, mend: str) -> None:
        super().__init__(
            f"The SQL warehouse works {how}; days, hours and sums would be other ones.",
            f"Set the SQL parameter {mend} for the workspace, or LAKEHELM_SQL_TRANSPORT=connector, which sets it by itself.",
        )


class BadValue(WarehouseError):
    """The answer does not have the declared columns or a value does not fit its declared kind."""

    title = "Unexpected answer"

    def __init__(self, detail: str) -> None:
        super().__init__(f"The answer does not fit the question: {detail}.", "Report this with the query shown below.")


class Failed(WarehouseError):
    """Any other failure the engine reported."""

    title = "Query failed"

    def __init__(self, detail: str) -> None:
        super().__init__(f"The query failed: {detail}", "Open the query below and report it with this message.")
