"""Chat models of the emulated workspace, asked by the real SDK over a real socket: for the words of a draft."""

from __future__ import annotations

import pytest

from agents.narrating import Model, model_of
from demo.workspace.people import APP_TOKEN
from settings import Settings
from tests.agents.test_narrating import DRAFT, narrated
from tests.demo.workspace import Served
from workspace_client import SignIn


def serving(served: Served, kind: str) -> str:
    """The name of an endpoint whose entities are of ``kind``."""
    endpoints = sorted(served.state.objects["serving"].items())
    return next(name for name, one in endpoints if any(kind in entity for entity in one["config"]["served_entities"]))


def model(served: Served, name: str) -> Model:
    made = model_of(Settings(narrative_endpoint=name), SignIn(served.emulator.url, token=APP_TOKEN))
    assert made is not None
    return made


@pytest.mark.parametrize("kind", ["external_model", "foundation_model"])
def test_a_served_model_is_asked_and_its_words_stand_above_the_agents(fresh: Served, kind: str) -> None:
    (told,) = narrated([DRAFT], model(fresh, serving(fresh, kind)))
    assert told.narrative == "41.5 h idle of 60 h [o1]. Nobody waits for it [m1].\n\nFrom the template."
    assert told.model_copy(update={"narrative": DRAFT.narrative}) == DRAFT


def test_what_is_not_there_or_serves_no_chat_model_changes_nothing(fresh: Served) -> None:
    for name in ("missing", serving(fresh, "entity_name")):
        assert narrated([DRAFT], model(fresh, name)) == [DRAFT]


def test_who_asks_for_no_chat_is_refused(fresh: Served) -> None:
    endpoint = serving(fresh, "external_model")
    with pytest.raises(Exception, match="messages must be a list"):
        fresh.client().serving_endpoints.query(name=endpoint, prompt="Tell me")
