"""Overrides in the file: all that are ahead where they are named, and as they are where not."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from cli.apply import apply, plan, render
from cli.blueprint import BlueprintError, read_blueprint
from cli.export import export
from cli.stored import read_stored
from core import overrides, people, schedules
from core.transaction import Actor, Core
from storage.database import Database
from tests.cast import StoryClock

SCHEDULE = """
schedules:
  Payments:
    timezone: Europe/Berlin
    rotation:
      - name: Primary
        shift: weekly
        handoff: "09:00"
        from: 2026-11-16T09:00:00+01:00
        people: [bob@example.com]
"""
FIRST = (
    "{person: dave@example.com, from: 2026-12-24T09:00:00+01:00, until: 2026-12-27T09:00:00+01:00}"
)
SECOND = (
    "{person: carol@example.com, from: 2026-12-27T09:00:00+01:00, until: 2026-12-28T09:00:00+01:00}"
)


def file(*overrides_: str) -> str:
    rows = "".join(f"      - {one}\n" for one in overrides_)
    return f"{SCHEDULE}    overrides:{' []' if not rows else ''}\n{rows}"


class Office:
    """An organization that is described by a file."""

    def __init__(self, core: Core, actor: Actor) -> None:
        self.core, self.actor = core, actor

    async def apply(self, text: str) -> str:
        return render(await apply(self.core, self.actor, read_blueprint(text))).plain

    async def plan(self, text: str) -> str:
        return render(await plan(self.core, self.actor, read_blueprint(text))).plain

    async def export(self) -> str:
        async with self.core.reading(self.actor) as tx:
            return export(await read_stored(tx)).text

    async def stored(self) -> list[tuple[str | None, str]]:
        async with self.core.reading(self.actor) as tx:
            (payments,) = await schedules.list_schedules(tx)
            found = await overrides.list_overrides(tx, payments.id)
            emails = {one.id: one.email for one in await people.members(tx)}
            return [
                (emails[one.member_id], f"{one.start_at:%d} to {one.end_at:%d}") for one in found
            ]


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[Office]:
    core = Core(Database(database_url), StoryClock())
    organization = await people.ensure_organization(core, slack_team_id="T1", name="Acme")
    yield Office(core, Actor.system(organization.id))
    await core.database.dispose()


async def test_those_that_are_named_are_made_and_twice_changes_nothing(office: Office) -> None:
    said = await office.apply(file(FIRST, SECOND))

    assert "dave@example.com, until 2026-12-27T09:00:00+01:00" in said
    assert await office.stored() == [
        ("dave@example.com", "24 to 27"),
        ("carol@example.com", "27 to 28"),
    ]
    assert "override" not in await office.plan(file(FIRST, SECOND))


async def test_those_that_are_no_longer_named_go_and_times_are_moved(office: Office) -> None:
    await office.apply(file(FIRST, SECOND))

    await office.apply(file(FIRST.replace("2026-12-27", "2026-12-28")))

    assert await office.stored() == [("dave@example.com", "24 to 28")]


async def test_one_makes_room_for_another_in_one_file(office: Office) -> None:
    await office.apply(file(FIRST, SECOND))

    await office.apply(
        file(
            FIRST.replace("2026-12-27", "2026-12-25"),
            SECOND.replace("from: 2026-12-27", "from: 2026-12-25"),
        )
    )

    assert await office.stored() == [
        ("dave@example.com", "24 to 25"),
        ("carol@example.com", "25 to 28"),
    ]


async def test_a_file_that_does_not_speak_of_them_leaves_them_alone(office: Office) -> None:
    await office.apply(file(FIRST))

    await office.apply(SCHEDULE)
    assert await office.stored() == [("dave@example.com", "24 to 27")]

    await office.apply(file())
    assert await office.stored() == []


async def test_what_is_exported_says_the_same(office: Office) -> None:
    await office.apply(file(FIRST, SECOND))

    text = await office.export()

    assert await office.plan(text) == await office.plan(file(FIRST, SECOND))
    await office.apply(file())
    await office.apply(text)
    assert len(await office.stored()) == 2
    assert await office.export() == text


async def test_one_that_runs_and_was_taken_back_begins_again_now(office: Office) -> None:
    clock = office.core.clock
    assert isinstance(clock, StoryClock)
    await office.apply(file(FIRST))
    clock.at = datetime.fromisoformat("2026-12-25T09:00:00+01:00")
    assert "override" not in await office.plan(file(FIRST))
    async with office.core.transaction(office.actor) as tx:
        (payments,) = await schedules.list_schedules(tx)
        (running,) = await overrides.list_overrides(tx, payments.id)
        await overrides.remove(tx, running.id)
    clock.at += timedelta(hours=24)

    await office.apply(file(FIRST))

    assert await office.stored() == [("dave@example.com", "26 to 27")]
    clock.at += timedelta(hours=1)
    assert "override" not in await office.plan(file(FIRST))


async def test_where_one_can_not_be_said_all_stay_as_they_are(office: Office) -> None:
    await office.apply(file(FIRST, SECOND))
    async with office.core.transaction(office.actor) as tx:
        for member in await people.members(tx):
            if member.email == "carol@example.com":
                member.email = None

    text = await office.export()
    await office.apply(text)

    assert "Left out" in text
    assert len(await office.stored()) == 2


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ((FIRST, SECOND.replace("from: 2026-12-27", "from: 2026-12-26")), "overlaps the override"),
        ((FIRST.replace("until: 2026-12-27", "until: 2026-12-20"),), "ends before it begins"),
        (("{person: dave@example.com}",), "from"),
        ((FIRST.replace("dave@example.com", "Dave"),), "e-mail"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(rows: tuple[str, ...], why: str) -> None:
    with pytest.raises(BlueprintError, match=why) as refused:
        read_blueprint(file(*rows))
    assert "tocsin.yaml:" in str(refused.value)
