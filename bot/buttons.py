"""What is pressed: each button by its action id, its incident by its value."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from bot import (
    acts,
    affecting,
    calendars,
    component_modals,
    coverage,
    declaring,
    escalation_modals,
    home,
    key_modals,
    listing,
    logins,
    modals,
    overrides,
    policy_modals,
    resolving,
    rotation_modals,
    schedule_modals,
    simulating,
    status_page_modals,
    timelines,
    updating,
)
from bot.answering import Answer, Say, Show
from bot.blocks import ids
from bot.blocks.home import Turned
from bot.gesture import Gesture


async def press(gesture: Gesture) -> Answer:
    """Carry out a press (spec section 7). One that means nothing (a link) does nothing."""
    action = gesture.body["actions"][0]
    declares = (ids.SCHEDULE, ids.OWNER, f"{ids.DECLARE_COMPONENTS}:{ids.COMPONENTS}")
    if action["action_id"] in declares:
        return await declaring.recompute_declare(gesture)
    if action["action_id"] == ids.OVERRIDE_FORM:
        return await overrides.recompute(gesture)
    if action["action_id"] == ids.SIMULATE_FORM:
        return await simulating.recompute(gesture)
    if action["action_id"] == ids.DECLARE:
        return await declaring.open_declare(gesture)
    handler = BUTTONS.get(action["action_id"].partition(":")[0])
    if handler is None:
        return None
    value = _value(action)
    return await _in_place(gesture, await handler(gesture, value), value)


def _value(action: dict[str, Any]) -> str:
    """What a button carries, or the entry of a menu that was chosen."""
    return str(action.get("value") or (action.get("selected_option") or {}).get("value") or "")


async def _in_place(gesture: Gesture, answer: Answer, value: str) -> Answer:
    """An act that was pressed in the incident's view is shown there, not told beside it."""
    view = gesture.body.get("view") or {}
    if view.get("type") == "home" and isinstance(answer, Say):
        return await home.in_place(gesture, answer)
    if isinstance(answer, Say) and view.get("callback_id") == ids.INCIDENT_VIEW:
        return Show(await modals.incident_view(gesture, UUID(value)))
    return answer


async def _acknowledge(gesture: Gesture, value: str) -> Answer:
    return await acts.acknowledge(gesture, UUID(value))


async def _acknowledge_all(gesture: Gesture, value: str) -> Answer:
    return await acts.acknowledge_all(gesture, UUID(value))


async def _resolve(gesture: Gesture, value: str) -> Answer:
    return await resolving.press_resolve(gesture, UUID(value))


async def _hand_off(gesture: Gesture, value: str) -> Answer:
    return await modals.open_hand_off(gesture, UUID(value))


async def _view(gesture: Gesture, value: str) -> Answer:
    return await modals.open_incident_view(gesture, UUID(value))


async def _update(gesture: Gesture, value: str) -> Answer:
    return await updating.open_update(gesture, UUID(value))


async def _severity(gesture: Gesture, value: str) -> Answer:
    return await modals.open_severity(gesture, UUID(value))


async def _timeline(gesture: Gesture, value: str) -> Answer:
    incident_id, _, page = value.partition(":")
    return await timelines.open_timeline(gesture, UUID(incident_id), int(page or 0))


async def _turn_home(gesture: Gesture, value: str) -> Answer:
    return await home.show_home(gesture, turned=Turned.read(value))


async def _send_trial_page(gesture: Gesture, _value: str) -> Answer:
    return await home.send_trial_page(gesture)


async def _cover(gesture: Gesture, value: str) -> Answer:
    """Take a schedule's present shift (`id`), any (`any`), or a span of it (`id:from:until`).

    With `:give` behind it the span is mine, and goes to somebody else.
    """
    schedule_id, *span = value.split(":")
    if len(span) >= 2:
        start, end = (datetime.fromtimestamp(int(one), UTC) for one in span[:2])
        give = span[2:] == ["give"]
        return await overrides.open_override(
            gesture, UUID(schedule_id), span=(start, end), give=give
        )
    chosen = UUID(schedule_id) if schedule_id != "any" else None
    return await overrides.open_override(gesture, chosen)


async def _simulate(gesture: Gesture, value: str) -> Answer:
    return await simulating.open_simulation(gesture, UUID(value) if value != "any" else None)


async def _coverage(gesture: Gesture, value: str) -> Answer:
    return await coverage.open_coverage(gesture, int(value) if value.isdigit() else 0)


async def _take_back(gesture: Gesture, value: str) -> Answer:
    return await overrides.take_back(gesture, UUID(value))


async def _change_override(gesture: Gesture, value: str) -> Answer:
    schedule_id, _, override_id = value.partition(":")
    return await overrides.open_change(gesture, UUID(schedule_id), UUID(override_id))


CHANGING = {ids.REMOVE_OVERRIDE, ids.ROTATION_MENU, ids.ESCALATION_MENU, ids.KEY_REVOKE}
"""What changes something at once in a modal that stays open."""


def changes_in_place(body: dict[str, Any]) -> bool:
    """Whether a press changes something that shows behind the modal it was made in."""
    return str(body["actions"][0]["action_id"]).partition(":")[0] in CHANGING


BUTTONS: dict[str, Callable[[Gesture, str], Awaitable[Answer]]] = {
    ids.ACKNOWLEDGE: _acknowledge,
    ids.ACKNOWLEDGE_ALL: _acknowledge_all,
    ids.RESOLVE: _resolve,
    ids.HAND_OFF: _hand_off,
    ids.VIEW: _view,
    ids.UPDATE: _update,
    ids.SEVERITY: _severity,
    ids.TIMELINE: _timeline,
    ids.HOME: _turn_home,
    ids.LIST_ON: listing.list_on,
    ids.TRIAL_PAGE: _send_trial_page,
    ids.COVER: _cover,
    ids.REMOVE_OVERRIDE: _take_back,
    ids.CHANGE_OVERRIDE: _change_override,
    ids.SIMULATE: _simulate,
    ids.COVERAGE_OPEN: _coverage,
    ids.LOGIN: logins.send_link,
    ids.CALENDAR_OPEN: calendars.open_calendar,
    ids.CALENDAR_REVOKE: calendars.revoke_calendar,
    **affecting.BUTTONS,
    **timelines.BUTTONS,
    **updating.BUTTONS,
    **schedule_modals.BUTTONS,
    **rotation_modals.BUTTONS,
    **policy_modals.BUTTONS,
    **escalation_modals.BUTTONS,
    **component_modals.BUTTONS,
    **status_page_modals.BUTTONS,
    **key_modals.BUTTONS,
}
