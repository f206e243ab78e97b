"""Kill switches in words: chosen from what there is, turned once by one press, and said on every page."""

from __future__ import annotations

import ast
import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from actions import registry, stops
from actions.desk import Desk
from approvals.deciding import switches
from approvals.deciding.switches import Names, Switch, SwitchRefused, matching, parsed
from approvals.ledger.ledger import Actor
from approvals.people.people import Person
from approvals.store.store import Store
from components.frame import stopped
from components.runtime import latest
from components.sections.controls import Console
from dimensions import DIMENSIONS
from settings import ROOT
from tests.actions.office import the_policy
from tests.approvals.world import AGENT, START, content, proposed
from tests.support.clock import Clock
from tests.support.stores import store_at

BOSS = Person("u-boss", "dev:ada.arden@lakehelm.example", frozenset(the_policy().groups.kill_switch))
NAMES = Names(
    frozenset(registry.KINDS), frozenset({AGENT.id, "governanceops.unused_grant"}), frozenset({"1", "2318495067281940"})
)
LEVELS = ("dimension", "kind", "agent", "workspace")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = store_at(f"sqlite:///{tmp_path / 'store.sqlite'}", Clock(START))
    stopped.forget()
    yield made
    stopped.forget()
    made.engine.dispose()


def stops_one(on: tuple[Switch, ...], level: str, name: str) -> bool:
    action = {"dimension": "-", "agent": "-", "kind": "-", "workspace": "-"} | {level: name}
    return bool(matching(on, **action))


# Names


@pytest.mark.parametrize("level", LEVELS)
def test_every_name_is_known_however_its_letters_are_written(store: Store, level: str) -> None:
    chance = random.Random(7)
    for name in sorted(NAMES.at(level)):
        said = "".join(chance.choice((one.upper(), one.lower())) for one in name)
        assert stops_one(parsed(f"{level}:{said}", NAMES), level, name)
        assert stops_one(parsed(f"{level}:{said}"), level, name) or level == "dimension"
        with store.writing() as tx:
            switches.flip(tx, level, said, Actor("human", "u"), "drill", NAMES)
            assert stops_one(switches.active(tx), level, name)
            assert (level, name) in {(one.level, one.name) for one in switches.active(tx)}


@pytest.mark.parametrize("level", LEVELS)
def test_what_does_not_exist_is_refused_and_in_the_environment_stops_everything(store: Store, level: str) -> None:
    chance = random.Random(11)
    wrong = {"x", "analytics-dev", "warehouse.*", "x;agent:y", "*", "A", f"{AGENT.id}x", "warehouse.set_autostopp"}
    for name in sorted(NAMES.at(level)):
        place = chance.randrange(len(name))
        wrong |= {name[:place] + "~" + name[place:], name + "!", name + " " + name}
    for name in sorted(wrong):
        with store.writing() as tx, pytest.raises(SwitchRefused, match="stop nothing"):
            switches.flip(tx, level, name, Actor("human", "u"), "drill", NAMES)
        assert [one.level for one in parsed(f"{level}:{name}", NAMES)] == ["global"], name


def test_the_nearest_name_is_said() -> None:
    with pytest.raises(SwitchRefused, match=r"Did you mean warehouse\.set_autostop\?"):
        NAMES.known("kind", "Warehouse.Set_autostopp")
    with pytest.raises(SwitchRefused, match="Did you mean finops"):
        NAMES.known("dimension", "finn")


def test_the_desk_looks_at_names(store: Store) -> None:
    proposed(store, content())

    def on(text: str) -> list[str]:
        desk = Desk(store, None, None, the_policy(), kill=lambda: text)  # type: ignore[arg-type]
        with store.reading() as tx:
            return [one.text for one in stops.stopped(tx, desk)]

    assert on("kind:Warehouse.Set_AutoStop") == ["kind:warehouse.set_autostop"]
    assert on(f"agent:{AGENT.id.upper()}") == [f"agent:{AGENT.id}"] and on("workspace:1") == ["workspace:1"]
    for wrong in (
        "kind:warehouse.set_autostopp",
        "kind:warehouse.*",
        "agent:A",
        "kind:x;agent:y",
        "workspace:analytics-dev",
    ):
        assert on(wrong) == ["global:*"]
    assert on("") == []


# The page


SCRIPT = """
from components.sections.controls import show_switches
from tests.approvals.world import START
from tests.components.test_stopped import CONSOLE

show_switches(CONSOLE[0], "UTC", START)
"""
CONSOLE: list[Console] = []
WHO: list[Person | None] = []


