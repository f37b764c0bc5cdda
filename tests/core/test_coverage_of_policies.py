"""What the coverage report says of policies: layers, those they name, and what comes after them."""

from uuid import UUID

import pytest

from core import people, policies
from core.findings import FindingKind
from core.policies import EscalationLayerDraft
from storage.vocabulary import Channel
from tests.cast import NOON
from tests.core import given
from tests.core.covered import HOUR, override, report_of
from tests.engine import Engine

pytestmark = pytest.mark.postgresql_later


async def test_a_layer_whose_people_were_all_removed_pages_nobody(covered: Engine) -> None:
    await given.remove(covered, "carol")

    unstaffed, removed = await report_of(covered)

    assert unstaffed.said == (
        "Layer 2 of Payments pages nobody now, for the rest of the next 30 days: everybody whom "
        "it names was removed."
    )
    assert removed.said == "Layer 2 of Payments names Carol, who was removed."
    assert (removed.policy_id, removed.member_id) == (covered.policy_id, covered.cast["carol"].id)


async def test_a_layer_that_pages_the_same_people_as_the_one_before_is_told(
    covered: Engine,
) -> None:
    await override(covered, "carol", NOON + HOUR, NOON + 3 * HOUR)

    (found,) = await report_of(covered)

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

    found = await report_of(covered)

    told = [(one.kind, one.member_id) for one in found]
    assert told == ([] if reachable else [(FindingKind.NO_CHANNEL, covered.cast[name].id)])


async def test_a_policy_that_no_schedule_leads_to_is_told_with_the_reason(covered: Engine) -> None:
    second = EscalationLayerDraft(5, covered.schedule_id)
    hidden = await given.policy(covered, "Hidden", given.pages(covered, "alice"), second)
    apart = await given.policy(covered, "Apart", given.pages(covered, "alice"))

    found = {one.policy_id: one.said for one in await report_of(covered)}

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

    (found,) = await report_of(covered)

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
        return [(one.policy_id, one.said) for one in await report_of(covered)]

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

    unstaffed, removed = await report_of(covered)

    assert unstaffed.kind is FindingKind.LAST_RESORT_UNSTAFFED
    assert removed.said == "The last resort names Dave, who was removed."
