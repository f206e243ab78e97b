"""Who may read which table, and who did: grants and reads that fit each other, for the catalog, lineage and audit."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd

from demo.fault_plan import ONE_OF_EACH
from demo.faults import IDLE_HANDS, faults_of, position_of, struck
from demo.organisation import GOLD, QUARTERLY, Organisation
from demo.rhythm import DAY, Frame, Ints, days, generator, seconds, working_times
from demo.runs import LAG

READ_DAYS = 120
GRANTS = 900
# Faults of jobs that write less for it, or nothing.
WRITE_LITTLE = (
    "permission_lost",
    "wrote_nothing",
    "broken_off",
    "not_started",
    "never_succeeded",
    "stuck",
    "flaky",
    "failed_starts",
)
LOST_TABLE = 601  # position of a table that no job writes from
FEW = 4  # tables that a broken writer writes
UNREAD_APART = 7  # one table in so many of weekly jobs is read by nobody
FILES = "s3://exports/customers"  # where the table lies that is read by path alone
CAME = (78, 5)  # how many days ago, and for how many, somebody came for the quarter's end
WIDE, WIDE_GRANTS = (
    (100, 600),
    24,
)  # positions of tables that teams may hold more than reading on, and on how many they do
YOUNG = 20  # days since a grant that is too young to be called unused


@lru_cache(maxsize=1)
def personal_grants(world: Organisation) -> Frame:
    """Direct SELECT grants: person, target (positions). Each is used, but those of the table that nobody reads; whoever
    left holds none of them."""
    rng = generator(world.seed, 60)
    readable = np.nonzero((world.tables["read"] & (world.tables.layer != "bronze")).to_numpy())[0]
    made = pd.DataFrame({"person": rng.integers(0, 59, GRANTS), "target": rng.choice(readable, GRANTS)})
    return made.drop_duplicates(ignore_index=True)


def idle_grants(world: Organisation) -> list[tuple[int, str, str]]:
    """Direct grants nobody uses and nobody should take away: target (position), grantee, privilege. A service principal
    that may run once a year, the table's own owner, and somebody whose grant is :data:`YOUNG` days old."""
    owner = world.tables.table_owner.iloc[30]
    return [(29, world.principals.application_id.iloc[3], "SELECT"), (30, owner, "MODIFY"), new_grant(world)]


def of_teams(world: Organisation) -> list[tuple[int, str, str]]:
    """What teams hold on tables of their own, wide as it is: target (position), grantee, privilege; none in the organisation of one
    fault of each kind, where the wide grants are the planted ones."""
    if world.plan == ONE_OF_EACH:
        return []
    own = generator(world.seed, 203).permutation(np.arange(*WIDE))[:WIDE_GRANTS]
    wide = ("ALL_PRIVILEGES", "MANAGE")
    return [(int(place), f"team-{world.tables.team[place]}", wide[at % 2]) for at, place in enumerate(own)]


def new_grant(world: Organisation) -> tuple[int, str, str]:
    """The one of :func:`idle_grants` that is young."""
    return 31, world.people.email.iloc[21], "SELECT"


@lru_cache(maxsize=1)
def team_changes(world: Organisation) -> Frame:
    """What administrators gave teams on single tables, and took from them, in the last 120 days, each table once: start, target
    (position), by (position of a person), taken."""
    rng = generator(world.seed, 69)
    start = working_times(rng, days(world.now, READ_DAYS), 3)
    made = pd.DataFrame(
        {
            "start": start,
            "target": rng.integers(0, len(world.tables), len(start)),
            "by": rng.integers(0, 3, len(start)),
            "taken": rng.random(len(start)) < 0.12,
        }
    )
    return made[made.start < int(world.now.timestamp()) - LAG].drop_duplicates("target", ignore_index=True)


@lru_cache(maxsize=1)
def reads(world: Organisation) -> Frame:
    """Reads of the last 120 days in order: start (seconds since 1970), person, target. Nobody reads the table that
    nobody reads, and every grant was used within the last 80 days."""
    rng, every = generator(world.seed, 61), days(world.now, READ_DAYS)
    grants, horizon = personal_grants(world), int(world.now.timestamp()) - LAG
    start = working_times(rng, every, 160 * world.parts)
    pair = grants.iloc[rng.integers(0, len(grants), len(start))]
    of_team = rng.random(len(start)) < 0.3
    teams = world.people.team.to_numpy()[pair.person]
    own = {
        team: np.nonzero((world.tables.team == team) & world.tables["read"] & (world.tables.layer == "gold"))[0]
        for team in np.unique(teams)
    }
    roll = rng.integers(0, 10**6, len(start))
    of_own = np.array([own[team][r % len(own[team])] for team, r in zip(teams, roll, strict=True)], dtype="int64")
    usual = pd.DataFrame(
        {"start": start, "person": pair.person.to_numpy(), "target": np.where(of_team, of_own, pair.target.to_numpy())}
    )
    once = grants.assign(start=horizon - rng.integers(0, 80 * DAY, len(grants)))
    listed = []
    for fault in faults_of(world, "unmasked_sensitive"):
        position = position_of(world, fault)
        group = np.nonzero((world.people.team == world.tables.team[position]).to_numpy())[0]
        at = working_times(rng, every[-14:], 9)
        listed.append(pd.DataFrame({"start": at, "person": rng.choice(group[group < 59], len(at)), "target": position}))
    made = pd.concat([usual, once[["start", "person", "target"]], *listed], ignore_index=True)
    made = pd.concat([made, _by_owners(world, made.target)], ignore_index=True)
    made["start"] = quarterly(world, made.start, made.person == QUARTERLY)
    unread = struck(world, "never_read", world.tables.full_name.to_numpy()[made.target])
    made = made[(made.start < horizon) & ~unread & (made.person != 59)]
    return made.sort_values(["start", "person", "target"], ignore_index=True)


