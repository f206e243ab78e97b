"""GovernanceOps, Reach: what its panels say, name first and offer, from hand-made grants."""

from __future__ import annotations

from typing import Any

import pandas as pd

from agents.detectors.reach import Members
from agents.detectors.reach_frames import broad, coverage, estate_of, openness, reach_asked
from agents.detectors.reach_jobs import become as become_of
from agents.detectors.reach_stronger import stronger as stronger_of
from components.graph.graph import Graph
from components.panels import become, reach, reach_graph, stronger
from components.text.view_context import ViewContext
from components.tiles.tile import Empty, Finding, Frames, Grid, Note, Plot
from tests.components.bodies import frame, listed, one, seen
from things import Thing

LOOK = ViewContext()
MEMBERS = Members(
    {"data-eng": frozenset({"bo@x.com", "cy@x.com"}), "all-data": frozenset({"data-eng"})},
    frozenset({"ann@x.com", "bo@x.com", "cy@x.com"}),
    {"cy@x.com": "Cy@x.com", "bo@x.com": "bo@x.com", "data-eng": "Data-Eng", "all-data": "all-data"},
)
Row = tuple[str, str, str, str]  # kind, place, grantee, privilege
ABOVE: tuple[Row, ...] = (
    ("catalog", "main", "root@x.com", "OWNER"),
    ("catalog", "main", "account users", "USE_CATALOG"),
    ("schema", "main.s", "root@x.com", "OWNER"),
    ("schema", "main.s", "account users", "USE_SCHEMA"),
    ("table", "main.s.t", "root@x.com", "OWNER"),
)


def grants(*rows: Row) -> pd.DataFrame:
    made: list[dict[str, object]] = [
        {"kind": kind, "place": place, "grantee": who, "privilege": right, "table_full_name": place if kind == "table" else None}
        for kind, place, who, right in (*ABOVE, *rows)
    ]  # fmt: skip
    return frame("governanceops.grants", *made)["grants"]


def frames(*rows: Row, of: str = "") -> Frames:
    table = grants(*rows)
    estate = estate_of(table, MEMBERS)
    wide = {"coverage": coverage(estate, table), "broad": broad(estate, table), "openness": openness(estate)}
    return Frames({"grants": table} | wide | reach_asked(estate, of, wide["broad"]))


def reached(*who: str) -> Frames:
    """What is read of a table by ``who``, as the panels get it."""
    return frames(*(("table", "main.s.t", one, "ALL_PRIVILEGES") for one in who), of="main.s.t")


def said(found: Frames) -> list[Any]:
    return listed(reach.paths(found, LOOK))


def test_each_path_is_a_row_with_the_groups_between_and_the_shortest_cut_once() -> None:
    found = said(
        frames(("schema", "main.s", "all-data", "SELECT"), ("table", "main.s.t", "bo@x.com", "SELECT"), of="MAIN.s.T")
    )
    assert one(found, Finding).text == "main.s.t: 3 principals can read it, 1 write and 1 manage it"
    rows = seen(one(found, Grid), "who", "through", "privilege", "place", "cut")
    assert [row[0] for row in rows[:3]] == ["root@x.com"] * 3  # the owner of each level
    assert rows[3:] == [
        ("bo@x.com", "directly", "SELECT", "main.s.t", "revoke SELECT on main.s.t from bo@x.com; take bo@x.com out of data-eng"),
        ("bo@x.com", "data-eng → all-data", "SELECT", "main.s", None),
        ("cy@x.com", "data-eng → all-data", "SELECT", "main.s", "take cy@x.com out of data-eng"),
    ]  # fmt: skip


def test_what_stands_on_the_table_can_be_proposed_to_be_revoked_with_the_evidence() -> None:
    grid = one(said(frames(("table", "main.s.t", "Bo@x.com", "SELECT"), of="main.s.t")), Grid)
    row = grid.frame[grid.frame["propose"].notna()].iloc[0]
    assert (row["act"], row["params"]) == ("grant.revoke", {"principal": "Bo@x.com", "privileges": ["SELECT"]})
    assert row["why"].startswith("bo@x.com has read by 1 path, this one directly. The shortest cut: revoke SELECT")
    assert grid.frame["propose"].notna().sum() == 1  # ownership is handed over, not revoked


def test_where_the_cut_is_a_membership_it_can_be_proposed_to_take_the_person_out() -> None:
    given = (("schema", "main.s", "all-data", "SELECT"), ("table", "main.s.t", "account users", "BROWSE"))
    grid = one(said(frames(*given, of="main.s.t")), Grid)
    offered = grid.frame[grid.frame["leave"].notna()]
    row = offered.set_index("who").loc["cy@x.com"]
    assert (row["leaves"], row["member"], row["leave_params"]) == (
        "group.remove_member", "Cy@x.com", {"group": "Data-Eng"},
    )  # fmt: skip
    assert row["leave_why"].endswith(
        "The shortest cut: take cy@x.com out of data-eng. Every other right of data-eng ends with it."
    )
    place = int(offered.index[list(offered["who"]).index("cy@x.com")])
    assert grid.thing_at("member", place) == Thing("principal", "Cy@x.com")
    assert len(offered) == 2  # bo and cy; the owner's ownership is handed over
    own = one(said(frames(*given, of="cy@x.com")), Grid)
    assert own.frame["leave_params"].dropna().tolist() == [{"group": "Data-Eng"}]


