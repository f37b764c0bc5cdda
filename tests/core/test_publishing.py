"""What the public is shown of incidents, and what of them it is not."""

import dataclasses
import json
from datetime import timedelta
from typing import Any
from uuid import UUID

from core import components, incidents, people, redaction, updates
from core.components import ComponentDraft
from core.public_page import HISTORY_DAYS, PublicIncident, PublicUpdate
from storage.vocabulary import ComponentStatus, Severity, Status, Visibility
from tests.cast import NOON
from tests.core import public
from tests.engine import Engine


async def _say(engine: Engine, incident: Any, body: str | None, **given: Any) -> Any:
    return await engine.do("bob", updates.post_update, incident.id, body=body, **given)


async def test_a_page_tells_of_open_incidents_the_newest_first(engine: Engine) -> None:
    api, web = await public.component(engine), await public.component(engine, "Web")
    page = await public.page(engine, api)
    await engine.declare(title="Slow", severity=Severity.LOW, component_ids=[api])
    engine.clock.at += timedelta(minutes=5)
    await engine.declare(title="Down", severity=Severity.CRITICAL, component_ids=[web, api])
    await engine.declare(title="Elsewhere", component_ids=[web])

    seen = await public.shown(engine, page)

    assert (seen.slug, seen.title, seen.banner) == (
        "acme", "Acme Status", ComponentStatus.MAJOR_OUTAGE,
    )  # fmt: skip
    assert [(one.number, one.title) for one in seen.incidents] == [(2, "Down"), (1, "Slow")]
    assert [one.name for one in seen.incidents[0].components] == ["API"], "Web is not selected"
    assert [one.name for one in seen.components] == ["API"]
    assert (seen.history, seen.updated_at) == ((), engine.clock.at)


async def test_public_texts_are_shown_and_of_internal_ones_the_transition(engine: Engine) -> None:
    api = await public.component(engine)
    page = await public.page(engine, api)
    incident = await engine.declare(component_ids=[api])
    await _say(engine, incident, "A note of ours")
    await _say(engine, incident, "The index broke", status_change=Status.IDENTIFIED)
    await _say(engine, incident, "We have found it", visibility=Visibility.PUBLIC)
    gone = await _say(
        engine, incident, "Too much", visibility=Visibility.PUBLIC, status_change=Status.MONITORING
    )
    await engine.do("bob", redaction.redact_update, incident.id, gone.id)

    (shown,) = (await public.shown(engine, page)).incidents

    assert shown.updates == (
        PublicUpdate(NOON, None, Status.MONITORING, removed_at=NOON),
        PublicUpdate(NOON, "We have found it", None),
        PublicUpdate(NOON, None, Status.IDENTIFIED),
    )


async def test_a_redacted_internal_transition_stays_a_bare_transition(engine: Engine) -> None:
    api = await public.component(engine)
    page = await public.page(engine, api)
    incident = await engine.declare(component_ids=[api])
    said = await _say(engine, incident, "The index", status_change=Status.IDENTIFIED)
    await engine.do("bob", redaction.redact_update, incident.id, said.id)

    (shown,) = (await public.shown(engine, page)).incidents
    assert shown.updates == (PublicUpdate(NOON, None, Status.IDENTIFIED),)


async def test_what_was_resolved_is_history_for_ninety_days(engine: Engine) -> None:
    api = await public.component(engine)
    page = await public.page(engine, api)
    incident = await engine.declare(component_ids=[api], severity=Severity.HIGH)
    engine.clock.at += timedelta(hours=2)
    await engine.do("bob", updates.resolve, incident.id)
    await engine.do("bob", components.change_component, api, ComponentDraft("Public API"))

    seen = await public.shown(engine, page)
    (past,) = seen.history
    engine.clock.at += timedelta(days=90)
    later = await public.shown(engine, page)

    assert seen.incidents == later.incidents == later.history == ()
    assert (past.resolved_at, past.components[0].name) == (NOON + timedelta(hours=2), "API")
    assert [one.status_change for one in past.updates] == [
        Status.RESOLVED, Status.MONITORING, Status.IDENTIFIED,
    ]  # fmt: skip
    today = seen.components[0].days[-1]
    assert (today.worst, today.down) == (ComponentStatus.PARTIAL_OUTAGE, timedelta(hours=2))
    assert seen.components[0].uptime == 0.0
    assert {one.worst for one in later.components[0].days} == {ComponentStatus.OPERATIONAL}


