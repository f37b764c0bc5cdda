"""What a file can't say is left out whole and named; for who was removed, a stand-in is named."""

from datetime import time

from cli.blueprint import read_blueprint
from core import last_resort, people, policies, schedules, scheduling
from core.last_resort import LastResortDraft
from core.policies import EscalationLayerDraft, PolicyDraft
from core.scheduling import RotationDraft, ScheduleDraft
from core.transaction import Core
from tests.cli.offices import layer, new_office


async def test_in_the_place_of_who_was_removed_stands_who_stands_in(core: Core) -> None:
    office = await new_office(core)
    ids = await office.people("alice", "bob", "carol")
    async with core.transaction(office.actor) as tx:
        draft = ScheduleDraft("Payments", "Europe/Berlin", None, (layer(*ids),))
        await scheduling.create_schedule(tx, draft)
    await office.leave("carol", "bob")
    exported = await office.export()

    assert "people: [alice@example.com, alice@example.com, alice@example.com]" in exported.text
    assert await office.plan(exported.text) == "Nothing to change."
    changed = exported.text.replace("daily", "weekly").replace('"09:00"', '"10:00"')
    await office.apply(changed)
    async with core.reading(office.actor) as tx:
        (schedule,) = await schedules.list_schedules(tx)
        kept = scheduling.draft_of(schedule).layers[0]
    assert kept.participant_ids == tuple(ids)  # the past stays theirs
    assert kept.handoff_time == time(10)


async def test_what_a_file_cannot_say_is_left_out_whole_and_named(core: Core) -> None:
    office = await new_office(core)
    alice, dave, eve = await office.people("alice", "dave", "eve")
    async with core.transaction(office.actor) as tx:
        (await people.get_member(tx, dave)).email = None
        make = scheduling.create_schedule

        def of(name: str, *layers: RotationDraft, description: str | None = None) -> ScheduleDraft:
            return ScheduleDraft(name, "UTC", description, layers)

        nameless = await make(tx, of("Nameless", layer(alice, dave)))
        await make(tx, of("Bare"))
        await make(tx, of("Left", layer(eve)))
        await make(tx, of("Case", layer(alice)))
        await make(tx, of("case", layer(alice)))
        await make(tx, of("Bell\x07", layer(alice)))
        await make(tx, of("Odd", layer(alice), description="a\rb"))
        await make(tx, of("Inner", layer(alice, name="a\nb")))
        chain = (EscalationLayerDraft(5, nameless.id),)
        await policies.create_policy(tx, PolicyDraft("By Nameless", None, chain))
        chain = (EscalationLayerDraft(5, None, (eve,)),)
        await policies.create_policy(tx, PolicyDraft("By Eve", None, chain))
        await policies.create_policy(tx, PolicyDraft("Empty", None, ()))
        await last_resort.change(tx, LastResortDraft(member_ids=(dave,)))
    await office.leave("eve")
    exported = await office.export()

    assert exported.left_out == (
        "schedule “Bell ”: a file can't keep its characters; rename it",
        "schedule “case”: it differs from “Case” in its case alone; rename it",
        "schedule “Bare”: it has no rotation layer yet",
        "schedule “Inner”: layer “a b”: a file can't keep its characters; rename it",
        "schedule “Left”: layer “Primary”: everybody in it was removed",
        "schedule “Nameless”: layer “Primary”: no e-mail address is known of dave",
        "the description of schedule “Odd”: a file can't keep its characters",
        "policy “By Eve”: layer 1: everybody in it was removed",
        "policy “By Nameless”: layer 1: it pages “Nameless”, which is left out",
        "policy “Empty”: it has no layer yet",
        "the last resort: no e-mail address is known of dave",
    )
    for one in exported.left_out:
        assert f"# {one}\n" in exported.text
    assert [one.name for one in read_blueprint(exported.text).schedules] == ["Case", "Odd"]
    assert await office.plan(exported.text) == (
        "Left alone, not in the file: schedule Bare, schedule Bell, schedule Inner, "
        "schedule Left, schedule Nameless, schedule case, policy By Eve, policy By Nameless, "
        "policy Empty, the last resort.\nNothing to change."
    )