def hops(*rows: Row, of: str = "main.s.t") -> list[Any]:
    return listed(reach_graph.reach_graph(frames(*rows, of=of), LOOK))


def test_the_paths_are_drawn_from_people_through_groups_to_the_places_and_listed() -> None:
    drawn = hops(("schema", "main.s", "all-data", "SELECT"), ("table", "main.s.t", "bo@x.com", "MODIFY"))
    assert one(drawn, Finding).text == "main.s.t: 2 groups and 2 people and services by name hold what leads to it"
    grid, graph = one(drawn, Grid), one(drawn, Graph)
    rows = seen(grid, "from", "says", "to", "many")
    assert ("data-eng", "is in it", "all-data", 2) in rows
    assert ("2 people and services", "are in it", "data-eng", 2) in rows
    assert ("all-data", "SELECT", "main.s", 2) in rows
    assert ("main.s", "holds for all in it", "main.s.t", None) in rows
    assert not any("USE" in row[1] for row in rows)
    assert len(graph.sent["edges"]) == len(rows)
    at = next(place for place, node in enumerate(graph.drawn) if node.label == "data-eng")
    assert graph.thing_at(at) == Thing("principal", "data-eng")
    (root,) = (node for node in graph.nodes if node.chosen)
    assert (root.label, root.thing) == ("t", Thing("table", "main.s.t"))


def test_what_everybody_holds_is_heavy_and_many_by_name_are_one_node() -> None:
    many = tuple(("table", "main.s.t", f"p{n}@x.com", "SELECT") for n in range(13))
    drawn = hops(*many, ("table", "main.s.t", "account users", "SELECT"))
    graph = one(drawn, Graph)
    assert [edge.start for edge in graph.edges if edge.broken] == ["account users"]
    assert ("14 people and services", "OWNER, SELECT, each by name") in seen(one(drawn, Grid), "from", "says")


def test_somebody_comes_to_places_through_their_groups() -> None:
    drawn = hops(("schema", "main.s", "all-data", "SELECT"), ("table", "main.s.t", "cy@x.com", "SELECT"), of="cy@x.com")
    assert one(drawn, Finding).text == "cy@x.com comes to 2 places, with 2 groups on the way"
    assert {row[:3] for row in seen(one(drawn, Grid), "from", "says", "to")} == {
        ("cy@x.com", "is in it", "data-eng"), ("data-eng", "is in it", "all-data"), ("all-data", "SELECT", "main.s"),
        ("cy@x.com", "SELECT", "main.s.t"),
    }  # fmt: skip
    (none,) = hops(of="nothing.like.it")
    assert isinstance(none, Empty) and none.text == "0 of 2 grants lead to what was typed."


def test_what_stands_on_a_schema_or_catalog_can_be_proposed_there() -> None:
    grid = one(said(frames(("schema", "main.s", "bo@x.com", "SELECT"), of="main.s.t")), Grid)
    row = grid.frame[grid.frame["propose"].notna()].iloc[0]
    assert (row["kind"], row["place"], row["params"]) == (
        "schema",
        "main.s",
        {"principal": "bo@x.com", "privileges": ["SELECT"]},
    )


def manage(*who: str) -> Frames:
    """MANAGE on a table of each of ``who``, none of whom reads it."""
    made = frames(*(("table", "main.s.t", one, "MANAGE") for one in who))
    return Frames({**made, "stronger": stronger_of(estate_of(made["grants"], MEMBERS))})


def test_who_can_make_themselves_stronger_is_named_with_what_it_brings() -> None:
    drawn = listed(stronger.stronger(manage("bo@x.com"), LOOK))
    assert "to themselves by" in one(drawn, Finding).text
    assert ("bo@x.com", "MANAGE", 1, 1) in seen(one(drawn, Grid), "who", "privilege", "people", "objects")


def test_a_grant_without_the_uses_above_it_leads_nowhere_and_says_so() -> None:
    table = grants(("table", "other.s.t", "bo@x.com", "SELECT"), ("table", "other.s.t", "root@x.com", "OWNER"))
    estate = estate_of(table, MEMBERS)
    found = said(Frames({"coverage": coverage(estate, table)} | reach_asked(estate, "other.s.t", broad(estate, table))))
    assert one(found, Finding).text == "other.s.t: 0 principals can read it"
    assert ("leads nowhere: no USE CATALOG, USE SCHEMA",) in seen(one(found, Grid), "cut")
    assert one(found, Note).text.startswith("2 grant paths lead nowhere")


