"""Who somebody proves to be: the platform's headers, the real SDK, and an emulated workspace that knows the tokens."""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest

from approvals.people import identity
from approvals.people.identity import MOST, Proofs, ReloadFirst, Unproven, end_of, foreign
from approvals.people.people import Person, Unreachable
from approvals.people.scim import ScimDirectory
from demo.workspace.people import APPROVERS
from tests.demo.workspace import Served, served
from tests.support.hurried import Hurried

URL = "https://lakehelm-7.aws.databricksapps.com"
NOW = dt.datetime(2026, 11, 20, 10, tzinfo=dt.UTC)


@pytest.fixture(scope="module")
def there() -> Iterator[Served]:
    with served() as one:
        yield one


@dataclass
class Bench:
    """Proofs on the emulated workspace, clocks that stand, and how often the workspace was asked."""

    there: Served
    app_url: str = ""
    now: dt.datetime = NOW
    ticks: float = 0.0
    asked: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        directory = ScimDirectory(lambda: self.there.client(), kept=0, nested=0)
        self.proofs = Proofs(self._me, directory, self.app_url, now=lambda: self.now, ticks=lambda: self.ticks)

    def _me(self, token: str) -> Any:
        self.asked.append(token)
        return identity._me(self.there.emulator.url, token)


@pytest.fixture
def bench(there: Served) -> Iterator[Bench]:
    users = {key: dict(value) for key, value in there.state.objects["users"].items()}
    groups = {key: dict(value) for key, value in there.state.objects["groups"].items()}
    tokens = dict(there.state.objects["tokens"])
    yield Bench(there)
    there.state.objects |= {"users": users, "groups": groups, "tokens": tokens}
    there.emulator.faults.clear()


def somebody(there: Served, group: str = "finops-approvers", place: int = 0) -> Any:
    """A user in the group, as the workspace keeps them."""
    found = next(g for g in there.state.objects["groups"].values() if g["displayName"] == group)
    return there.state.objects["users"][found["members"][place]["value"]]


def sent(user: Any, **changes: str | None) -> dict[str, str]:
    """The headers that the proxy sends for the user; None takes one away."""
    told: dict[str, str | None] = {
        "x-forwarded-email": user["userName"], "x-forwarded-user": f"{user['id']}@7474", "origin": URL,
        "x-forwarded-host": URL.removeprefix("https://"), "x-forwarded-access-token": f"user-token-{user['id']}",
    }  # fmt: skip
    told |= {name.replace("_", "-"): value for name, value in changes.items()}
    return {name: value for name, value in told.items() if value is not None}


def jwt(ends: dt.datetime | str) -> str:
    """A token that says when it ends; the emulated workspace does not look inside."""
    told = {"exp": ends.timestamp() if isinstance(ends, dt.datetime) else ends}
    return f"eyJhbGciOiJub25lIn0.{base64.urlsafe_b64encode(json.dumps(told).encode()).decode().rstrip('=')}.c2ln"


def test_the_token_says_who_it_is_and_their_groups(bench: Bench) -> None:
    user = somebody(bench.there)
    proof = bench.proofs.proved(sent(user))
    assert (proof.person.id, proof.person.name, proof.how, proof.reads_only) == (
        user["id"],
        user["userName"],
        "token",
        "",
    )
    assert "finops-approvers" in proof.person.groups
    assert bench.proofs.deciding(sent(user)) == proof.person


def test_capital_letters_in_the_address_do_not_matter_and_an_identifier_of_the_company_says_nothing(
    bench: Bench,
) -> None:
    user = somebody(bench.there)
    for said in (user["userName"].upper(), user["id"], "00u1abcxyz", user["userName"], None):
        assert bench.proofs.proved(sent(user, x_forwarded_user=said)).person.id == user["id"]
    assert bench.proofs.proved(sent(user, x_forwarded_email=user["userName"].upper())).person.id == user["id"]


