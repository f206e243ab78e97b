"""Takes approved proposals from the store and carries them out: preflight, act, verify, undo.

Nothing that matters is kept in memory: any number of executors may run, and any of them may be killed at any moment. Each method
below handles one state; it ends by moving the execution on, by letting it rest, or by finding that the lease is lost.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from sqlalchemy.exc import IntegrityError

from actions import preflight, registry
from actions.acting import Permit
from actions.desk import Desk
from actions.failures import describe_error, effect_of
from actions.held import clocks, heart, still_held
from actions.kinds.shared.kind import AnyKind, Gone, NotAsApproved, Params, only_ours
from actions.looking_back import checks_of, image_of, key_of, undoable
from actions.workspace import ACT_TIMEOUT
from actions.workspaces import NoWay
from approvals.deciding import executions
from approvals.deciding.executions import LeaseLost, ended, held, intend, rest
from approvals.deciding.proposals import content_of
from approvals.deciding.transitions import Row, execute
from approvals.ledger.ledger import Actor
from approvals.store import outbox
from approvals.store.store import Tx
from approvals.values.machines import WORKABLE
from approvals.values.proposal import Check, Content, action_digest
from approvals.values.refusals import Raced

ATTEMPTS = 3  # of a call that provably had no effect, and of an undo
LOOKS = 6  # at a target that does not say whether the call had its effect
Checkpoint = Callable[[str], None]


def _pass(_name: str) -> None:
    """Nothing stops here; crash tests stop here."""


class Executor:
    """One worker. ``lease`` is how long it may be silent, ``beat`` how often it is heard while it works; ``call`` how
    long the call that acts may take, ``pause`` how long a hold, a failed reading or a retry waits; all in seconds.
    ``checkpoint`` is called by name between the steps."""

    def __init__(
        self,
        desk: Desk,
        worker: str,
        *,
        lease: float = 60.0,
        beat: float = 15.0,
        call: float = ACT_TIMEOUT,
        pause: float = 5.0,
        checkpoint: Checkpoint = _pass,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self.desk, self.worker = desk, worker
        self._lease, self._beat, self._call = dt.timedelta(seconds=lease), beat, call
        self._pause = dt.timedelta(seconds=pause)
        self._checkpoint, self._ticks = checkpoint, ticks
        self._since: dict[str, float] = {}  # execution -> when a call that nobody saw end was first looked for
        self._actor = Actor("executor", worker)

    def work_one(self) -> bool:
        """Take one execution as far as it goes now; False when none is due."""
        try:
            row = executions.claim(self.desk.store, self.worker, self._lease)
        except (Raced, IntegrityError):
            return True
        if row is None:
            return False
        self._checkpoint("claimed")
        with heart(self.desk.store, row, self._lease, self._beat), suppress(LeaseLost, Raced):
            while row is not None and row.worker == self.worker and row.state in WORKABLE:
                row = self._step(row)
        return True

    def _step(self, row: Row) -> Row | None:
        if row.state == "scheduled":
            return preflight.start(self.desk, row, self._actor, self._pause)
        with self.desk.store.reading() as tx:
            content = content_of(tx, row.proposal_id, row.revision)
        if row.state == "preflight":
            self._checkpoint("started")
            return preflight.check(self.desk, row, content, self._actor, self._pause, key_of(row))
        kind = registry.kind(content.kind)
        params = registry.parsed(kind, content.params)
        handlers = {"executing": self._act, "reconciling": self._reconcile, "verifying": self._verify,
                    "rolling_back": self._undo}  # fmt: skip
        return handlers[row.state](row, content, kind, params)

    # Act

    def _act(self, row: Row, content: Content, kind: AnyKind, params: Params) -> Row | None:
        """The one call that has an effect. What is not known to have had none is looked for afterwards."""
        self._checkpoint("intended")
        begun = clocks()
        try:
            before = preflight.last_look(self.desk, row, content, kind, params)
        except Exception as error:
            return self._failed(row, error, isinstance(error, NotAsApproved | Gone | NoWay) and not row.effect_unknown)
        with self.desk.store.writing() as tx:
            now = held(tx, row)
            if action_digest(row.proposal_id, row.revision, content) != now.action_digest:
                return execute(tx, now, "cancel", self._actor, {"why": "not what was approved: its digest differs"})
            if preflight.killed(tx, self.desk, now):
                return execute(tx, now, "cancel", self._actor, {"why": "kill switch"}, due_at=tx.now)
            executions.renew(tx, now, self._lease)
            executions.saw(tx, now, before)
        self._checkpoint("before_call")
        permit = Permit(lambda: still_held(self.desk.store, row, self._lease, begun, self._call))
        try:
            refs: dict[str, Any] = {}
            if not kind.sends:
                act = self.desk.place(content.target, kind.scope).acting(permit)
                refs = kind.execute(act, content.target, params, before, key_of(row))
        except LeaseLost:
            raise
        except Exception as error:
            none = effect_of(error, permit.sent) == "none" and not self._shows(row, content, kind, params)
            return self._failed(row, error, none)
        self._checkpoint("after_call")
        with self.desk.store.writing() as tx:
            now = held(tx, row)
            if kind.sends:
                outbox.put(tx, key_of(row), kind.message(content.target, params, key_of(row)))
            ended(tx, now, "act", "ok")
            return self._settle(tx, now, content, "ok", refs)

    def _shows(self, row: Row, content: Content, kind: AnyKind, params: Params) -> bool:
        """Whether the target shows the effect of a call that was refused: something in between may have sent the request
        twice and handed on the second answer."""
        with self.desk.store.reading() as tx:
            announced = executions.intent(tx, row, "act")
        return announced is not None and preflight.found(self.desk, row, content, kind, params, announced) == "done"

    def _failed(self, row: Row, error: Exception, sure: bool) -> Row:
        """No effect for certain: the end. Else it has to be found out, and not at once: a slow request may yet land."""
        with self.desk.store.writing() as tx:
            now = held(tx, row)
            ended(tx, now, "act", "refused" if sure else "unknown")
            made = execute(
                tx,
                now,
                "no_effect" if sure else "unknown",
                self._actor,
                {"error": describe_error(error)},
                error_class=type(error).__name__,
                error_text=describe_error(error),
                effect_unknown=not sure,
                fails=0,
            )
            return made if sure else rest(tx, made, tx.now + self._pause)

    def _settle(self, tx: Tx, row: Row, content: Content, event: str, refs: dict[str, Any]) -> Row:
        """The effect is there: verification begins after its settle time."""
        plan = content.verify
        made = execute(
            tx,
            row,
            event,
            self._actor,
            {"refs": refs},
            refs=refs,
            effect_unknown=False,
            passes=0,
            fails=0,
            verify_until=tx.now + dt.timedelta(seconds=plan.window_s),
            error_class="",
            error_text=None,
        )
        return rest(tx, made, tx.now + dt.timedelta(seconds=plan.settle_s))

    # Find out

    def _reconcile(self, row: Row, content: Content, kind: AnyKind, params: Params) -> Row | None:
        """Whether the announced call had its effect, by reading the target; never by calling again blindly."""
        self._checkpoint("reconciling")
        with self.desk.store.reading() as tx:
            announced = executions.intent(tx, row, "act")
        found = "none" if announced is None else preflight.found(self.desk, row, content, kind, params, announced)
        if found == "none" and self._under_way(row, kind):
            with self.desk.store.writing() as tx:
                return rest(tx, held(tx, row), tx.now + dt.timedelta(seconds=self._call))
        safe = found == "none" or (found == "unknown" and kind.repeatable)  # the same key has no second effect
        with self.desk.store.writing() as tx:
            now = held(tx, row)
            if found == "done":
                return self._settle(tx, now, content, "found_done", row.refs)
            if safe and now.attempt < ATTEMPTS and not preflight.killed(tx, self.desk, now):
                made = execute(tx, now, "found_none_retry", self._actor, attempt=now.attempt + 1, fails=0)
                return rest(tx, made, tx.now + self._pause * now.attempt)
            if found == "none" and (now.fails or not now.effect_unknown):  # a slow call may land after the first look
                return execute(tx, now, "found_none_stop", self._actor, effect_unknown=False)
            if found == "partial":
                return execute(tx, now, "found_partial", self._actor, fails=0, due_at=tx.now)
            if now.fails + 1 < LOOKS:
                return rest(tx, now, tx.now + self._pause * (now.fails + 1), fails=now.fails + 1)
            return execute(tx, now, "give_up", self._actor, {"error": "the target does not say whether it happened"})

    def _under_way(self, row: Row, kind: AnyKind) -> bool:
        """Whether the call of a lost worker may still land: its end was not seen, and less time than a call may take has
        passed by this worker's own clock. The store's may be set forward, and end leases that are not over. A value that
        lands after it was written again would overwrite what people have set since. Only where the API knows a call
        again, a second one is harmless."""
        with self.desk.store.reading() as tx:
            if kind.idempotency in ("token", "key") or not executions.open_call(tx, row):
                return False
        since = self._since.setdefault(f"{row.execution_id}/{row.attempt}", self._ticks())
        return self._ticks() - since < self._call

    # Verify

    def _verify(self, row: Row, content: Content, kind: AnyKind, params: Params) -> Row | None:
        """Read back until the plan's checks hold, fail, or the time is over."""
        self._checkpoint("verifying")
        plan, after = content.verify, None
        try:
            checks = checks_of(self.desk, row, content, kind, params)
            if all(one.ok for one in checks):
                after = image_of(self.desk, content, kind, params)
        except Exception as error:
            checks = (Check(id="reading", expected="the target can be read", observed=describe_error(error)),)
        failed, passed = any(one.ok is False for one in checks), all(one.ok for one in checks)
        shown = [one.model_dump() for one in checks]
        with self.desk.store.writing() as tx:
            now = held(tx, row)
            passes, fails = (now.passes + 1 if passed else 0), now.fails + failed
            if passes >= plan.consecutive_ok:
                return execute(tx, now, "verify_pass", self._actor, {"checks": shown}, checks=shown, after=after)
            if fails >= plan.fail_limit:
                event = "verify_fail" if undoable(now, content, kind, params) else "verify_timeout"
                return execute(tx, now, event, self._actor, {"checks": shown}, checks=shown, fails=0, due_at=tx.now)
            if now.verify_until is not None and tx.now >= now.verify_until:
                return execute(tx, now, "verify_timeout", self._actor, {"checks": shown}, checks=shown)
            wait = dt.timedelta(seconds=plan.interval_s)
            return rest(tx, now, tx.now + wait, passes=passes, fails=fails, checks=shown)

    # Undo

    def _undo(self, row: Row, content: Content, kind: AnyKind, params: Params) -> Row | None:
        """Run the inverse inside the approved plan until the before-image is back; setting values may be repeated. What
        somebody else has set since is not overwritten: then people look."""
        inverse = kind.inverse(content.target, params, row.before, row.refs)
        if inverse is None:
            return self._rolled(row, "rb_fail", "there is no way to take it back")
        other = registry.kind(inverse.kind)
        wanted = registry.parsed(other, inverse.params)
        with self.desk.store.writing() as tx:
            now = held(tx, row)
            intend(tx, now, "undo", key_of(row, "undo"), inverse.kind, inverse.params)
        self._checkpoint("undo_intended")
        begun = clocks()
        permit = Permit(lambda: still_held(self.desk.store, row, self._lease, begun, self._call))
        try:
            there = self.desk.place(content.target, other.scope)
            image = other.snapshot(there.read, content.target, wanted)
            if other.plan(image, wanted):
                if not only_ours(kind, params, row.before, image_of(self.desk, content, kind, params)):
                    return self._rolled(row, "rb_conflict", "somebody else has changed it since: not taken back")
                act = there.acting(permit)
                other.execute(act, content.target, wanted, image, key_of(row, "undo"))
                self._checkpoint("after_undo")
            checks = other.verify(there.read, content.target, wanted, image, {})
        except LeaseLost:
            raise
        except Gone:
            return self._rolled(row, "rb_fail", "the target is gone")
        except Exception as error:
            if row.fails + 1 >= ATTEMPTS:
                return self._rolled(
                    row, "rb_fail" if effect_of(error, permit.sent) == "none" else "rb_unknown", describe_error(error)
                )
            return self._again(row)
        if all(one.ok for one in checks):
            return self._rolled(row, "rb_ok", "")
        return self._again(row) if row.fails + 1 < ATTEMPTS * LOOKS else self._rolled(row, "rb_fail", "it did not take")

    def _again(self, row: Row) -> Row:
        with self.desk.store.writing() as tx:
            return rest(tx, held(tx, row), tx.now + self._pause * min(row.fails + 1, 3), fails=row.fails + 1)

    def _rolled(self, row: Row, event: str, why: str) -> Row:
        with self.desk.store.writing() as tx:
            now = held(tx, row)
            ended(tx, now, "undo", event)
            return execute(tx, now, event, self._actor, {"why": why} if why else None, error_text=why or now.error_text)
