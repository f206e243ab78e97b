"""Who somebody proves to be, inside Databricks Apps: from the headers of the platform's proxy and, where it hands on the
user's token, from what the workspace says about that token. Never from a session, an address or a form.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import hashlib
import json
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from approvals.people.group_names import spelt_as
from approvals.people.people import Person, Unreachable
from approvals.people.roles import policy_at
from approvals.people.scim import ScimDirectory
from approvals.store.principal import principal
from settings import Settings
from workspace_client import SignIn, client

USER, EMAIL, NAME = "x-forwarded-user", "x-forwarded-email", "x-forwarded-preferred-username"
TOKEN, HOST, ORIGIN, REQUEST = "x-forwarded-access-token", "x-forwarded-host", "origin", "x-request-id"
READ = (USER, EMAIL, NAME, TOKEN, HOST, ORIGIN, REQUEST)
KEPT, MOST = 60.0, 1_000  # seconds, people
NEAR_END = dt.timedelta(seconds=60)
RETRY, ANSWER = 2, 5  # seconds the workspace has to say who it is: for trying again, for one answer


class Unproven(Exception):
    """Nobody is known, nothing is shown; the message is a sentence for the person."""


class ReloadFirst(Unreachable):
    """They may look, not decide; the message says what to do."""


@dataclass(frozen=True)
class Proof:
    """``person`` is proven by their own ``token``, or believed from the ``proxy``'s header. ``ends`` is when the token
    ends (UTC), where it says so. ``reads_only`` says why nothing may be decided over this connection; empty: it may."""

    person: Person
    how: Literal["token", "proxy"]
    ends: dt.datetime | None = None
    reads_only: str = ""


class Proofs:
    """Looks people up. ``me`` asks the workspace who a token is (SCIM user), ``directory`` answers as the app."""

    def __init__(
        self,
        me: Callable[[str], Any],
        directory: ScimDirectory,
        app_url: str = "",
        kept: float = KEPT,
        now: Callable[[], dt.datetime] = lambda: dt.datetime.now(dt.UTC),
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._me, self._directory, self._app_url, self._kept = me, directory, app_url, kept
        self._now, self._ticks = now, ticks
        self._known: OrderedDict[str, tuple[float, Any]] = OrderedDict()
        self._lock = threading.Lock()

    def proved(self, headers: Mapping[str, str]) -> Proof:
        """Who looks, by the ``headers`` (small letters) of their connection. Raises :class:`Unproven` and
        :class:`approvals.people.people.Unreachable`."""
        strange = foreign(headers, self._app_url)
        if strange:
            raise Unproven("This page was opened from somewhere else. Open the app by its own address.")
        reads_only = (
            "" if headers.get(ORIGIN) else "This connection does not say where it comes from: you can read, not decide."
        )
        if not headers.get(EMAIL):
            raise Unproven("You are not signed in. Open the app by its address in Databricks.")
        if headers.get(TOKEN):
            return self._by_token(headers, reads_only)
        found = self._directory.named(headers[EMAIL])
        if found is None or not _agrees(headers, found.id, {found.name}):
            raise Unproven("You are not among the active people of this workspace.")
        return Proof(found, "proxy", None, reads_only)

    def _by_token(self, headers: Mapping[str, str], reads_only: str) -> Proof:
        token = headers[TOKEN]
        ends = end_of(token)
        if ends is not None and self._now() >= ends:
            raise Unproven("Your sign-in has ended. Reload the page.")
        user = self._asked(token)
        if not user.active:
            raise Unproven("You are not among the active people of this workspace.")
        mails = {str(one.value) for one in user.emails or () if one.value}
        if not _agrees(headers, str(user.id), {str(user.user_name), *mails}):
            raise Unproven("Your sign-in and your token are not of the same person. Reload the page.")
        person = self._directory.whole(user)
        assert person is not None
        return Proof(person, "token", ends, reads_only)

    def deciding(self, headers: Mapping[str, str]) -> Person:
        """Who decides. Besides what :meth:`proved` raises: :class:`ReloadFirst`."""
        proof = self.proved(headers)
        if proof.reads_only:
            raise ReloadFirst(proof.reads_only)
        if proof.ends is not None and self._now() >= proof.ends - NEAR_END:
            raise ReloadFirst("Your sign-in ends within a minute. Reload the page, then decide.")
        return proof.person

    def _asked(self, token: str) -> Any:
        """The workspace's answer, at most :data:`KEPT` seconds old. Tokens are not kept, only their hashes."""
        key, now = hashlib.sha256(token.encode()).hexdigest(), self._ticks()
        with self._lock:
            known = self._known.get(key)
            if known is not None and now - known[0] < self._kept:
                self._known.move_to_end(key)
                return known[1]
        from databricks.sdk.errors import PermissionDenied, Unauthenticated

        try:
            user = self._me(token)
        except (Unauthenticated, PermissionDenied):
            raise Unproven("The workspace does not accept your sign-in any more. Reload the page.") from None
        except Exception as error:
            raise Unreachable(
                f"The workspace cannot be asked who you are ({type(error).__name__}). Try again."
            ) from None
        with self._lock:
            self._known[key] = (now, user)
            while len(self._known) > MOST:
                self._known.popitem(last=False)
        return user


