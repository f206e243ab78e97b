"""What changed in who may do what: against a snapshot, and taken back by the audit log; each trap by hand, and many by chance."""

from __future__ import annotations

import datetime as dt
import random

import pandas as pd
import pytest

from agents.detectors.grant_drift import CAME, PASSED, WENT, drift, key_of, quarter_before
from tests.components.reading import rows

SINCE = dt.datetime(2026, 10, 1, tzinfo=dt.UTC)


def grants(*held: tuple[str, ...]) -> pd.DataFrame:
    """(grantee, place, privilege, kind, grantor)."""
    made = [dict(zip(("grantee", "place", "privilege", "kind", "grantor"), one, strict=False)) for one in held]
    frame: pd.DataFrame = rows("governanceops.grants", [{"kind": "table", **one} for one in made]).to_pandas()
    return frame


def change(
    day: int, grantee: str, gave: str = "", took: str = "", place: str = "main.s.t", who: str = "ada@x.com", **more: str
) -> dict[str, object]:
    at = SINCE + dt.timedelta(days=day)
    row: dict[str, object] = {
        "at": at,
        "who": who,
        "kind": "table",
        "place": place,
        "grantee": grantee,
        "event": f"{day}{gave}{took}{grantee}",
    }
    return row | {"gave": gave or None, "took": took or None, "is_self": False} | more


def changes(*made: dict[str, object]) -> pd.DataFrame:
    frame: pd.DataFrame = rows("governanceops.privilege_changes", list(made)).to_pandas()
    return frame


def told(frame: pd.DataFrame) -> set[tuple[str, str, str]]:
    return {*frame[["change", "grantee", "privilege"]].itertuples(index=False, name=None)}


@pytest.mark.parametrize(
    ("today", "day"),
    [
        ("2026-11-29", "2026-10-01"), ("2026-10-30", "2026-07-01"), ("2026-10-31", "2026-10-01"),
        ("2026-01-15", "2025-10-01"), ("2026-01-31", "2026-01-01"), ("2026-04-02", "2026-01-01"),
    ],
)  # fmt: skip
def test_a_quarter_counts_once_it_is_a_month_old(today: str, day: str) -> None:
    assert quarter_before(dt.date.fromisoformat(today)) == dt.date.fromisoformat(day)


def test_against_what_was_kept_with_who_and_when_where_the_log_tells() -> None:
    kept = (("table", "main.s.t", "Ann@x.com", "SELECT"), ("table", "main.s.t", "bo@x.com", "MODIFY"))
    now = grants(("ann@x.com", "main.s.t", "SELECT"), ("cy@x.com", "MAIN.s.t", "SELECT", "table", "eve@x.com"))
    log = changes(
        change(3, "bo@x.com", took="MODIFY"),
        change(4, "dan@x.com", "MANAGE", who="dan@x.com"),
        change(5, "dan@x.com", took="MANAGE"),
    )
    found = drift(now, log, SINCE, kept)
    frame = found["drift"]
    assert told(frame) == {(CAME, "cy@x.com", "SELECT"), (WENT, "bo@x.com", "MODIFY"), (PASSED, "dan@x.com", "MANAGE")}
    who = frame.set_index("grantee")["who"].to_dict()
    assert who == {"cy@x.com": "eve@x.com", "bo@x.com": "ada@x.com", "dan@x.com": "ada@x.com"}
    assert frame.iloc[0]["grantee"] == "dan@x.com" and frame["strong"].tolist() == [True, False, False]
    assert found["drift_counts"].iloc[0].to_dict() == {"then": 2, "now": 2, "unclear": 0}


def test_without_the_log_it_is_still_known_what_changed() -> None:
    found = drift(grants(("ann@x.com", "m", "USE CATALOG", "catalog")), None, SINCE, ())["drift"]
    assert told(found) == {(CAME, "ann@x.com", "USE CATALOG")} and found["at"].isna().all()


