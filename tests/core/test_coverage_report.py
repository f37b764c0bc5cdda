"""The coverage report: each thing it finds, and nothing where all is well or over."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from core import coverage_report, people, policies, schedules, scheduling
from core.findings import Finding, FindingKind
from core.policies import EscalationLayerDraft
from storage.models import RotationLayer, ScheduleOverride
from storage.vocabulary import Channel
from tests.cast import NOON
from tests.core import given
from tests.engine import Engine

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
async def covered(engine: Engine) -> Engine:
    """An organization in which all is well: everybody is known to Slack."""
    async with engine.core.transaction(engine.system) as tx:
        for name, member in engine.cast.items():
            (await people.get_member(tx, member.id)).slack_user_id = f"U{name}"
    return engine


async def _report(engine: Engine, *, days: int = 30) -> tuple[Finding, ...]:
    async with engine.core.reading(engine.system) as tx:
        return await coverage_report.report(tx, days=days)


async def _only(engine: Engine, kind: FindingKind) -> list[Finding]:
    return [one for one in await _report(engine) if one.kind is kind]


async def _end_the_rotation(engine: Engine, at: datetime | None) -> None:
    async with engine.core.transaction(engine.system) as tx:
        layers = await tx.db.scalars(
            select(RotationLayer).filter_by(schedule_id=engine.schedule_id)
        )
        for layer in layers:
            layer.effective_until = at


async def _override(engine: Engine, name: str, start: datetime, end: datetime) -> None:
    async with engine.core.transaction(engine.system) as tx:
        tx.db.add(
            ScheduleOverride(
                schedule_id=engine.schedule_id,
                member_id=engine.cast[name].id,
                start_at=start,
                end_at=end,
            )
        )


async def test_where_all_is_well_nothing_is_said(covered: Engine) -> None:
    assert await _report(covered) == ()


async def test_a_gap_is_told_from_when_until_when_and_what_to_do(covered: Engine) -> None:
    await _end_the_rotation(covered, NOON + DAY)
    await _override(covered, "dave", NOON + DAY + 5 * HOUR, NOON + 40 * DAY)

    gap, unstaffed = await _report(covered)

    start, end = NOON + DAY, NOON + DAY + 5 * HOUR
    assert gap == Finding(
        FindingKind.GAP,
        f"gap:{covered.schedule_id}:{start.isoformat()}:{end.isoformat()}",
        "Nobody is on call for Payments from Thu 19 Nov 2026, 13:00 Berlin until "
        "Thu 19 Nov 2026, 18:00 Berlin.",
        "Take the time with an override, or change the rotation so that somebody has it.",
        schedule_id=covered.schedule_id,
        timezone="Europe/Berlin",
        start_at=start,
        end_at=end,
    )
    assert unstaffed.kind is FindingKind.LAYER_UNSTAFFED
    assert unstaffed.said == (
        "Layer 1 of Payments pages nobody from Thu 19 Nov 2026, 13:00 Berlin until "
        "Thu 19 Nov 2026, 18:00 Berlin: nobody is on call for Payments."
    )
    assert (unstaffed.schedule_id, unstaffed.policy_id, unstaffed.start_at, unstaffed.end_at) == (
        covered.schedule_id,
        covered.policy_id,
        start,
        end,
    )


async def test_a_finding_keeps_its_key_as_time_passes_and_has_another_when_it_changes(
    covered: Engine,
) -> None:
    await _end_the_rotation(covered, NOON + DAY)
    await _override(covered, "dave", NOON + 3 * DAY, NOON + 90 * DAY)
    (before,) = await _only(covered, FindingKind.GAP)

    covered.clock.at = NOON + 2 * DAY
    (during,) = await _only(covered, FindingKind.GAP)
    await _override(covered, "bob", NOON + 2.5 * DAY, NOON + 3 * DAY)
    (shorter,) = await _only(covered, FindingKind.GAP)

    assert during.key == before.key
    assert during.start_at == covered.clock.at, "what is over of it is not told"
    assert during.said.startswith("Nobody is on call for Payments now until Sat 21 Nov")
    assert shorter.key != before.key


async def test_what_is_over_is_not_told(covered: Engine) -> None:
    await _end_the_rotation(covered, NOON + DAY)
    await _override(covered, "dave", NOON + 2 * DAY, NOON + 90 * DAY)
    await _override(covered, "carol", NOON + DAY, NOON + DAY + HOUR)
    await given.remove(covered, "carol")
    first = {one.kind for one in await _report(covered)}

    covered.clock.at = NOON + 2 * DAY
    after = await _report(covered)

    assert {FindingKind.GAP, FindingKind.REMOVED_MEMBER} <= first
    assert [one.kind for one in after] == [
        FindingKind.LAYER_UNSTAFFED,
        FindingKind.REMOVED_MEMBER,
    ], "Carol was layer 2 alone; gap and override are over"
    assert after[1].key == f"removed:layer:{covered.policy_id}:2:{covered.cast['carol'].id}"


async def test_a_gap_beyond_the_days_looked_ahead_has_no_end(covered: Engine) -> None:
    await _end_the_rotation(covered, NOON - HOUR)

    (gap,) = await _only(covered, FindingKind.GAP)
    assert (gap.start_at, gap.end_at) == (NOON, None)
    assert gap.key.endswith(f"{(NOON - HOUR).isoformat()}:open")
    assert gap.said == "Nobody is on call for Payments now, for the rest of the next 30 days."


async def test_where_others_are_paged_it_is_said_that_nobody_owns(covered: Engine) -> None:
    async with covered.core.transaction(covered.system) as tx:
        payments = await schedules.get_schedule(tx, covered.schedule_id)
        draft = scheduling.draft_of(payments)
        first = replace(draft.layers[0], effective_until=NOON + DAY)
        second = replace(draft.layers[0], id=uuid4(), name="Second")
        await scheduling.change_schedule(tx, payments, replace(draft, layers=(first, second)))

    (gap,) = await _only(covered, FindingKind.GAP)

    assert gap.key.startswith("ownerless:")
    assert gap.said == (
        "The first layer of Payments has nobody from Thu 19 Nov 2026, 13:00 Berlin, for the rest "
        "of the next 30 days: the others are paged, and incidents have no owner."
    )


async def test_no_further_than_asked_is_looked(covered: Engine) -> None:
    await _end_the_rotation(covered, NOON + 10 * DAY)

    assert await _report(covered, days=10) == ()
    assert len(await _report(covered, days=11)) == 2
    with pytest.raises(ValueError, match="1 to 366 days"):
        await _report(covered, days=0)


async def test_a_layer_whose_people_were_all_removed_pages_nobody(covered: Engine) -> None:
    await given.remove(covered, "carol")

    unstaffed, removed = await _report(covered)

    assert unstaffed.said == (
        "Layer 2 of Payments pages nobody now, for the rest of the next 30 days: everybody whom "
        "it names was removed."
    )
    assert removed.said == "Layer 2 of Payments names Carol, who was removed."
    assert (removed.policy_id, removed.member_id) == (covered.policy_id, covered.cast["carol"].id)


async def test_a_rotation_that_names_somebody_removed_is_told_whether_anybody_is_left(
    covered: Engine,
) -> None:
    await given.remove(covered, "dave")
    both = given.rotation(covered.cast["bob"].id, covered.cast["alice"].id)
    nights = await given.schedule(covered, "Nights", both)
    await given.policy(covered, "Nights", EscalationLayerDraft(5, nights))

    await given.remove(covered, "alice")
    (one,) = await _report(covered)
    await given.remove(covered, "bob")
    found = await _only(covered, FindingKind.REMOVED_MEMBER)
    gaps = await _only(covered, FindingKind.GAP)

    assert one.said == (
        "Alice was removed and is still in the rotation Primary of Nights: the next in the order "
        "stands in."
    )
    assert (one.schedule_id, one.member_id) == (nights, covered.cast["alice"].id)
    assert [finding.said for finding in found] == [
        "Alice was removed and is still in the rotation Primary of Nights: nobody is left in it.",
        "Bob was removed and is still in the rotation Primary of Nights: nobody is left in it.",
        "Bob was removed and is still in the rotation Primary of Payments: nobody is left in it.",
    ]
    assert {gap.schedule_id for gap in gaps} == {nights, covered.schedule_id}


async def test_a_rotation_that_has_ended_may_name_whom_it_likes(covered: Engine) -> None:
    await _end_the_rotation(covered, NOON)
    await _override(covered, "dave", NOON, NOON + 90 * DAY)
    await given.remove(covered, "bob")

    assert await _report(covered) == ()


async def test_an_override_that_names_somebody_removed_is_told(covered: Engine) -> None:
    await _override(covered, "dave", NOON + HOUR, NOON + 2 * HOUR)
    await given.remove(covered, "dave")

    (found,) = await _report(covered)

    assert found.kind is FindingKind.REMOVED_MEMBER
    assert "Dave was removed, and an override of Payments still names them" in found.said
    assert (found.start_at, found.end_at) == (NOON + HOUR, NOON + 2 * HOUR)


async def test_a_layer_that_pages_the_same_people_as_the_one_before_is_told(
    covered: Engine,
) -> None:
    await _override(covered, "carol", NOON + HOUR, NOON + 3 * HOUR)

    (found,) = await _report(covered)

    assert found.kind is FindingKind.LAYER_REPEATS
    assert found.said == (
        "Layer 2 of Payments pages nobody but whom layer 1 has paged already, from "
        "Wed 18 Nov 2026, 14:00 Berlin until Wed 18 Nov 2026, 16:00 Berlin (Carol)."
    )
    assert (found.start_at, found.end_at) == (NOON + HOUR, NOON + 3 * HOUR)


@pytest.mark.parametrize(
    ("email", "slack", "channels", "reachable"),
    [
        (True, True, (Channel.SLACK_DM,), True),
        (True, False, (Channel.SLACK_DM,), False),
        (True, False, (Channel.SLACK_DM, Channel.MAIL), True),
        (False, True, (Channel.SLACK_DM, Channel.MAIL), True),
        (False, False, (Channel.SLACK_DM, Channel.MAIL), False),
    ],
)
@pytest.mark.parametrize("name", ["bob", "carol"])
async def test_whom_no_channel_surely_reaches_is_told_if_they_will_be_paged(
    covered: Engine,
    name: str,
    email: bool,
    slack: bool,
    channels: tuple[Channel, ...],
    reachable: bool,
) -> None:
    covered.core.person_channels = channels
    async with covered.core.transaction(covered.system) as tx:
        for who in (name, "dave"):  # Dave is paged by nothing
            member = await people.get_member(tx, covered.cast[who].id)
            member.email = member.email if email else None
            member.slack_user_id = f"U{who}" if slack else None

    found = await _report(covered)

    told = [(one.kind, one.member_id) for one in found]
    assert told == ([] if reachable else [(FindingKind.NO_CHANNEL, covered.cast[name].id)])


async def test_a_schedule_that_no_policy_pages_is_told_unless_it_is_the_last_resort(
    covered: Engine,
) -> None:
    managers = await given.schedule(covered, "Managers", given.rotation(covered.cast["alice"].id))
    (found,) = await _report(covered)
    await given.stand_by(covered, schedule_id=managers)

    assert (found.kind, found.schedule_id) == (FindingKind.SCHEDULE_WITHOUT_POLICY, managers)
    assert await _report(covered) == ()


async def test_a_policy_that_no_schedule_leads_to_is_told_with_the_reason(covered: Engine) -> None:
    second = EscalationLayerDraft(5, covered.schedule_id)
    hidden = await given.policy(covered, "Hidden", given.pages(covered, "alice"), second)
    apart = await given.policy(covered, "Apart", given.pages(covered, "alice"))

    found = {one.policy_id: one.said for one in await _report(covered)}

    assert found == {
        hidden: "No schedule leads to Hidden: Payments leads to Payments. It runs only where it "
        "is chosen by name.",
        apart: "No schedule leads to Apart: none of its layers pages a schedule. It runs only "
        "where it is chosen by name.",
    }


async def test_which_policy_a_schedule_leads_to_is_the_one_that_declaring_chooses(
    covered: Engine,
) -> None:
    nights = await given.schedule(covered, "Nights", given.rotation(covered.cast["bob"].id))
    by = {"Nights": nights, "Payments": covered.schedule_id}
    for name, order in {"B": "Nights Payments", "A": "Nights", "C": "Payments Nights"}.items():
        layers = (EscalationLayerDraft(5, by[one]) for one in order.split())
        await given.policy(covered, name, *layers)

    async with covered.core.reading(covered.system) as tx:
        chosen = policies.by_schedule(await policies.list_policies(tx))
        for schedule_id in by.values():
            asked = await policies.policy_for_schedule(tx, schedule_id)
            assert asked is not None
            assert chosen[schedule_id].name == asked.name


async def test_a_policy_without_layers_is_told_once(covered: Engine) -> None:
    empty = await given.policy(covered, "Empty")

    (found,) = await _report(covered)

    assert (found.kind, found.policy_id) == (FindingKind.POLICY_EMPTY, empty)


async def test_a_layer_whose_turn_comes_after_a_day_is_told(covered: Engine) -> None:
    async def late(*minutes: int) -> list[tuple[UUID | None, str]]:
        layers = [EscalationLayerDraft(minutes[0], covered.schedule_id)] + [
            given.pages(covered, name, after=after)
            for name, after in zip(("carol", "alice"), minutes[1:], strict=False)
        ]
        draft = policies.PolicyDraft("Payments", None, tuple(layers))
        async with covered.core.transaction(covered.system) as tx:
            policy = await policies.get_policy(tx, covered.policy_id)
            await policies.change_policy(tx, policy, draft)
        return [(one.policy_id, one.said) for one in await _report(covered)]

    day = 24 * 60
    assert await late(day, 5) == []
    assert await late(5, 7 * day) == [], "nobody comes after the last layer"
    assert await late(day - 5, 6, 5) == [
        (
            covered.policy_id,
            "If nobody answers, Payments pages layer 3 only after 24 h 1 min: too late to be of "
            "use.",
        )
    ]
    await given.stand_by(covered, "alice")
    assert await late(60, 36 * 60) == [
        (
            covered.policy_id,
            "If nobody answers, Payments pages the last resort only after 37 h: too late to be of "
            "use.",
        )
    ]


async def test_a_last_resort_that_pages_nobody_is_told(covered: Engine) -> None:
    await given.stand_by(covered, "dave")
    await given.remove(covered, "dave")

    unstaffed, removed = await _report(covered)

    assert unstaffed.kind is FindingKind.LAST_RESORT_UNSTAFFED
    assert removed.said == "The last resort names Dave, who was removed."


async def test_what_somebody_removed_still_owns_is_told_until_it_is_handed_on(
    covered: Engine,
) -> None:
    for owner in ("dave", "dave", "alice"):
        await covered.declare(owner_id=covered.cast[owner].id)
    await given.remove(covered, "dave")

    (found,) = await _report(covered)

    assert found.said == "Dave was removed and still owns #1, #2."
    assert found.to_do == "Hand it on: /incident handoff 1 @somebody."


async def test_nothing_of_another_organization_is_told(covered: Engine) -> None:
    mallory = await given.stranger(covered)
    await given.empty_schedule(covered)

    async with covered.core.reading(mallory) as tx:
        assert await coverage_report.report(tx) == ()
    assert len(await _report(covered)) == 2
