"""The read path: questions in, answers out, each answered from memory when it can be and asked only once when not.

Fresh rows are given at once. Older rows are given at once with their age, and one refresh runs behind them. When there
are none, one execution runs however many people wait for it. What fails says why, keeps showing what was known, and
is left alone for a while, so that a broken warehouse is not hammered.
"""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor, Future
from contextlib import suppress
from pathlib import Path

import pyarrow as pa

from queries.catalogue import Query
from warehouse.cache import Cache, Entry
from warehouse.execute import QueryOutcome, QueryRunner
from warehouse.features import COLUMNS_QUERY, Features
from warehouse.figures import CacheFigures, Tally, figures_of
from warehouse.flights import MISS_PAUSE, REFRESH_PAUSE, Failure, Failures, Flight, Floors, at_once, failed, stopping
from warehouse.interface import Answer, Ask, Warehouse
from warehouse.params import CLOCK, checked
from warehouse.pool import started
from warehouse.reach import QUESTIONS, SPAN_QUERY, Reach, coverage
from warehouse.snapshots import Snapshots, key_of, may_keep


class Reader:
    """Answers questions of ``catalogue`` from ``warehouse``. Safe for threads; one per process.

    ``clock`` gives now (UTC), ``threads`` bounds the executions at once, ``timeout`` (seconds) each of them,
    ``cache_bytes`` the memory; ``snapshots`` is the folder of last good results, None for none.
    """

    def __init__(
        self,
        warehouse: Warehouse,
        catalogue: Mapping[str, Query],
        *,
        clock: Callable[[], dt.datetime],
        threads: int = 16,
        timeout: float = 60.0,
        cache_bytes: int = 256 * 1024 * 1024,
        snapshots: Path | None = None,
        app_tag: str = "lakehelm",
        pool: Executor | None = None,
    ) -> None:
        self._warehouse = warehouse
        self._catalogue = catalogue
        self._clock = clock
        self._pool = pool or started(threads)
        self._executor = QueryRunner(warehouse, clock, timeout, app_tag)
        self._detector = QueryRunner(warehouse, clock, min(timeout, 20.0), app_tag)
        self._features = Features(self._detect, clock) if COLUMNS_QUERY in catalogue else None
        self._snapshots = Snapshots(snapshots) if snapshots else None
        self._keepable = frozenset(name for name, query in catalogue.items() if snapshots and may_keep(query))
        self._disk = threading.Lock()  # taken before _lock, never inside it
        self._lock = threading.Lock()
        self._cache = Cache(cache_bytes)
        self._failures = Failures()
        self._flights: dict[Ask, Flight] = {}  # those that new questions may join
        self._airborne: set[Flight] = set()  # all, those begun before an invalidation included
        self._floors = Floors()
        self._reach = Reach() if SPAN_QUERY in catalogue else None
        self._started = 0  # executions so far; also the number of the last one
        self._tally = Tally()
        self._closed = False

    def submit(self, question: Ask, *, page: str | None = None) -> Future[Answer]:
        """The answer: at once when rows or a recent failure are known, else when its execution lands.

        ``page`` goes into the query tags. Raises ``ValueError`` for an unknown query or parameters that do not fit;
        what the warehouse says is never raised but answered as ``failed``.
        """
        query = checked(self._catalogue, question)
        with self._lock:
            answered = self._at_once(query, question, page)
        if answered is None:
            recalled = self._recall(query, question)
            with self._lock:
                answered = self._at_once(query, question, page, recalled)
                if answered is None:
                    self._tally.misses += 1
                    return self._launch(query, question, page).landed
        return at_once(answered)

    def reread(self, question: Ask, *, page: str | None = None) -> Future[Answer]:
        """The answer of an execution that has not begun yet: for those to whom what is in memory is not enough. When it
        fails, ``error`` says so, whatever older rows there are."""
        query = checked(self._catalogue, question)
        with self._lock:
            under_way = self._flights.get(question)
            if under_way is not None and under_way.number is not None:
                del self._flights[question]
            return self._launch(query, question, page).landed

    def read(self, questions: Iterable[Ask], *, page: str | None = None) -> list[Answer]:
        """The answers in the order of ``questions``, all executed at the same time; waits for the slowest."""
        return [future.result() for future in [self.submit(question, page=page) for question in questions]]

    def peek(self, question: Ask) -> Answer | None:
        """What is known now, or None. Starts nothing and counts nothing."""
        query = checked(self._catalogue, question)
        recalled = None if self._cache.peek(question) else self._recall(query, question)
        with self._lock:
            entry = self._cache.peek(question) or recalled
            if entry is not None:
                return self._view(query, question, entry)
            return self._refusal(question)

    def invalidate(self, query: str | None = None) -> None:
        """Take all results (of ``query``) for outdated, those being read now included: they are still shown, as stale,
        and the next question reads anew, even right after a failure. Only a wait the workspace asked for stays."""
        if query is not None and query not in self._catalogue:
            raise ValueError(f"no query is called {query!r}")
        if self._features and query in (None, COLUMNS_QUERY):
            self._features.forget()
        with self._lock:
            self._floors.set(query, self._started, self._clock())
            for question, flight in list(self._flights.items()):
                if query in (None, question.query) and flight.number is not None:
                    del self._flights[question]
            self._failures.forget(query)

    def renew(self, catalogue: Mapping[str, Query]) -> None:
        """Ask in the words of ``catalogue`` from now on, and show nothing of before: whose rows one sees may hang on it."""
        with self._lock:
            self._catalogue = catalogue
            self._cache.clear()
            self._flights.clear()
            self._failures.forget(None)

    def figures(self) -> CacheFigures:
        """How the cache is doing, now."""
        with self._lock:
            return figures_of(self._tally, self._cache, len(self._airborne), self._clock())

    def prepare(self) -> None:
        """Begin to read what every question waits for, so that the first visitor does not."""
        self._pool.submit(self._warehouse.prepare)
        if self._features:
            self._pool.submit(self._features.missing, frozenset())
        self._ask_reach()

    def close(self) -> None:
        """Answer everyone who still waits, start nothing more, close the warehouse; statements are not waited for."""
        with self._lock:
            self._closed = True
            waiting = list(self._airborne)
            self._airborne.clear()
        self._pool.shutdown(wait=False, cancel_futures=True)
        for flight in waiting:
            flight.land(failed(flight.question, stopping()))
        with suppress(Exception):  # it may be in the middle of a statement; there is nobody left to tell
            self._warehouse.close()

    # What is known. These expect the lock to be held.

    def _at_once(self, query: Query, question: Ask, page: str | None, recalled: Entry | None = None) -> Answer | None:
        """The answer that needs no waiting, if there is one; older rows start their refresh."""
        entry = self._cache.get(question) or recalled
        if entry is None:
            refusal = self._refusal(question)
            self._tally.refusals += refusal is not None
            return refusal
        answer = self._view(query, question, entry)
        if answer.state == "fresh":
            self._tally.hits += 1
            return answer
        self._tally.stale_hits += 1
        failure = self._failures.get(question)
        if not self._closed and not (failure and failure.holds(self._clock(), REFRESH_PAUSE)):
            self._launch(query, question, page)
        return answer

    def _view(self, query: Query, question: Ask, entry: Entry) -> Answer:
        # A clock that was set back must not keep rows fresh for ever: hence the distance, not the age.
        distance = abs(self._clock() - entry.result.read_at)
        fresh = distance <= query.ttl and not self._floors.outdates(query, entry)
        failure = None if fresh else self._failures.get(question)
        result = entry.result
        covered = coverage(query, dict(question.params), result, self._reach)
        return Answer(
            question,
            "fresh" if fresh else "stale",
            result.table,
            result.read_at,
            result.seconds,
            failure.error if failure else None,
            covered.told,
            covered,
        )

    def _refusal(self, question: Ask) -> Answer | None:
        """The answer to a question that has no rows and shall not be asked now."""
        if self._closed:
            return failed(question, stopping())
        failure = self._failures.get(question)
        return failed(question, failure.error) if failure and failure.holds(self._clock(), MISS_PAUSE) else None

    def _launch(self, query: Query, question: Ask, page: str | None) -> Flight:
        """The flight that will answer ``question``: the one under way, or a new one."""
        flight = self._flights.get(question)
        if flight is None:
            flight = self._flights[question] = Flight(question, query, page)
            self._airborne.add(flight)
            self._pool.submit(self._fly, flight)
        return flight

    # In the pool's threads.

    def _fly(self, flight: Flight) -> None:
        """Execute, land, keep a snapshot."""
        with self._lock:
            if self._closed:
                return
            self._started += 1
            number = flight.number = self._started
        clock = {CLOCK: self._clock()} if CLOCK in flight.query.params else {}
        outcome = self._executor.run(flight.query, dict(flight.question.params) | clock, self._features, flight.page)
        with self._lock:
            answer = self._landed(flight, number, outcome)
        flight.land(answer)
        if flight.query.name not in QUESTIONS:
            self._ask_reach()
        if outcome.result is not None and self._snapshots and flight.query.name in self._keepable:
            self._keep(self._snapshots, flight, Entry(outcome.result, number))

    def _landed(self, flight: Flight, number: int, outcome: QueryOutcome) -> Answer:
        """Take the outcome in and work out what those who waited are told. A result begun earlier never replaces one
        begun later, and a failure from before an invalidation holds nobody back. Expects the lock."""
        question, query = flight.question, flight.query
        self._airborne.discard(flight)
        if self._flights.get(question) is flight:
            del self._flights[question]
        self._tally.ran(query.name, outcome.seconds, outcome.error is not None)
        known, current = self._cache.peek(question), not self._floors.supersedes(flight, number)
        if outcome.result is not None and (known is None or known.number < number):
            known = Entry(outcome.result, number)
            if query.sql == checked(self._catalogue, question).sql:  # it asked what is asked now
                self._take(question, known)
        if current:
            self._failures.keep(question, Failure(outcome.error, self._clock()) if outcome.error else None)
        if known is None:
            assert outcome.error is not None
            return failed(question, outcome.error)
        return self._view(query, question, known)

    def _take(self, question: Ask, entry: Entry) -> None:
        """Keep ``entry`` in memory, and what it tells of the source tables. Expects the lock."""
        self._cache.put(question, entry)
        if self._reach is not None and question.query in QUESTIONS:
            self._reach = self._reach.with_answer(question.query, entry.result)

    def _ask_reach(self) -> None:
        """Ask how far the source tables reach, where that is not known or old; nobody waits for it."""
        for name in QUESTIONS if self._reach is not None else ():
            if name in self._catalogue:
                self.submit(Ask(name))

    def _detect(self) -> pa.Table | None:
        """The metastore's column list, in the thread that needs it: waiting for another could starve the pool."""
        query = self._catalogue[COLUMNS_QUERY]
        outcome = self._detector.run(query, {}, None, None)
        with self._lock:
            self._tally.ran(query.name, outcome.seconds, outcome.error is not None)
        return outcome.result.table if outcome.result else None

    # Snapshots: read in the asking thread (a file of one result), written in the pool's.

    def _recall(self, query: Query, question: Ask) -> Entry | None:
        """The snapshot of ``question``, brought into memory; one thread reads it, others find it there."""
        if self._snapshots is None or query.name not in self._keepable:
            return None
        key = key_of(self._warehouse.name, query, question)
        if key not in self._snapshots:
            return None
        with self._disk:
            with self._lock:
                entry = self._cache.peek(question)
            if entry is None and (result := self._snapshots.read(key, query.columns)):
                entry = Entry(result, 0)
                with self._lock:
                    if (newer := self._cache.peek(question)) is not None:
                        return newer
                    self._take(question, entry)
            return entry

    def _keep(self, snapshots: Snapshots, flight: Flight, entry: Entry) -> None:
        """Write the snapshot, unless a later execution has landed meanwhile: it writes its own."""
        key = key_of(self._warehouse.name, flight.query, flight.question)
        with self._disk:
            with self._lock:
                known = self._cache.peek(flight.question)
            if known is None or known.number <= entry.number:
                snapshots.write(key, flight.query.name, entry.result)
