"""A yes that does not say what was begun is no yes: it is looked for, and the state says what is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from actions import registry
from actions.kinds.shared.kind import ID, NUMBER, reference
from tests.actions.kind_cases import CASES
from tests.actions.kind_cases_catalog import CHANGING, KindCase
from tests.actions.office import Office, office
from tests.support.tiers import crossed

EVERY = {case.kind: case for case in (*CASES, *CHANGING)}
BEGUN = ("run_id", "repair_id", "update_id", "refresh_id")  # what answers call what was begun
ODD: Mapping[str, Any] = {
    "nothing": None,
    "none": 0,
    "huge": 2**70,
    "a path": "../../x",
    "a list": [1],
}


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Office]:
    with office(f"sqlite:///{tmp_path / 'store.sqlite'}") as made:
        yield made


def says_once(here: Office, said: Any, done: bool) -> None:
    """The first change of the app is ``done`` or not, and answered with status 200 and what is ``said``, a value for each
    name of what was begun, or nothing at all."""
    whole = here.there.workspace.answer
    given: list[str] = []

    def answer(method: str, path: str, query: Mapping[str, str], body: Any, by: str, place: str = "") -> Any:
        if method == "GET" or by != "lakehelm-app" or given or (body.get("validate_only") and "enforce" in path):
            return whole(method, path, query, body, by, place)
        given.append(path)
        if done:
            whole(method, path, query, body, by, place)
        return 200, {} if said is None else dict.fromkeys(BEGUN, said)

    here.there.workspace.answer = answer  # type: ignore[assignment]


@pytest.mark.parametrize(("case", "done"), crossed(EVERY.values(), ["done", "not done"]))
def test_an_empty_yes(case: KindCase, done: str, here: Office) -> None:
    made, known = here.approved(case), len(here.there.effects)
    says_once(here, None, done == "done")
    row = here.work(made, here.executor())
    assert row is not None
    effects = here.effects(known)
    assert len(effects) <= 1, effects
    if row.state == "verified":
        assert effects
    elif (
        row.state == "inconclusive"
    ):  # the workspace took it, nothing is to be seen of it, and nothing can be taken back
        assert registry.kind(case.kind).reversibility != "auto" and not effects
    else:
        assert row.state in ("failed", "indeterminate", "rolled_back"), row.state
        assert row.state == "indeterminate" or not effects


@pytest.mark.parametrize(
    ("kind", "odd"), crossed(["job.run_now", "job.repair_run", "pipeline.validate", "quality.refresh"], ODD)
)
def test_an_odd_name_of_what_was_begun(kind: str, odd: str, here: Office) -> None:
    made, known = here.approved(EVERY[kind]), len(here.there.effects)
    says_once(here, ODD[odd], True)
    row = here.work(made, here.executor())
    assert row is not None
    assert row.state in ("verified", "indeterminate"), (row.state, row.error_text)
    assert len(here.effects(known)) == 1


@pytest.mark.parametrize("said", [None, True, False, "", 0, -1, 1.5, 2**70, "1/../2", "1?x=1", [1], {"a": 1}])
def test_what_is_no_reference(said: Any) -> None:
    with pytest.raises(ValueError, match="does not say"):
        reference(said, NUMBER)
    assert reference(2**62, NUMBER) == str(2**62)


@pytest.mark.parametrize("said", [None, True, "", 7, "../x", "a b", [1]])
def test_an_id_is_a_text(said: Any) -> None:
    with pytest.raises(ValueError, match="does not say"):
        reference(said, ID)
