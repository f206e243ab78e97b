"""The smoke test against the real app, and against servers that are not well."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from bench.serving import App, serve
from demo.emulator.server import Server
from deploy import __main__ as command
from deploy.expected_headers import EXPECTED
from deploy.findings import Finding, code, table
from deploy.verify import security, verify
from pages.map import Entry, pages
from tests.lakehouses import lakehouse
from web import http_guard

pytestmark = pytest.mark.xdist_group("verify")  # one app for the file


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    home: Path = tmp_path_factory.mktemp("verified")
    lakehouse(tmp_path_factory, home / "lakehouse.duckdb", None)
    with serve(home, {"LAKEHELM_SCALE": "0.1", "LAKEHELM_WORKERS": "0"}) as made:
        yield made


def found(findings: tuple[Finding, ...], state: str) -> dict[str, str]:
    return {one.what: one.found for one in findings if one.state == state}


@pytest.mark.costs("opens every page of the app")
def test_the_real_app_is_well(app: App) -> None:
    findings = tuple(verify(app.url, budget=60))
    assert code(findings) == 0, table(findings)
    assert {f"/{page.path}" for page in pages()} <= found(findings, "ok").keys()
    assert {"health", "front page", "headers"} <= found(findings, "ok").keys()


def test_a_page_that_is_slow_is_a_warning(app: App) -> None:
    findings = tuple(verify(app.url, budget=0.0001))
    assert code(findings) == 1
    assert "0.0001 s is the budget" in found(findings, "warn")["/finops"]


def test_a_page_that_is_not_there_is_found(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deploy.verify.pages", lambda: (Entry("nonsense", "Nonsense", ""),))
    assert "no such page" in found(tuple(verify(app.url, budget=30)), "fail")["/nonsense"]


def test_the_command(app: App, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["verify", app.url + "/", "--budget", "60"]) == 0
    assert "ok    /finops" in capsys.readouterr().out


def test_what_is_expected_is_what_the_app_sends() -> None:
    assert list(security(http_guard.headers(), tls=False)) == [
        Finding("headers", "ok", f"{len(EXPECTED)} security headers")
    ]


@pytest.mark.parametrize("name", EXPECTED)
def test_a_header_that_is_missing_or_weaker_is_named(name: str) -> None:
    sent = {key.lower(): value for key, value in http_guard.headers().items()}
    without = [one.found for one in security({k: v for k, v in sent.items() if k != name}, tls=False)]
    assert without == [f"{name} is not sent"]
    weaker = [one.found for one in security(sent | {name: "*"}, tls=False)]
    assert len(weaker) == 1
    assert weaker[0].startswith(f"{name} lacks ")


def test_over_tls_the_browser_is_told_to_stay_there() -> None:
    sent = dict(http_guard.headers())
    assert [one.found for one in security(sent, tls=True)] == ["strict-transport-security is not sent"]
    assert code(security(sent | {"Strict-Transport-Security": "max-age=31536000"}, tls=True)) == 0
    assert [one.state for one in security(sent | {"Server": "uvicorn/0.54"}, tls=False)] == ["warn", "ok"]


@contextmanager
def answering(answers: Mapping[str, tuple[int, dict[str, str], bytes]]) -> Iterator[str]:
    """A server that gives these answers, 404 to everything else."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = answers.get(self.path, (404, {}, b""))
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with Server(("127.0.0.1", 0), Handler) as server:
        yield server.url


HEALTH = "/_stcore/health"


@pytest.mark.parametrize(
    ("answers", "what", "said"),
    [
        ({HEALTH: (302, {"Location": "/login"}, b"")}, "health", "asks for a sign-in"),
        ({HEALTH: (502, {}, b"")}, "health", "answers 502"),
        ({HEALTH: (200, {}, b"<html>")}, "health", "answers 200"),
        ({HEALTH: (200, {}, b"ok")}, "front page", "answers 404"),
        ({HEALTH: (200, {}, b"ok"), "/": (200, {"Content-Type": "text/html"}, b"x")}, "/", "no session"),
    ],
)
def test_what_is_not_well_is_said(answers: dict[str, tuple[int, dict[str, str], bytes]], what: str, said: str) -> None:
    with answering(answers) as url:
        findings = tuple(verify(url, budget=1))
    assert said in found(findings, "fail")[what]
    assert code(findings) == 2


def test_nobody_there() -> None:
    findings = tuple(verify("http://127.0.0.1:1"))
    assert [one.what for one in findings] == ["health"]
    assert code(findings) == 2