def quarterly(world: Organisation, start: Any, whose: Any) -> Ints:
    """The times ``start``, of them those that are theirs who come once a quarter in these days, at the same time of day."""
    ago, count = CAME
    first = int(world.now.normalize().timestamp()) - ago * DAY
    moved = first + start // DAY % count * DAY + start % DAY
    made: Ints = np.where(whose, moved, start)
    return made


def _by_owners(world: Organisation, used: pd.Series) -> Frame:
    """Reads of what neither a person of ``used`` (positions of tables) nor another table reads: by its owner, every third
    week; a few tables of weekly jobs stay unread, as in every house."""
    weekly = world.jobs.position[world.jobs.cadence == "weekly"]
    late = writers(world)
    quiet = late.target[late.position.isin(weekly)].to_numpy()[::UNREAD_APART]
    lonely = np.setdiff1d(np.arange(len(world.tables)), [*used.unique(), *world.tables.upstream, *quiet])
    person = pd.Series(
        np.arange(59), world.people.email.to_numpy()[:59]
    )  # whoever left reads nothing: then a colleague does
    owner = world.tables.table_owner.iloc[lonely].map(person).fillna(0).astype("int64").to_numpy()
    start = seconds(days(world.now, READ_DAYS))[6::21] + 11 * 3600
    return pd.DataFrame(
        {
            "start": np.repeat(start, len(lonely)) + np.tile(lonely, len(start)) % 3600,
            "person": np.tile(owner, len(start)),
            "target": np.tile(lonely, len(start)),
        }
    )


@lru_cache(maxsize=1)
def writers(world: Organisation) -> Frame:
    """Which job writes each silver and gold table: target, position (of the job). Jobs of the home region that run
    once a day or a week, except those that are broken in a way that would hide a table's own faults."""
    from demo.names import EUROPE

    fit = (world.jobs.workspace_id != EUROPE) & world.jobs.cadence.isin(["daily", "weekday", "weekly"])
    fit &= ~world.jobs.position.isin(IDLE_HANDS) & world.jobs.paused_at.isna() & world.jobs.ghost_id.isna()
    able = world.jobs.position[fit].to_numpy()
    target = np.nonzero((world.tables.upstream >= 0).to_numpy())[0]
    position = _spared(world, target, able)
    daily = world.jobs.position[fit & (world.jobs.cadence == "daily") & (world.jobs.position < 14)].to_numpy()
    healthy = daily[~np.isin(daily, (1, 2, 8, 10, 13, *_broken(world)))]
    if not len(healthy):
        healthy = able[~np.isin(able, _broken(world)) & (world.jobs.cadence.to_numpy()[able] == "daily")]
    planted = (target >= GOLD) & (target < GOLD + 20)  # the tables with faults of their own are written daily
    return pd.DataFrame({"target": target, "position": np.where(planted, healthy[target % len(healthy)], position)})


def _broken(world: Organisation) -> list[int]:
    """The positions of jobs with a fault that keeps them from writing now and then, or at all."""
    known = {(job.workspace_id, job.job_id): job.position for job in world.jobs.itertuples()}
    return [known[one.workspace_id, one.entity_id] for kind in WRITE_LITTLE for one in faults_of(world, kind)]


def lost_table(world: Organisation, job: int) -> str:
    """The table that the job at a position may read no more: one that it makes others from."""
    own = writers(world)
    made = own.target[own.position == job]
    place = int(world.tables.upstream[made.iloc[0]]) if len(made) else LOST_TABLE
    return str(world.tables.full_name[place])


def _spared(world: Organisation, target: Ints, able: Ints) -> Ints:
    """The position of the job that writes each ``target``: one of ``able`` in turn, of which those that are broken have
    :data:`FEW` tables each, so that one fault is not the whole house."""
    broken = _broken(world)
    position, well = able[target % len(able)], able[~np.isin(able, broken)]
    watched = (target >= GOLD + 20) & (target < GOLD + 80)  # those that the platform's own monitors look at
    kept = np.zeros(len(target), dtype=bool)
    for one in broken:
        own = np.nonzero(position == one)[0]
        kept[own[np.argsort(~watched[own], kind="stable")][:FEW]] = True
    made: Ints = np.where(np.isin(position, broken) & ~kept, well[target % len(well)], position)
    return made
