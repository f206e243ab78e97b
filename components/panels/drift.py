"""MLOps: did drift matter? Which inputs of which models moved, what these carry, and how good the models were meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from components.panels import offers
from components.panels.offers import Offer
from components.text import format as fmt
from components.text.untrusted import plain
from components.text.view_context import ViewContext
from components.tiles.grid import labelled, things_of
from components.tiles.panel import panel
from components.tiles.summary import Clause, Said
from components.tiles.tile import Body, Empty, Finding, Frames, Grid, Lead, Proposes

QUERY, TRAINERS = "mlops.drift_by_column", "mlops.trainers"
RETRAIN = Proposes("job", "train_act", "", "why")
NO_RUN = (
    "No run in this period says how far the inputs of a model moved.",
    "Runs that log psi_… of a column, with n and n_reference, are read from system.mlflow.",
)
AT_ONCE = pd.Timedelta(days=7)  # what began within it began at the same time
WORTH = 0.1  # of a model: what drifted columns carry at least, to be acted on


@panel("Models whose inputs moved", height=340)
def drift_models(frames: Frames, look: ViewContext) -> Sequence[Body]:
    """A column has drifted where the distance to the baseline is an effect (PSI of 0.1, or what equals it) and no chance among
    all columns read with it, in two windows running. What is so on every weekend, times and ids are no drift."""
    models = frames["models"]
    if models.empty:
        return [Empty(*NO_RUN)]
    rows = _worded(models)
    shown = _trained(rows, frames.get("trainers")).assign(resource_kind="endpoint", resource_id=rows["endpoint_id"])
    columns = {
        **labelled(QUERY, ("model",)), **offers.COLUMNS, "moved": ("Columns drifted", "text"), "share": ("They carry", "share"),
        "since": ("Since", "date"), "quality": ("Quality", "text"), "unproven": ("Without evidence", "count"),
        "rows_now": ("Rows a window", "count"), "newest": ("Newest window", "date"),
        **labelled(TRAINERS, ("job", "trained")), "retrain": ("", "text"), **labelled(QUERY, ("workspace",)),
    }  # fmt: skip
    made = [_offer(row) for row in rows.itertuples()]
    table = Grid(
        offers.offered_of_kinds(shown, "model", made, frames),
        columns,
        _rule(frames["limits"].iloc[0]),
        things={**things_of(QUERY), **things_of(TRAINERS), "state": offers.STATE},
        proposes={"propose": offers.button("model"), "retrain": RETRAIN},
    )
    return [said_of_models(models), table]


def _trained(models: pd.DataFrame, trainers: pd.DataFrame | None) -> pd.DataFrame:
    """``models`` with the job that trained each, as far as it is known, and a button that runs it where quality fell or much
    drifted."""
    known = (
        pd.DataFrame(columns=["workspace_id", "model", "job_id", "job", "trained"]) if trainers is None else trainers
    )
    found = models.merge(known.drop(columns="runs", errors="ignore"), "left", ["workspace_id", "model"])
    found = found.set_axis(models.index)
    needs = found["job"].notna() & (found["drifted"].gt(0) | found["lost"].notna())
    return found.assign(
        retrain=pd.Series(["Train" if one else None for one in needs], found.index, dtype=object),
        train_act=pd.Series(["job.run_now" if one else "" for one in needs], found.index, dtype=object),
    )


def _rule(limits: pd.Series) -> str:
    return f"evidence: below {limits['chance']:.1%} by chance, of {int(limits['few'])} rows on either side at least"


def said_of_models(models: pd.DataFrame) -> Finding:
    """The most harmful model in a sentence, else that none has drifted and over what."""
    bad = models[models["drifted"].gt(0) | models["lost"].notna()]
    if bad.empty:
        columns = f"{int(models['columns'].sum()):,} columns of {fmt.counted(len(models), 'model')}"
        unproven = int(models["unproven"].sum())
        chance = f"; {unproven:,} moved in samples too small to say" if unproven else ""
        return Finding(f"None of {columns} drifted{chance}", "ok")
    said = f"{len(bad)} of {fmt.counted(len(models), 'model')} moved or became worse"
    return Finding(f"{said}; most {_shortly(bad.iloc[0])}", tone(bad.iloc[0]))


def _shortly(model: pd.Series) -> str:
    """``churn: 2 columns that carry 41%, AUC fell 0.04``."""
    said, count = [], int(model["drifted"])
    if count:
        does = "carries" if count == 1 else "carry"
        carries = f" that {does} {fmt.percent(model['share'], 0)}" if fmt.known(model["share"]) else ""
        said.append(f"{fmt.counted(count, 'column')}{carries}")
    if fmt.known(model["lost"]):
        said.append(f"{metric_name(model['metric'])} {fell(model)}")
    return f"{plain(model['model'], 40)}: {', '.join(said)}"


def sentence(model: pd.Series) -> str:
    """``churn: 2 of 14 columns drifted for 3 weeks; both carry 41% of the model; AUC fell at the same time``."""
    said, count = [], int(model["drifted"])
    if count:
        said.append(f"{count} of {fmt.counted(int(model['columns']), 'column')} drifted{_for(model)}")
        if fmt.known(model["share"]):
            who = "it carries" if count == 1 else "both carry" if count == 2 else "they carry"
            said.append(f"{who} {fmt.percent(model['share'], 0)} of the model")
    if fmt.known(model["lost"]):
        together = count and abs(model["worse_since"] - model["since"]) <= AT_ONCE
        at = " at the same time" if together else f" since {fmt.day(model['worse_since'].date())}"
        said.append(f"{metric_name(model['metric'])} {fell(model)}{at}")
    return f"{plain(model['model'], 60)}: {'; '.join(said)}"


def tone(model: pd.Series) -> Any:
    """To be acted on where quality fell or what drifted carries a good part of the model, or nobody knows how much."""
    if fmt.known(model["lost"]) or not fmt.known(model["share"]):
        return "act"
    return "act" if model["share"] >= WORTH else "watch"


def fell(model: pd.Series) -> str:
    """``fell 0.04``; of an error, ``rose``."""
    said = f"{model['lost']:.2f}" if model["lost"] >= 0.01 else f"{model['lost']:.1g}"
    return f"{'fell' if model['value'] < model['usual'] else 'rose'} {said}"


def metric_name(name: Any) -> str:
    word = plain(name, 20)
    return word.upper() if word in ("auc", "rmse", "mse", "mae", "mape") else word.replace("_", " ")


def _for(model: pd.Series) -> str:
    days = (model["newest"] - model["since"]).days + 1
    return f" for {days // 7} weeks" if days >= 14 else f" for {fmt.counted(days, 'day')}"


def _worded(models: pd.DataFrame) -> pd.DataFrame:
    quality = [
        f"{metric_name(row.metric)} {row.usual:.3f} → {row.value:.3f}"
        if fmt.known(row.usual)
        else f"{metric_name(row.metric)} {row.value:.3f}"
        if fmt.known(row.value)
        else "not measured"
        for row in models.itertuples()
    ]
    moved = [f"{row.drifted} of {row.columns}" for row in models.itertuples()]
    return models.assign(quality=quality, moved=moved)


def _offer(row: Any) -> Offer | None:
    """To tell who measures the model that it should be trained anew or go back, where quality fell or much drifted."""
    if not isinstance(row.owner, str) or not (fmt.known(row.lost) or row.drifted):
        return None
    text = f"{sentence(pd.Series(row._asdict()))}. Please look whether it must be trained anew, or go back to the version before."
    return Offer(
        "notify.owner",
        text,
        {"recipient": row.owner, "subject": plain(f"{row.model} has drifted", 120), "text": text},
    )


def _drift(frames: Frames, look: ViewContext) -> Said:
    """``churn's input drifted in 2 of its 5 strong features and its AUC fell 0.04``."""
    models = frames["models"]
    bad = models[models["drifted"].gt(0) | models["lost"].notna()]
    if bad.empty:
        return Said(f"no input of {fmt.counted(len(models), 'model')} drifted", "ok")
    worst = bad.iloc[0]
    said = [f"drifted in {int(worst['drifted'])} of {int(worst['columns'])} columns"] if worst["drifted"] else []
    if worst["strong"]:
        said = [f"drifted in {int(worst['strong'])} of its {int(worst['strongest'])} strong features"]
    name, lost = (
        plain(worst["model"], 40),
        f"{metric_name(worst['metric'])} {fell(worst)}" if fmt.known(worst["lost"]) else "",
    )
    if not said:
        return Said(f"{name}’s {lost}", "act")
    return Said(f"{name}’s input {said[0]}{f' and its {lost}' if lost else ''}", tone(worst))


CLAUSE = Clause(
    "drift", ("drift_by_column", "quality_by_window"), _drift, Lead("Drift", "mlops.py", "Drift", "drift_models")
)
