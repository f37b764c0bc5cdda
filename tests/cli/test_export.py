"""Export writes what apply reads: it changes nothing where it is from, and makes the same anew."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assembly.settings import SettingsError
from cli.apply import plan
from cli.blueprint import read_blueprint
from cli.set_up import write_file
from core import last_resort, people, policies, schedules, scheduling
from core.last_resort import LastResortDraft
from core.policies import EscalationLayerDraft, PolicyDraft
from core.scheduling import RotationDraft, ScheduleDraft
from core.transaction import Core
from storage.vocabulary import RotationType
from tests.cast import NOON
from tests.cli.any_text import descriptions, names
from tests.cli.offices import Office, layer, new_office

WEEK = timedelta(days=7)


@pytest.fixture
async def office(core: Core) -> Office:
    """An office in which everything there is to say is said once."""
    made = await new_office(core)
    async with core.transaction(made.actor) as tx:
        alice, bob, carol = [
            (await people.ensure_by_email(tx, f"{name}@example.com")).id
            for name in ("alice", "bob", "carol")
        ]
        await people.appoint_admins(tx, ["alice@example.com"])
        await people.set_alerts_channel(tx, "#incidents")
        berlin = ZoneInfo("Europe/Berlin")
        second_time = datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=berlin).astimezone(UTC)
        payments = await scheduling.create_schedule(
            tx,
            ScheduleDraft(
                "Payments: “EU” 🚒",
                "Europe/Berlin",
                "Who answers for payments.\n\n  - indented\nand: a colon # no comment",
                (
                    layer(bob, carol, bob, since=second_time),
                    layer(carol, name="null", days=10, until=NOON + WEEK, handoff=time(2, 30)),
                ),
            ),
        )
        await policies.create_policy(
            tx,
            PolicyDraft(
                "Payments",
                "yes",
                (
                    EscalationLayerDraft(5, payments.id),
                    EscalationLayerDraft(90, None, (carol, alice)),
                ),
            ),
        )
        await last_resort.change(tx, LastResortDraft(payments.id))
    return made


EXPECTED = """\
alerts_channel: incidents

admins: [alice@example.com]

last_resort: {schedule: 'Payments: “EU” 🚒'}

schedules:
  'Payments: “EU” 🚒':
    timezone: Europe/Berlin
    description: |-
      Who answers for payments.

        - indented
      and: a colon # no comment
    rotation:
      - name: Primary
        shift: weekly
        handoff: "09:00"
        from: "2026-10-25T02:30:00+01:00"
        people: [bob@example.com, carol@example.com, bob@example.com]
      - name: 'null'
        shift: 10 days
        handoff: "02:30"
        from: "2026-11-18T13:00:00+01:00"
        until: "2026-11-25T13:00:00+01:00"
        people: [carol@example.com]

policies:
  Payments:
    description: yes
    layers:
      - page: {schedule: 'Payments: “EU” 🚒'}
        timeout: 5 min
      - page: {people: [carol@example.com, alice@example.com]}
        timeout: 90 min
