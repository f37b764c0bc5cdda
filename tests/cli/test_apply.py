"""Apply: planned as a diff, done whole or not at all, and nothing to do the second time."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from cli.apply import apply, plan, render
from cli.blueprint import BlueprintError, read_blueprint
from core import oncall, people, policies, schedules, scheduling
from core.transaction import Actor, Core
from storage.database import Database
from storage.models import AuditEvent, Member
from storage.vocabulary import AuditType, Role
from tests.cast import StoryClock
from tests.engine import Engine

EXAMPLE = (Path(__file__).parents[2] / "tocsin.example.yaml").read_text()
SETTLED = EXAMPLE.replace("# from: 2026-11-02", "from: 2026-11-02")


@dataclass
class Office:
    """A database with one organization, and the clock that it lives by."""

    core: Core
    actor: Actor
    clock: StoryClock

    async def apply(self, blueprint: str, **arguments) -> str:
        done = await apply(self.core, self.actor, read_blueprint(blueprint), **arguments)
        return render(done, applied=True).plain

    async def plan(self, blueprint: str, **arguments) -> str:
        return render(
            await plan(self.core, self.actor, read_blueprint(blueprint), **arguments)
        ).plain

    async def refusal(self, blueprint: str) -> str:
        with pytest.raises(BlueprintError) as planned:
            await self.plan(blueprint)
        with pytest.raises(BlueprintError) as applied:
            await self.apply(blueprint)
        assert str(planned.value) == str(applied.value)
        return str(applied.value)

    async def audited(self) -> list[AuditType]:
        async with self.core.reading(self.actor) as tx:
            return list(await tx.db.scalars(select(AuditEvent.type).order_by(AuditEvent.sequence)))

    async def members(self) -> dict[str, Role]:
        async with self.core.reading(self.actor) as tx:
            return {one.email: one.role for one in await people.members(tx)}


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[Office]:
    clock = StoryClock(datetime(2026, 11, 18, 12, tzinfo=UTC))
    core = Core(Database(database_url), clock)
    organization = await people.ensure_organization(core, slack_team_id="T1", name="Acme")
    yield Office(core, Actor.system(organization.id), clock)
    await core.database.dispose()


CREATED = """\
+ member alice@example.com
    + role: admin
+ member bob@example.com
    + role: member
+ member carol@example.com
    + role: member
+ alerts channel
    + name: incidents
+ schedule Payments
    + timezone: Europe/Berlin
    + rotation: Primary
    + Primary, shift: weekly
    + Primary, handoff: 09:00
    + Primary, from: 2026-11-18T00:00:00+01:00
    + Primary, people: bob@example.com
+ policy Payments
    + layer 1, page: schedule Payments
    + layer 1, timeout: 5 min
    + layer 2, page: carol@example.com
    + layer 2, timeout: 5 min
    + layer 3, page: alice@example.com
    + layer 3, timeout: 10 min
"""


async def test_a_plan_says_everything_that_is_to_be_made_and_makes_nothing(office):
    assert await office.plan(EXAMPLE) == CREATED + "6 to create. Nothing has been changed yet."
    assert await office.audited() == [AuditType.ORGANIZATION_CREATED]
    assert await office.members() == {}


async def test_applying_makes_what_the_plan_said(office):
    assert await office.apply(EXAMPLE) == CREATED + "6 created."
    assert await office.members() == {
        "alice@example.com": Role.ADMIN,
        "bob@example.com": Role.MEMBER,
        "carol@example.com": Role.MEMBER,
    }
    async with office.core.reading(office.actor) as tx:
        assert (await people.organization(tx)).alerts_channel == "incidents"
        (schedule,) = await schedules.list_schedules(tx)
        (policy,) = await policies.list_policies(tx)
    draft = scheduling.draft_of(schedule)
    assert draft.layers[0].effective_from == datetime(2026, 11, 17, 23, tzinfo=UTC)
    assert [layer.schedule_id for layer in policy.layers] == [schedule.id, None, None]


async def test_whoever_runs_the_example_finds_bob_on_call(office):
    for _ in range(3):
        await office.apply(EXAMPLE)
        async with office.core.reading(office.actor) as tx:
            (row,) = await schedules.list_schedules(tx)
            loaded = await schedules.load(tx, [row.id])
            owner = oncall.resolve(loaded[row.id], tx.now).owner.member_id
            assert (await people.get_member(tx, owner)).email == "bob@example.com"
        office.clock.at += timedelta(days=11)


async def test_a_second_run_finds_nothing_to_change_and_leaves_no_trace(office):
    await office.apply(EXAMPLE)
    before = await office.audited()
    office.clock.at += timedelta(days=3)
    assert await office.plan(EXAMPLE) == "Nothing to change."
    assert await office.apply(EXAMPLE) == "Nothing to change."
    assert await office.audited() == before


async def test_of_two_at_once_one_does_everything_and_the_other_finds_it_done(office):
    said = await asyncio.gather(office.apply(EXAMPLE), office.apply(EXAMPLE))
    assert sorted(said) == [CREATED + "6 created.", "Nothing to change."]


async def test_a_change_shows_what_was_and_what_will_be(office):
    await office.apply(EXAMPLE)
    changed = (
        EXAMPLE.replace("weekly", "3 days")
        .replace("[bob@example.com]", "[carol@example.com, bob@example.com]")
        .replace("timeout: 10 min", "timeout: 2 h")
        .replace("alerts_channel: incidents", "alerts_channel: ops")
        .replace("admins: [alice@example.com]", "admins: [bob@example.com]")
    )
    said = """\
