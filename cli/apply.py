"""Makes an organization be as a blueprint says: planned first, then done whole or not at all.

What the file names is made or changed; what it does not name is left alone. A second run finds
nothing to change.
"""

from uuid import uuid4

from cli.apply_public import carry_out_public, public_changes, public_left_alone
from cli.blueprint import Blueprint, BlueprintError
from cli.drafts import (
    last_resort_draft,
    last_resort_fields,
    override_drafts,
    override_fields,
    policy_draft,
    policy_fields,
    schedule_draft,
    schedule_fields,
)
from cli.plan import Change, Plan, compare, render
from cli.stored import Stored, contradictions, read_stored
from core import last_resort, overrides, people, policies, scheduling
from core.transaction import Actor, Core, Transaction
from storage.vocabulary import Role

__all__ = ["Plan", "apply", "plan", "render"]


async def plan(
    core: Core,
    actor: Actor,
    blueprint: Blueprint,
    *,
    environment_alerts_channel: str | None = None,
) -> Plan:
    """What `apply` would change now. Writes nothing.

    `environment_alerts_channel` is TOCSIN_ALERTS_CHANNEL, which wins over the file. Raises
    BlueprintError for what the database contradicts, and NotReady or Unavailable as core does
    (spec sections 5 and 11).
    """
    async with core.reading(actor) as tx:
        stored = await read_stored(tx, blueprint)
    return _plan(stored, blueprint, environment_alerts_channel)


async def apply(
    core: Core,
    actor: Actor,
    blueprint: Blueprint,
    *,
    environment_alerts_channel: str | None = None,
) -> Plan:
    """Do all that the blueprint asks for in one transaction. Returns what was changed.

    Doing it again changes nothing. Raises what `plan` raises; then nothing at all was changed
    (spec sections 5 and 11).
    """
    async with core.transaction(actor) as tx:
        # Of two at once, the second plans on what the first has done.
        await people.lock_organization(tx)
        stored = await read_stored(tx, blueprint)
        agreed = _plan(stored, blueprint, environment_alerts_channel)
        if agreed.changes:
            await _carry_out(tx, stored, blueprint, environment_alerts_channel)
    return agreed


async def _carry_out(
    tx: Transaction, stored: Stored, blueprint: Blueprint, environment: str | None
) -> None:
    members = {email: (await people.ensure_by_email(tx, email)).id for email in blueprint.emails}
    await people.appoint_admins(tx, [word.text for word in blueprint.admins])
    channel = _alerts_channel(blueprint, environment)
    if channel and channel != stored.alerts_channel:
        await people.set_alerts_channel(tx, channel)
    schedule_ids = {name: one.id for name, one in stored.schedules.items()}
    for schedule in blueprint.schedules:
        was = stored.schedule_draft(schedule.name)
        draft = schedule_draft(schedule, was, members, stored.now, removed=stored.removed)
        found = stored.schedules.get(schedule.name)
        if found:
            await scheduling.change_schedule(tx, found, draft)
        else:
            schedule_ids[schedule.name] = (await scheduling.create_schedule(tx, draft)).id
        known = stored.overrides.get(schedule.name, ())
        ahead = override_drafts(schedule, known, members, stored.now)
        if ahead is not None:
            await overrides.set_ahead(tx, schedule_ids[schedule.name], ahead)
    for policy in blueprint.policies:
        old = stored.policy_draft(policy.name)
        chain = policy_draft(policy, old, members, schedule_ids, removed=stored.removed)
        there = stored.policies.get(policy.name)
        if there:
            await policies.change_policy(tx, there, chain)
        else:
            await policies.create_policy(tx, chain)
    if blueprint.last_resort:
        last = last_resort_draft(
            blueprint.last_resort,
            stored.last_resort,
            members,
            schedule_ids,
            removed=stored.removed,
        )
        await last_resort.change(tx, last)
    await carry_out_public(tx, stored.public, blueprint)