"""


async def test_the_file_is_written_as_people_would_write_it(office: Office) -> None:
    exported = await office.export()
    comments, _, rest = exported.text.partition("\n\n")
    assert rest == EXPECTED
    assert all(line.startswith("#") for line in comments.splitlines())
    assert exported.left_out == ()


async def test_applied_where_it_is_from_it_changes_nothing(office: Office) -> None:
    exported = await office.export()
    assert await office.plan(exported.text) == "Nothing to change."
    await office.apply(exported.text)
    assert await office.export() == exported


async def test_applied_to_nothing_it_makes_the_same(office: Office) -> None:
    exported = await office.export()
    fresh = await new_office(office.core)
    await fresh.apply(exported.text)
    assert await fresh.export() == exported


async def test_space_around_a_name_is_kept_and_so_are_the_lines_of_a_description(
    core: Core,
) -> None:
    office = await new_office(core)
    (alice,) = await office.people("alice")
    async with core.transaction(office.actor) as tx:
        draft = ScheduleDraft(" lead", "UTC", "  a\n\nb\n", (layer(alice, name="trail ", days=7),))
        schedule = await scheduling.create_schedule(tx, draft)
        chain = (EscalationLayerDraft(5, schedule.id),)
        await policies.create_policy(tx, PolicyDraft("\u00a0nbsp", " b", chain))
    exported = await office.export()
    fresh = await new_office(core)
    await fresh.apply(exported.text)

    assert exported.left_out == ()
    assert await office.plan(exported.text) == "Nothing to change."
    async with core.reading(fresh.actor) as tx:
        (made,) = await schedules.list_schedules(tx)
        assert (made.name, made.description, made.layers[0].name) == (
            " lead",
            "  a\n\nb\n",
            "trail ",
        )


async def test_a_custom_rotation_of_seven_days_stays_one(core: Core) -> None:
    office = await new_office(core)
    (alice,) = await office.people("alice")
    custom = RotationDraft("Primary", RotationType.CUSTOM, 7, time(9), NOON, None, (alice,))
    async with core.transaction(office.actor) as tx:
        await scheduling.create_schedule(tx, ScheduleDraft("A", "UTC", None, (custom,)))
    exported = await office.export()
    assert "shift: weekly" in exported.text
    assert await office.plan(exported.text) == "Nothing to change."
    await office.apply(exported.text.replace('"09:00"', '"10:00"'))
    async with core.reading(office.actor) as tx:
        (made,) = await schedules.list_schedules(tx)
        assert made.layers[0].rotation_type is RotationType.CUSTOM


async def test_of_nothing_there_is_a_file_that_changes_nothing(core: Core) -> None:
    empty = await new_office(core)
    exported = await empty.export()
    assert await empty.plan(exported.text) == "Nothing to change."


instants = st.integers(0, 40 * 366 * 24 * 4).map(
    lambda n: datetime(2000, 1, 1, tzinfo=UTC) + timedelta(minutes=15 * n, seconds=n % 3)
)
zones = st.sampled_from(["Europe/Berlin", "Australia/Lord_Howe", "America/St_Johns", "UTC"])


@st.composite
def rotations(draw, ids):
    since = draw(instants)
    days = draw(st.sampled_from([1, 2, 7, 14, 366]))
    kinds = {1: [RotationType.DAILY], 7: [RotationType.WEEKLY]}.get(days, [])
    until = draw(st.none() | st.integers(1, 10_000).map(lambda n: since + timedelta(hours=n)))
    return RotationDraft(
        draw(names),
        draw(st.sampled_from([*kinds, RotationType.CUSTOM])),
        days,
        draw(st.builds(time, st.integers(0, 23), st.integers(0, 59))),
        since,
        until,
        tuple(draw(st.lists(st.sampled_from(ids), min_size=1, max_size=5))),
    )


@given(st.data())
@settings(
    deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_whatever_the_organization_export_and_apply_are_a_round_trip(core, data) -> None:
    office = await new_office(core)
    ids = await office.people("alice", "bob", "carol", "dave")
    draw = data.draw
    async with core.transaction(office.actor) as tx:
        if draw(st.booleans()):
            (await people.get_member(tx, ids[3])).email = None
        await people.appoint_admins(tx, draw(st.sets(st.just("alice@example.com"))))
        await people.set_alerts_channel(tx, draw(st.sampled_from([None, "#incidents", "c"])))
        made = []
        for name in draw(st.sets(names, max_size=3)):
            layers = draw(st.lists(rotations(ids), max_size=3, unique_by=lambda one: one.name))
            draft = ScheduleDraft(name, draw(zones), draw(descriptions), tuple(layers))
            made.append((await scheduling.create_schedule(tx, draft)).id)
        target = st.lists(st.sampled_from(ids), min_size=1, max_size=3, unique=True).map(
            lambda chosen: (None, tuple(chosen))
        )
        if made:
            target |= st.sampled_from(made).map(lambda id: (id, ()))
        for name in draw(st.sets(names, max_size=2)):
            chain = draw(st.lists(st.tuples(st.integers(1, 10_080), target), max_size=3))
            layers = tuple(EscalationLayerDraft(minutes, *one) for minutes, one in chain)
            await policies.create_policy(tx, PolicyDraft(name, draw(descriptions), layers))
        if draw(st.booleans()):
            await last_resort.change(tx, LastResortDraft(*draw(target)))
    await office.leave(*draw(st.sets(st.sampled_from(["bob", "carol"]))))

    exported = await office.export()
    planned = await plan(office.core, office.actor, read_blueprint(exported.text))
    assert planned.changes == ()
    said = sum(one.startswith("schedule ") for one in exported.left_out)
    assert len(read_blueprint(exported.text).schedules) == len(made) - said

    fresh = await new_office(core)
    await fresh.apply(exported.text)
    again = await fresh.export()
    assert again.text == exported.text.partition("\n# Left out:")[0]
    assert again.left_out == ()
    for weeks in range(0, 120, 17):
        at = NOON + weeks * WEEK
        there, here = await office.on_call(at), await fresh.on_call(at)
        assert here == {name: there[name] for name in here}


def test_a_file_that_is_there_is_not_written_over_unless_one_says_so(tmp_path) -> None:
    file = tmp_path / "tocsin.yaml"
    write_file(file, "first", force=False)
    with pytest.raises(SettingsError, match=r"tocsin.yaml exists. Say --force"):
        write_file(file, "second", force=False)
    assert file.read_text() == "first"
    write_file(file, "third", force=True)
    assert file.read_text() == "third"


def test_a_file_that_cannot_be_written_is_a_sentence(tmp_path) -> None:
    with pytest.raises(SettingsError, match="can't be written: No such file or directory"):
        write_file(tmp_path / "nowhere" / "tocsin.yaml", "text", force=False)
