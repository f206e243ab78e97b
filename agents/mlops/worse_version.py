"""Proposes that an alias names the version before, where the newest version of a model surely fails more."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from agents.capability import BASIS, CURRENCY, Capability, Frames, Observation, Recommendation, window, worth
from agents.cells import Row, moment, rows, share, text
from agents.detectors.matched import FEW, compared
from agents.finops.record import Record
from approvals.values.considered import Benefit, Ooda, Option
from approvals.values.proposal import Scalar, Target
from warehouse.interface import Ask

KIND = "model.set_alias"
DEPLOYED, NAMED, DAYS = 28, 90, 28  # days, as the pages look at them
FAILED = Decimal("0.50")  # assumed worth of a request that does not fail, to rank by only
PRIOR = (8, 2)  # such changes that hold and that are taken back, before any is counted: assumed
NOWHERE = "0"  # models belong to the metastore, not to a workspace
METHOD = "Not money: about {failed:,.0f} requests a month would not fail, of as many as in the days since the newest version came."
SLOTS = window("mlops.versions_matched", days=DEPLOYED, ahead=1, workspaces="")
RELEASED = window("mlops.release_versions", days=NAMED, ahead=1, workspaces="")
ENDPOINTS = window("mlops.endpoints", days=DAYS, ahead=1, currency=CURRENCY, basis=BASIS, workspaces="")


def about(frames: Frames, now: dt.datetime) -> Mapping[str, Ask]:
    """Which alias names which version, once a version is surely worse."""
    worse = compared(frames["slots"])["state"].eq("worse").any()
    return {"released": RELEASED.ask(now), "endpoints": ENDPOINTS.ask(now)} if worse else {}


def worse_versions(frames: Frames, now: dt.datetime) -> list[Observation]:
    """One observation per endpoint with a new version: ``slots`` are rows of mlops.versions_matched, ``released`` of
    mlops.release_versions, ``endpoints`` of mlops.endpoints, ``tracks`` those of :func:`approvals.reading.track.frame`. Pure."""
    record = Record.of(frames.get("tracks"), KIND, PRIOR)
    named = {(row.workspace_id, row.endpoint_id): row for row in rows(frames.get("released"))}
    now_of = {(row.workspace_id, row.endpoint_id): row for row in rows(frames.get("endpoints"))}
    return [
        _judged(row, named.get(key), now_of.get(key), record, now)
        for row in rows(compared(frames["slots"]))
        for key in [(row.workspace_id, row.endpoint_id)]
    ]


def why_not(row: Row, named: Row | None, endpoint: Row | None) -> str:
    """The first reason against going back; empty when there is none."""
    versions = f"version {text(row.version)} against {text(row.version_before)}"
    if row.state == "not known":
        return f"{versions}: fewer than {FEW} requests at the same hours to either"
    if row.state != "worse":
        return f"{versions}: {'it fails less' if row.state == 'better' else 'no difference is shown'}"
    if not text(row.model_full_name) or not text(row.version_before).isdecimal():
        return f"{versions}: it fails more, but is no model of the catalog with numbered versions"
    if named is None or not text(named.alias):
        return f"{versions}: it fails more, but which alias names it is not known"
    if text(named.alias_version) != text(row.version):
        return f"{versions}: it fails more; {text(named.alias)} names version {text(named.alias_version)}"
    if endpoint is None or text(endpoint.failed_version) != text(row.version):
        return f"{versions}: it failed more, and not in the last seven days"
    return ""


def _judged(row: Row, named: Row | None, endpoint: Row | None, record: Record, now: dt.datetime) -> Observation:
    if reason := why_not(row, named, endpoint):
        return CAPABILITY.leaves(row, reason)
    assert named is not None
    deployed = moment(row.deployed)
    assert deployed is not None
    days = max((now - deployed).total_seconds() / 86400, 1.0)
    spared = float(row.difference) * int(row.requests) / days * 30
    confidence = share(min(0.99, record.chance))
    value = worth(confidence, Decimal(str(round(spared, 2))) * FAILED, Decimal(0))
    if value <= 0:
        return CAPABILITY.leaves(row, f"about {spared:.0f} requests a month fail for it: not worth a look", value)
    return CAPABILITY.proposes(
        named, now, _back(row, named, (deployed, spared), record, confidence, value), began=deployed
    )


def _back(
    row: Row,
    named: Row,
    seen: tuple[dt.datetime, float],
    record: Record,
    confidence: Decimal,
    value: Decimal,
) -> Recommendation:
    deployed, spared = seen
    alias, version, before = text(named.alias), text(row.version), text(row.version_before)
    points = f"{float(row.low) * 100:.1f} to {float(row.high) * 100:.1f} points more"
    hours = "hours in which both were asked" if row.same_hours else "the same hours of the week"
    moved = moment(named.moved)
    since = f" since {moved:%Y-%m-%d %H:%M} UTC" if moved else ""
    observed = (
        f"version {version} of {text(row.model_full_name)[:150]} failed {float(row.share):.1%} of {int(row.requests):,} requests, "
        f"version {before} {float(row.share_before):.1%} of {int(row.requests_before):,} at {hours}: {points} (99 % certain)",
        f"endpoint {text(row.endpoint)[:100]} has it since {deployed:%Y-%m-%d %H:%M} UTC; alias {alias} names it{since}",
    )
    oriented = (
        "The version before did well at the same hours, so what callers send is not the reason; what else changed on the same day "
        "is not taken out.",
        f"What reads the alias gets version {before} from its next load on. An endpoint that names the version by its number goes "
        f"on with {version}: its traffic is turned on the page Releases.",
    )
    return Recommendation(
        params={"alias": alias, "version": int(before)},
        confidence=confidence,
        worth=value,
        benefit=Benefit(kind="quality", currency=CURRENCY, method=METHOD.format(failed=spared)),
        title=f"{alias} names version {version}, which fails more than version {before}",
        scalars=(
            Scalar(column="version", observed=version),
            Scalar(column="alias_version", observed=version),
        ),
        ooda=Ooda(
            observe=observed,
            orient=oriented,
            options=(
                Option(
                    what=f"let {alias} name version {before}",
                    expected=f"about {spared:,.0f} requests a month do not fail",
                ),
                Option(
                    what="train the model anew",
                    expected="a version that may be better, in days",
                    rejected_because="requests fail until then",
                ),
                Option(
                    what="do nothing",
                    expected=f"about {spared / 30:,.0f} requests a day fail more than before",
                    rejected_because="the version before is there and did well",
                ),
            ),
            why=f"The alias is set again in one step. Confidence {confidence}: what {record} gives.",
        ),
        narrative=f"{'. '.join(observed)}. {' '.join(oriented)} It is undone by letting {alias} name version {version} again.",
    )


def _target(row: Row) -> Target:
    model = text(row.model_full_name)
    return Target(workspace_id=NOWHERE, type="model", id=model, name=model[:200])


CAPABILITY = Capability(
    name="mlops.worse_version",
    version="1.0",
    kind=KIND,
    target=_target,
    opens={"slots": SLOTS},
    then=(about,),
    evidence=RELEASED,
    match=("workspace_id", "endpoint_id", "model_full_name"),
    incident="wrong",
    judge=worse_versions,
)
