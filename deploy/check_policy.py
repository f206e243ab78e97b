"""Preflight: the policy, the groups it names, and how far the kinds of action that it lets propose could be carried out."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from actions.registry import KINDS
from approvals.people.group_names import look_alikes
from approvals.people.scim import LOCAL
from approvals.policy.policy_file import PolicyError, kind_enabled, load
from approvals.policy.policy_names import meaningless
from approvals.policy.rules import Policy
from deploy.check_workspace import level_of, names_of
from deploy.findings import Finding, plain
from deploy.levels import holds
from settings import Settings

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient

LOOKED_AT = 10  # objects of each type


def read(chosen: Settings) -> tuple[Policy | None, tuple[Finding, ...]]:
    """The policy, None when it cannot be used."""
    try:
        made = load(chosen.policy)
    except PolicyError as error:
        return None, (
            Finding("policy", "fail", str(error), f"Mend {chosen.policy}; nothing is decided without a policy."),
        )
    return made, (Finding("policy", "ok", f"{made.file}, digest {made.digest[:12]}"), *names(made))


def names(policy: Policy) -> Iterator[Finding]:
    """What the policy says of kinds of action and agents that do not exist."""
    for said in meaningless(policy, KINDS):
        yield Finding(
            "policy names", "fail", said, f"Mend the name in {policy.file}; a rule about it holds for nothing."
        )
    for said in policy.earlier:
        yield Finding("policy names", "warn", said, "Write the new word; the earlier one is still understood.")


def named(policy: Policy) -> tuple[str, ...]:
    """Every group that the policy names, its teams' aside."""
    roles = policy.groups
    lists: Iterable[tuple[str, ...]] = (
        roles.admin, roles.viewer, roles.auditor, roles.finops, roles.freeze_approvers, roles.break_glass,
        roles.kill_switch, roles.owner_fallback, *roles.approvers.values(),
    )  # fmt: skip
    return tuple(sorted({name for names in lists for name in names}))


def groups(client: WorkspaceClient, policy: Policy) -> Iterator[Finding]:
    """Whether each group is there and has members."""
    wanted = named(policy)
    right = 0
    for name in wanted:
        said = name.replace("\\", "\\\\").replace('"', '\\"')
        found = list(client.groups.list(filter=f'displayName eq "{said}"'))
        if not found:
            yield Finding(
                "group",
                "fail",
                f"{name} does not exist; what only it could decide, nobody can",
                f"databricks groups create --display-name {plain(name)}, or name another in the policy.",
            )
        elif not any(one.members for one in found):
            yield Finding("group", "warn", f"{name} has no members", "Add the people who decide.")
        else:
            right += 1
    yield Finding("groups", "ok", f"{right} of {len(wanted)} groups of the policy are there, with members")
    yield from _alike(client, policy)


def _alike(client: WorkspaceClient, policy: Policy) -> Iterator[Finding]:
    """The account's groups that people may take for one of the policy's."""
    every = client.groups.list(attributes="id,displayName,meta")
    own = (one for one in every if one.meta is None or one.meta.resource_type != LOCAL)
    for one in look_alikes(policy, (str(group.display_name) for group in own if group.display_name)):
        how = "reads" if one.reads else "looks"
        what = "and counts as it" if one.counts else f"and is another group: only {one.wanted} has its rights"
        mend = (
            f"Rename it to {one.wanted}"
            if one.counts
            else "Rename or remove it in the account, and look at who made it"
        )
        yield Finding("group names", "warn", f"{one.group!a} {how} like {one.wanted}, {what}", f"{mend}.")


def kinds(client: WorkspaceClient, policy: Policy, who: str) -> Iterator[Finding]:
    """On how many of the first few objects of each type the app could carry out what is proposed there."""
    rights = [one.right for name, one in KINDS.items() if kind_enabled(policy, name, one.enabled)]
    names, least = names_of(client, who), {right.on for right in rights if right.on}
    for kind in sorted(least):
        identifiers = list(itertools.islice(_identifiers(client, kind), LOOKED_AT))
        levels = [level_of(client, kind, one, names) for one in identifiers]
        seen = [one for one in levels if one is not None]
        if not seen:
            yield Finding(f"acting on {kind}", "note", "their rights cannot be seen from here")
            continue
        wanted = sorted({right.level for right in rights if right.on == kind})
        told = ", ".join(f"{level} on {sum(holds(kind, one, level) for one in seen if one)}" for level in wanted)
        yield Finding(
            f"acting on {kind}",
            "note",
            f"of {len(seen)} looked at: {told}",
            "" if any(seen) else f"Give {who} {wanted[0]} on the {kind} it shall act on.",
        )


def _identifiers(client: WorkspaceClient, kind: str) -> Iterator[str]:
    listed: dict[str, Any] = {
        "jobs": lambda: (str(one.job_id) for one in client.jobs.list()),
        "clusters": lambda: (str(one.cluster_id) for one in client.clusters.list()),
        "warehouses": lambda: (str(one.id) for one in client.warehouses.list()),
        "pipelines": lambda: (str(one.pipeline_id) for one in client.pipelines.list_pipelines()),
        "serving-endpoints": lambda: (str(one.id) for one in client.serving_endpoints.list() if one.id),
    }
    yield from listed[kind]()
