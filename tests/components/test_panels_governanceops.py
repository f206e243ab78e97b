"""GovernanceOps: changes of rights, attempts and sensitive data, from hand-made rows."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from agents.governanceops.coming_back import coming_back
from approvals.reading.effects import Effect
from components.panels import attempts, governanceops, privileges, sensitive, unused_rights
from components.text.view_context import ViewContext
from components.tiles.tile import Finding, Frames, Grid, Leading, Note
from tests.components.bodies import frame, listed, one, seen

LOOK = ViewContext()
NIGHT = dt.datetime(2026, 1, 5, 22, 14, tzinfo=dt.UTC)


def change(
    who: str, to: str, gave: str | None = "SELECT", took: str | None = None, hours: float = 0, place: str = "main.s.t"
) -> dict[str, Any]:
    """A row of governanceops.privilege_changes, ``hours`` after :data:`NIGHT`."""
    at = NIGHT + dt.timedelta(hours=hours)
    return {
        "at": at, "who": who, "kind": "table", "place": place, "grantee": to, "gave": gave, "took": took,
        "is_self": who == to and gave is not None, "table_full_name": place, "event": f"{who}{to}{hours}",
    }  # fmt: skip


def given(*who: str) -> Frames:
    """MANAGE that each of ``who`` gave themselves."""
    return Frames(
        frame("governanceops.privilege_changes", *(change(one, one, "MANAGE", hours=n) for n, one in enumerate(who)))
    )


def tried(peak: int, usual: int = 2) -> Frames:
    """Downloads of dan: ``usual`` on most days, ``peak`` on one."""
    rows = [
        {
            "attempt": "DOWNLOAD", "who": "dan@x.com", "subject": "dan@x.com", "day": dt.date(2026, 1, day), "peak": count,
            "peak_at": NIGHT, "attempts": count, "addresses": 1,
        }
        for day, count in ((1, usual), (2, usual), (3, peak), (4, usual))
    ]  # fmt: skip
    return Frames(frame("governanceops.attempts", *rows))


def test_nobody_tried_and_nobody_tried_twice_are_no_errors() -> None:
    days = tried(40)["attempts"]
    assert attempts.judged(days.head(0)).empty
    alone = attempts.judged(days.iloc[[2]])
    assert alone["odd"].tolist() == [True] and alone["usual"].isna().all()


def sorts(*rows: dict[str, Any]) -> list[str]:
    return list(privileges.sorted_out(frame("governanceops.privilege_changes", *rows)["privilege_changes"])["sort"])


def test_a_right_given_to_oneself_stands_first_and_says_that_no_proposal_covers_it() -> None:
    rows = frame(
        "governanceops.privilege_changes",
        change("root@x.com", "team", hours=5),
        *[change("ann@x.com", "ann@x.com", "MANAGE")],
    )
    drawn = listed(privileges.privilege_changes(rows, LOOK))
    said = one(drawn, Finding)
    assert (said.text, said.tone) == (
        "ann@x.com gave themselves MANAGE on main.s.t on 5 Jan 22:14; no proposal covers it",
        "act",
    )
    assert seen(one(drawn, Grid), "who", "sort", "propose") == [
        ("ann@x.com", "given to oneself", "Propose revoke"),
        ("root@x.com", "given", "–"),
    ]


def test_what_a_proposal_did_is_covered_and_what_is_long_before_or_elsewhere_is_not() -> None:
    def covered(key: str, minutes: int) -> bool:
        effect = Effect("p1", "Revoke it", key, NIGHT - dt.timedelta(minutes=minutes))
        rows = frame("governanceops.privilege_changes", change("app", "bo@x.com", None, "SELECT", place="main.S.t"))
        return bool(privileges.with_proposals(rows["privilege_changes"], [effect])["proposal_id"].notna().iloc[0])

    assert covered("0/table/main.s.t", 1)
    assert not covered("0/table/main.s.t", 300) and not covered("0/table/main.s.u", 1)


def test_what_was_taken_before_and_is_given_back_is_a_repair_whoever_asks() -> None:
    back = (change("root@x.com", "ann@x.com", None, "SELECT"), change("ann@x.com", "ann@x.com", "SELECT", hours=1))
    assert sorts(*back) == ["taken away", "given back"]
    assert sorts(*back, change("ann@x.com", "ann@x.com", "SELECT", hours=2))[-1] == "given to oneself"  # only once
    assert (
        sorts(*back[:1], change("ann@x.com", "ann@x.com", "MODIFY, SELECT", hours=1))[-1] == "given to oneself"
    )  # and more


def test_use_for_everybody_opens_nothing_and_strong_rights_are_told_apart() -> None:
    assert sorts(
        change("root@x.com", "account users", "USE_SCHEMA"),
        change("root@x.com", "all account users", "SELECT", hours=1),
        change("root@x.com", "team", "ALL_PRIVILEGES", hours=2),
    ) == ["given", "opened to everybody", "strong rights given"]


def test_far_above_ones_own_usual_within_an_hour_is_somebody_trying() -> None:
    said = one(listed(attempts.attempts(tried(60), LOOK)), Finding)
    assert (said.text, said.tone) == ("60 downloads within an hour by dan@x.com, until 5 Jan 22:14; usual 2", "act")
    quiet = one(listed(attempts.attempts(tried(60, usual=30), LOOK)), Finding)
    assert (quiet.text, quiet.tone) == ("None of 1 subject tried far more often than usual", "ok")
    assert one(listed(attempts.attempts(tried(12), LOOK)), Finding).tone == "ok"  # six times, but few


def column(protection: str, table: str = "main.s.t", readers: int = 0) -> dict[str, Any]:
    return {
        "class": "class.email",
        "table_full_name": table,
        "column_name": "mail",
        "protection": protection,
        "readers": readers,
    }


def idle(*states: str) -> Frames:
    """Direct rights of as many people, the first of them not used where one is."""
    held = [(f"p{n}@x.com", "main.s.t", "team-risk", state, None) for n, state in enumerate(states)]
    row = {"grantee": "p0@x.com", "holder": "person", "table_name": "main.s.t", "privileges": "MODIFY,SELECT"}
    rows = frame("governanceops.unused_grants", row)
    columns = ["grantee", "place", "team", "state", "reason"]
    return Frames(rows | {"held_rights": pd.DataFrame(held, columns=columns).assign(reason="held by a group")})


def test_rights_that_nobody_uses_are_counted_beside_those_that_cannot_be_judged_and_can_be_revoked() -> None:
    drawn = listed(unused_rights.unused_rights(idle("unused", "used", "cannot be said"), LOOK))
    assert one(drawn, Finding).text == "1 of 3 direct rights unused for 90 days; 1 cannot be judged"
    assert one(drawn, Note).text == "Not to be said: 1 held by a group."
    row = one(drawn, Grid).frame.iloc[0]
    assert (row["params"], row["propose"]) == (
        {"principal": "p0@x.com", "privileges": ["MODIFY", "SELECT"]},
        "Propose revoke",
    )
    assert [type(body) for body in listed(unused_rights.unused_rights(idle("used"), LOOK))][-1] is not Grid


def test_a_right_that_was_used_a_quarter_ago_is_not_offered_and_says_why() -> None:
    frames = idle("unused")
    weeks = pd.DataFrame({"held": ["p0@x.com/main.s.t"] * 2, "week": [dt.date(2025, 7, 7), dt.date(2025, 10, 6)]})
    frames["again"] = coming_back(weeks, dt.date(2026, 1, 5))
    row = one(listed(unused_rights.unused_rights(frames, LOOK)), Grid).frame.iloc[0]
    assert (row["last_week"], row["propose"], row["act"]) == (dt.date(2025, 10, 6), None, None)
    assert row["again"].startswith("used now and then")


def test_a_right_that_was_used_for_long_and_no_more_is_offered_with_its_last_week() -> None:
    frames = idle("unused")
    weeks = [dt.date(2025, 3, 3) + dt.timedelta(weeks=n) for n in range(12)]
    frames["again"] = coming_back(pd.DataFrame({"held": "p0@x.com/main.s.t", "week": weeks}), dt.date(2026, 1, 5))
    row = one(listed(unused_rights.unused_rights(frames, LOOK)), Grid).frame.iloc[0]
    assert (row["last_week"], row["again"], row["propose"]) == (weeks[-1], None, "Propose revoke")
    assert list(coming_back(None, dt.date(2026, 1, 5)).columns) == ["held", "last_week", "again"]


def unmasked() -> Frames:
    """One column that nothing protects."""
    return Frames(frame("governanceops.sensitive_columns", column("NONE", readers=3)))


def test_a_tag_protects_nothing_and_a_policy_on_tags_is_counted_apart() -> None:
    others = [column("TAGGED", "main.s.u"), column("POLICY", "main.s.v"), column("MASKED", "main.s.w")]
    rows = frame("governanceops.sensitive_columns", column("NONE", readers=58), *others)
    drawn = listed(sensitive.sensitive(rows, LOOK))
    assert one(drawn, Finding).text == "2 sensitive columns in 2 tables unprotected: main.s.t is read by 58 principals"
    assert seen(one(drawn, Grid), "MASKED", "POLICY", "FILTERED", "TAGGED", "NONE", "columns") == [(1, 1, 0, 1, 1, 4)]
    assert [row for (row,) in seen(one(listed(sensitive.unprotected(rows, LOOK)), Grid), "table_full_name")] == [
        "main.s.t",
        "main.s.u",
    ]


def test_the_owner_of_an_unprotected_column_can_be_asked() -> None:
    owned = column("NONE", readers=58) | {"owner": "ann"}
    rows = frame("governanceops.sensitive_columns", owned, column("NONE", "main.s.u"))
    grid = one(listed(sensitive.unprotected(rows, LOOK)), Grid)
    assert grid.frame["act"].tolist() == ["notify.owner", ""]
    assert grid.frame["params"].iloc[0]["recipient"] == grid.frame["owner"].iloc[0]
    assert "nothing protects it, and 58 principals read the table" in grid.frame["why"].iloc[0]


def test_a_tagged_column_can_be_masked_as_others_of_its_class_are() -> None:
    rows = frame(
        "governanceops.sensitive_columns", column("TAGGED", readers=5) | {"owner": "ann", "mask": "main.s.hide"}
    )
    grid = one(listed(sensitive.unprotected(rows, LOOK)), Grid)
    assert grid.frame["act"].tolist() == ["mask.set"]
    assert grid.frame["params"].iloc[0]["function"] == "main.s.hide"
    assert "mask" not in grid.columns


def test_the_first_row_begins_with_the_worst_and_names_what_is_not_known() -> None:
    drawn = listed(governanceops.today(given("ann@x.com"), LOOK))
    assert one(drawn, Finding).text.startswith("ann@x.com gave themselves MANAGE")
    said = next(body for body in drawn if isinstance(body, Leading))
    assert said.text == "Not known: broad grants, attempts, sensitive data, members of groups."
    assert [lead.view for lead in said.leads] == ["Changes"]
