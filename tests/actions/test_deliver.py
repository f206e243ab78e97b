"""Messages reach their webhook at least once, with the same key each time, and one worker at a time; real loopback HTTP,
SQLite and Postgres."""

from __future__ import annotations

import datetime as dt
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from actions import deliver as delivery
from actions.deliver import FAILED, KEPT, LEASE, LONGEST, SENT, TRIES, WAITING, Answered, BadWebhook, Delivered, deliver
from approvals.store import outbox
from approvals.store.store import Store
from approvals.store.tables import OUTBOX
from demo.emulator.server import Server
from tests.support.clock import Clock
from tests.support.stores import store_at

NOW = dt.datetime(2026, 11, 20, 10, tzinfo=dt.UTC)
ANSWERS: dict[str, tuple[int, dict[str, str]]] = {
    "ok": (204, {}), "broken": (500, {}), "busy": (429, {"Retry-After": "90"}), "refuses": (400, {}),
    "moved": (302, {"Location": "http://127.0.0.1:1/elsewhere"}),
    "later": (503, {"Retry-After": "Fri, 20 Nov 2099 10:00:00 GMT"}),
}  # fmt: skip


class Receiver:
    """A webhook on loopback: answers what ``script`` says next (the last word stays), and remembers what came."""

    def __init__(self) -> None:
        self.script = ["ok"]
        self.got: list[tuple[str, dict[str, Any]]] = []
        self.at_once: list[str] = []
        self.most = 0
        self.lock = threading.Lock()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self) -> None:
                key = self.headers["Idempotency-Key"]
                told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                with receiver.lock:
                    word = receiver.script.pop(0) if len(receiver.script) > 1 else receiver.script[0]
                    receiver.got.append((key, told))
                    receiver.at_once.append(key)
                    receiver.most = max(receiver.most, receiver.at_once.count(key))
                self.answer(word)
                with receiver.lock:
                    receiver.at_once.remove(key)

            def answer(self, word: str) -> None:
                if word == "drops":
                    self.close_connection = True
                    self.connection.close()
                    return
                if word == "slow":
                    time.sleep(0.6)
                    word = "ok"
                status, headers = ANSWERS[word]
                body = b"" if status == 204 else b"secret words of the receiver"
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(body))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.handle_error = lambda *_: None  # type: ignore[method-assign]
        self.url = f"{self.server.url}/hook/secret-path"

    @contextmanager
    def listening(self) -> Iterator[Receiver]:
        with self.server:
            yield self


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver().listening() as made:
        yield made


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture(params=["sqlite", "postgres"])
def store(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Iterator[Store]:
    url = (
        f"sqlite:///{tmp_path / 'store.sqlite'}"
        if request.param == "sqlite"
        else request.getfixturevalue("postgres_url")
    )
    made = store_at(url, clock)
    yield made
    made.engine.dispose()


def put(store: Store, key: str = "k" * 64, channel: str = "notify", recipient: str = "ada@example.com") -> str:
    with store.writing() as tx:
        outbox.put(
            tx, key, {"channel": channel, "recipient": recipient, "body": {"subject": "Late", "text": "Since Monday"}}
        )
    return key


def row(store: Store, key: str = "k" * 64) -> Any:
    with store.reading() as tx:
        return tx.connection.execute(sa.select(OUTBOX).where(OUTBOX.c.message_key == key)).one()


def post(timeout: float = 5.0) -> Callable[..., Answered]:
    return lambda url, body, headers: delivery.post_json(url, body, headers, timeout)


def test_a_message_arrives_once_with_its_key(store: Store, receiver: Receiver) -> None:
    key = put(store)
    assert deliver(store, {"notify": receiver.url}) == Delivered(sent=1)
    assert deliver(store, {"notify": receiver.url}) == Delivered()
    assert receiver.got == [
        (key, {"channel": "notify", "recipient": "ada@example.com", "subject": "Late", "text": "Since Monday"})
    ]
    assert (row(store).state, row(store).tries, row(store).sent_at, row(store).error) == (SENT, 1, NOW, "")


@pytest.mark.parametrize(("word", "said"), [("broken", "HTTP 500"), ("refuses", "HTTP 400"), ("moved", "HTTP 302"),
                                            ("drops", "ConnectionError"), ("slow", "ReadTimeout")])  # fmt: skip
def test_what_failed_is_tried_again_with_the_same_key_and_body(
    word: str, said: str, store: Store, clock: Clock, receiver: Receiver
) -> None:
    put(store)
    receiver.script = [word, "ok"]
    assert deliver(store, {"notify": receiver.url}, post(0.3)) == Delivered(later=1)
    assert (row(store).state, row(store).error) == (WAITING, said), "no words of the receiver, no address"
    assert deliver(store, {"notify": receiver.url}, post(0.3)) == Delivered(), "not before its time"
    clock.now += dt.timedelta(seconds=5)
    assert deliver(store, {"notify": receiver.url}, post(2)) == Delivered(sent=1)
    assert len(receiver.got) == 2
    assert receiver.got[0] == receiver.got[1]


def test_a_receiver_says_when(store: Store, clock: Clock, receiver: Receiver) -> None:
    put(store)
    receiver.script = ["busy", "later", "ok"]
    deliver(store, {"notify": receiver.url})
    assert row(store).next_at == NOW + dt.timedelta(seconds=90)
    clock.now = row(store).next_at
    deliver(store, {"notify": receiver.url})
    assert row(store).next_at == clock.now + LONGEST, "a date is understood, an hour is the most"


def test_twelve_tries_then_failed(store: Store, clock: Clock, receiver: Receiver) -> None:
    put(store)
    receiver.script = ["broken"]
    waits = []
    for _ in range(TRIES - 1):
        assert deliver(store, {"notify": receiver.url}) == Delivered(later=1)
        waits.append((row(store).next_at - clock.now).total_seconds())
        clock.now = row(store).next_at
    assert waits == [5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600]
    assert deliver(store, {"notify": receiver.url}) == Delivered(failed=1)
    assert (row(store).state, row(store).tries) == (FAILED, TRIES)
    clock.now += dt.timedelta(days=1)
    assert deliver(store, {"notify": receiver.url}) == Delivered()
    assert len(receiver.got) == TRIES


def test_a_channel_without_a_webhook_keeps_its_messages(store: Store, receiver: Receiver) -> None:
    put(store, "a" * 64, "ticket")
    put(store, "b" * 64, "notify")
    assert deliver(store, {"notify": receiver.url}) == Delivered(sent=1, kept=1)
    assert (row(store, "a" * 64).state, row(store, "a" * 64).tries) == (KEPT, 0)
    assert [key for key, _ in receiver.got] == ["b" * 64]


def test_a_worker_that_dies_leaves_the_message_to_another(store: Store, clock: Clock, receiver: Receiver) -> None:
    class Killed(BaseException):
        pass

    def killed(url: str, body: bytes, headers: Any) -> Answered:
        delivery.post_json(url, body, headers)
        raise Killed

    put(store)
    with pytest.raises(Killed):
        deliver(store, {"notify": receiver.url}, killed)
    assert deliver(store, {"notify": receiver.url}) == Delivered(), "still the dead one's"
    clock.now += LEASE
    assert deliver(store, {"notify": receiver.url}) == Delivered(sent=1)
    assert receiver.got[0] == receiver.got[1], "the receiver sees that it is the same"


def test_a_worker_that_comes_late_does_not_overwrite(store: Store, clock: Clock) -> None:
    put(store)

    def slow(url: str, body: bytes, headers: Any) -> Answered:
        clock.now += LEASE
        assert deliver(store, {"notify": "https://example.com"}, lambda *_: Answered(200)) == Delivered(sent=1)
        return Answered(500)

    deliver(store, {"notify": "https://example.com"}, slow)
    assert (row(store).state, row(store).tries) == (SENT, 2)


def test_many_workers_never_send_the_same_message_at_once(store: Store, receiver: Receiver) -> None:
    keys = {put(store, f"{number:064d}") for number in range(40)}
    receiver.script = ["slow"] * 4 + ["ok"]
    done: list[Delivered] = []
    start = threading.Barrier(4)

    def work() -> None:
        start.wait()
        done.append(deliver(store, {"notify": receiver.url}))

    workers = [threading.Thread(target=work) for _ in range(4)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert sum(one.sent for one in done) == 40
    assert sorted(key for key, _ in receiver.got) == sorted(keys)
    assert receiver.most == 1


def test_a_round_has_a_limit(store: Store, receiver: Receiver) -> None:
    for number in range(5):
        put(store, f"{number:064d}")
    assert deliver(store, {"notify": receiver.url}, limit=3) == Delivered(sent=3)
    assert deliver(store, {"notify": receiver.url}, limit=3) == Delivered(sent=2)


@pytest.mark.parametrize("url", [
    "http://example.com/hook", "http://127.0.0.1.example.com/", "http://10.0.0.1/", "ftp://localhost/", "file:///etc/passwd",
    "", "https://", "http://[::2]/", "http://localhost@example.com/",
])  # fmt: skip
def test_only_https_or_this_machine(url: str, store: Store) -> None:
    put(store)
    with pytest.raises(BadWebhook):
        deliver(store, {"notify": url}, lambda *_: Answered(200))
    assert (row(store).state, row(store).tries) == (WAITING, 0)


@pytest.mark.parametrize(
    "url", ["https://hooks.example.com/x", "http://localhost:9/", "http://127.0.0.1/", "http://[::1]:80/x"]
)
def test_these_are_allowed(url: str) -> None:
    delivery.check_webhook(url)


@pytest.mark.parametrize(("tries", "asked", "seconds"), [
    (1, None, 5), (2, None, 10), (12, None, 3600), (3, 1.0, 20), (1, 60.0, 60), (1, 1e9, 3600), (1, -5.0, 5),
])  # fmt: skip
def test_pauses(tries: int, asked: float | None, seconds: int) -> None:
    assert delivery.pause(tries, asked).total_seconds() == seconds
