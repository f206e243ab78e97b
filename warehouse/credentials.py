"""How the app proves who it is: a service principal (OAuth), or a token where no principal is set."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from settings import Settings

if TYPE_CHECKING:
    from databricks.sdk.core import Config

RETRY_SECONDS, HTTP_SECONDS = 10, 30  # the SDK's own budget of 300 s would hang a page


def config(settings: Settings) -> Config:
    """The SDK's configuration. It asks the workspace where to sign in, so it must never be made at import time."""
    from databricks.sdk.core import Config

    for chatty in ("databricks.sql.unsafe", "databricks.sql.client", "databricks.sql.backend", "databricks.sdk"):
        logging.getLogger(chatty).setLevel(logging.INFO)  # below that they log statements and headers
    host = settings.host if "://" in settings.host else f"https://{settings.host}"
    who: dict[str, Any] = {"token": settings.token, "auth_type": "pat"}
    if settings.client_id:
        who = {
            "client_id": settings.client_id,
            "client_secret": settings.client_secret,
            "auth_type": "oauth-m2m",
        }
    return Config(
        host=host.rstrip("/"), retry_timeout_seconds=RETRY_SECONDS, http_timeout_seconds=HTTP_SECONDS,
        product="lakehelm", product_version="0.1.0", **who,
    )  # fmt: skip
