"""Every fault of the emulated workspace on one call with an effect, as the real SDK meets it."""

from __future__ import annotations

import time
import urllib.error
import urllib.request

import pytest

from demo.emulator.faults import Kind
from demo.workspace.people import APP, APP_TOKEN
from tests.demo.workspace import Served, set_autostop

EDIT = "/edit"


def hit(fresh: Served, kind: Kind, value: float = 0.0, timeout: int = 5) -> tuple[Exception | None, int]:
    """What the client raises from an edit that the fault hits, and how often the edit had an effect."""
    target = fresh.world.warehouses.warehouse_id[1]
    acting = fresh.client(timeout=timeout)
    now = acting.warehouses.get(target).auto_stop_mins
    wanted, count = (30 if now != 30 else 45), len(fresh.effects)
    fresh.emulator.faults.set(kind, value=value, name=EDIT)
    try:
        set_autostop(acting, target, wanted)
        raised: Exception | None = None
    except Exception as error:
        raised = error
    fresh.emulator.faults.clear()
    done = [
        e
        for e in fresh.effects[count:]
        if e.action == "warehouses.edit" and e.detail["object"]["auto_stop_mins"] == wanted
    ]
    return raised, len(done)


@pytest.mark.parametrize(("kind", "error", "effects"), [
    ("unauthorized", "Unauthenticated", 0), ("forbidden", "PermissionDenied", 0), ("throttled", "TimeoutError", 0),
    ("unavailable", "TimeoutError", 0), ("server_error", "InternalError", 0), ("dropped", "TimeoutError", 0),
    ("dropped_after", "TimeoutError", 1),
])  # fmt: skip
def test_a_fault_says_what_it_is_and_has_its_effect(fresh: Served, kind: Kind, error: str, effects: int) -> None:
    raised, done = hit(fresh, kind, value=2 * (kind == "throttled"))  # told to wait 0 s, a client may try again at once
    assert (type(raised).__name__, done) == (error, effects)


def test_throttling_says_how_long_to_wait(fresh: Served) -> None:
    fresh.emulator.faults.set("throttled", value=7, name="/run-now")
    request = urllib.request.Request(fresh.emulator.url + "/api/2.2/jobs/run-now", b"{}", method="POST")
    request.add_header("Authorization", f"Bearer {APP_TOKEN}")
    with pytest.raises(urllib.error.HTTPError) as raised:
        urllib.request.urlopen(request, timeout=10)
    assert (raised.value.code, raised.value.headers["Retry-After"]) == (429, "7")


def test_a_cut_answer_is_an_error_after_the_effect(fresh: Served) -> None:
    raised, done = hit(fresh, "truncated_body")
    assert raised is not None
    assert done == 1


def test_a_slow_call_outlasts_the_client_and_still_has_its_effect(fresh: Served) -> None:
    count = len(fresh.effects)
    raised, _ = hit(fresh, "slow", value=1.5, timeout=1)
    assert isinstance(raised, TimeoutError)
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and len(fresh.effects) == count:
        time.sleep(0.05)
    assert len(fresh.effects) == count + 1


def test_a_retrying_client_does_it_twice_when_the_answer_is_lost(fresh: Served) -> None:
    """What the vendor's default does; why acting clients try once."""
    job = str(fresh.world.jobs.job_id[12])
    count = len(fresh.effects)
    fresh.emulator.faults.set("dropped_after", name="/jobs/run-now")
    fresh.client(seconds=20).jobs.run_now(int(job))
    assert [e.action for e in fresh.effects[count:]] == ["jobs.run_now", "jobs.run_now"]


def test_a_proxy_that_sends_twice(fresh: Served) -> None:
    job = int(fresh.world.jobs.job_id[11])
    count = len(fresh.effects)
    fresh.emulator.faults.set("duplicate", 2, name="/jobs/run-now")
    fresh.client().jobs.run_now(job)
    assert len(fresh.effects) == count + 2
    fresh.client().jobs.run_now(job, idempotency_token="one-token")
    assert len(fresh.effects) == count + 3


def test_drift_comes_right_before_the_call(fresh: Served) -> None:
    target = str(fresh.world.warehouses.warehouse_id[1])

    def somebody(path: str) -> None:
        assert path == f"/api/2.0/sql/warehouses/{target}/edit"
        found = fresh.state.get("warehouses", target)
        fresh.state.put("warehouses", target, found | {"auto_stop_mins": 77})
        fresh.state.effect("warehouses.edit", "warehouse", target, "somebody", object=found, before=found)

    fresh.workspace.drift = somebody
    count = len(fresh.effects)
    raised, done = hit(fresh, "drift")
    assert (raised, done) == (None, 1)
    assert [e.by for e in fresh.effects[count:]] == ["somebody", APP]
    assert fresh.effects[-1].detail["before"]["auto_stop_mins"] == 77


def test_reads_are_spared_unless_they_are_named(fresh: Served) -> None:
    client, target = fresh.client(), str(fresh.world.warehouses.warehouse_id[1])
    fresh.emulator.faults.set("server_error", -1)
    assert client.warehouses.get(target).id == target
    fresh.emulator.faults.set("server_error", 1, name="/sql/warehouses/")
    with pytest.raises(Exception, match="could not answer"):
        client.warehouses.get(target)
    assert client.warehouses.get(target).id == target
    with pytest.raises(Exception, match="could not answer"):
        client.warehouses.start(target)