def _plan(stored: Stored, blueprint: Blueprint, environment: str | None) -> Plan:
    faults = list(contradictions(stored, blueprint))
    if faults:
        raise BlueprintError(blueprint.name, faults)
    # Whoever and whatever is still to be made stands in with an id of its own.
    members = {email: uuid4() for email in blueprint.emails}
    members |= {email: one.id for email, one in stored.by_email.items()}
    names = {one.id: one.email or f"{one.name} (no e-mail)" for one in stored.members}
    names |= {member_id: email for email, member_id in members.items()}
    schedule_ids = {one.name: uuid4() for one in blueprint.schedules}
    schedule_ids |= {name: one.id for name, one in stored.schedules.items()}
    schedule_names = {schedule_id: name for name, schedule_id in schedule_ids.items()}

    channel = _alerts_channel(blueprint, environment)
    changes = [_member_change(stored, blueprint, email) for email in blueprint.emails]
    if channel:
        before = {"name": stored.alerts_channel} if stored.alerts_channel else None
        changes.append(compare("alerts channel", before, {"name": channel}))
    for schedule in blueprint.schedules:
        was = stored.schedule_draft(schedule.name)
        draft = schedule_draft(schedule, was, members, stored.now, removed=stored.removed)
        known = schedule_fields(was, names, schedule.timezone) if was else None
        shown = schedule_fields(draft, names, schedule.timezone)
        stored_ahead = stored.overrides.get(schedule.name, ())
        ahead = override_drafts(schedule, stored_ahead, members, stored.now)
        if ahead is not None:
            zone = schedule.timezone
            shown |= override_fields(ahead, names, zone)
            if known is not None:
                known |= override_fields(stored_ahead, names, zone)
        changes.append(compare(f"schedule {schedule.name}", known, shown))
    for policy in blueprint.policies:
        old = stored.policy_draft(policy.name)
        chain = policy_draft(policy, old, members, schedule_ids, removed=stored.removed)
        known = policy_fields(old, names, schedule_names) if old else None
        shown = policy_fields(chain, names, schedule_names)
        changes.append(compare(f"policy {policy.name}", known, shown))
    if blueprint.last_resort:
        now = stored.last_resort
        last = last_resort_draft(
            blueprint.last_resort, now, members, schedule_ids, removed=stored.removed
        )
        known = last_resort_fields(now, names, schedule_names) if now else None
        changes.append(
            compare("last resort", known, last_resort_fields(last, names, schedule_names))
        )
    changes += public_changes(stored.public, blueprint)
    return Plan(
        changes=tuple(change for change in changes if change),
        warnings=tuple(_warnings(blueprint, environment)),
        left_alone=tuple(_left_alone(stored, blueprint)),
    )


def _member_change(stored: Stored, blueprint: Blueprint, email: str) -> Change | None:
    found = stored.by_email.get(email)
    before = found.role if found else None
    appointed = email in {word.text for word in blueprint.admins}
    after = Role.ADMIN if appointed else before or Role.MEMBER
    known = {"role": before.value} if before else None
    return compare(f"member {email}", known, {"role": after.value})


def _alerts_channel(blueprint: Blueprint, environment: str | None) -> str | None:
    """The channel to set: none where the environment says another, as that one wins."""
    wanted = blueprint.alerts_channel.text if blueprint.alerts_channel else None
    overruled = environment and environment.removeprefix("#") != wanted
    return None if overruled else wanted


def _warnings(blueprint: Blueprint, environment: str | None) -> list[str]:
    wanted = blueprint.alerts_channel
    if wanted is None or _alerts_channel(blueprint, environment):
        return []
    return [
        f"{blueprint.name}:{wanted.line}: the alerts channel stays “{environment}”, not "
        f"“{wanted.text}”: TOCSIN_ALERTS_CHANNEL is set, and the environment wins. Unset it, or "
        "make them agree."
    ]


def _left_alone(stored: Stored, blueprint: Blueprint) -> list[str]:
    schedules_named = {one.name for one in blueprint.schedules}
    policies_named = {one.name for one in blueprint.policies}
    left = [f"schedule {name}" for name in stored.schedules if name not in schedules_named]
    left += [f"policy {name}" for name in stored.policies if name not in policies_named]
    left += public_left_alone(stored.public, blueprint)
    if stored.alerts_channel and blueprint.alerts_channel is None:
        left.append(f"alerts channel {stored.alerts_channel}")
    if stored.last_resort and blueprint.last_resort is None:
        left.append("the last resort")
    named = {word.text for word in blueprint.admins}
    return left + [
        f"admin {one.email or one.name}"
        for one in stored.members
        if one.role is Role.ADMIN and one.removed_at is None and one.email not in named
    ]
