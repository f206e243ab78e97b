"""Preflight: the way to the workspace, the sign-in there, and the SQL warehouse."""

from __future__ import annotations

import datetime as dt
import socket
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from deploy.findings import Finding, plain
from deploy.levels import holds
from settings import Settings
from workspace_client import client, sign_in

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

CONNECT, HTTP, BUDGET = 5.0, 10, 10  # seconds; the SDK by itself would wait five minutes for a host that is not there
SKEW_WARN, SKEW_FAIL = 30.0, 300.0  # seconds; tokens are refused beyond


def address(host: str) -> str:
    """The host with its scheme."""
    return (host if "://" in host else f"https://{host}").rstrip("/")


def reached(chosen: Settings, clock: Callable[[], dt.datetime]) -> Iterator[Finding]:
    """Whether the host answers, and whether its clock and this one agree."""
    import requests

    if not chosen.host:
        yield Finding("host", "fail", "no host is set", "Set DATABRICKS_HOST.")
        return
    url = address(chosen.host)
    mend = "Check DATABRICKS_HOST, the network path and the firewall between here and the workspace."
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        socket.create_connection((str(parts.hostname), port), CONNECT).close()
        answer = requests.get(f"{url}/.well-known/databricks-config", timeout=HTTP, allow_redirects=False)
    except (OSError, ValueError) as error:  # names that cannot be resolved, refusals, silence, TLS
        yield Finding("host", "fail", f"{url} does not answer ({type(error).__name__})", mend)
        return
    yield Finding("host", "ok", f"{url} answers")
    if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
        yield Finding("host", "fail", "the address is not https", "Write DATABRICKS_HOST with https://.")
    try:
        theirs = parsedate_to_datetime(answer.headers.get("Date", ""))
    except ValueError:
        yield Finding("clock", "warn", "the host did not say what time it is")
        return
    skew = abs((clock() - theirs).total_seconds())
    state, found = "ok", f"{skew:.0f} s apart"
    if skew > SKEW_WARN:
        state, found = (
            ("fail" if skew > SKEW_FAIL else "warn"),
            f"this clock and the workspace's are {skew:.0f} s apart",
        )
    yield Finding("clock", state, found, "" if state == "ok" else "Set this machine's clock by NTP (timedatectl).")  # type: ignore[arg-type]


def signed_in(chosen: Settings) -> tuple[WorkspaceClient | None, str, tuple[Finding, ...]]:
    """A client with small budgets, who it is, and how that went."""
    mend = "The client id, its secret or the token is wrong or has expired; make a new one and set it."
    try:
        made = client(sign_in(chosen), budget=BUDGET, timeout=HTTP)
        me = made.current_user.me()
    except Exception as error:  # the SDK raises its own, ValueError and what the HTTP library raises
        return None, "", (Finding("sign-in", "fail", f"refused ({type(error).__name__})", mend),)
    name = str(me.user_name)
    if me.active is False:
        return None, name, (Finding("sign-in", "fail", f"{name} is not active", "Activate it in the workspace."),)
    return made, name, (Finding("sign-in", "ok", f"as {name}"),)


def warehouse(client: WorkspaceClient, identifier: str, who: str) -> Iterator[Finding]:
    """Whether the warehouse is there and may be used."""
    from databricks.sdk.errors import DatabricksError, NotFound, PermissionDenied

    give = f"Give CAN USE on SQL warehouse {identifier} to {who}."
    try:
        found = client.warehouses.get(identifier)
    except (NotFound, PermissionDenied) as error:
        there = ", ".join(f"{one.name} ({one.id})" for one in list(client.warehouses.list())[:5])
        missing = isinstance(error, NotFound)
        yield Finding(
            "warehouse",
            "fail",
            f"{identifier} {'does not exist' if missing else 'may not be used'}",
            f"Set DATABRICKS_WAREHOUSE_ID to one of: {there}." if missing and there else give,
        )
        return
    except DatabricksError as error:
        yield Finding("warehouse", "fail", f"{identifier}: {type(error).__name__}", give)
        return
    state = found.state.value if found.state else "unknown"
    if state in ("DELETED", "DELETING"):
        yield Finding("warehouse", "fail", f"{found.name} is being deleted", "Set DATABRICKS_WAREHOUSE_ID to another.")
        return
    idle = found.auto_stop_mins or 0
    if idle == 0 or idle > 60:
        yield Finding(
            "warehouse",
            "warn",
            f"{found.name} stops after {idle} idle minutes (0: never)",
            "Set auto-stop to 10 minutes; pages are answered from the cache meanwhile.",
        )
    yield Finding("warehouse", "ok", f"{found.name}, {state}")
    yield from held(client, "warehouses", identifier, who, "CAN_USE", "warehouse right")


def held(client: WorkspaceClient, on: str, identifier: str, who: str, needed: str, what: str) -> Iterator[Finding]:
    """Whether ``who`` (or a group with them in it) holds ``needed`` on an object; a note where that cannot be seen."""
    level = level_of(client, on, identifier, names_of(client, who))
    if level is None:
        yield Finding(what, "note", f"the rights on {on} {identifier} cannot be seen from here")
    elif holds(on, level, needed):
        yield Finding(what, "ok", f"{who} holds {level}")
    else:
        yield Finding(
            what,
            "fail",
            f"{who} holds {level or 'nothing'} on {on} {identifier}, {needed} is needed",
            f"databricks permissions update {on} {identifier} --json "
            f'\'{{"access_control_list": [{{"service_principal_name": "{plain(who)}", '
            f'"permission_level": "{needed}"}}]}}\'',
        )


def names_of(client: WorkspaceClient, who: str) -> frozenset[str]:
    """``who`` and the groups that they are in."""
    from databricks.sdk.errors import DatabricksError

    try:
        me = client.current_user.me()
        if me.user_name == who:
            return frozenset({who, "users", *(str(g.display) for g in me.groups or [])})
    except DatabricksError:
        pass
    return frozenset({who, "users"})


def level_of(client: WorkspaceClient, on: str, identifier: str, names: frozenset[str]) -> str | None:
    """The highest level that one of ``names`` holds, "" for none, None where the list may not be read."""
    from databricks.sdk.errors import DatabricksError

    try:
        listed = client.permissions.get(on, identifier).access_control_list or []
    except DatabricksError:
        return None
    best = ""
    for entry in listed:
        if {entry.user_name, entry.group_name, entry.service_principal_name} & names:
            for one in entry.all_permissions or []:
                level = one.permission_level.value if one.permission_level else ""
                if level and (not best or holds(on, level, best)):
                    best = level
    return best