~ member bob@example.com
    ~ role: member → admin
~ alerts channel
    ~ name: incidents → ops
~ schedule Payments
    ~ Primary, shift: weekly → 3 days
    ~ Primary, people: bob@example.com → carol@example.com, bob@example.com
~ policy Payments
    ~ layer 3, timeout: 10 min → 2 h
Left alone, not in the file: admin alice@example.com.
"""
    assert await office.plan(changed) == said + "4 to change. Nothing has been changed yet."
    assert await office.apply(changed) == said + "4 changed."
    assert (await office.plan(changed)).endswith("Nothing to change.")


async def test_layers_that_a_named_schedule_or_policy_no_longer_lists_are_removed(office):
    second = """\
      - name: Backup
        shift: daily
        handoff: 18:00
        people: [carol@example.com]

policies:"""
    await office.apply(EXAMPLE.replace("\npolicies:", second))
    fewer = EXAMPLE[: EXAMPLE.index("      - page: {people: [alice")]
    assert (
        await office.apply(fewer)
        == """\
~ schedule Payments
    ~ rotation: Primary, Backup → Primary
    - Backup, shift: daily
    - Backup, handoff: 18:00
    - Backup, from: 2026-11-18T00:00:00+01:00
    - Backup, people: carol@example.com
~ policy Payments
    - layer 3, page: alice@example.com
    - layer 3, timeout: 10 min
2 changed."""
    )
    assert (await office.plan(fewer)) == "Nothing to change."


async def test_what_the_file_does_not_name_is_left_alone_and_said_so(office):
    await office.apply(EXAMPLE)
    other = """\
schedules:
  Search:
    timezone: UTC
    rotation: [{name: A, shift: daily, handoff: 00:00, people: [dave@example.com]}]