@pytest.mark.parametrize(
    "changes",
    [
        {"x_forwarded_email": "ceo@lakehelm.example"},
        {"x_forwarded_email": None},
        {"x_forwarded_user": "1"},
        {"x_forwarded_user": "1@7474"},
        {"x_forwarded_user": "ceo@lakehelm.example"},
        {"x_forwarded_access_token": "made-up"},
        {"x_forwarded_access_token": "principal-token-lakehelm-app"},
        {"x_forwarded_access_token": None, "x_forwarded_email": "nobody@lakehelm.example"},
        {"x_forwarded_access_token": None, "x_forwarded_user": "1"},
        {"x_forwarded_access_token": None, "x_forwarded_email": 'x" or userName sw "a'},
        {"x_forwarded_email": "a@lakehelm.example,b@lakehelm.example"},
    ],
)
def test_forged_and_missing_headers_prove_nothing(bench: Bench, changes: dict[str, str | None]) -> None:
    headers = sent(somebody(bench.there), **changes)
    with pytest.raises(Unproven):
        bench.proofs.proved(headers)
    with pytest.raises(Unproven):
        bench.proofs.deciding(headers)


def test_somebody_elses_headers_do_not_fit_ones_own_token(bench: Bench) -> None:
    one, other = somebody(bench.there), somebody(bench.there, "governance-approvers", 2)
    with pytest.raises(Unproven, match="not of the same person"):
        bench.proofs.proved(sent(one) | {"x-forwarded-access-token": f"user-token-{other['id']}"})


def test_without_a_token_the_proxy_is_believed_and_that_is_known(bench: Bench) -> None:
    user = somebody(bench.there)
    proof = bench.proofs.proved(sent(user, x_forwarded_access_token=None))
    assert (proof.person.id, proof.how) == (user["id"], "proxy")
    assert "finops-approvers" in proof.person.groups
    assert bench.asked == []


@pytest.mark.parametrize("token", ["given", None])
def test_who_is_not_active_is_nobody(bench: Bench, token: str | None) -> None:
    user = somebody(bench.there)
    headers = sent(user) if token else sent(user, x_forwarded_access_token=None)
    bench.there.state.objects["users"][user["id"]] = user | {"active": False}
    with pytest.raises(Unproven):
        bench.proofs.proved(headers)


def test_a_removed_group_is_gone_within_a_minute(bench: Bench) -> None:
    user = somebody(bench.there)
    assert "finops-approvers" in bench.proofs.deciding(sent(user)).groups
    for one in bench.there.state.objects["groups"].values():
        one["members"] = [m for m in one["members"] if m["value"] != user["id"]]
    bench.ticks = 59.9
    assert "finops-approvers" in bench.proofs.deciding(sent(user)).groups
    bench.ticks = 60.0
    assert not bench.proofs.deciding(sent(user)).groups & set(APPROVERS)
    assert len(bench.asked) == 2


def test_a_withdrawn_token_proves_nothing_within_a_minute(bench: Bench) -> None:
    user = somebody(bench.there)
    bench.proofs.proved(sent(user))
    del bench.there.state.objects["tokens"][f"user-token-{user['id']}"]
    bench.ticks = 60.0
    with pytest.raises(Unproven, match="does not accept"):
        bench.proofs.proved(sent(user))


def test_a_token_that_ends_soon_may_look_and_not_decide_and_then_nothing(bench: Bench) -> None:
    user = somebody(bench.there)
    token = jwt(NOW + dt.timedelta(minutes=30))
    bench.there.state.objects["tokens"][token] = {"collection": "users", "id": user["id"]}
    headers = sent(user, x_forwarded_access_token=token)
    assert bench.proofs.deciding(headers).id == user["id"]
    bench.now = NOW + dt.timedelta(minutes=29, seconds=1)
    assert bench.proofs.proved(headers).person.id == user["id"]
    with pytest.raises(ReloadFirst, match="Reload the page"):
        bench.proofs.deciding(headers)
    bench.now = NOW + dt.timedelta(minutes=30)
    for act in (bench.proofs.proved, bench.proofs.deciding):
        with pytest.raises(Unproven, match="has ended"):
            act(headers)


@pytest.mark.parametrize("token", ["dapi123", "a.b.c", "a.b", jwt("soon"), jwt("1e400"), "a.e30.c", ""])
def test_a_token_that_does_not_say_when_it_ends_is_left_to_the_workspace(token: str) -> None:
    assert end_of(token) is None


