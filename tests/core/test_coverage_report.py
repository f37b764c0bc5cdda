"""The coverage report: what it finds of schedules and people, and nothing where all is well."""

from dataclasses import replace
from uuid import uuid4

import pytest

from core import coverage_known, coverage_report, schedules, scheduling
from core.findings import Finding, FindingKind
from core.policies import EscalationLayerDraft
from tests.cast import NOON
from tests.core import given
from tests.core.covered import DAY, HOUR, end_the_rotation, only, override, report_of
from tests.engine import Engine

pytestmark = pytest.mark.postgresql_later


async def test_where_all_is_well_nothing_is_said(covered: Engine) -> None:
    assert await report_of(covered) == ()


async def test_a_gap_is_told_from_when_until_when_and_what_to_do(covered: Engine) -> None:
    await end_the_rotation(covered, NOON + DAY)
    await override(covered, "dave", NOON + DAY + 5 * HOUR, NOON + 40 * DAY)

    gap, unstaffed = await report_of(covered)

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
    await end_the_rotation(covered, NOON + DAY)
    await override(covered, "dave", NOON + 3 * DAY, NOON + 90 * DAY)
    (before,) = await only(covered, FindingKind.GAP)

    covered.clock.at = NOON + 2 * DAY
    (during,) = await only(covered, FindingKind.GAP)
    await override(covered, "bob", NOON + 2.5 * DAY, NOON + 3 * DAY)
    (shorter,) = await only(covered, FindingKind.GAP)

    assert during.key == before.key
    assert during.start_at == covered.clock.at, "what is over of it is not told"
    assert during.said.startswith("Nobody is on call for Payments now until Sat 21 Nov")
    assert shorter.key != before.key


async def test_what_is_over_is_not_told(covered: Engine) -> None:
    await end_the_rotation(covered, NOON + DAY)
    await override(covered, "dave", NOON + 2 * DAY, NOON + 90 * DAY)
    await override(covered, "carol", NOON + DAY, NOON + DAY + HOUR)
    await given.remove(covered, "carol")
    first = {one.kind for one in await report_of(covered)}

    covered.clock.at = NOON + 2 * DAY
    after = await report_of(covered)

    assert {FindingKind.GAP, FindingKind.REMOVED_MEMBER} <= first
    assert [one.kind for one in after] == [
        FindingKind.LAYER_UNSTAFFED,
        FindingKind.REMOVED_MEMBER,
    ], "Carol was layer 2 alone; gap and override are over"
    assert after[1].key == f"removed:layer:{covered.policy_id}:2:{covered.cast['carol'].id}"


async def test_a_gap_beyond_the_days_looked_ahead_has_no_end(covered: Engine) -> None:
    await end_the_rotation(covered, NOON - HOUR)

    (gap,) = await only(covered, FindingKind.GAP)
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

    (gap,) = await only(covered, FindingKind.GAP)

    assert gap.key.startswith("ownerless:")
    assert gap.said == (
        "The first layer of Payments has nobody from Thu 19 Nov 2026, 13:00 Berlin, for the rest "
        "of the next 30 days: the others are paged, and incidents have no owner."
    )


async def test_no_further_than_asked_is_looked(covered: Engine) -> None:
    await end_the_rotation(covered, NOON + 10 * DAY)

    assert await report_of(covered, days=10) == ()
    assert len(await report_of(covered, days=11)) == 2
    with pytest.raises(ValueError, match="1 to 366 days"):
        await report_of(covered, days=0)


async def test_a_rotation_that_names_somebody_removed_is_told_whether_anybody_is_left(
    covered: Engine,
) -> None:
    await given.remove(covered, "dave")
    both = given.rotation(covered.cast["bob"].id, covered.cast["alice"].id)
    nights = await given.schedule(covered, "Nights", both)
    await given.policy(covered, "Nights", EscalationLayerDraft(5, nights))

    await given.remove(covered, "alice")
    (one,) = await report_of(covered)
    await given.remove(covered, "bob")
    found = await only(covered, FindingKind.REMOVED_MEMBER)
    gaps = await only(covered, FindingKind.GAP)

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
    await end_the_rotation(covered, NOON)
    await override(covered, "dave", NOON, NOON + 90 * DAY)
    await given.remove(covered, "bob")

    assert await report_of(covered) == ()


async def test_an_override_that_names_somebody_removed_is_told(covered: Engine) -> None:
    await override(covered, "dave", NOON + HOUR, NOON + 2 * HOUR)
    await given.remove(covered, "dave")

    (found,) = await report_of(covered)

    assert found.kind is FindingKind.REMOVED_MEMBER
    assert "Dave was removed, and an override of Payments still names them" in found.said
    assert (found.start_at, found.end_at) == (NOON + HOUR, NOON + 2 * HOUR)


async def test_a_schedule_that_no_policy_pages_is_told_unless_it_is_the_last_resort(
    covered: Engine,
) -> None:
    managers = await given.schedule(covered, "Managers", given.rotation(covered.cast["alice"].id))
    (found,) = await report_of(covered)
    await given.stand_by(covered, schedule_id=managers)

    assert (found.kind, found.schedule_id) == (FindingKind.SCHEDULE_WITHOUT_POLICY, managers)
    assert await report_of(covered) == ()


async def test_what_somebody_removed_still_owns_is_told_until_it_is_handed_on(
    covered: Engine,
) -> None:
    for owner in ("dave", "dave", "alice"):
        await covered.declare(owner_id=covered.cast[owner].id)
    await given.remove(covered, "dave")

    (found,) = await report_of(covered)

    assert found.said == "Dave was removed and still owns #1, #2."
    assert found.to_do == "Hand it on: /incident handoff 1 @somebody."


async def test_nothing_of_another_organization_is_told(covered: Engine) -> None:
    mallory = await given.stranger(covered)
    await given.empty_schedule(covered)

    async with covered.core.reading(mallory) as tx:
        assert await coverage_report.report(tx) == ()
    assert len(await report_of(covered)) == 2


async def test_what_a_lane_reckoned_is_known_beside_it(covered: Engine) -> None:
    await end_the_rotation(covered, NOON + DAY)
    lane = covered.core.lane(reading=1, writing=1)
    async with lane.reading(covered.system) as tx:
        found = await coverage_known.findings(lane, tx)
    async with covered.core.reading(covered.system) as tx:
        known = await coverage_known.known_findings(covered.core, tx)

    assert found
    assert known == list(found)