def test_owners_are_compared_with_what_was_kept_only() -> None:
    now = grants(("ann@x.com", "main.s.t", "OWNER", "view"))
    kept = (("view", "main.s.t", "bo@x.com", "OWNER"),)
    assert told(drift(now, changes(), SINCE, kept)["drift"]) == {
        (CAME, "ann@x.com", "OWNER"),
        (WENT, "bo@x.com", "OWNER"),
    }
    assert drift(now, changes(), SINCE)["drift"].empty


def test_taken_back_by_the_log() -> None:
    now = grants(("ann@x.com", "main.s.t", "SELECT"), ("bo@x.com", "main.s.t", "SELECT"))
    log = changes(
        change(-2, "bo@x.com", "SELECT"),  # before: it was there then
        change(1, "Ann@X.com", "SELECT"),
        change(2, "cy@x.com", took="SELECT, MODIFY"),
        change(3, "bo@x.com", took="SELECT"), change(4, "bo@x.com", "SELECT"),  # a repair: nothing changed
        change(5, "dan@x.com", "SELECT"), change(6, "dan@x.com", took="SELECT"),
    )  # fmt: skip
    found = drift(now, log, SINCE)
    assert told(found["drift"]) == {
        (CAME, "ann@x.com", "SELECT"), (WENT, "cy@x.com", "SELECT"), (WENT, "cy@x.com", "MODIFY"), (PASSED, "dan@x.com", "SELECT"),
    }  # fmt: skip
    assert found["drift_counts"].iloc[0].to_dict() == {"then": 3, "now": 2, "unclear": 0}


def test_what_went_is_spelt_as_the_log_has_it() -> None:
    found = drift(grants(), changes(change(1, "Team-X", took="SELECT", place="Main.S.T")), SINCE)["drift"]
    assert found[["place", "grantee"]].iloc[0].tolist() == ["Main.S.T", "Team-X"]


def test_what_was_given_and_is_gone_without_a_revoke_is_not_clear() -> None:
    found = drift(grants(), changes(change(1, "ann@x.com", "SELECT")), SINCE)
    assert found["drift"].empty and found["drift_counts"].iloc[0]["unclear"] == 1


def test_to_everybody_and_to_oneself_come_first() -> None:
    now = grants(
        ("zed@x.com", "main.s.t", "SELECT"),
        ("All account users", "main.s.t", "SELECT"),
        ("account users", "m", "USE_CATALOG", "catalog"),
    )
    log = changes(change(1, "zed@x.com", "SELECT", who="zed@x.com"))
    frame = drift(now, log, SINCE, ())["drift"]
    assert frame["strong"].tolist() == [True, True, False]


def test_a_log_that_has_every_step_gives_what_a_snapshot_gives() -> None:
    """Rights given and taken by chance, each step in the log: both ways find the same."""
    for seed in range(30):
        draw, held, log = random.Random(seed), set[tuple[str, str, str]](), []
        then: tuple[tuple[str, str, str, str], ...] = ()
        for day in range(-20, 60):
            if day == 0:
                then = tuple(("table", place, who, right) for who, place, right in sorted(held))
            one = (f"p{draw.randrange(5)}@x.com", f"main.s.t{draw.randrange(3)}", draw.choice(("SELECT", "MODIFY")))
            log.append(change(day, one[0], *(("", one[2]) if one in held else (one[2], "")), place=one[1]))
            held ^= {one}
        by_snapshot = drift(grants(*sorted(held)), changes(*log), SINCE, then)
        by_log = drift(grants(*sorted(held)), changes(*log), SINCE)
        pd.testing.assert_frame_equal(by_snapshot["drift"], by_log["drift"])
        assert by_snapshot["drift_counts"].equals(by_log["drift_counts"])


def test_one_right_has_one_key() -> None:
    assert key_of("VIEW", "Main.S.T", "Ann@X.com", "all privileges") == key_of(
        "table", "main.s.t", "ann@x.com", "ALL_PRIVILEGES"
    )
    assert key_of("catalog", "m", "All account users", "USE CATALOG") == key_of(
        "catalog", "m", "account users", "USE_CATALOG"
    )
