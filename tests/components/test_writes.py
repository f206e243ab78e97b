"""Whatever writes to the store goes through who acts, a word that is good once, and the ledger: read from the code, so that
a new way to write cannot be forgotten."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from settings import ROOT

# Where a page begins a transaction that writes. `acts`: asks who acts and takes a word back. The others change nothing that
# anybody else goes by, and say why.
ACTS = {
    "components/inbox/writing.py:write", "components/inbox/writing.py:worked_out", "components/inbox/writing.py:cast",
    "components/inbox/bulk.py:_decide", "components/sections/controls.py:_turned", "components/sections/declaring.py:declare",
    "components/sections/declaring.py:withdraw",
    "components/notices/own.py:written", "components/sections/mark_cost.py:written",
    "components/sections/access_review.py:opened", "components/sections/access_review.py:decided",
    "components/sections/access_review.py:closed",
}  # fmt: skip
OWN = {
    "components/inbox/page_nonces.py:given": "gives the words out",
    "components/inbox/card_pane.py:_opened": "when somebody first saw a card",
    "components/notices/page.py:_looked": "when somebody last read what they were told",
    "components/frame/start.py:_chosen": "where one begins oneself; asks who acts",
    "components/sections/access_review.py:removals_proposed": "which proposal came of a removal; asks who acts, finds what is there",
    "components/inbox/saved.py:_do": "names of one's own views; asks who acts",
}
# Functions of approvals/ that change a table without an entry of their own.
SILENT = {
    "nonces.py:issue": "words", "nonces.py:use": "words", "saved_views.py:save": "one's own", "saved_views.py:forget": "one's own",
    "start_pages.py:choose": "one's own", "start_pages.py:forget": "one's own",
    "verbs.py:viewed": "one's own", "outbox.py:put": "messages: their cause is an entry", "drafts.py:take": "done() tells",
    "proposals.py:record": "the row of a decision that was told", "proposals.py:wait_for": "whose turn it is",
    "voting.py:void": "reopen() or drift tells", "ledger.py:append": "the ledger itself", "budgets.py:reserve": "the start tells",
    "budgets.py:release": "the end tells", "executions.py:renew": "a lease", "executions.py:rest": "a lease",
    "notice_choices.py:choose": "one's own", "notice_choices.py:digests": "when the next goes out",
    "notice_choices.py:_send": "messages to who asked for them",
    "notices.py:ask": "one's own", "notices.py:looked": "one's own", "telling.py:tell": "messages to who asked for them",
    "telling.py:checked": "how a round looked", "telling.py:forget_old": "messages of long ago",
    "kept_settings.py:keep": "the execution tells", "executions.py:settled": "a lease",
    "executions.py:ended": "how a call ended: the transition tells",
}  # fmt: skip
TELLS = {"append", "decide", "execute", "revise"}


def functions(folder: str) -> Iterator[tuple[str, ast.FunctionDef]]:
    for path in sorted((ROOT / folder).rglob("*.py")):
        if "migrations" not in path.parts:
            for one in ast.parse(path.read_text("utf-8")).body:
                inside = one.body if isinstance(one, ast.ClassDef) else [one]
                for each in inside:
                    if isinstance(each, ast.FunctionDef):
                        yield f"{path.relative_to(ROOT)}:{each.name}", each


def called(inside: ast.AST) -> set[str]:
    calls = [one.func for one in ast.walk(inside) if isinstance(one, ast.Call)]
    return {
        one.attr if isinstance(one, ast.Attribute) else one.id
        for one in calls
        if isinstance(one, ast.Attribute | ast.Name)
    }


def test_pages_write_only_through_who_acts_and_a_word() -> None:
    writing = {
        name: body
        for folder in ("components", "pages")
        for name, body in functions(folder)
        if called(body) & {"writing", "signed", "decide_together"}
    }
    assert set(writing) == ACTS | set(OWN)
    outside = [
        path.name
        for folder in ("components", "pages")
        for path in (ROOT / folder).rglob("*.py")
        for one in ast.parse(path.read_text("utf-8")).body
        if not isinstance(one, ast.FunctionDef | ast.ClassDef) and "writing" in called(one)
    ]
    assert outside == []
    for name in sorted(ACTS):
        does = called(writing[name])
        asks = does & {"me", "_through", "_who_may"}
        assert asks, f"{name} does not ask who acts"
        assert "once" in does or "take" in does, f"{name} takes no word back"


def changes(body: ast.FunctionDef) -> bool:
    return any(
        isinstance(one, ast.Call)
        and isinstance(one.func, ast.Attribute)
        and one.func.attr in ("insert", "update", "delete")
        and isinstance(one.func.value, ast.Name)
        and one.func.value.id in ("sa", "postgresql")
        for one in ast.walk(body)
    )


def test_whatever_changes_a_table_tells_the_ledger() -> None:
    found = {
        name.rpartition("/")[2]
        for name, body in functions("approvals")
        if changes(body) and not body.name.startswith("_") and not called(body) & TELLS
    }
    assert found - set(SILENT) == set()


def test_every_write_of_a_verb_takes_a_word() -> None:
    """No button of the inbox writes without one."""
    source = ast.parse((ROOT / "components" / "inbox" / "deciding.py").read_text("utf-8"))
    for one in ast.walk(source):
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Name) and one.func.id == "write":
            assert len(one.args) == 3, f"line {one.lineno}: a write without a word"


def test_every_page_is_looked_at() -> None:
    assert Path(ROOT / "pages" / "pipelineops.py").exists() and len(list(functions("components"))) > 300
