"""Every command in the documents is run as it stands there, against the emulated workspace; those that cannot be are on a
list, with the reason."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pytest
import yaml

from bench.serving import serve
from demo.tables import create_all
from settings import ROOT
from tests.deploy.workplace import workplace
from tests.lakehouses import lakehouse as small

DOCUMENTS = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
_BLOCK = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)

# The beginning of a command that is not run here, and why.
NEEDS_THE_CLI = "the Databricks CLI is a binary that no package registry has; its commands are checked by name"
NOT_RUN = {
    "make run": "serves until it is stopped; tests/browser drives the same app in a real browser",
    "make test": "is what runs this test",
    "make soak": "is the long form of what runs this test",
    "make deep": "repeats proofs of what runs this test",
    "make rehearse": "makes an environment of a gigabyte; tests/deploy/test_rehearse.py does the same with this one",
    "make sbom": "installs a tool of its own; the workflow runs it",
    **dict.fromkeys(
        ("databricks auth login", "databricks bundle validate", "databricks bundle deploy", "databricks bundle run",
         "databricks bundle destroy", "databricks apps get", "databricks apps logs", "databricks secrets create-scope",
         "databricks secrets put-secret", "databricks secrets put-acl"), NEEDS_THE_CLI),
}  # fmt: skip
_FLAGS = {"--host", "--strict", "-t", "--var", "--output", "--string-value"}
# What ends otherwise than with 0 and is right all the same: a page may be slow on a machine that is busy.
ALSO_RIGHT = {".venv/bin/python -m deploy verify": 1}


@dataclass(frozen=True)
class Line:
    """A command and where it stands."""

    document: str
    text: str


def commands(path: Path) -> list[Line]:
    """The lines of a document's `sh` blocks, and of unnamed blocks that begin with make."""
    found = []
    for _, language, body in _BLOCK.findall(path.read_text(encoding="utf-8")):
        lines = [one.strip() for one in body.splitlines() if one.strip() and not one.strip().startswith("#")]
        if language in ("sh", "bash", "shell", "console") or (not language and lines and lines[0].startswith("make ")):
            found += [Line(path.name, one) for one in lines]
    return found


EVERY = [line for path in DOCUMENTS for line in commands(path)]


def not_run(line: Line) -> str | None:
    """The entry of the list that a command begins with."""
    return next((one for one in NOT_RUN if line.text == one or line.text.startswith(f"{one} ")), None)


RUN = [line for line in EVERY if not not_run(line)]


@dataclass
class Shell:
    """A shell in a folder of its own beside the emulated deployment; the files of one command are there for the next."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def run(self, text: str) -> tuple[int, str]:
        if text.startswith("export "):
            name, _, value = text.removeprefix("export ").partition("=")
            self.environment.setdefault(name, value)
            return 0, ""
        told = subprocess.run(
            ["bash", "-euc", text], cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=180
        )
        return told.returncode, told.stdout + told.stderr


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    folder: Path = tmp_path_factory.mktemp("documents")
    lakehouse, home = folder / "empty.duckdb", folder / "home"
    with duckdb.connect(str(lakehouse)) as connection:
        create_all(connection)
    (folder / ".venv").symlink_to(ROOT / ".venv")
    with workplace(lakehouse, home, f"sqlite:///{folder / 'store.sqlite'}") as place:
        environment = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TMPDIR")}
        # The commands are those of somebody outside the app.
        environment |= {name: value for name, value in place.environment.items() if name != "DATABRICKS_APP_NAME"}
        path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
        environment |= {
            "PYTHONPATH": path,
            "APP_PRINCIPAL": "0c5e-lakehelm",
            "NEW_STORE": f"sqlite:///{folder / 'new.sqlite'}",
        }
        yield Shell(folder, environment)


@pytest.fixture
def app(shell: Shell, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The deployed app, at ``$APP_URL``."""
    home = shell.folder / "home" / "app"
    small(tmp_path_factory, home / "lakehouse.duckdb", None)
    with serve(home) as running:
        shell.environment["APP_URL"] = running.url
        yield


@pytest.mark.deep  # each command of the deployment has tests of its own, and every module that is named is there
@pytest.mark.usefixtures("app")
@pytest.mark.xdist_group("documents")
def test_the_commands_of_a_deployment_run_in_their_order(shell: Shell) -> None:
    in_order(shell, "deploy.md")


@pytest.mark.costs("every command is a process of its own")
@pytest.mark.xdist_group("documents")
@pytest.mark.parametrize("document", sorted({line.document for line in RUN} - {"deploy.md"}))
def test_the_commands_of_a_document_run_in_their_order(shell: Shell, document: str) -> None:
    in_order(shell, document)


def in_order(shell: Shell, document: str) -> None:
    for line in [one for one in RUN if one.document == document]:
        status, told = shell.run(line.text)
        allowed = {0, *(code for begin, code in ALSO_RIGHT.items() if line.text.startswith(begin))}
        assert status in allowed, f"{line.text}\n{told}"


@pytest.mark.parametrize("line", [one for one in RUN if " -m deploy " in one.text], ids=lambda one: one.text)
def test_a_command_of_the_deployment_is_one_there_is(line: Line) -> None:
    command = line.text.partition(" -m deploy ")[2].split()[0]
    assert f'"{command}"' in (ROOT / "deploy" / "__main__.py").read_text("utf-8")


def test_the_documents_have_commands_and_each_is_run_or_on_the_list() -> None:
    assert len(RUN) >= 10
    assert {"README.md", "deploy.md"} <= {line.document for line in EVERY}
    assert {not_run(line) for line in EVERY} - {None} <= NOT_RUN.keys()
    for line in RUN:
        assert not line.text.startswith(("databricks ", "make ")), f"{line}: not on the list"


@pytest.mark.parametrize("line", [one for one in EVERY if one.text.startswith("databricks ")], ids=lambda one: one.text)
def test_a_command_of_the_cli_names_what_there_is(line: Line) -> None:
    bundle = yaml.safe_load((ROOT / "databricks.yml").read_text())
    words = shlex.split(line.text)
    assert not_run(line) and NOT_RUN[str(not_run(line))] == NEEDS_THE_CLI
    assert {word for word in words if word.startswith("-")} <= _FLAGS
    for place, word in enumerate(words):
        if word == "-t":
            assert words[place + 1] in bundle["targets"]
        if word == "--var":
            assert words[place + 1].partition("=")[0] in bundle["variables"]
    if words[1:3] == ["bundle", "run"]:
        assert words[3] in bundle["resources"]["apps"]
    if words[1] == "apps":
        assert words[3] == "$APP_NAME" or words[3].removeprefix("lakehelm-") in bundle["targets"]


def test_nothing_on_the_list_is_there_for_nothing() -> None:
    written = "\n".join(path.read_text() for path in DOCUMENTS)
    unused = [one for one in NOT_RUN if one not in written and not one.startswith("make ")]
    assert unused == []
