"""What the agents of GovernanceOps propose about access and attempts, and what they leave alone, on frames made by hand."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from actions import registry
from agents.capability import Observation
from agents.governanceops import broad_grants as broad
from agents.governanceops import denied_bursts, download_bursts, failed_logins, mask_tagged, unmasked
from agents.governanceops import self_grants as own
from approvals.values.proposal import Draft
from queries.catalogue import catalogue
from warehouse.params import checked

NOW = dt.datetime(2026, 11, 20, 10, 25, tzinfo=dt.UTC)


def ago(**since: float) -> pd.Timestamp:
    return pd.Timestamp(NOW - dt.timedelta(**since))


def only(observations: list[Observation]) -> Observation:
    assert len(observations) == 1
    return observations[0]


def proposed(observations: list[Observation]) -> Draft:
    draft = only(observations).draft
    assert draft is not None, only(observations).why_not
    registry.parsed(registry.kind(draft.kind), draft.params)
    return draft


def left(observations: list[Observation], why: str) -> None:
    assert only(observations).draft is None
    assert why in only(observations).why_not


# What everybody may change

HELD = {
    "kind": "table",
    "place": "main.s.t",
    "grantee": "account users",
    "privilege": "ALL_PRIVILEGES",
    "grantor": "a@x.com",
}
OWNER = HELD | {"grantee": "olga@x.com", "privilege": "OWNER"}
GAVE = {
    "at": ago(days=2), "who": "bo@x.com", "kind": "table", "place": "main.s.t", "grantee": "account users",
    "gave": "ALL_PRIVILEGES", "took": None, "is_self": False, "event": "e1",
}  # fmt: skip
RAN = {
    "consumer_kind": "person",
    "workspace_id": "1",
    "consumer_id": "olga@x.com",
    "consumer": "olga@x.com",
    "owner": "olga@x.com",
}
CALL = {"proposal_id": "p", "title": "Grant all", "resource_key": "0/table/main.s.t", "at": ago(days=2, minutes=2)}


def broads(
    *users: str, given: tuple[dict[str, Any], ...] = (GAVE,), calls: Any = (), more: Any = (), **changed: Any
) -> list[Observation]:
    ran = pd.DataFrame([RAN | {"owner": one, "consumer_id": one} for one in users], columns=list(RAN))
    frames = {
        "grants": pd.DataFrame([HELD | changed, OWNER, *more]),
        "changes": pd.DataFrame(list(given), columns=list(GAVE)),
        "effects": pd.DataFrame(list(calls), columns=list(CALL)),
    }
    frames |= dict.fromkeys(broad.about(frames, NOW), ran)
    return broad.broad_grants(frames, NOW)


def test_what_everybody_may_change_is_taken_from_everybody() -> None:
    draft = proposed(broads("olga@x.com"))
    assert (draft.kind, draft.target.key) == ("grant.revoke", "0/table/main.s.t")
    assert draft.params == {"principal": "account users", "privileges": ["ALL_PRIVILEGES"]}
    assert draft.confidence == Decimal("0.95")
    assert "given on 2026-11-18 10:25 UTC by bo@x.com, outside the inbox" in draft.narrative
    assert [one.what for one in draft.ooda.options][-1] == "do nothing"


def test_who_used_it_is_named_and_makes_less_sure() -> None:
    draft = proposed(broads("olga@x.com", "cy@x.com", "di@x.com", "cy@x.com"))
    assert draft.confidence == Decimal("0.85")
    narrower = draft.ooda.options[1]
    assert "cy@x.com, di@x.com by name" in narrower.what
    assert narrower.rejected_because
    left(broads(*(f"p{n}@x.com" for n in range(15))), "15 used it in 30 days")


def test_who_holds_a_right_above_is_not_cut_off() -> None:
    above = HELD | {"kind": "schema", "place": "main.s", "grantee": "cy@x.com", "privilege": "MODIFY"}
    assert proposed(broads("cy@x.com", more=(above,))).confidence == Decimal("0.95")


def test_every_such_right_of_one_securable_is_one_proposal() -> None:
    draft = proposed(broads(more=(HELD | {"privilege": "MODIFY"}, HELD | {"privilege": "USE_SCHEMA"})))
    assert draft.params["privileges"] == ["ALL_PRIVILEGES", "MODIFY"]


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"calls": (CALL,)}, "given by a proposal: Grant all"),
        ({"kind": "function"}, "a function"),
        ({"privilege": "MODIFY", "place": "dev.s.t"}, "a place to try things"),
    ],
)
def test_a_broad_grant_is_left_alone(given: dict[str, Any], why: str) -> None:
    left(broads(**given), why)


@pytest.mark.parametrize("changed", [{"privilege": "SELECT"}, {"grantee": "team-a"}, {"privilege": "USE_SCHEMA"}])
def test_what_only_reads_or_is_a_teams_is_none(changed: dict[str, Any]) -> None:
    assert broads(**changed) == []


def test_a_grant_of_long_ago_says_so() -> None:
    assert "more than 30 days ago" in proposed(broads(given=())).narrative


# To oneself

MANAGE = {"kind": "table", "place": "main.s.t", "grantee": "bo@x.com", "privilege": "MANAGE", "grantor": "bo@x.com"}
TOOK = GAVE | {"grantee": "Bo@x.com", "gave": "MANAGE", "is_self": True}


def selves(
    *before: dict[str, Any], uses: int = 0, calls: Any = (), held: Any = (MANAGE,), tracks: Any = None, **changed: Any
) -> list[Observation]:
    frames = {
        "grants": pd.DataFrame([*held, OWNER]),
        "changes": pd.DataFrame([TOOK | changed, *before]),
        "effects": pd.DataFrame(list(calls), columns=list(CALL)),
    }
    if tracks is not None:
        frames["tracks"] = tracks
    used = pd.DataFrame([{"source": "table lineage", "uses": uses}, {"source": "audit", "uses": 9}])
    frames |= dict.fromkeys(own.about(frames, NOW), used)
    return own.self_grants(frames, NOW)


def test_what_somebody_gave_to_themselves_is_taken_back() -> None:
    draft = proposed(selves(uses=4))
    assert (draft.kind, draft.target.key) == ("grant.revoke", "0/table/main.s.t")
    assert draft.params == {"principal": "Bo@x.com", "privileges": ["MANAGE"]}
    assert draft.confidence == Decimal("0.9")
    assert "4 reads and writes of it by them since" in draft.narrative
    assert draft.evidence[0].match == {"event": "e1", "grantee": "Bo@x.com"}


def test_the_record_of_revokes_says_how_sure_it_is() -> None:
    tracks = pd.DataFrame([("grant.revoke", 0, 10)], columns=["kind", "verified", "regressions"])
    assert proposed(selves(tracks=tracks)).confidence == Decimal("0.45")


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"gave": "USE_SCHEMA"}, "opens nothing by itself"),
        ({"calls": (CALL,)}, "given by a proposal"),
        ({"held": ()}, "taken back since"),
        ({"held": (MANAGE | {"privilege": "SELECT"},)}, "taken back since"),
        ({"kind": "connection"}, "a connection"),
        ({"held": (MANAGE, OWNER | {"grantee": "bo@x.com", "kind": "schema", "place": "main.s"})}, "its owner"),
    ],
)
def test_a_grant_to_oneself_is_left_alone(given: dict[str, Any], why: str) -> None:
    left(selves(**given), why)


def test_what_was_taken_before_is_given_back() -> None:
    left(
        selves(TOOK | {"at": ago(days=4), "gave": None, "took": "MANAGE", "is_self": False, "event": "e0"}),
        "given back",
    )


def test_what_somebody_gave_to_another_is_none() -> None:
    assert selves(is_self=False) == []


@pytest.mark.parametrize(
    "capability", [broad.CAPABILITY, own.CAPABILITY, denied_bursts.CAPABILITY, mask_tagged.CAPABILITY]
)
def test_what_is_asked_is_a_question(capability: Any) -> None:
    for one in capability.asks(NOW).values():
        checked(catalogue(), one)


def test_more_than_a_handful_waits_for_a_later_round() -> None:
    frames = {
        "grants": pd.DataFrame([HELD | {"place": f"main.s.t{n}"} for n in range(7)]),
        "changes": pd.DataFrame([], columns=list(GAVE)),
    }
    asked = broad.about(frames, NOW)
    for one in asked.values():
        checked(catalogue(), one)
    seen = broad.broad_grants(frames | dict.fromkeys(asked, pd.DataFrame([], columns=list(RAN))), NOW)
    assert [one.draft is not None for one in seen] == [True] * 5 + [False] * 2
    assert "later round" in seen[-1].why_not


# Attempts

DAY = NOW.date() - dt.timedelta(days=1)


def tried(subject: str, peak: int, days: int = 1, hour: int = 10, attempt: str = "DENIED_REQUEST") -> dict[str, Any]:
    day = NOW.date() - dt.timedelta(days=days)
    at = pd.Timestamp(dt.datetime.combine(day, dt.time(hour, 5), dt.UTC))
    return {
        "attempt": attempt, "who": subject, "day": day, "peak": peak, "peak_at": at, "attempts": peak + 1,
        "addresses": 1, "subject": subject,
    }  # fmt: skip


OTHERS = [tried(f"p{n}@x.com", 1 + n % 2, days=1 + n) for n in range(12)]


def denied(*mine: dict[str, Any], others: list[dict[str, Any]] = OTHERS) -> dict[str, Observation]:
    seen = denied_bursts.denied_bursts({"attempts": pd.DataFrame([*mine, *others])}, NOW)
    return {one.entity.rpartition("/")[2]: one for one in seen}


def test_a_burst_above_own_days_and_others_is_told() -> None:
    seen = denied(tried("eve@x.com", 120), tried("eve@x.com", 1, days=9), tried("eve@x.com", 2, days=12))
    draft = seen["eve@x.com"].draft
    assert draft is not None
    assert (draft.kind, draft.target.key) == ("notify.owner", "0/principal/eve@x.com")
    assert draft.params["subject"] == "120 denied requests within an hour by eve@x.com"
    assert len(draft.params["text"].split("\n")) == 5
    assert "their usual highest hour has 1.5, on 2 other days" in draft.params["text"]
    assert "of 12 others who tried it the usual highest hour has 2" in draft.params["text"]
    assert sum(one.draft is not None for one in seen.values()) == 1
    registry.parsed(registry.kind(draft.kind), draft.params)


def test_six_in_an_hour_of_somebody_are_no_burst() -> None:
    assert "at most 6 within an hour" in denied(tried("oto@x.com", 6))["oto@x.com"].why_not


@pytest.mark.parametrize("peak", [1, 4])
def test_a_few_at_an_odd_hour_are_no_burst(peak: int) -> None:
    assert denied(tried("eve@x.com", peak, hour=2))["eve@x.com"].draft is None
    assert denied(tried("eve@x.com", peak, hour=2), tried("eve@x.com", 1, days=9))["eve@x.com"].draft is None


def test_what_somebody_does_every_day_is_theirs() -> None:
    usual = [tried("bo@x.com", 60, days=n) for n in range(2, 20)]
    assert denied(tried("bo@x.com", 60), *usual)["bo@x.com"].draft is None


def test_what_is_long_ago_or_by_a_service_is_left_alone() -> None:
    assert "eve@x.com" not in denied(tried("eve@x.com", 120, days=9))
    service = "0f8fad5b-d9cb-469f-a165-70867728950e"
    assert "a service" in denied(tried(service, 500))[service].why_not


def test_without_others_one_sign_is_not_enough() -> None:
    assert denied(tried("eve@x.com", 400), others=[])["eve@x.com"].draft is None


def test_an_hour_at_which_nobody_else_does_it_is_a_sign() -> None:
    day, night = (denied(tried("eve@x.com", 120, hour=hour))["eve@x.com"].draft for hour in (10, 2))
    assert day is not None
    assert night is not None
    assert night.confidence > day.confidence
    assert "0% of the others' highest hours end about 02:05 UTC" in night.params["text"]


@pytest.mark.parametrize(
    ("judge", "attempt", "said"),
    [
        (failed_logins.failed_logins, "FAILED_SIGN_IN", "failed sign-ins"),
        (download_bursts.download_bursts, "DOWNLOAD", "downloads of results and exports"),
    ],
)
def test_each_kind_of_attempt_is_told_in_its_words(judge: Any, attempt: str, said: str) -> None:
    every = [one | {"attempt": attempt} for one in (*OTHERS, tried("eve@x.com", 90))]
    drafts = [one.draft for one in judge({"attempts": pd.DataFrame([*every, *OTHERS])}, NOW) if one.draft]
    assert len(drafts) == 1
    assert drafts[0].params["subject"] == f"90 {said} within an hour by eve@x.com"


# Sensitive columns

COLUMN = {
    "class": "class.email_address", "table_full_name": "main.s.t", "column_name": "contact", "protection": "NONE",
    "readers": 4, "found": ago(days=9), "owner": "olga@x.com", "mask": None,
}  # fmt: skip


def bare(masked: int = 8, **changed: Any) -> list[Observation]:
    others = [COLUMN | {"table_full_name": f"main.s.m{n}", "protection": "MASKED"} for n in range(masked)]
    return unmasked.unmasked({"columns": pd.DataFrame([COLUMN | changed, *others])}, NOW)


def test_the_owner_is_told_of_what_nothing_protects() -> None:
    draft = proposed(bare())
    assert (draft.kind, draft.target.key) == ("notify.owner", "0/table/main.s.t")
    assert draft.params["recipient"] == "olga@x.com"
    assert "8 of 9 columns of the kind are protected" in draft.params["text"]
    assert draft.confidence == Decimal("0.82")  # 9 of 11
    assert draft.evidence[0].match == {"table_full_name": "main.s.t", "column_name": "contact"}


def test_one_table_is_one_message() -> None:
    frame = pd.DataFrame(
        [COLUMN, COLUMN | {"column_name": "mail"}, COLUMN | {"table_full_name": "m.s.x", "protection": "MASKED"}]
    )
    assert "contact, mail of main.s.t" in proposed(unmasked.unmasked({"columns": frame}, NOW)).params["subject"]


def test_without_an_owner_the_group_is_told() -> None:
    assert proposed(bare(owner=None)).params["recipient"] == "lakehelm-admins"


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"readers": 0}, "nobody read it"),
        ({"found": ago(hours=30)}, "its owner has time"),
        ({"masked": 0, "readers": 1}, "not worth a look"),
    ],
)
def test_a_column_is_left_alone(changed: dict[str, Any], why: str) -> None:
    left(bare(**changed), why)


@pytest.mark.parametrize("protection", ["MASKED", "POLICY", "FILTERED"])
def test_what_is_protected_is_none(protection: str) -> None:
    assert bare(protection=protection) == []


TAGGED = {"protection": "TAGGED", "mask": "main.s.hide", "readers": 20}


def tagged(masked: int = 8, **changed: Any) -> list[Observation]:
    """A column with the tag of its class where ``masked`` others are masked."""
    others = [COLUMN | {"table_full_name": f"main.s.m{n}", "protection": "MASKED"} for n in range(masked)]
    return mask_tagged.mask_tagged({"columns": pd.DataFrame([COLUMN | TAGGED | changed, *others])}, NOW)


def test_a_tagged_column_is_masked_as_others_of_its_class_are() -> None:
    draft = proposed(tagged())
    assert (draft.kind, draft.target.key) == ("mask.set", "0/table/main.s.t")
    assert draft.params == {"tag": "class.email_address", "function": "main.s.hide", "except_principals": []}
    assert draft.confidence == Decimal("0.82")  # 9 of 11
    assert draft.evidence[0].match == {"table_full_name": "main.s.t", "column_name": "contact"}
    assert [one.observed for one in draft.evidence[0].scalars] == ["TAGGED", "main.s.hide", Decimal(20)]
    assert registry.parsed(registry.kind("mask.set"), draft.params)


def test_columns_of_one_class_are_one_mask_and_classes_are_apart() -> None:
    masked = [
        COLUMN | {"table_full_name": f"m.s.{sort}{n}", "protection": "MASKED", "class": sort}
        for sort in ("class.email_address", "class.phone")
        for n in range(8)
    ]
    mine = [COLUMN | TAGGED, COLUMN | TAGGED | {"column_name": "mail"}, COLUMN | TAGGED | {"class": "class.phone"}]
    seen = mask_tagged.mask_tagged({"columns": pd.DataFrame([*mine, *masked])}, NOW)
    assert [one.draft.params["tag"] for one in seen if one.draft] == ["class.email_address", "class.phone"]
    assert "contact, mail of main.s.t" in str(seen[0].draft and seen[0].draft.narrative)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"readers": 0}, "nobody read it"),
        ({"found": ago(hours=30)}, "its owner has time"),
        ({"masked": 2}, "no habit to go by"),
        ({"masked": 4, "readers": 1}, "not worth a look"),
    ],
)
def test_a_tagged_column_is_left_alone(changed: dict[str, Any], why: str) -> None:
    left(tagged(**changed), why)


@pytest.mark.parametrize("changed", [{"mask": None}, {"protection": "NONE"}, {"protection": "POLICY"}])
def test_what_cannot_be_masked_this_way_is_none_of_its_business(changed: dict[str, Any]) -> None:
    assert tagged(**changed) == []


def test_a_column_is_masked_or_told_of_and_never_both() -> None:
    for changed in ({}, {"mask": None}, {"protection": "NONE"}):
        frame = {"columns": pd.DataFrame([COLUMN | TAGGED | changed, *[COLUMN | {"protection": "MASKED"}] * 8])}
        every = [*mask_tagged.mask_tagged(frame, NOW), *unmasked.unmasked(frame, NOW)]
        assert sum(one.draft is not None for one in every) == 1
