"""What an exception from a call says about its effect. Only the API's own clear no proves that nothing happened."""

from __future__ import annotations

from typing import Literal

from logs import redacted

Effect = Literal["none", "unknown"]


def effect_of(error: BaseException, sent: bool = True) -> Effect:
    """``none`` when the API refused the request (4xx other than 408, 429 and 499), or when something was wrong before it
    was ``sent``; everything else, time-outs, lost connections, 5xx and answers that cannot be read first of all, is
    ``unknown``."""
    from databricks.sdk import errors
    from databricks.sdk.errors import DatabricksError

    from actions.kinds.shared.identifiers import BadTarget
    from actions.kinds.shared.kind import Gone, NotAsApproved
    from actions.workspaces import NoWay

    if isinstance(error, NotAsApproved | NoWay):
        return "none"
    if isinstance(error, Gone | BadTarget | ValueError | KeyError | TypeError):
        return "unknown" if sent else "none"
    refused = (
        errors.BadRequest, errors.Unauthenticated, errors.PermissionDenied, errors.NotFound, errors.ResourceConflict,
    )  # fmt: skip
    unclear = (errors.Cancelled, errors.DataLoss, errors.Unknown, errors.TooManyRequests)
    if isinstance(error, DatabricksError) and isinstance(error, refused) and not isinstance(error, unclear):
        return "none"
    return "unknown"


def describe_error(error: BaseException) -> str:
    """The error for the ledger and the card: its type and what it says, without anything that looks like a secret."""
    return f"{type(error).__name__}: {_without_secrets(error)}"[:500]


def describe_for_person(error: BaseException) -> str:
    """The error as the end of a sentence for a person, without anything that looks like a secret."""
    from actions.kinds.shared.kind import Gone
    from approvals.store.lakebase import StoreRefused
    from approvals.store.store import StoreAway

    if isinstance(error, Gone):
        return "the target does not exist any more"
    if isinstance(error, TimeoutError):
        return "the workspace did not answer"
    if isinstance(error, StoreAway | StoreRefused):  # our own words
        return str(error)
    return _without_secrets(error)[:300]


def may_pass(error: BaseException) -> bool:
    """Whether the same may succeed in a while: the store, the workspace or the warehouse did not answer."""
    from databricks.sdk.errors import DatabricksError
    from sqlalchemy.exc import InterfaceError, OperationalError

    from actions.evidence import Unread
    from approvals.people.people import Unreachable

    away = isinstance(error, OperationalError | InterfaceError | Unread | Unreachable | OSError)
    return away or (isinstance(error, DatabricksError) and effect_of(error) == "unknown")


def _without_secrets(error: BaseException) -> str:
    return redacted(str(error))
