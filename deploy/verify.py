"""`python -m deploy verify URL`: does a running app answer: health, every page, its security headers, in time."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping

from deploy.expected_headers import EXPECTED, NOT_SENT, OVER_TLS
from deploy.findings import Finding
from deploy.page_run import NoRun, run_page
from pages.map import pages

HEALTH, SECONDS = "/_stcore/health", 10


def verify(url: str, *, token: str = "", budget: float = 5.0) -> Iterator[Finding]:
    """``token`` signs in where a proxy stands before the app; ``budget`` is what a page may take, seconds."""
    import requests

    url = url.rstrip("/")
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    began = time.monotonic()
    try:
        answer = requests.get(url + HEALTH, headers=headers, timeout=SECONDS, allow_redirects=False)
    except requests.RequestException as error:
        yield Finding("health", "fail", f"{url} does not answer ({type(error).__name__})", "Is the app started?")
        return
    took = time.monotonic() - began
    if answer.is_redirect:
        yield Finding(
            "health",
            "fail",
            "the proxy asks for a sign-in",
            "Sign in with --sign-in, or give a token in LAKEHELM_VERIFY_TOKEN.",
        )
        return
    if answer.status_code != 200 or answer.text.strip() != "ok":
        yield Finding(
            "health", "fail", f"answers {answer.status_code}", "Read the app's log: databricks apps logs <name>"
        )
        return
    yield Finding("health", "ok", f"in {took:.2f} s")
    yield from _front(url, headers)
    for page in pages():
        yield _page(url, page.path, headers, budget)


def _front(url: str, headers: Mapping[str, str]) -> Iterator[Finding]:
    import requests

    try:
        front = requests.get(url + "/", headers=headers, timeout=SECONDS)
    except requests.RequestException as error:
        yield Finding("front page", "fail", f"does not answer ({type(error).__name__})")
        return
    if front.status_code != 200 or "text/html" not in front.headers.get("Content-Type", ""):
        yield Finding("front page", "fail", f"answers {front.status_code}")
        return
    yield Finding("front page", "ok", f"{len(front.content):,} bytes")
    yield from security(front.headers, tls=url.startswith("https://"))


def security(sent: Mapping[str, str], *, tls: bool) -> Iterator[Finding]:
    """What is missing among the headers of an answer."""
    given = {name.lower(): value.lower() for name, value in sent.items()}
    missing = False
    for name, parts in (EXPECTED | (OVER_TLS if tls else {})).items():
        lacking = [part for part in parts if part not in given.get(name, "")]
        if lacking:
            missing = True
            what = f"{name} is not sent" if name not in given else f"{name} lacks {', '.join(lacking)}"
            yield Finding("headers", "fail", what, "Deploy this version again; a proxy may have taken the header away.")
    for name in NOT_SENT:
        if any(one.isdigit() for one in given.get(name, "")):
            yield Finding("headers", "warn", f"{name} tells a version: {given[name]}")
    if not missing:
        yield Finding("headers", "ok", f"{len(EXPECTED)} security headers")


def _page(url: str, page: str, headers: Mapping[str, str], budget: float) -> Finding:
    try:
        run = run_page(url, page, headers, max(budget * 4, 20.0))
    except NoRun as error:
        return Finding(f"/{page}", "fail", str(error), "Read the app's log: databricks apps logs <name>")
    if run.exceptions:
        return Finding(
            f"/{page}", "fail", f"shows {', '.join(run.exceptions)}", "Read the app's log: databricks apps logs <name>"
        )
    if run.seconds > budget:
        return Finding(
            f"/{page}",
            "warn",
            f"{run.seconds:.1f} s, {budget:g} s is the budget",
            "Run it again: a warm page is faster.",
        )
    return Finding(f"/{page}", "ok", f"{run.seconds:.2f} s")