def foreign(headers: Mapping[str, str], app_url: str) -> bool:
    """Whether the connection was opened by a page of another host than the app's. The proxy's word for the host counts,
    and the app's own address; no origin at all is not foreign, but nothing may be decided with it."""
    origin = headers.get(ORIGIN, "")
    if not origin:
        return False
    own = {_host(headers.get(HOST, "")), _host(app_url)} - {""}
    return _host(origin) not in own


def _host(text: str) -> str:
    """Host and port in small letters; without the port that goes without saying. Empty for what is none."""
    text = text.strip().lower()
    if not text or text == "null" or "," in text:
        return ""
    try:
        read = urlsplit(text if "://" in text else f"https://{text}")
        port = read.port
    except ValueError:
        return ""
    plain = port is None or (read.scheme, port) in (("https", 443), ("http", 80))
    return f"{read.hostname}" if plain else f"{read.hostname}:{port}"


def _agrees(headers: Mapping[str, str], person_id: str, names: set[str]) -> bool:
    """Whether the proxy's headers name this person. An identifier that is neither a workspace id nor a name comes from
    the company's own directory and says nothing here."""
    known = {one.casefold() for one in names}
    if headers[EMAIL].casefold() not in known:
        return False
    user = headers.get(USER, "").casefold()
    identifier = user.split("@")[0]
    if identifier.isdigit():  # the workspace's own: id, or id@workspace
        return identifier == person_id
    return "@" not in user or user in known


def end_of(token: str) -> dt.datetime | None:
    """When a JSON web token ends (UTC), by its own word; None for other tokens. The workspace judges the rest."""
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        said = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
        return dt.datetime.fromtimestamp(float(said["exp"]), dt.UTC)
    except (ValueError, KeyError, TypeError, OverflowError, OSError, binascii.Error):
        return None


@cache
def proofs(chosen: Settings) -> Proofs:
    """The one of this process for ``chosen``."""
    return Proofs(lambda token: _me(chosen.host, token), directory_of(chosen), chosen.app_url)


@cache
def directory_of(chosen: Settings) -> ScimDirectory:
    """The directory of the workspace, asked as the app's own principal; one of this process for ``chosen``."""
    return ScimDirectory(lambda: principal(chosen), spelt=spelt_as(lambda: policy_at(Path(chosen.policy))))


def _me(host: str, token: str) -> Any:
    """What the workspace says about the bearer of ``token``. The app's own credentials are in the environment: the kind
    of sign-in has to be named, else the SDK refuses to choose."""
    return client(SignIn(host, token=token), budget=RETRY, timeout=ANSWER).current_user.me()