@pytest.mark.parametrize(
    ("origin", "host", "app_url", "is_foreign"),
    [
        (URL, URL.removeprefix("https://"), "", False),
        (URL, "", URL, False),
        (URL, "", "", True),
        (URL.upper(), URL.removeprefix("https://"), "", False),
        (f"{URL}:443", URL.removeprefix("https://"), "", False),
        (f"{URL}:8443", URL.removeprefix("https://"), "", True),
        ("https://evil.example", URL.removeprefix("https://"), URL, True),
        (f"{URL}.evil.example", URL.removeprefix("https://"), URL, True),
        ("https://evil.example@lakehelm-7.aws.databricksapps.com.evil.example", "", URL, True),
        ("null", URL.removeprefix("https://"), "", True),
        (f"{URL},https://evil.example", URL.removeprefix("https://"), "", True),
        ("https://[", URL.removeprefix("https://"), "", True),
        ("", URL.removeprefix("https://"), "", False),
    ],
)
def test_what_is_foreign(origin: str, host: str, app_url: str, is_foreign: bool) -> None:
    assert foreign({"origin": origin, "x-forwarded-host": host}, app_url) is is_foreign


def nested(there: Served, inner: str, outer: str) -> None:
    """Make the group ``inner`` a member of ``outer``."""
    groups = there.state.objects["groups"]
    by_name = {group["displayName"]: key for key, group in groups.items()}
    group = groups[by_name[outer]]
    groups[by_name[outer]] = group | {"members": [*group["members"], {"value": by_name[inner]}]}


def test_a_group_within_a_group_counts_as_far_up_as_it_goes(bench: Bench) -> None:
    user = somebody(bench.there, "viewers")
    direct = bench.proofs.deciding(sent(user)).groups
    assert not {"finops-approvers", "platform-approvers"} & direct
    nested(bench.there, "viewers", "finops-approvers")
    nested(bench.there, "finops-approvers", "platform-approvers")
    nested(bench.there, "platform-approvers", "viewers")  # round and round
    assert bench.proofs.deciding(sent(user)).groups == direct | {"finops-approvers", "platform-approvers"}
    assert bench.proofs._directory.person(user["id"]) == bench.proofs.deciding(sent(user))


def test_where_groups_cannot_be_listed_only_direct_ones_count(bench: Bench) -> None:
    user = somebody(bench.there, "viewers")
    direct = bench.proofs.deciding(sent(user)).groups
    nested(bench.there, "viewers", "finops-approvers")
    bench.there.emulator.faults.set("server_error", -1, name="/Groups")
    assert bench.proofs.deciding(sent(user)).groups == direct
    bench.there.emulator.faults.clear()
    assert "finops-approvers" in bench.proofs.deciding(sent(user)).groups


def test_a_foreign_origin_is_shown_nothing_and_none_at_all_may_only_read(bench: Bench) -> None:
    user = somebody(bench.there)
    with pytest.raises(Unproven, match="somewhere else"):
        bench.proofs.proved(sent(user, origin="https://evil.example"))
    assert bench.asked == []
    assert bench.proofs.proved(sent(user, origin=None)).reads_only
    with pytest.raises(ReloadFirst, match="not decide"):
        bench.proofs.deciding(sent(user, origin=None))


def test_a_workspace_that_does_not_answer_is_not_waited_for_long_and_nobody_is_let_in(
    there: Served, hurried: Hurried
) -> None:
    proofs = Proofs(lambda token: identity._me("http://127.0.0.1:9", token), ScimDirectory(lambda: there.client()))
    with pytest.raises(Unreachable, match="cannot be asked who you are"):
        proofs.deciding(sent(somebody(there)))
    assert 0 < hurried.slept < 60  # the SDK's own patience is five minutes


@pytest.mark.parametrize("fault", ["server_error", "truncated_body", "dropped"])
def test_a_broken_answer_lets_nobody_in_and_is_not_kept(bench: Bench, fault: str) -> None:
    user = somebody(bench.there)
    bench.there.emulator.faults.set(fault, -1, name="/Me")  # type: ignore[arg-type]
    with pytest.raises(Unreachable):
        bench.proofs.deciding(sent(user))
    bench.there.emulator.faults.clear()
    assert bench.proofs.deciding(sent(user)).id == user["id"]


def test_what_is_kept_is_bounded_and_holds_no_token(there: Served) -> None:
    user = there.client(f"user-token-{somebody(there)['id']}").current_user.me()
    proofs = Proofs(lambda token: user, ScimDirectory(lambda: there.client()))

    def ask(number: int) -> Person:
        return proofs.proved(sent(somebody(there), x_forwarded_access_token=f"token-{number}")).person

    with ThreadPoolExecutor(4) as pool:
        assert len({one.id for one in pool.map(ask, range(MOST + 200))}) == 1
    assert len(proofs._known) == MOST
    assert not any("token-" in key for key in proofs._known)
