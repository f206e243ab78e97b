"""Preflight: the environment and this machine."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from deploy.findings import Finding
from settings import Settings, from_environment

WEBHOOKS = "LAKEHELM_WEBHOOKS"  # channel=URL, separated by commas
_BY_PLATFORM = ("DATABRICKS_APP_NAME", "DATABRICKS_HOST", "DATABRICKS_CLIENT_ID", "DATABRICKS_CLIENT_SECRET")


def read(environment: Mapping[str, str]) -> tuple[Settings | None, tuple[Finding, ...]]:
    """The settings, None when they cannot be used, and what is wrong with them."""
    try:
        chosen = from_environment(environment)
    except ValueError as error:
        return None, (Finding("settings", "fail", str(error), "docs/settings.md lists every variable and its values."),)
    return chosen, (*_settings(chosen, environment), *webhooks(environment.get(WEBHOOKS, "")))


def _settings(chosen: Settings, environment: Mapping[str, str]) -> Iterator[Finding]:
    missing = []
    if environment.get("LAKEHELM_PROFILE") != "databricks":
        missing.append("LAKEHELM_PROFILE=databricks")
    if not chosen.host:
        missing.append("DATABRICKS_HOST")
    if not chosen.warehouse_id:
        missing.append("DATABRICKS_WAREHOUSE_ID")
    if chosen.client_id and not chosen.client_secret:
        missing.append("DATABRICKS_CLIENT_SECRET")
    if not chosen.client_id and not chosen.token:
        missing.append("DATABRICKS_CLIENT_ID and DATABRICKS_CLIENT_SECRET, or DATABRICKS_TOKEN")
    for name in missing:
        mend = "Set it in app.yaml." if name.startswith(("LAKEHELM", "DATABRICKS_WAREHOUSE")) else "Set it."
        yield Finding(
            "settings", "fail", f"{name} is missing", f"{mend} Databricks Apps sets {', '.join(_BY_PLATFORM)}."
        )
    if chosen.client_id and chosen.token:
        yield Finding("settings", "note", "a token is set as well; the service principal is used")
    if not missing:
        yield Finding("settings", "ok", f"complete, for {chosen.host}")
    if not chosen.app_name:
        yield Finding("inside", "note", "looked at from outside Databricks Apps", "Name the app with --app.")


def webhooks(text: str) -> Iterator[Finding]:
    """Addresses to which messages go: https, with a host, without a password in them."""
    for word in filter(None, (one.strip() for one in text.split(","))):
        channel, sign, url = word.partition("=")
        parts = urlsplit(url)
        if not sign or parts.scheme != "https" or not parts.hostname:
            yield Finding(
                "webhook",
                "fail",
                f"the address of {channel or 'a channel'} is not https",
                f"{WEBHOOKS} is channel=https://host/path, separated by commas.",
            )
        elif parts.password or parts.username:
            yield Finding("webhook", "fail", f"the address of {channel} carries a password", "Put it into a secret.")
        else:
            yield Finding("webhook", "ok", f"{channel} goes to {parts.hostname}")


def ledger_key(chosen: Settings) -> Iterator[Finding]:
    """The key that signs the ledger; from outside only the app itself can look at it."""
    from approvals.ledger.checkpoints import KeyNotPrivate, NoKey, own_key, public_key

    mend = "Make the secret as docs/deploy.md says; app.yaml gives it: LAKEHELM_LEDGER_KEY, valueFrom: ledger-key."
    try:
        key = own_key(chosen)
    except NoKey:
        if chosen.app_name and chosen.workers:
            yield Finding("ledger key", "fail", "there is no key to sign the ledger with, so nobody acts", mend)
        else:
            yield Finding("ledger key", "note", "not given here; who carries out actions needs it")
        return
    except KeyNotPrivate as error:
        yield Finding("ledger key", "fail", str(error), mend)
        return
    yield Finding("ledger key", "ok", f"signs; its public half is {public_key(key)}")


def second_place(chosen: Settings) -> Iterator[Finding]:
    """Where whoever acts here puts the signed checkpoints of the ledger."""
    if not chosen.app_name or not chosen.workers:
        return
    job = (
        "Let the executor's job act (docs/deploy.md, Who executes), or let app.yaml give the volume: "
        "LAKEHELM_CHECKPOINTS, valueFrom: checkpoints."
    )
    if chosen.checkpoint_volume:
        yield _volume(chosen)
        return
    if not chosen.checkpoints:
        yield Finding(
            "second place", "warn", "the checkpoints lie on the app's own disk, which is lost at every start", job
        )
    elif wrong := _unwritable(chosen.checkpoint_folder):
        yield Finding(
            "second place",
            "fail",
            f"{chosen.checkpoints} cannot be written ({wrong})",
            f"An app reaches no volume as a folder, only by its path /Volumes/catalog/schema/volume. {job}",
        )
    else:
        yield Finding("second place", "ok", f"{chosen.checkpoints} can be written")


def _volume(chosen: Settings) -> Finding:
    """Whether the app reads what it signed before; that it may write is asked of the resource."""
    from approvals.ledger.second_place import PlaceAway, place_of

    name = chosen.checkpoint_volume.removeprefix("/Volumes/").strip("/").replace("/", ".")
    try:
        held = len(place_of(chosen).names())
    except PlaceAway as error:
        return Finding(
            "second place",
            "fail",
            str(error),
            f"GRANT READ VOLUME, WRITE VOLUME ON VOLUME {name} TO `<application id of the app>`; it also needs "
            "USE CATALOG and USE SCHEMA.",
        )
    return Finding("second place", "ok", f"volume {name} holds {held:,} checkpoints")


def _unwritable(folder: Path) -> str:
    """What goes wrong when a file is written there; empty when nothing does."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, probe = tempfile.mkstemp(dir=folder)
        os.close(handle)
        Path(probe).unlink()
    except OSError as error:
        return type(error).__name__
    return ""


def home(chosen: Settings) -> Iterator[Finding]:
    """The folder of snapshots and keys."""
    folder = Path(chosen.home)
    mend = f"Make {folder} writable for the app, or set LAKEHELM_HOME to a folder that is (/tmp/lakehelm in Databricks Apps)."
    if wrong := _unwritable(folder):
        yield Finding("home", "fail", f"{folder} cannot be written ({wrong})", mend)
        return
    yield Finding("home", "ok", f"{folder} can be written")
