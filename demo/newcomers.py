"""People who joined lately: who was added when, who signed in, who had a first success, and who is denied what they need."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import pandas as pd

from demo.names import digits
from demo.organisation import GOLD, LAST, Organisation
from demo.rhythm import DAY, Frame, generator

FIRST = ("Zoe", "Yan", "Xia", "Wim")
# Days since they were added; days from then to the first sign-in (None: never); days from there to the first success (None:
# none yet); how often a table of their team was denied. One was added and never came.
_CAME: tuple[tuple[int, int | None, int | None, int], ...] = (
    (58, 0, 1, 0), (56, 3, 0, 0), (52, 1, 2, 1), (47, 0, 4, 2), (44, 0, 0, 0), (39, 2, 1, 0), (33, 0, 3, 1), (30, 0, 1, 0),
    (27, 0, 1, 0), (25, 1, None, 6), (22, 0, None, 4), (19, 4, 2, 0), (16, 0, None, 5), (13, 0, None, 0), (12, 0, 0, 0),
    (9, None, None, 0), (6, 0, 1, 0), (3, 1, None, 1),
    (88, 0, 1, 0), (85, 0, 2, 0), (82, 1, 1, 0), (78, 0, 0, 0), (75, 0, 1, 1), (71, 0, 3, 0), (68, 2, 1, 0), (63, 0, 1, 0),
)  # fmt: skip
_LEFT = {19: 20, 22: 9, 25: 30}  # who stopped coming, so many days after their first success


@lru_cache(maxsize=1)
def newcomers(world: Organisation) -> Frame:
    """email, user_id, team, added (seconds since 1970), and the days of :data:`_CAME`: started, succeeded, denied."""
    made = pd.DataFrame(_CAME, columns=["ago", "started", "succeeded", "denied"]).astype("Int64")
    names = [f"{FIRST[i % 4].lower()}.{LAST[(i * 5 + i // 12) % 12].lower()}" for i in range(len(made))]
    today = int(world.now.normalize().timestamp())
    return made.assign(
        email=[f"{name}@example.com" for name in names],
        user_id=digits(generator(world.seed, 57), len(made), 13),
        team=["finance" if i % 2 else "risk" for i in range(len(made))],
        added=[today - int(ago) * DAY + 9 * 3600 for ago in made.ago],
    )


def came(world: Organisation) -> list[tuple[int, str, str, str, int, dict[str, Any]]]:
    """What audit says of them: time, who, service, action, status, parameters."""
    admin, told = str(world.people.email.iloc[0]), []
    for number, one in enumerate(newcomers(world).itertuples()):
        told.append(
            (one.added, admin, "accounts", "add", 200, {"targetUserName": one.email, "targetUserId": one.user_id})
        )
        if pd.isna(one.started):
            continue
        begin = one.added + int(one.started) * DAY + 1800
        told.append((begin, one.email, "accounts", "tokenLogin", 200, {}))
        table = world.tables[(world.tables.team == one.team) & (world.tables.index >= GOLD)].full_name.iloc[number % 8]
        for again in range(int(one.denied)):
            what = {"full_name_arg": table, "workspace_id": "1204817365918273"}
            told.append((begin + 3600 + again * 5400, one.email, "unityCatalog", "getTable", 403, what))
        if pd.isna(one.succeeded):
            continue
        stayed = int(one.ago) - int(one.started) - int(one.succeeded)
        for again in range(0, min(stayed, _LEFT.get(number, stayed)), 2):
            at = begin + 7200 + (int(one.succeeded) + again) * DAY
            told.append((at, one.email, "notebook", "runCommand", 200, {"path": f"/Workspace/Users/{one.email}/start"}))
    added = int(world.now.normalize().timestamp()) - 20 * DAY
    service = str(world.principals.application_id.iloc[0])
    told.append((added, admin, "accounts", "add", 200, {"targetUserName": service, "targetUserId": "1"}))  # nobody
    return told
