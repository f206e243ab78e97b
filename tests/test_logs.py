"""Every process writes its log the same way: JSON lines, without secrets. One pattern says what looks like one."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from logs import redacted
from settings import ROOT

SHIPPED = [
    path
    for path in ROOT.rglob("*.py")
    if not {".venv", "tests", ".git", ".lakehelm"} & set(path.relative_to(ROOT).parts)
]
# Streamlit runs pages inside of the app, whose log is installed.
MAINS = [
    path
    for path in SHIPPED
    if path.parent.name != "pages" and re.search(r'__name__ == "__main__"', path.read_text("utf-8"))
]


def called(inside: ast.AST) -> set[str]:
    calls = [one.func for one in ast.walk(inside) if isinstance(one, ast.Call)]
    return {
        one.attr if isinstance(one, ast.Attribute) else one.id
        for one in calls
        if isinstance(one, ast.Attribute | ast.Name)
    }


@pytest.mark.parametrize("path", MAINS, ids=[one.relative_to(ROOT).as_posix() for one in MAINS])
def test_every_program_installs_the_log(path: Path) -> None:
    assert called(ast.parse(path.read_text("utf-8"))) & {"install", "install_for_command"}


def test_the_programs_are_found_and_nobody_makes_a_log_of_their_own() -> None:
    names = {one.relative_to(ROOT).as_posix() for one in MAINS}
    assert {
        "actions/__main__.py",
        "agents/__main__.py",
        "approvals/__main__.py",
        "deploy/__main__.py",
        "demo/__main__.py",
        "deploy/executor_job.py",
    } <= names
    assert [
        path.name
        for path in SHIPPED
        if {"basicConfig", "dictConfig", "fileConfig"} & called(ast.parse(path.read_text("utf-8")))
    ] == []


def test_one_pattern_says_what_looks_like_a_secret() -> None:
    told = [
        path.relative_to(ROOT).as_posix()
        for path in SHIPPED
        if re.search(r"re\.compile\([^)]*(?:dapi|passw|bearer)", path.read_text("utf-8"), re.IGNORECASE | re.DOTALL)
    ]
    assert told == ["logs.py"]


@pytest.mark.parametrize(
    "text",
    [
        "token=canary-7f3a", "client_secret: canary-7f3a", "Authorization: Bearer canary-7f3a", "bearer canary-7f3a",
        "password='canary-7f3a'", "PGPASSWORD=canary-7f3a", "secret_value = canary-7f3a", "invalid token canary-7f3a",
        "dapi0123456789abcdef-canary-7f3a", "https://user:canary-7f3a@host/x", "api_key=canary-7f3a", "password canary-7f3a",
        '{"access_token": "canary-7f3a"}', "token-id=canary-7f3a", "eyJhbGciOiJIUzI1.canary-7f3a.canary-7f3a",
    ],
)  # fmt: skip
def test_what_looks_like_a_secret_is_never_written(text: str) -> None:
    assert "canary" not in redacted(f"before {text} after") and redacted(f"before {text} after").startswith("before ")


@pytest.mark.parametrize(
    "text", ["token was refused", "the password is wrong", "secret scope not found", "warehouse w1 is away"]
)
def test_plain_words_stay(text: str) -> None:
    assert redacted(text) == text


def test_a_program_of_its_own_writes_json_lines_without_secrets() -> None:
    """As the worker does: the settings' secrets are known to it, what libraries write goes the same way."""
    script = (
        "import logging, logs\nlogs.install_for_command()\n"
        "logging.getLogger('some.library').warning('sent canary-client-secret-7f3a')\n"
        "try:\n    raise ValueError('password=hunter2')\nexcept ValueError:\n    logging.getLogger('x').exception('failed')\n"
    )
    own = {"DATABRICKS_CLIENT_SECRET": "canary-client-secret-7f3a", "PATH": "/usr/bin"}
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, env=own, capture_output=True, text=True, timeout=60)
    first, second = map(json.loads, done.stderr.splitlines())
    assert first["message"] == "sent [secret]" and second["error"] == "ValueError"
    assert "canary" not in done.stderr + done.stdout and "hunter2" not in done.stderr and done.stdout == ""
