"""The page of a thing and its drawer: what is said of it first, whatever is known and whatever the address holds."""

from __future__ import annotations

import datetime as dt
import unicodedata
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from components.runtime import state
from components.text.view_context import ViewContext
from components.things.money import cost_line
from components.things.sentence import called, sentence
from settings import ROOT
from tests.components.reading import NOW, Reader, Says, rows
from things import Thing
from warehouse.errors import TimedOut

WAREHOUSE = Thing("warehouse", "a1", "1")
ROW: dict[str, Any] = {
    "workspace_id": "1", "workspace": "prod", "workspace_url": "https://one.example.com", "name": "bi-prod", "owner": "ann",
    "former_name": None, "renamed": None, "created": None, "changed": NOW - dt.timedelta(days=3), "deleted": None,
    "settings": ["Size: LARGE"], "known_to_settings": True, "billed_from": NOW.date(), "billed_to": NOW.date(),
}  # fmt: skip
LOOK = ViewContext()


def said(row: dict[str, Any] | None, thing: Thing = WAREHOUSE, limited: bool = False) -> str:
    return sentence(thing, row, LOOK, limited=limited).text


def test_a_healthy_thing_is_named_with_its_place_and_owner() -> None:
    assert said(ROW).startswith(
        "SQL warehouse in prod, of ann. Last changed on 17 Nov 2026. Last billed for 20 Nov 2026."
    )


def test_a_deleted_thing_is_never_healthy() -> None:
    found = sentence(WAREHOUSE, ROW | {"deleted": NOW}, LOOK, limited=False)
    assert "Deleted on 20 Nov 2026" in found.text and found.tone == "act"


def test_a_renamed_thing_says_what_it_was_called() -> None:
    assert "It was called old until 20 Nov 2026." in said(ROW | {"former_name": "old", "renamed": NOW})


def test_what_only_the_bill_knows_says_so() -> None:
    assert "Only the bill knows it" in said(ROW | {"known_to_settings": False})
    person = Thing("principal", "ann")
    assert "Only the bill knows it" not in said(ROW | {"known_to_settings": False}, person)  # nobody has settings


def test_a_thing_that_nobody_has_seen_says_where_was_looked() -> None:
    text = said(None)
    assert (
        "a1 in workspace 1 is not known" in text
        and "the settings of this region and the bill of the last 90 days" in text
    )
    assert "where you may see it" in said(None, limited=True)


def test_a_workspace_that_is_gone_is_said() -> None:
    assert "in workspace 1, which is deleted or not listed" in said(ROW | {"workspace": None})


def test_a_thing_is_called_by_its_name_else_its_id() -> None:
    assert called(WAREHOUSE, ROW) == "bi-prod" and called(WAREHOUSE, None) == "a1"
    assert called(Thing("run", "7/70", "1"), ROW | {"name": "load"}) == "load, run 70"
    assert called(Thing("run", "7/70", "1"), None) == "job 7, run 70"


def days(*costs: Decimal | None) -> pd.DataFrame:
    return pd.DataFrame(
        [
            {"usage_date": NOW.date(), "product": "SQL", "sku_name": "S", "cost": cost, "unpriced_rows": cost is None}
            for cost in costs
        ]
    )


def test_money_in_one_line_says_basis_and_what_has_no_price() -> None:
    assert cost_line(days(Decimal(4)), LOOK) == "$4.00 at list prices on 1 day, for SQL."
    assert "1 usage row without a price not counted" in cost_line(days(Decimal(4), None), LOOK)
    assert "is not known" in cost_line(days(None), LOOK)


def shown(words: dict[str, str], **said: Says) -> tuple[AppTest, Reader]:
    reader = Reader({
        "things.described": rows("things.described", [ROW]),
        "things.cost_by_day": rows("things.cost_by_day", []),
        **{name.replace("__", "."): answer for name, answer in said.items()},
    })  # fmt: skip
    with state.using(reader, lambda: NOW):
        test = AppTest.from_file(str(ROOT / "pages" / "thing.py"), default_timeout=60)
        for word, value in words.items():
            test.query_params[word] = value
        test.run()
    assert not test.exception
    return test, reader


def text(test: AppTest) -> str:
    every = (*test.header, *test.markdown, *test.caption, *test.info)
    return " ".join(str(one.value) for one in every).replace("\\", "")


def test_the_address_alone_opens_the_page() -> None:
    test, reader = shown(WAREHOUSE.words)
    assert test.header[0].value.replace("\\", "") == "bi-prod"
    assert "in prod, of ann" in text(test) and "Nothing of this was billed in the period" in text(test)
    for question in reader.asked:
        if question.query.startswith("things."):
            assert dict(question.params).items() >= {"kind": "warehouse", "workspace_id": "1", "id": "a1"}.items()


def test_the_workspaces_chosen_elsewhere_do_not_narrow_a_thing() -> None:
    _, reader = shown(WAREHOUSE.words | {"workspaces": "9"})
    assert {dict(one.params).get("workspaces") for one in reader.asked if one.query.startswith("things.")} == {""}


NONSENSE: list[dict[str, str]] = [
    {}, {"kind": "warehouse"}, {"kind": "house", "id": "1", "w": "1"}, {"kind": "job", "id": "1", "w": "x"},
]  # fmt: skip


@pytest.mark.parametrize("words", NONSENSE)
def test_nonsense_is_answered_by_a_sentence(words: dict[str, str]) -> None:
    test, reader = shown(words)
    assert "This address names no thing" in text(test)
    assert not [one for one in reader.asked if one.query.startswith("things.")]


def test_a_question_that_fails_is_not_a_thing_that_nobody_has_seen() -> None:
    test, _ = shown(WAREHOUSE.words, things__described=TimedOut(60))
    assert "is not known" not in text(test) and test.header[0].value == "a1"


def test_a_cost_centre_is_asked_for_by_name_in_every_form() -> None:
    _, reader = shown({"kind": "cost_centre", "id": "Café, 1"})
    costs = next(dict(one.params) for one in reader.asked if one.query == "things.cost_by_day")
    forms = {unicodedata.normalize(form, "Café%2C 1") for form in ("NFC", "NFD")}
    assert set(str(costs["cost_centers"]).split(",")) == forms and len(forms) == 2


def test_the_drawer_says_what_it_is_and_what_it_costs() -> None:
    def page() -> None:
        from components.runtime.opened import ask_for
        from components.things.drawer import drawer
        from things import Thing

        ask_for(Thing("warehouse", "a1", "1"))
        drawer()

    cost = {"usage_date": NOW.date(), "product": "SQL", "sku_name": "S", "cost": Decimal(4), "unpriced_rows": 0}
    reader = Reader({
        "things.described": rows("things.described", [ROW]), "things.cost_by_day": rows("things.cost_by_day", [cost]),
    })  # fmt: skip
    with state.using(reader, lambda: NOW):
        test = AppTest.from_function(page, default_timeout=60).run()
    assert not test.exception
    assert "in prod, of ann" in text(test) and "$4.00 at list prices" in text(test)
    assert [button.label for button in test.button] == ["Open its page"]


def test_a_closed_drawer_asks_nothing() -> None:
    def page() -> None:
        from components.things.drawer import drawer

        drawer()

    reader = Reader({})
    with state.using(reader, lambda: NOW):
        test = AppTest.from_function(page, default_timeout=60).run()
    assert not test.exception and reader.asked == []