def test_what_somebody_reaches_is_listed_by_what_opens_most() -> None:
    found = said(
        frames(("schema", "main.s", "data-eng", "SELECT"), ("table", "main.s.u", "x@x.com", "OWNER"), of="bo@x.com")
    )
    assert one(found, Finding).text == "bo@x.com can read 2 objects, write 0 and manage 0"
    assert seen(one(found, Grid), "objects", "through", "place") == [(2, "data-eng", "main.s")]


def test_a_name_that_nothing_has_offers_what_is_like_it() -> None:
    empty = one(said(frames(of="main.s.tt")), Empty)
    assert empty.text == "Nothing in 2 grants is called main.s.tt."
    assert one(said(frames(of="ain.s")), Empty).hint == "Like it: main.s, main.s.t"


def test_groups_whose_members_are_not_known_are_named() -> None:
    found = frames(("table", "main.s.t", "contractors", "SELECT"), ("table", "main.s.t", "all-data", "SELECT"))
    assert reach.unknown(found) == "Members are known of 1 of 2 groups that hold something; not of contractors. "


def test_nobody_is_counted_twice_in_a_schema_and_everybody_is_the_widest_way_in() -> None:
    found = frames(
        ("schema", "main.s", "all-data", "SELECT"),
        ("table", "main.s.t", "bo@x.com", "SELECT"),
        ("table", "main.s.u", "account users", "SELECT"),
        ("table", "main.s.u", "root@x.com", "OWNER"),
    )
    assert found["openness"].to_numpy().tolist() == [["main", "main.s", "everybody", 4]]
    assert one(listed(reach.openness(found, LOOK)), Finding).text.startswith(
        "main.s is open to 4 principals; 1 of 1 schema"
    )
    quiet = frames(("schema", "main.s", "all-data", "SELECT"), ("table", "main.s.t", "bo@x.com", "SELECT"))
    assert [list(row[2:]) for row in quiet["openness"].to_numpy()] == [["small group", 2], ["person", 1]]
    assert isinstance(listed(reach.openness(quiet, LOOK))[1], Plot)


def test_broad_is_to_everybody_all_privileges_or_manage_and_use_alone_is_not() -> None:
    found = frames(
        ("table", "main.s.t", "All account users", "ALL_PRIVILEGES"),
        ("table", "main.s.t", "bo@x.com", "MANAGE"),
        ("table", "main.s.t", "cy@x.com", "SELECT"),
    )
    drawn = listed(reach.broad(found, LOOK))
    assert seen(one(drawn, Grid), "grantee", "cause", "principals") == [
        ("All account users", "everybody in the account, all privileges", 4),
        ("bo@x.com", "may give rights to anybody", 1),
    ]
    assert one(drawn, Finding).tone == "act"
    assert one(listed(reach.broad(frames(), LOOK)), Empty).text == "None of 2 grants is broad."


SERVICE = "aaaaaaaa-0000-1111-2222-333333333333"


def handed(*who: str, way: str = "CHANGED") -> Frames:
    """A job that runs as a service, which reads two tables, and that each of ``who`` changed or made."""
    made = frames(
        ("schema", "main.s", SERVICE, "SELECT"),
        ("table", "main.s.u", "root@x.com", "OWNER"),
        ("table", "main.s.u", "bo@x.com", "SELECT"),
    )
    asked = [
        {"who": one, "way": way, "name": "load", "runs_as": SERVICE, "workspace_id": "1", "job_id": "7"} for one in who
    ]
    hands = frame("governanceops.job_hands", *asked)["job_hands"]
    told = become_of(estate_of(made["grants"], MEMBERS), hands)
    return Frames({**made, "job_hands": hands, "become": told})


def test_who_changed_a_job_can_become_what_it_runs_as() -> None:
    drawn = listed(become.become(handed("ann@x.com", "bo@x.com", "root@x.com"), LOOK))
    assert one(drawn, Finding).text == (
        "2 people and services can become more by 2 ways: ann@x.com by load, 2 objects more"
    )
    grid = one(drawn, Grid)
    assert seen(grid, "who", "runs_as", "objects", "propose") == [
        ("ann@x.com", SERVICE, 2, "Propose to take away"),
        ("bo@x.com", SERVICE, 1, "Propose to take away"),
    ]  # root owns all of it, so becomes nothing more
    row = grid.frame.iloc[0]
    assert (row["act"], row["params"]) == (
        "permission.update",
        {"principal": "ann@x.com", "principal_type": "user", "level": None},
    )


def test_who_made_a_job_may_have_lost_the_right_to_it_so_nothing_is_offered() -> None:
    grid = one(listed(become.become(handed("ann@x.com", way="MADE"), LOOK)), Grid)
    assert "propose" not in grid.columns


def test_where_nobody_reads_more_it_is_said_of_how_many_jobs() -> None:
    said_ = one(listed(become.become(handed("root@x.com"), LOOK)), Empty)
    assert said_.text == "Nobody reads more by any of 1 job that run as another."
    assert "who else may edit a job" in said_.hint