"""
    assert (await office.apply(other)).splitlines()[-2:] == [
        "Left alone, not in the file: schedule Payments, policy Payments, "
        "alerts channel incidents, admin alice@example.com.",
        "2 created.",
    ]
    assert (await office.plan(EXAMPLE)).splitlines() == [
        "Left alone, not in the file: schedule Search.",
        "Nothing to change.",
    ]


async def test_what_is_not_said_keeps_its_value_and_never_ends_an_end(office):
    described = SETTLED.replace(
        "timezone: Europe/Berlin", "timezone: Europe/Berlin\n    description: Cards"
    )
    ending = described.replace(
        "people: [bob", "until: 2027-01-01T00:00:00+01:00\n        people: [bob"
    )
    await office.apply(ending)
    assert await office.apply(EXAMPLE) == "Nothing to change."
    never = EXAMPLE.replace("people: [bob", "until: never\n        people: [bob")
    assert "- Primary, until: 2027-01-01T00:00:00+01:00\n" in await office.apply(never)


async def test_another_time_zone_does_not_move_the_start_of_a_rotation(office):
    await office.apply(EXAMPLE)
    assert await office.apply(EXAMPLE.replace("Europe/Berlin", "Asia/Tokyo")) == (
        "~ schedule Payments\n    ~ timezone: Europe/Berlin → Asia/Tokyo\n1 changed."
    )


async def test_a_rotation_may_begin_on_the_last_day_of_the_calendar(office):
    text = SETTLED.replace("2026-11-02T09:00:00+01:00", "9999-12-31T23:59:59.5Z")
    assert "+ Primary, from: 9999-12-31T23:59:59.500000+00:00\n" in await office.apply(text)
    assert await office.plan(text) == "Nothing to change."


async def test_a_policy_may_name_a_schedule_that_only_the_database_has(office):
    await office.apply(EXAMPLE)
    only = "policies: {Second: {layers: [{page: {schedule: Payments}, timeout: 5}]}}"
    assert (await office.apply(only)).splitlines()[-1] == "1 created."


async def test_a_schedule_that_exists_nowhere_is_refused_with_its_line(office):
    wrong = EXAMPLE.replace("{schedule: Payments}", "{schedule: Paymnts}")
    line = wrong[: wrong.index("Paymnts")].count("\n") + 1
    assert await office.refusal(wrong) == (
        f"tocsin.yaml:{line}: there is no schedule “Paymnts”, neither in this file nor in the "
        "database. Did you mean “Payments”?"
    )


async def test_a_name_in_another_case_than_the_stored_one_is_refused(office):
    await office.apply(EXAMPLE)
    other = "policies: {PAYMENTS: {layers: [{page: {schedule: Payments}, timeout: 5}]}}"
    assert await office.refusal(other) == (
        "tocsin.yaml:1: the policy is called “Payments” already. Write it so."
    )


async def test_a_removed_member_is_refused_wherever_the_file_names_them(office):
    await office.apply(EXAMPLE)
    async with office.core.transaction(office.actor) as tx:
        carol = await people.ensure_by_email(tx, "carol@example.com")
        carol.removed_at = tx.now
    line = EXAMPLE[: EXAMPLE.index("carol@")].count("\n") + 1
    assert await office.refusal(EXAMPLE) == (
        f"tocsin.yaml:{line}: carol@example.com was removed from the organization. "
        "Name somebody else."
    )


async def test_an_end_before_the_start_that_is_stored_is_refused(office):
    await office.apply(EXAMPLE)
    ended = EXAMPLE.replace("people: [bob", "until: 2026-01-01T00:00Z\n        people: [bob")
    line = ended[: ended.index("- name: Primary")].count("\n") + 1
    assert await office.refusal(ended) == (
        f"tocsin.yaml:{line}: “Primary” ends before it begins. Say from or until."
    )


async def test_the_environment_wins_over_the_alerts_channel_of_the_file(office):
    said = await office.apply(EXAMPLE, environment_alerts_channel="#sirens")
    line = EXAMPLE[: EXAMPLE.index("alerts_channel")].count("\n") + 1
    assert (
        f"! tocsin.yaml:{line}: the alerts channel stays “#sirens”, not “incidents”: "
        "TOCSIN_ALERTS_CHANNEL is set, and the environment wins. Unset it, or make them agree.\n"
    ) in said
    assert "+ alerts channel" not in said
    async with office.core.reading(office.actor) as tx:
        assert (await people.organization(tx)).alerts_channel is None


async def test_an_environment_that_agrees_is_no_warning(office):
    said = await office.apply(EXAMPLE, environment_alerts_channel="#incidents")
    assert said == CREATED + "6 created."


@pytest.mark.own_database
async def test_when_the_last_step_fails_nothing_at_all_is_changed(office):
    async with office.core.database.engine.begin() as connection:
        await connection.execute(text("DROP TABLE escalation_layer_members"))
        sql = "CREATE TABLE escalation_layer_members (layer_id {}, position INTEGER, "
        sql += "member_id {}, impossible INTEGER NOT NULL)"
        kind = "CHAR(32)" if office.core.database.is_sqlite else "UUID"
        await connection.execute(text(sql.format(kind, kind)))
    with pytest.raises(DBAPIError):
        await office.apply(EXAMPLE)
    assert await office.audited() == [AuditType.ORGANIZATION_CREATED]
    async with office.core.reading(office.actor) as tx:
        assert await tx.db.scalar(select(func.count()).select_from(Member)) == 0
        assert await schedules.list_schedules(tx) == []
        assert (await people.organization(tx)).alerts_channel is None


async def test_another_organization_is_neither_seen_nor_changed(office):
    await office.apply(EXAMPLE)
    other = await people.ensure_organization(office.core, slack_team_id="T2", name="Other")
    theirs = Office(office.core, Actor.system(other.id), office.clock)
    assert await theirs.apply(EXAMPLE) == CREATED + "6 created."
    assert await office.plan(EXAMPLE) == "Nothing to change."


async def test_the_last_resort_is_set_once_and_left_alone_where_it_is_not_named(
    engine: Engine,
) -> None:
    text = "last_resort: {people: [dave@example.com]}\n"
    first = await apply(engine.core, engine.system, read_blueprint(text))
    second = await apply(engine.core, engine.system, read_blueprint(text))
    unnamed = await apply(engine.core, engine.system, read_blueprint("schedules: {}\n"))

    assert "last resort" in render(first).plain
    assert render(second).plain.endswith("Nothing to change.")
    assert "the last resort" in unnamed.left_alone


async def test_a_last_resort_that_names_no_schedule_there_is_says_so(engine: Engine) -> None:
    with pytest.raises(BlueprintError, match=r"there is no schedule “Paymnts”.*Payments"):
        await apply(
            engine.core, engine.system, read_blueprint("last_resort: {schedule: Paymnts}\n")
        )