def console(store: Store, me: Person | None = BOSS) -> AppTest:
    WHO[:] = [me]
    CONSOLE[:] = [
        Console(
            store=store,
            policy=the_policy(),
            me=lambda: WHO[0],
            kinds=(),
            kill=lambda: "",
            names=lambda _tx: NAMES,
            now=lambda: START,
        )
    ]
    return AppTest.from_string(SCRIPT, default_timeout=30).run()


def on(store: Store) -> list[str]:
    with store.reading() as tx:
        return [one.text for one in switches.active(tx)]


def chosen(test: AppTest, which: str, why: str) -> AppTest:
    test.selectbox(key="stop-which").select(which)
    test.text_input(key="stop-why").input(why)
    return test.button(key="stop").click().run()


def test_what_is_stopped_is_chosen_from_a_list(store: Store) -> None:
    test = console(store)
    options = test.selectbox(key="stop-which").options
    assert options[0] == "Everything" and len(options) == 1 + len(DIMENSIONS) + len(NAMES.kinds) + 4
    chosen(test, "Kind of action warehouse.set_autostop", "")
    assert on(store) == []  # no reason
    test = chosen(console(store), "Everything", "Incident drill")
    assert not test.exception and on(store) == ["global:*"]
    said = " ".join(str(one.value) for one in test.markdown)
    assert "Everything" in said and "global" not in said


def test_a_press_counts_once_and_only_for_whom_it_was_drawn(store: Store) -> None:
    test = console(store)
    test.selectbox(key="stop-which").select("Everything")
    WHO[0] = replace(BOSS, id="u-other", name="other")
    chosen(test, "Everything", "drill")  # drawn for the boss, pressed by another
    assert on(store) == []


def test_nobody_else_turns_anything(store: Store) -> None:
    test = console(store, replace(BOSS, groups=frozenset({"viewers"})))
    assert test.button(key="stop").disabled
    test = console(store)
    WHO[0] = replace(BOSS, groups=frozenset({"viewers"}))  # out of the group since it was drawn
    chosen(test, "Everything", "drill")
    assert on(store) == []


# The bar


def bar(store: Store, workspaces: tuple[str, ...] | None = None) -> list[str]:
    def script(store, workspaces, now):  # type: ignore[no-untyped-def]
        from approvals.deciding import switches
        from components.frame.stopped import bar

        bar(store, switches.active, workspaces, "UTC", now)

    test = AppTest.from_function(script, args=(store, workspaces, START)).run(timeout=30)
    assert not test.exception
    return [str(one.value).replace("\\", "").replace("\u200b", "") for one in test.error]


def test_what_is_stopped_is_said(store: Store) -> None:
    assert bar(store) == []
    with store.writing() as tx:
        switches.flip(tx, "global", "", Actor("human", BOSS.name), "Incident drill")
        switches.flip(tx, "workspace", "222", Actor("human", BOSS.name), "secret place")
    stopped.forget()
    first, second = bar(store)
    assert first == "Everything is stopped by Ada Arden since 09:00: Incident drill"
    assert second.startswith("Workspace 222 is stopped by Ada Arden since")
    assert bar(store, ("111",)) == [first]


def test_it_is_said_at_most_a_moment_late_and_asked_seldom(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def look(tx: object) -> tuple[Switch, ...]:
        asked.append(1)
        return (Switch("global", "*", "u", "drill", START),) if len(asked) > 1 else ()

    at = [100.0]
    monkeypatch.setattr("components.runtime.latest.time.monotonic", lambda: at[0])
    assert stopped.latest(store, look) == () == stopped.latest(store, look) and len(asked) == 1
    at[0] += latest.FRESH
    monkeypatch.setattr(latest, "LATER", 30.0)
    assert len(stopped.latest(store, look)) == 1 and len(asked) == 2


def test_every_page_stands_below_the_bar() -> None:
    """The frame draws it before it runs a page."""
    calls = [
        ast.unparse(one.func)
        for one in ast.walk(ast.parse((ROOT / "pages" / "shell.py").read_text()))
        if isinstance(one, ast.Call)
    ]
    assert "bar" in calls and "page.run" in calls


def test_words_of_each_level() -> None:
    now = START + dt.timedelta(days=1)
    assert {stopped.named(Switch(level, "x", "u", "r", None)) for level in switches.LEVELS} == {
        "Everything",
        "Dimension x",
        "Agent x",
        "Kind of action x",
        "Workspace x",
    }
    set_there = Switch("kind", "job.run_now", switches.ENVIRONMENT, "set in the environment", None)
    assert stopped.sentence(set_there, "UTC", now).startswith(
        "Kind of action job.run_now is stopped in the environment"
    )
    assert [stopped.who(one) for one in ("dev:ada.arden@x.example", "svc-etl", "a1.b2@x")] == [
        "Ada Arden",
        "svc-etl",
        "a1.b2",
    ]
