"""`python -m deploy preflight`: every assumption of a deployment, looked at before and after it.

It signs in as the app would (the settings of the environment) and changes nothing but one probe file in the volume of
the checkpoints, which it takes away again. What cannot be looked at because something before it failed is said so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial

from deploy import check_app, check_policy, check_settings, check_store, check_tables, check_workspace
from deploy.findings import Finding, plain

Clock = Callable[[], dt.datetime]


def utc_now() -> dt.datetime:
    """Now, UTC."""
    return dt.datetime.now(dt.UTC)


def preflight(
    environment: Mapping[str, str], *, app: str = "", clock: Clock = utc_now, tables: bool = True
) -> tuple[Finding, ...]:
    """All findings, in the order in which they are best mended. ``app`` is the app's name where the platform does not
    say it; without ``tables`` the system tables are left out (they need the warehouse, which may have to start)."""
    chosen, found = check_settings.read(environment)
    if chosen is None:
        return found
    inside, given = bool(chosen.app_name), chosen
    if app and not chosen.app_name:
        chosen = replace(chosen, app_name=app)
    found += _kept(check_settings.ledger_key(given), "ledger key")
    found += _kept(check_settings.second_place(given), "second place")
    found += _kept(check_settings.home(chosen), "home")
    policy, of_policy = check_policy.read(chosen)
    found += of_policy
    reached = _kept(check_workspace.reached(chosen, clock), "workspace")
    found += reached
    client, who, of_sign_in = (None, "", ()) if _broken(reached) else check_workspace.signed_in(chosen)
    found += of_sign_in
    if client is None:
        left = [Finding(what, "warn", "not looked at, because there is no sign-in") for what in _NEEDS_SIGN_IN]
        return (*found, *left, *_kept(check_store.store(chosen, inside), "store"))
    looks: list[tuple[str, Callable[[], Iterable[Finding]]]] = [
        ("warehouse", partial(check_workspace.warehouse, client, chosen.warehouse_id, who)),
        ("app", partial(check_app.app, client, chosen)),
        ("store", partial(check_store.store, chosen, inside)),
    ]
    if policy is not None:
        looks += [
            ("groups", partial(check_policy.groups, client, policy)),
            ("kinds", partial(check_policy.kinds, client, policy, who)),
        ]
    if tables:
        looks.append(("tables", partial(check_tables.tables, chosen, who)))
    for what, look in looks:
        found += _kept(look(), what)
    return found


_NEEDS_SIGN_IN = ("warehouse", "app", "groups", "kinds", "tables")


def _broken(found: Iterable[Finding]) -> bool:
    return any(one.state == "fail" and one.what == "host" for one in found)


def _kept(found: Iterable[Finding], what: str) -> tuple[Finding, ...]:
    """What was found before whatever ended the look; that is told as well, in the words of its kind only."""
    made: list[Finding] = []

    def each() -> Iterator[Finding]:
        yield from found

    try:
        made.extend(each())
    except Exception as error:  # one look that fails must not hide the others
        made.append(Finding(what, "fail", f"could not be looked at: {type(error).__name__}: {plain(str(error))[:160]}"))
    return tuple(made)
