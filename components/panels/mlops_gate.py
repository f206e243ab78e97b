"""MLOps: what stands in the gate? May the newest version of each model be promoted: each check with its figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import pandas as pd

from components.figures.matrix import matrix
from components.panels import offers
from components.panels.drift import WORTH, fell, metric_name
from components.panels.offers import Offer
from components.text import format as fmt
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.grid import labelled, things_of
from components.tiles.panel import panel
from components.tiles.tile import Body, Empty, Finding, Frames, Grid

QUERY = "mlops.release_versions"
State = Literal["pass", "fail", "cannot be known"]
Verdict = Literal[
    "promoted, and should not be", "refused", "may be promoted", "cannot be known", "promoted", "served already"
]
ORDER: tuple[Verdict, ...] = get_args(Verdict)  # what has to be done first
BAD = ORDER[:2]
TELLING = (*BAD, "cannot be known")  # one check decides it
NAMES = {"evaluated": "Evaluated", "same_hours": "Same hours", "inputs": "Inputs", "as_trained": "As trained"}


@dataclass(frozen=True)
class Check:
    """What one check of the newest version of a model came to, with its figure."""

    key: str  # of NAMES
    state: State
    told: str

    @property
    def name(self) -> str:
        return NAMES[self.key]


@dataclass(frozen=True)
class Decision:
    """What becomes of a version, and why: the first check that it fails, or how many cannot be known."""

    verdict: Verdict
    why: str

    @property
    def says(self) -> str:
        """``refused; evaluated: of v6, not v8``."""
        return f"{self.verdict}{('; ' if self.verdict in TELLING else ', ') if self.why else ''}{self.why}"


@panel("What stands in the gate?", height=360, waits=620)
def gate(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """The newest version of each model that an endpoint serves, against what is known of it: is it evaluated, does it fail no
    more than the one before on the same hours, do its inputs keep still, and are they served as it was trained on them? What
    nobody measured cannot be known, and is no pass. Nobody's sign-off of a version is in a table: who is asked is the proposal."""
    rows = frames["release_versions"]
    if rows.empty:
        return [Empty("0 models of yours are served: nothing stands in the gate.")]
    checked = [checks(row, frames) for row in rows.itertuples()]
    decisions = [decided(row, one) for row, one in zip(rows.itertuples(), checked, strict=True)]
    told = rows.assign(
        called=[
            f"{plain(str(row.model).rpartition('.')[2], 30)} v{plain(row.version, 8)}" for row in rows.itertuples()
        ],
        verdict=pd.Series([one.verdict for one in decisions], rows.index, dtype=object),
        reason=pd.Series([one.why for one in decisions], rows.index, dtype=object),
        says=pd.Series([one.says for one in decisions], rows.index, dtype=object),
        **{
            key: pd.Series([f"{one[at].state}: {one[at].told}" for one in checked], rows.index, dtype=object)
            for at, key in enumerate(NAMES)
        },
    )
    offered = [_offer(*one) for one in zip(rows.itertuples(), decisions, checked, strict=True)]
    order = told["verdict"].map(ORDER.index).sort_values(kind="stable").index
    called = dict(zip(rows.index, checked, strict=True))
    cells = pd.DataFrame(
        [
            {"called": told["called"][at], "check": one.name, "whole": 1, "told": one.told}
            | {"failed": int(one.state == "fail"), "unknown": int(one.state == "cannot be known")}
            for at in order
            for one in called[at]
        ]
    )
    drawn = matrix(
        cells,
        look,
        row="called",
        column="check",
        failed="failed",
        unknown="unknown",
        whole="whole",
        of="checks",
        says="told",
    )
    made = offers.offered(told.assign(model_id=told["model_full_name"]), "model", "model", offered, frames)
    return [said_of(told.loc[order]), drawn, _listed(made.loc[order])]


def checks(row: Any, frames: Mapping[str, pd.DataFrame]) -> list[Check]:
    """The checks of the newest version of the model of ``row``, in the order of the gate."""
    return [_evaluated(row, frames), _same_hours(row, frames), _inputs(row, frames), _agrees(row, frames)]


def decided(row: Any, checked: Sequence[Check]) -> Decision:
    """What becomes of the version of ``row``; that it is promoted and should not be goes before all else."""
    failed = [f"{one.name.lower()}: {one.told}" for one in checked if one.state == "fail"]
    unknown = sum(one.state == "cannot be known" for one in checked)
    lacking = f"{unknown} of {len(checked)} checks cannot be known" if unknown else ""
    promoted = row.alias_version == row.version
    if failed:
        return Decision("promoted, and should not be" if promoted else "refused", failed[0])
    if promoted or (not isinstance(row.alias_version, str) and row.served == row.version):
        return Decision("promoted" if promoted else "served already", lacking)
    if checked[0].state == "pass":
        return Decision("may be promoted", lacking)
    return Decision("cannot be known", checked[0].told)


