"""Proposes a limit for a caller who uses far more tokens of an agent than its callers do."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from agents.agentops.services import RUNAWAYS, of_endpoint, of_service
from agents.capability import Capability, Frames, Observation, Recommendation, worth
from agents.cells import Row, day, rows, share, text
from agents.finops.record import Record
from approvals.values.considered import Benefit, Ooda, Option
from approvals.values.proposal import Scalar
from spelling import UUID

KIND = "gateway.set_rate_limit"
RECENT = dt.timedelta(days=4)  # since the last such day: before that it is over
TIMES = 10.0  # the usual, from which the question calls it running away
HABIT = 4  # such days of a caller: from then on it is how they work, and a budget the way
CALLS = 60  # a minute: one a second, which no person reaches
WORKING = 8 * 60  # minutes of a day in which people work
ROOM = 3  # times what nine of ten days stay below that a day of work may still come to
PRIOR = (8, 2)  # such changes that hold and that are taken back, before any is counted: assumed
A_MILLION, GOES_ON = Decimal(5), 7  # assumed worth of a million tokens less, and days that it goes on unless held
HARM = Decimal(20)  # assumed, of somebody held up in their work


def runaways(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per caller and service of ``runaways``, rows of ``agentops.runaways``. Pure."""
    by: dict[tuple[str, str, str], list[Row]] = {}
    for row in rows(frames["runaways"]):
        if float(row.times or 0) >= TIMES:
            by.setdefault((row.workspace_id, row.service, row.caller), []).append(row)
    record = Record.of(frames.get("tracks"), KIND, PRIOR)
    return [_judged(sorted(own, key=lambda row: row.day, reverse=True), record, now) for own in by.values()]


def _judged(own: list[Row], record: Record, now: dt.datetime) -> Observation:
    row, newest = own[0], day(own[0].day)
    if newest is None or now.date() - newest > RECENT:
        return CAPABILITY.leaves(row, f"the last such day was {newest}")
    if len(own) >= HABIT:
        return CAPABILITY.leaves(row, f"{len(own)} such days in 30: it is how they work, a budget of tokens is the way")
    if not text(row.caller):
        return CAPABILITY.leaves(row, "the caller is not known: a limit would hit everybody")
    sure = share(record.chance)
    extra = Decimal(round(sum(int(one.tokens) - float(one.usual) for one in own))) / 1_000_000
    value = worth(sure, extra / len(own) * GOES_ON * A_MILLION, HARM)
    if value <= 0:
        return CAPABILITY.leaves(row, f"{extra:.1f} million tokens above the usual: not worth a look", value)
    return CAPABILITY.proposes(
        row, now, _limit(own, record, sure, value), cause=of_service(row), began=day(own[-1].day)
    )


def allowed(row: Row) -> int:
    """Tokens a minute: :data:`ROOM` times the minute of a day of work that nine of ten stay below, and a tenth of such a day at
    least, as a whole call counts in the minute in which it is answered."""
    return max(int(ROOM * float(row.usual) / WORKING), int(float(row.usual) / 10), 1)


def _limit(own: list[Row], record: Record, sure: Decimal, value: Decimal) -> Recommendation:
    row, who, tokens = own[0], text(own[0].caller), allowed(own[0])
    most = max(own, key=lambda one: float(one.times))
    seen = (
        f"{who} used {int(most.tokens):,} tokens of {row.service} on {most.day}, {float(most.times):,.0f} times what nine of ten "
        f"days of its callers stay below ({float(row.usual):,.0f})",
        f"{len(own)} such days within 30, the last on {row.day}; {int(row.calls):,} calls on that day",
    )
    return Recommendation(
        params={
            "key": "service_principal" if UUID.fullmatch(who) else "user",
            "principal": who,
            "calls": CALLS,
            "tokens": tokens,
        },
        confidence=sure,
        worth=value,
        benefit=Benefit(
            kind="risk", method=f"Tokens above the usual, USD {A_MILLION} a million to rank by; not put into money."
        ),
        title="A day far above the usual tokens",
        scalars=(
            Scalar(column="tokens", observed=Decimal(int(row.tokens)), tolerance=Decimal("0.2")),
            Scalar(column="caller", observed=who),
        ),
        ooda=Ooda(
            observe=seen,
            orient=(
                "A limit of theirs alone leaves every other caller as they are.",
                "Somebody may have had a large task on that day: then the limit is in the way until it is lifted.",
            ),
            options=(
                Option(
                    what=f"let {who} have {CALLS} calls and {tokens:,} tokens a minute",
                    expected=f"at most {tokens * WORKING:,} tokens in eight hours of work; lifted in one step",
                ),
                Option(
                    what="limit every user alike",
                    expected="the next one is held as well, and so is whoever has a large task",
                    rejected_because="one caller does it, the others do not",
                ),
                Option(
                    what="do nothing",
                    expected=f"{sum(int(one.tokens) for one in own):,} tokens in {len(own)} days may go on",
                    rejected_because="nothing holds them",
                ),
            ),
            why=f"Confidence {sure}: what {record} gives. What one call usually takes is not counted by caller: a tenth of a usual "
            "day is let through in a minute at least.",
        ),
        narrative=f"{'. '.join(seen)}. A limit of {CALLS} calls and {tokens:,} tokens a minute for them alone.",
    )


CAPABILITY = Capability(
    name="agentops.runaway",
    version="1.0",
    kind=KIND,
    target=of_endpoint,
    opens={"runaways": RUNAWAYS},
    younger=frozenset({"runaways"}),
    evidence=RUNAWAYS,
    match=("day", "workspace_id", "service", "caller"),
    judge=runaways,
    incident="strange",
)
