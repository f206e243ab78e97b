"""The grants are those of the questions: no table more, none less, whatever the principal is called."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
import sqlglot

from actions.registry import KINDS
from approvals.policy.policy_file import load
from deploy import __main__ as command
from deploy.grants import script
from deploy.levels import holds
from queries.catalogue import catalogue
from queries.grants import mending, statements
from queries.lineage import tables_read
from queries.needs import dotted, needs, quoted
from settings import ROOT

_GRANT = re.compile(r"GRANT (USE CATALOG|USE SCHEMA|SELECT) ON (CATALOG|SCHEMA|TABLE) (\S+) TO `((?:[^`]|``)+)`;")


def parsed(text: str) -> set[tuple[str, str, str]]:
    """(privilege, what it is on, to whom) of every statement; a line that is neither a grant nor a comment fails."""
    found = set()
    for line in text.splitlines():
        if line and not line.startswith("--"):
            match = _GRANT.fullmatch(line)
            assert match, line
            found.add((match[1], match[3].replace("`", ""), match[4].replace("``", "`")))
    return found


def read_by_the_questions() -> set[str]:
    """Every table, found without the code under test: in the composed text of each question but the one that only looks
    which tables can be read."""
    asking = [query for query in catalogue().values() if query.name != "platform.source_rows"]
    every = set().union(*(tables_read(query.sql) for query in asking))
    return {one for one in every if ".information_schema." not in one}


def test_the_script_grants_exactly_what_the_questions_read() -> None:
    found = parsed(script("lakehelm"))
    tables = read_by_the_questions()
    assert len(tables) > 15
    assert {on for privilege, on, _ in found if privilege == "SELECT"} == tables
    assert {on for privilege, on, _ in found if privilege == "USE SCHEMA"} == {one.rpartition(".")[0] for one in tables}
    assert {on for privilege, on, _ in found if privilege == "USE CATALOG"} == {"system"}
    assert {to for _, _, to in found} == {"lakehelm"}


def test_every_statement_is_one_that_databricks_parses() -> None:
    for one in statements("0c5e-lakehelm"):
        tree = sqlglot.parse_one(one.rstrip(";"), read="databricks")
        assert tree.key == "grant" or one.startswith("GRANT USE"), (
            one
        )  # the parser does not know USE CATALOG and USE SCHEMA


def test_a_table_that_a_question_begins_to_read_is_granted_and_one_it_leaves_is_not() -> None:
    queries = list(catalogue().values())
    more = replace(queries[0], sql=f"{queries[0].sql} UNION ALL SELECT 1 FROM system.marketplace.listing_access_events")
    before, after = set(statements("x")), set(statements("x", needs([more, *queries[1:]])))
    assert after - before == {
        "GRANT USE SCHEMA ON SCHEMA `system`.`marketplace` TO `x`;",
        "GRANT SELECT ON TABLE `system`.`marketplace`.`listing_access_events` TO `x`;",
    }
    assert before <= after
    without = [one for one in queries if "system.serving.served_entities" not in tables_read(one.sql)]
    assert set(statements("x")) - set(statements("x", needs(without))) == {
        "GRANT SELECT ON TABLE `system`.`serving`.`served_entities` TO `x`;"
    }


@pytest.mark.parametrize(
    "name", ["o'hara@example.com", "a`b", "x` TO `account users", "李雷", "8d3f-11aa", "a;b", "-- x"]
)
def test_a_principal_of_any_name_stays_one_name(name: str) -> None:
    text = script(name)
    assert {to for _, _, to in parsed(text)} == {name}
    for one in statements(name):
        assert one.count(";") == 1 + name.count(";")
        assert one.endswith(f" TO `{name.replace('`', '``')}`;")


@pytest.mark.parametrize("name", ["", "a\nb", "a\x00b", "x" * 256, "a\u2028b", "a\u202eb"])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="not the name"):
        script(name)


def test_a_securable_is_quoted_part_by_part() -> None:
    assert dotted("system.access.audit") == "`system`.`access`.`audit`"
    assert quoted("a`b") == "`a``b`"


def test_the_mend_of_one_table_reaches_from_the_catalog_down() -> None:
    assert mending("system.access.audit", "x") == (
        "GRANT USE CATALOG ON CATALOG `system` TO `x`; GRANT USE SCHEMA ON SCHEMA `system`.`access` TO `x`; "
        "GRANT SELECT ON TABLE `system`.`access`.`audit` TO `x`;"
    )


def test_the_kinds_of_the_policy_are_told_as_comments() -> None:
    policy = load(ROOT / "policies" / "default.yaml")
    text = script("x", policy)
    told = {line.split()[1] for line in text.splitlines() if line.startswith("--   ")}
    assert told == {name for name, one in KINDS.items() if one.enabled} | {
        "pipeline.full_refresh"
    }  # the policy names it
    assert "--   job.run_now                  CAN_MANAGE_RUN on the object" in text
    off = policy.model_copy(update={"kinds": policy.kinds.model_copy(update={"disabled": ("job.run_now",)})})
    assert "job.run_now" not in script("x", off)


def test_levels_are_ordered() -> None:
    assert holds("jobs", "IS_OWNER", "CAN_MANAGE_RUN")
    assert holds("warehouses", "CAN_USE", "CAN_USE")
    assert not holds("warehouses", "CAN_MONITOR", "CAN_USE")
    assert not holds("jobs", "", "CAN_VIEW")


def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["grants", "--principal", "a`b"]) == 0
    assert {to for _, _, to in parsed(capsys.readouterr().out)} == {"a`b"}
    assert command.main(["grants", "--principal", "a\nb"]) == 2
    assert capsys.readouterr().out == ""
