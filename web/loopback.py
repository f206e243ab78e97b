"""A laptop's local user, whom nobody checks, is served to this machine only."""

from __future__ import annotations

import logging
from ipaddress import ip_address

from settings import Settings

_LOG = logging.getLogger("lakehelm")


def only_here(chosen: Settings, address: str | None) -> None:
    """End the process, with a sentence in the log, where it would be :func:`exposed`."""
    if why := exposed(chosen, address):
        _LOG.critical("%s", why)
        raise SystemExit(why)


def exposed(chosen: Settings, address: str | None) -> str:
    """Why the app must not be served at ``address`` (what the server listens on; None: everywhere), in a sentence; empty
    where it may."""
    if chosen.local_user is None or (address and (address == "localhost" or _own(address))):
        return ""
    where = f"at {address}" if address else "on every address of this machine"
    return (
        f"Not served {where}: nobody signs in on a laptop, so everybody who reaches it would be {chosen.local_user}. "
        "Serve it at 127.0.0.1 (--server.address 127.0.0.1), or inside Databricks Apps, where people sign in."
    )


def stranger(chosen: Settings, peer: str) -> bool:
    """Whether a connection from ``peer`` (an address; other names are sockets of this machine) comes from elsewhere."""
    return chosen.local_user is not None and _is_address(peer) and not _own(peer)


def _is_address(text: str) -> bool:
    try:
        ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return True


def _own(text: str) -> bool:
    if not _is_address(text):
        return False
    address = ip_address(text.partition("%")[0])
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback
