"""The App Home: opened, turned to another page, and shown anew after what was pressed in it."""

import asyncio
from dataclasses import replace

from slack_sdk.errors import SlackApiError

from bot import coverage
from bot.answering import Answer, Say
from bot.blocks import home
from bot.blocks.home import (
    OPEN_SHOWN,
    OWNED_SHOWN,
    SCHEDULES_SHOWN,
    WAITING_SHOWN,
    HomeFacts,
    Turned,
)
from bot.blocks.words import channel
from bot.gesture import Gesture, say
from core import (
    duties,
    facts,
    incidents,
    key_facts,
    notifications,
    people,
    permissions,
    schedules,
    targets,
)
from core.transaction import Transaction

AGAIN_SECONDS = 0.5
"""How long a Home waits to be shown again after a form: what the form causes leaves first."""


async def open_home(gesture: Gesture) -> Answer:
    """Publish a member's App Home as things are now (spec section 7)."""
    return await show_home(gesture, turned=Turned())


async def show_home(
    gesture: Gesture, *, turned: Turned | None = None, said: str | None = None
) -> Answer:
    """Publish it with what came of a press above everything.

    It is turned to these pages, or stays at those it was turned to.
    """
    turned = turned or Turned.read(gesture.workspace.homes.get(gesture.user_id, ""))
    async with gesture.core.reading(gesture.actor) as tx:
        found = await _facts(gesture, tx, turned, said)
    known = await coverage.known_findings(gesture)
    first = home.home(replace(found, findings=known or ()))
    publish = gesture.workspace.slack.views_publish
    shown = await publish(user_id=gesture.user_id, view=first)
    gesture.workspace.homes[gesture.user_id] = str(turned)
    if known is None:  # reckoning takes a moment: the rest is there already
        findings = await coverage.findings(gesture)
        if findings:
            whole = home.home(replace(found, findings=findings))
            try:
                await publish(user_id=gesture.user_id, view=whole, hash=shown["view"]["hash"])
            except SlackApiError as error:
                if error.response.get("error") != "hash_conflict":
                    raise  # else something newer is shown already
    return None


async def show_again(gesture: Gesture) -> None:
    """Bring a Home that was opened up to date after what was done in a modal."""
    if gesture.user_id in gesture.workspace.homes:
        await asyncio.sleep(AGAIN_SECONDS)
        await show_home(gesture)


async def in_place(gesture: Gesture, answer: Answer) -> Answer:
    """What was pressed in the Home is told there, and the Home shows what has changed."""
    told = answer.message.plain if isinstance(answer, Say) else None
    return await show_home(gesture, said=told)


async def send_trial_page(gesture: Gesture) -> Answer:
    """Page whoever asks, without an incident, the way pages go."""
    async with gesture.core.transaction(gesture.actor) as tx:
        assert gesture.actor.id is not None  # noqa: S101  (who presses is a member)
        sent = await notifications.send_trial_page(tx, gesture.actor.id)
    through = " and ".join(channel(one.value) for one in sent)
    return say(f"A test page is on its way through {through}. If it does not come, tell an admin.")


async def _facts(gesture: Gesture, tx: Transaction, turned: Turned, said: str | None) -> HomeFacts:
    assert gesture.actor.id is not None  # noqa: S101  (who opens it is a member)
    me = await people.get_member(tx, gesture.actor.id)
    every = await schedules.list_schedules(tx)
    count = await incidents.count_open(tx)
    turned = _within(turned, len(every), count)
    first = turned.schedules * SCHEDULES_SHOWN
    shown = await incidents.in_need_first(
        tx, limit=OPEN_SHOWN, offset=turned.incidents * OPEN_SHOWN
    )
    owned = await incidents.taken_by(tx, me.id, limit=OWNED_SHOWN)
    waiting, waits = await incidents.waiting_for(tx, me.id, limit=WAITING_SHOWN)
    return HomeFacts(
        member_id=me.id,
        timezone=me.timezone,
        now=tx.now,
        waiting=await facts.of_many(tx, waiting),
        waits=waits,
        owned=await facts.of_many(tx, owned),
        shifts=await duties.of_member(tx, me.id),
        on_duty=await targets.on_duty(tx, every[first : first + SCHEDULES_SHOWN]),
        schedules=len(every),
        open_incidents=await facts.of_many(tx, shown),
        open=count,
        channels=await notifications.channels_of(tx, me.id),
        email=me.email,
        keys=await key_facts.lines(tx) if await permissions.is_admin(tx) else None,
        turned=turned,
        said=said,
    )


def _within(turned: Turned, schedules: int, count: int) -> Turned:
    """Lists grow shorter: the last page there is stands in for one that is gone."""
    return Turned(
        min(turned.schedules, max(schedules - 1, 0) // SCHEDULES_SHOWN),
        min(turned.incidents, max(count - 1, 0) // OPEN_SHOWN),
    )