def _evaluated(row: Any, frames: Mapping[str, pd.DataFrame]) -> Check:
    """Whether a run measured this very version, and its quality is within the limits of the model's own windows."""
    name, measured = "evaluated", _of(frames["quality_by_window"], row)
    measured = measured[measured["slice"].eq("")].sort_values("measured", kind="stable")
    if measured.empty:
        return Check(name, "cannot be known", "no run measures it")
    mine = measured[measured["version"].eq(row.version)]
    if mine.empty:
        newest = measured["version"].dropna()
        other = f"of v{plain(newest.iloc[-1], 8)}, not v{plain(row.version, 8)}" if len(newest) else "of no version"
        return Check(name, "fail" if len(newest) else "cannot be known", other)
    last = mine.iloc[-1]
    known = _of(frames["quality"], row)
    known = known[known["metric"].eq(last["metric"])]
    limits = known.iloc[-1] if len(known) else None
    told = f"{metric_name(last['metric'])} {last['value']:.3f}, {fmt.number(last['rows_now'])} rows"
    if limits is None or not fmt.known(limits["low"]):
        return Check(name, "pass", told)
    small = limits["smaller_is_better"]
    bad = last["value"] > limits["high"] if small else last["value"] < limits["low"]
    if not bad:
        return Check(name, "pass", told)
    lost = pd.Series({"lost": abs(last["value"] - limits["usual"]), "value": last["value"], "usual": limits["usual"]})
    return Check(name, "fail", f"{metric_name(last['metric'])} {fell(lost)}")


def _same_hours(row: Any, frames: Mapping[str, pd.DataFrame]) -> Check:
    name, found = "same_hours", _of(frames["compared"], row)
    found = found[found["version"].eq(row.version)]
    if found.empty:
        return Check(name, "cannot be known", "only one is asked")
    one = found.iloc[0]
    if one["state"] == "not known":
        return Check(name, "cannot be known", f"{fmt.counted(int(one['requests']), 'request')}: too few")
    bad, low, high = one["state"] == "worse", f"{one['low'] * 100:.1f}", f"{one['high'] * 100:.1f}"
    return Check(
        name, "fail" if bad else "pass", f"{low} to {high} points {'worse' if bad else 'apart'}".replace("-", "−")
    )


def _inputs(row: Any, frames: Mapping[str, pd.DataFrame]) -> Check:
    name, found = "inputs", _of(frames["models"], row)
    if found.empty or not found.iloc[0]["columns"]:
        return Check(name, "cannot be known", "not measured")
    one = found.iloc[0]
    much = one["drifted"] and not (fmt.known(one["share"]) and one["share"] < WORTH)
    return Check(name, "fail" if much else "pass", f"{int(one['drifted'])} of {int(one['columns'])} drifted")


def _agrees(row: Any, frames: Mapping[str, pd.DataFrame]) -> Check:
    name, found = "as_trained", _of(frames["skew"], row)
    known, bad = int(found["state"].ne("not known").sum()), int(found["skewed"].sum())
    if not known:
        return Check(name, "cannot be known", "not logged" if found.empty else "too few rows")
    return Check(name, "fail" if bad else "pass", f"{bad} of {known} otherwise")


def _of(rows: pd.DataFrame, row: Any) -> pd.DataFrame:
    """The ``rows`` about the endpoint of ``row``."""
    return rows[rows["workspace_id"].eq(row.workspace_id) & rows["endpoint_id"].eq(row.endpoint_id)]


def said_of(told: pd.DataFrame) -> Finding:
    """``v3 of churn is promoted, and should not be; evaluated: of v2, not v3; 1 more of 5 refused``; else what may go on."""
    verdicts, first = told["verdict"], told.iloc[0]
    bad = int(verdicts.isin(BAD).sum())
    may, unknown = (int(verdicts.eq(one).sum()) for one in ("may be promoted", "cannot be known"))
    rest = f"{may:,} may be promoted, of {unknown:,} nobody can tell"
    if not bad:
        return Finding(f"None of {fmt.counted(len(told), 'newest version')} is refused; {rest}", "ok")
    who = f"v{plain(first['version'], 8)} of {plain(str(first['model']).rpartition('.')[2], 26)}"
    more = f"; {bad - 1:,} more refused, {may:,} may go on" if bad > 1 else f"; {may:,} of {len(told):,} may go on"
    said = f"{who} is {first['verdict']}: {first['reason']}{more}"
    return Finding(said, "watch" if first["verdict"] == "refused" else "act")


def _offer(row: Any, decision: Decision, checked: Sequence[Check]) -> Offer | None:
    """To let the alias name a version that may go on; or, where one was promoted that fails, the version before."""
    alias = {"alias": row.alias} if isinstance(row.alias, str) else {}
    why = f"Version {row.version} of {row.model}: {'; '.join(f'{one.name.lower()} {one.state} ({one.told})' for one in checked)}."
    if decision.verdict == "may be promoted" and str(row.version).isdecimal():
        return Offer("model.set_alias", why, {**alias, "version": int(row.version)})
    if decision.verdict == "promoted, and should not be" and isinstance(row.alias_before, str):
        return Offer(
            "model.set_alias",
            f"{why} The alias named version {row.alias_before} before.",
            {**alias, "version": int(row.alias_before)},
        )
    return None


def _listed(made: pd.DataFrame) -> Grid:
    columns = {
        **labelled(QUERY, ("model",)), **offers.COLUMNS, "says": ("Decision", "text"), **labelled(QUERY, ("version", "served")),
        **{key: (name, "text") for key, name in NAMES.items()},
        **labelled(QUERY, ("alias", "alias_version", "moved", "moved_by", "made", "made_by", "served_since", "endpoint", "workspace")),
    }  # fmt: skip
    return Grid(
        made,
        columns,
        "a version is known where the audit log or an endpoint names its number; an alias, where it was moved in 90 days",
        things={**things_of(QUERY), "state": offers.STATE},
        proposes={"propose": offers.button("model")},
    )
