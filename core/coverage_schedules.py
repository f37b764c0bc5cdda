"""PURE. What is wrong with schedules, and with the people who are on call (spec section 5)."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from core import oncall, policies, reach
from core.findings import Finding, FindingKind, Looked, Target
from core.instants import spoken
from core.staffing import with_nobody, with_others_alone


def gaps(looked: Looked) -> Iterator[Finding]:
    """Every stretch ahead in which a schedule has no owner, and whether it pages others then."""
    for schedule in looked.schedules:
        for holds, key, said in (
            (with_nobody, "gap", "Nobody is on call for {} {}."),
            (with_others_alone, "ownerless", "The first layer of {} has nobody {}: the others "
             "are paged, and incidents have no owner."),
        ):  # fmt: skip
            for gap in looked.stretches(holds, Target(schedule.id, ())):
                start_at, end_at = looked.bounds(gap)
                yield Finding(
                    FindingKind.GAP,
                    f"{key}:{schedule.id}:{looked.key(gap)}",
                    said.format(schedule.name, looked.when(gap, schedule.timezone)),
                    "Take the time with an override, or change the rotation so that somebody has "
                    "it.",
                    schedule_id=schedule.id,
                    timezone=schedule.timezone.key,
                    start_at=start_at,
                    end_at=end_at,
                )


def removed_members(looked: Looked) -> Iterator[Finding]:
    """Rotation layers and overrides, not over yet, that name people who were removed."""
    for schedule in looked.schedules:
        for layer in schedule.layers:
            if layer.effective_until is None or layer.effective_until > looked.now:
                yield from _removed_in_rotation(looked, schedule, layer)
        for override in schedule.overrides:
            if override.end_at > looked.now and override.member.removed_at:
                name = looked.members[override.member.member_id].name
                start, end = (
                    spoken(one, schedule.timezone) for one in (override.start_at, override.end_at)
                )
                yield Finding(
                    FindingKind.REMOVED_MEMBER,
                    f"removed:override:{override.id}",
                    f"{name} was removed, and an override of {schedule.name} still names them, "
                    f"from {start} until {end}. It does not count.",
                    "Give the override to somebody else, or remove it.",
                    schedule_id=schedule.id,
                    member_id=override.member.member_id,
                    timezone=schedule.timezone.key,
                    start_at=max(override.start_at, looked.now),
                    end_at=override.end_at,
                )


def _removed_in_rotation(
    looked: Looked, schedule: oncall.Schedule, layer: oncall.RotationLayer
) -> Iterator[Finding]:
    anybody = any(one.removed_at is None for one in layer.participants)
    follows = "the next in the order stands in" if anybody else "nobody is left in it"
    removed = {one.member_id for one in layer.participants if one.removed_at}
    for member_id in sorted(removed, key=lambda id: looked.members[id].name):
        yield Finding(
            FindingKind.REMOVED_MEMBER,
            f"removed:rotation:{layer.id}:{member_id}:{anybody}",
            f"{looked.members[member_id].name} was removed and is still in the rotation "
            f"{layer.name} of {schedule.name}: {follows}.",
            "Take them out of the rotation, and put somebody else in.",
            schedule_id=schedule.id,
            member_id=member_id,
        )


def without_channel(looked: Looked) -> Iterator[Finding]:
    """People who will be paged, and whom nothing surely reaches: no Slack user, and no mail."""
    seen: set[UUID] = set()
    for schedule in looked.schedules:
        for span in looked.ahead[schedule.id]:
            for member_id in sorted(span.people - seen):
                seen.add(member_id)
                runs = span.start == looked.now
                since = "now" if runs else f"from {spoken(span.start, schedule.timezone)}"
                yield from _unless_reachable(
                    looked,
                    member_id,
                    f"on call for {schedule.name} {since}",
                    schedule_id=schedule.id,
                    timezone=None if runs else schedule.timezone.key,
                    start_at=span.start,
                )
    for policy in looked.policies:
        named = [one.member_id for layer in policy.layers for one in layer.members]
        for member_id in dict.fromkeys(named):
            if member_id not in seen and not looked.members[member_id].removed_at:
                seen.add(member_id)
                yield from _unless_reachable(
                    looked, member_id, f"paged by {policy.name}", policy_id=policy.id
                )
    for member_id in looked.last_resort.member_ids if looked.last_resort else ():
        if member_id not in seen and not looked.members[member_id].removed_at:
            yield from _unless_reachable(looked, member_id, "the last resort")


def _unless_reachable(
    looked: Looked,
    member_id: UUID,
    because: str,
    *,
    schedule_id: UUID | None = None,
    policy_id: UUID | None = None,
    timezone: str | None = None,
    start_at: datetime | None = None,
) -> Iterator[Finding]:
    member = looked.members[member_id]
    if reach.surely_reachable(member, looked.channels):
        return
    if member.email:
        lacks = f"no Slack user with the address {member.email} is known"
        to_do = "Ask them to type /incident once in Slack, or correct their address."
    else:
        lacks = "neither a Slack user nor an e-mail address is known"
        to_do = "Ask them to type /incident once in Slack, or have somebody else paged."
    yield Finding(
        FindingKind.NO_CHANNEL,
        f"no_channel:{member.id}:{bool(member.email)}",
        f"{member.name} is {because}, and {lacks}: a page may reach them nowhere.",
        to_do,
        schedule_id=schedule_id,
        policy_id=policy_id,
        member_id=member.id,
        timezone=timezone,
        start_at=start_at,
    )


def without_policy(looked: Looked) -> Iterator[Finding]:
    """Schedules that no policy pages: an incident declared for one pages its owner, once.

    The last resort is nothing that one declares for, so it needs none.
    """
    covered = policies.by_schedule(looked.policies)
    last = looked.last_resort.schedule_id if looked.last_resort else None
    for schedule in looked.schedules:
        if schedule.id not in covered and schedule.id != last:
            yield Finding(
                FindingKind.SCHEDULE_WITHOUT_POLICY,
                f"schedule_without_policy:{schedule.id}",
                f"No policy pages {schedule.name}: an incident declared for it pages its owner "
                "once, and then nobody.",
                "Add a policy with a layer that pages it, or add it to a policy.",
                schedule_id=schedule.id,
            )


def removed_owners(looked: Looked) -> Iterator[Finding]:
    """Open incidents whose owner was removed: they stay theirs until they are handed on."""
    for member_id, numbers in looked.owned_by_removed.items():
        listed = ", ".join(f"#{number}" for number in numbers)
        yield Finding(
            FindingKind.REMOVED_OWNER,
            f"removed:owner:{member_id}:{listed}",
            f"{looked.members[member_id].name} was removed and still owns {listed}.",
            f"Hand it on: /incident handoff {numbers[0]} @somebody.",
            member_id=member_id,
        )
