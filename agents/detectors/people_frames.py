"""The frames of UserOps that come of what each person uses by month."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from agents.detectors import personas
from agents.detectors.cohorts import cohorts
from agents.detectors.feature_use import Teams, adoption, by_team, not_judged, silent
from agents.detectors.use_tiers import tiers

Frames = Mapping[str, pd.DataFrame]
QUERY = "person_months"


def of_features(teams: Teams, *, whole: bool = True) -> Callable[[Frames], dict[str, pd.DataFrame]]:
    """``adoption`` by month, ``team_features``, the ``silent`` teams, and how many are ``not_judged``. Nobody is called
    silent where the rows are not of the ``whole`` account: they may work elsewhere."""

    def work(frames: Frames) -> dict[str, pd.DataFrame]:
        rows = frames[QUERY]
        found = {"team_features": by_team(rows, teams), "not_judged": not_judged(rows, teams)}
        found["silent"] = silent(rows if whole else rows.head(0), teams)
        return {**frames, "adoption": adoption(rows), **found}

    return work


def of_people(teams: Teams) -> Callable[[Frames], dict[str, pd.DataFrame]]:
    """``persona_teams``, what the people of each team work as, ``cohorts``, who stays,
    and ``tiers``, how often they come."""

    def work(frames: Frames) -> dict[str, pd.DataFrame]:
        rows = frames[QUERY]
        found = {"persona_teams": personas.by_team(personas.told(rows), teams), "cohorts": cohorts(rows)}
        return {**frames, **found, "tiers": tiers(rows)}

    return work


def of_one(frames: Frames) -> dict[str, pd.DataFrame]:
    """``personas`` of the one person who is asked for, and the ``rules``."""
    return {**frames, "personas": personas.told(frames[QUERY]), "rules": personas.rules()}