async def test_a_changed_severity_is_a_change_of_the_incident(engine: Engine) -> None:
    api = await public.component(engine)
    page = await public.page(engine, api)
    incident = await engine.declare(component_ids=[api])
    engine.clock.at += timedelta(minutes=5)
    await engine.do("bob", incidents.change_severity, incident.id, Severity.LOW)
    (shown,) = (await public.shown(engine, page)).incidents
    assert shown.changed_at == engine.clock.at


async def test_of_years_of_states_only_what_the_page_tells_is_read(engine: Engine) -> None:
    api = await public.component(engine)
    page = await public.page(engine, api)
    for status in (ComponentStatus.MAJOR_OUTAGE, ComponentStatus.DEGRADED, None):
        engine.clock.at += timedelta(days=1)
        await engine.do("alice", components.override_status, api, status)
    engine.clock.at += timedelta(days=HISTORY_DAYS - 2)

    days = (await public.shown(engine, page)).components[0].days
    half = timedelta(hours=12)
    assert [one.worst for one in days[:3]] == [
        ComponentStatus.MAJOR_OUTAGE, ComponentStatus.DEGRADED, ComponentStatus.OPERATIONAL,
    ]  # fmt: skip
    assert (days[0].down, days[0].degraded, days[1].degraded) == (half, half, half)


async def test_maintenance_makes_no_banner_worse(engine: Engine) -> None:
    api = await public.component(engine)
    page = await public.page(engine, api)
    await engine.do("alice", components.override_status, api, ComponentStatus.MAINTENANCE)
    seen = await public.shown(engine, page)
    assert seen.banner is ComponentStatus.OPERATIONAL
    assert seen.components[0].status is ComponentStatus.MAINTENANCE


async def test_nothing_internal_has_a_place_to_be(engine: Engine) -> None:
    """Each internal field holds a word that is found where staff reads, and nowhere on a page."""
    marker = "zebrafinch"
    api = await public.component(engine)
    page = await public.page(engine, api)
    async with engine.core.transaction(engine.system) as tx:
        bob = await people.get_member(tx, engine.cast["bob"].id)
        bob.name, bob.email = f"Bob {marker}", f"{marker}@example.com"
    incident = await engine.declare(
        title="Public title", description=f"Secret {marker}", component_ids=[api],
        owner_id=engine.cast["bob"].id,
    )  # fmt: skip
    await _say(engine, incident, f"Note {marker}")
    await _say(engine, incident, f"Cause {marker}", status_change=Status.IDENTIFIED)
    gone = await _say(engine, incident, f"Oops {marker}", visibility=Visibility.PUBLIC)
    await engine.do("bob", redaction.redact_update, incident.id, gone.id)
    await engine.do("bob", incidents.change_severity, incident.id, Severity.LOW)

    seen = json.dumps(dataclasses.asdict(await public.shown(engine, page)), default=str)
    trail = json.dumps([one.data for one in await engine.trail()])

    assert marker in (await engine.incident()).description
    assert marker in trail
    assert "Public title" in seen
    assert marker not in seen


def test_an_incidents_last_change_is_its_last_entry_or_its_end() -> None:
    later = NOON + timedelta(hours=1)
    bare = PublicIncident(
        UUID(int=1), 1, "Slow", Severity.LOW, Status.INVESTIGATING, (), NOON, None, ()
    )
    said = dataclasses.replace(bare, updates=(PublicUpdate(later, "Hello", None),))
    over = dataclasses.replace(said, resolved_at=later + timedelta(hours=1))
    worse = dataclasses.replace(said, amended_at=later + timedelta(minutes=5))
    assert [one.changed_at for one in (bare, said, over, worse)] == [
        NOON, later, later + timedelta(hours=1), later + timedelta(minutes=5),
    ]  # fmt: skip
