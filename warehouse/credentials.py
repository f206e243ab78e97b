"""How the app signs in to its SQL warehouse: as whom it is everywhere (:mod:`workspace_client`)."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import workspace_client
from settings import Settings
from warehouse.databricks_errors import sign_in_failed
from warehouse.origin import host_of

if TYPE_CHECKING:
    from databricks.sdk.core import Config

RETRY_SECONDS, HTTP_SECONDS = 10, 30  # the SDK's own budget of 300 s would hang a page


def config(settings: Settings) -> Config:
    """The SDK's configuration. It asks the workspace where to sign in, so it must never be made at import time."""
    for chatty in ("databricks.sql.unsafe", "databricks.sql.client", "databricks.sql.backend", "databricks.sdk"):
        logging.getLogger(chatty).setLevel(logging.INFO)  # below that they log statements and headers
    logging.getLogger("databricks.sql.cloudfetch").setLevel(logging.ERROR)  # its warnings quote signed links
    who = workspace_client.sign_in(settings)
    made = workspace_client.config(who, budget=RETRY_SECONDS, timeout=HTTP_SECONDS)
    signed = made.authenticate

    def authenticate() -> dict[str, str]:
        try:
            headers: dict[str, str] = signed()
            return headers
        except Exception as error:
            raise sign_in_failed(error, host_of(made.host)) from None  # the cause may quote what was sent

    made.authenticate = authenticate  # of the object, not by a subclass: the SDK reads its fields off the class itself
    return made
