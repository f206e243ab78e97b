"""How changes before a failure are weighed: what each speaks for, what against, and that chances add up."""

from __future__ import annotations

import datetime as dt

import pytest

from agents.detectors.cause_weights import NONE, PLATFORM, RIGHT, Change, Failure, Weighed, ranked, sort_of
from agents.detectors.error_classes import Error, error_of

AT = dt.datetime(2026, 11, 20, 6, tzinfo=dt.UTC)
SINCE = AT - dt.timedelta(days=1)


def change(what: str, kind: str = "table", thing: str = "m.s.t", hours: float = 2, who: str = "") -> Change:
    return Change(AT - dt.timedelta(hours=hours), what, kind, thing, thing, who)


def weighed(error: Error, *changes: Change, said: str = "", runs_as: str = "") -> list[Weighed]:
    return ranked(changes, Failure(error, ("X",), AT, SINCE, said, runs_as))


def first(error: Error, *changes: Change, said: str = "", runs_as: str = "") -> Change | None:
    return weighed(error, *changes, said=said, runs_as=runs_as)[0].change


@pytest.mark.parametrize(
    ("codes", "said", "error"),
    [
        (["UNAUTHORIZED_ERROR"], "", Error.RIGHTS),
        (["RUN_EXECUTION_ERROR"], "", Error.OTHER),
        (["RUN_EXECUTION_ERROR", "CLOUD_FAILURE"], "", Error.PLATFORM),
        (["RUN_EXECUTION_ERROR"], "PERMISSION_DENIED: User does not have SELECT on Table 'm.s.t'", Error.RIGHTS),
        (["RUN_EXECUTION_ERROR"], "[TABLE_OR_VIEW_NOT_FOUND] The table `m`.`s`.`t` cannot be found", Error.MISSING),
        (["RUN_EXECUTION_ERROR"], "[UNRESOLVED_COLUMN.WITH_SUGGESTION] A column", Error.COLUMNS),
        (["RUN_EXECUTION_ERROR"], "HTTPError: 403 Forbidden", Error.OUTSIDE),
        (["RUN_EXECUTION_ERROR"], "java.lang.OutOfMemoryError: Java heap space", Error.MEMORY),
        (["RUN_EXECUTION_ERROR"], "KeyError: 'x'", Error.CODE),
        ([], "", Error.OTHER),
    ],
)
def test_what_a_run_said_tells_more_than_its_code(codes: list[str], said: str, error: Error) -> None:
    assert error_of(codes, said) is error


def test_chances_add_up_and_none_and_the_platform_are_always_there() -> None:
    for changes in ([], [change("SELECT taken from ann@x")], [change("definition changed")] * 150):
        found = weighed(Error.OTHER, *changes)
        assert sum(one.chance for one in found) == pytest.approx(1)
        assert {NONE, PLATFORM} <= {one.sort.hypothesis for one in found}
        assert len(found) == len(changes) + 2


def test_a_right_that_was_taken_from_another_is_no_likely_cause() -> None:
    mine, other = change("SELECT taken from ann@x"), change("SELECT taken from bob@x", thing="m.s.u")
    assert first(Error.RIGHTS, other, mine, runs_as="ann@x") == mine
    alone = weighed(Error.RIGHTS, other, runs_as="ann@x")
    assert next(one for one in alone if one.sort.hypothesis == RIGHT).chance < 0.6
    group = next(one for one in weighed(Error.RIGHTS, change("SELECT taken from team"), runs_as="ann@x"))
    assert group.sort.hypothesis == RIGHT  # it may have been in that group


def test_what_the_error_names_weighs_more() -> None:
    one, two = change("columns changed"), change("columns changed", thing="m.s.u", hours=1)
    assert first(Error.COLUMNS, one, two) == two  # the newer one
    assert first(Error.COLUMNS, one, two, said="in `m`.`s`.`t`") == one
    assert first(Error.COLUMNS, one, two, said="in m.s.t_old") == two  # another table


def test_more_time_and_more_workers_break_nothing() -> None:
    more, less = change("timeout 60 → 600 s", "job", "1"), change("timeout 600 → 60 s", "job", "1")
    assert weighed(Error.TIME, less)[0].change == less
    assert weighed(Error.TIME, more)[0].sort.hypothesis == NONE
    assert weighed(Error.TIME, change("timeout none → 60 s", "job", "1"))[0].change is not None
    assert weighed(Error.MEMORY, change("workers 2 → 8", "cluster", "c"))[0].change is None


def test_labels_and_grants_to_others_are_no_causes() -> None:
    quiet = [change("SELECT granted to bob@x"), change("tags a=1, b=2 → a=1", "job", "1"), change("schedule a → b", "job", "1"),
             change("auto-termination 60 → 30 min", "cluster", "c")]  # fmt: skip
    assert all(one.sort.hypothesis == NONE for one in weighed(Error.CODE, *quiet)[:1])
    assert sort_of(change("tags x → y, timeout 1 → 2 s", "job", "1")).hypothesis == "the job was changed"


def test_many_of_one_sort_do_not_outweigh_that_nothing_is_recorded() -> None:
    grants = [change("SELECT granted to bob@x", thing=f"m.s.t{n}") for n in range(200)]
    assert weighed(Error.RIGHTS, *grants)[0].sort.hypothesis == NONE


def test_one_act_of_many_changes_counts_less_than_one_alone() -> None:
    act = [change("columns changed", thing=f"m.s.a{n}", who="ann@x") for n in range(9)]
    alone = change("columns changed", thing="m.s.z", hours=3, who="bob@x")
    assert first(Error.COLUMNS, *act, alone) == alone
