"""Bolt with its few listeners; what they carry out is found by dictionary."""

import logging
import re
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from slack_bolt.adapter.asgi.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond
from slack_bolt.authorization import AuthorizeResult

from bot import (
    affecting,
    buttons,
    commands,
    component_modals,
    declaring,
    escalation_modals,
    home,
    key_modals,
    modals,
    options,
    overrides,
    policy_modals,
    resolving,
    rotation_modals,
    schedule_modals,
    shortcuts,
    simulating,
    status_page_modals,
    updating,
)
from bot.answering import Answer, Answering, FieldErrors, Offer, Say, Show, Told
from bot.blocks import simple
from bot.blocks.home import closed_home
from bot.blocks.text import Rendered
from bot.gesture import Gesture, say
from bot.guard import Guard
from bot.identity import identify
from bot.workspace import Workspace
from core import received
from core.errors import DomainError, NotAMember
from core.transaction import Actor, Core

log = logging.getLogger(__name__)

_ANY = re.compile(".*", re.DOTALL)
Handler = Callable[[Gesture], Awaitable[Answer]]


def create_bolt(core: Core, workspace: Workspace, answering: Answering) -> AsyncApp:
    """The Slack app: every listener registered, none of which needs Slack to be there yet."""

    async def authorize() -> AuthorizeResult:
        """One token for one workspace, without asking Slack on every request."""
        return AuthorizeResult(
            enterprise_id=None, team_id=None, bot_token=workspace.token, bot_user_id=""
        )

    bolts_own = logging.getLogger("bot.bolt")
    bolts_own.setLevel(logging.ERROR)  # it warns that it has no token, which is our intent
    bolt = AsyncApp(
        logger=bolts_own,
        client=workspace.slack,
        authorize=authorize,
        process_before_response=True,  # answers when the listener ends, instead of by polling
        request_verification_enabled=False,  # the guard has done it
        ignoring_self_events_enabled=False,  # no event that the bot itself causes is listened to
    )
    register(bolt, core, workspace, answering)
    return bolt


def create_http(bolt: AsyncApp, *, signing_secret: str, seconds: Callable[[], float]) -> Guard:
    """The ASGI app for `POST /slack/events`, behind the guard; `seconds` is real time."""
    handler = AsyncSlackRequestHandler(bolt, path="/slack/events")
    return Guard(handler, signing_secret=signing_secret, seconds=seconds)


def register(bolt: AsyncApp, core: Core, workspace: Workspace, answering: Answering) -> None:
    """Register the listeners on Bolt."""

    async def work(body: dict[str, Any], handler: Handler) -> Answer:
        view_id = (body.get("view") or {}).get("id")
        order = workspace.presses.note(view_id) if view_id else 0
        user_id, team_id = _who(body)
        actor = await identify(core, workspace, user_id, team_id)
        trigger_id = body.get("trigger_id", "")
        gesture = Gesture(core, workspace, actor, user_id, trigger_id, body, order)
        return await handler(gesture)

    def then_home(handler: Handler) -> Handler:
        """What is done in a modal shows in a Home that is open behind it."""

        async def done(gesture: Gesture) -> Answer:
            answer = await handler(gesture)
            if gesture.in_a_modal and (answer is None or isinstance(answer, (Show, Told))):
                answering.follow_up(home.show_again(gesture))
            return answer

        return done

    async def tell(body: dict[str, Any], respond: AsyncRespond, answer: Answer) -> None:
        """An answer by the side road: a private message, or the view that it was asked in."""
        if isinstance(answer, Show):
            await workspace.slack.views_update(view_id=body["view"]["id"], view=answer.view)
        elif isinstance(answer, Say) and body.get("response_url"):
            await _privately(respond, answer.message)
        elif isinstance(answer, Say) and body.get("trigger_id") and body.get("view"):
            in_a_modal = body["view"]["type"] == "modal"
            show = workspace.slack.views_push if in_a_modal else workspace.slack.views_open
            told = simple.message_view("Tocsin", answer.message.plain)
            await show(trigger_id=body["trigger_id"], view=told)
        elif isinstance(answer, Say):
            dm = await workspace.slack.conversations_open(users=_who(body)[0])
            await workspace.slack.chat_postEphemeral(
                channel=dm["channel"]["id"], user=_who(body)[0], text=answer.message.text
            )

    @bolt.command(_ANY)
    async def on_command(body: dict[str, Any], ack: AsyncAck, respond: AsyncRespond) -> None:
        async def now(answer: Answer) -> None:
            if isinstance(answer, Say):
                await ack(text=answer.message.text, blocks=answer.message.blocks)
            else:
                await ack()

        await answering.run(
            work(body, commands.run_command),
            refuse=_say_refusal,
            now=now,
            meanwhile=ack,
            later=lambda answer: tell(body, respond, answer),
        )

    @bolt.action(_ANY)
    async def on_action(body: dict[str, Any], ack: AsyncAck, respond: AsyncRespond) -> None:
        changes = buttons.changes_in_place(body)
        await _in_either_case(
            ack, respond, body, then_home(buttons.press) if changes else buttons.press
        )

    @bolt.shortcut(_ANY)
    async def on_shortcut(body: dict[str, Any], ack: AsyncAck, respond: AsyncRespond) -> None:
        handler = shortcuts.SHORTCUTS.get(body["callback_id"])
        if handler is None:
            log.error("no shortcut is called %s: is the manifest current?", body["callback_id"])
            await ack()
            return
        await _in_either_case(ack, respond, body, handler)

    async def _in_either_case(
        ack: AsyncAck, respond: AsyncRespond, body: dict[str, Any], handler: Handler
    ) -> None:
        async def later(answer: Answer) -> None:
            await tell(body, respond, answer)

        async def now(answer: Answer) -> None:
            await ack()
            if answer is not None:
                answering.follow_up(later(answer))

        await answering.run(
            work(body, handler), refuse=_say_refusal, now=now, meanwhile=ack, later=later
        )

    @bolt.view(_ANY)
    async def on_submission(body: dict[str, Any], ack: AsyncAck) -> None:
        view = body["view"]
        handler = SUBMISSIONS.get(view["callback_id"])
        if handler is None:
            await ack()
            return

        async def now(answer: Answer) -> None:
            if isinstance(answer, FieldErrors):
                await ack(response_action="errors", errors=answer.errors)
            elif isinstance(answer, Show):
                await ack(response_action="update", view=answer.view)
            else:
                await ack()
            if isinstance(answer, Told):
                answering.follow_up(_where_asked(answer))

        async def later(answer: Answer) -> None:
            if isinstance(answer, Told):  # the form may be closed by now
                answering.follow_up(_where_asked(answer))
            shown = modals.with_what_was_typed(view, answer)
            await workspace.slack.views_update(view_id=view["id"], view=shown)

        await answering.run(
            work(body, then_home(handler)),
            refuse=lambda refusal: modals.refusal_at_field(view, refusal),
            now=now,
            meanwhile=lambda: ack(response_action="update", view=simple.working_view(view)),
            later=later,
        )

    @bolt.options(_ANY)
    async def on_options(body: dict[str, Any], ack: AsyncAck) -> None:
        async def now(answer: Answer) -> None:
            await ack(options=answer.options if isinstance(answer, Offer) else [])

        async def too_late(_answer: Answer) -> None:
            """Slack has shown that nothing fits; what is typed next asks anew."""

        await answering.run(
            work(body, options.suggest),
            refuse=_say_refusal,
            now=now,
            meanwhile=lambda: ack(options=[]),
            later=too_late,
        )

    @bolt.event("app_home_opened")
    async def on_home(body: dict[str, Any], ack: AsyncAck) -> None:
        async def open_home(gesture: Gesture) -> Answer:
            system = Actor.system(workspace.organization_id)
            async with core.reading(system) as tx:
                if await received.is_known(tx, body["event_id"]):
                    return None
            answer = await home.open_home(gesture)
            # Remembered once it is done: where a process dies before that, Slack's retry does it.
            async with core.transaction(system) as tx:
                await received.is_first(tx, body["event_id"])
            return answer

        def turn_away(refusal: DomainError) -> Answer:
            return _say_refusal(refusal) if isinstance(refusal, NotAMember) else None

        async def close_home(answer: Answer) -> None:
            """What it showed to who was a member then is theirs no more."""
            if isinstance(answer, Say):
                view = closed_home(answer.message.plain)
                await workspace.slack.views_publish(user_id=_who(body)[0], view=view)

        async def now(answer: Answer) -> None:
            await ack()
            answering.follow_up(close_home(answer))

        await answering.run(
            work({**body, "trigger_id": ""}, open_home),
            refuse=turn_away,
            now=now,
            meanwhile=ack,
            later=close_home,
        )

    @bolt.error
    async def on_error(error: Exception, body: dict[str, Any]) -> None:
        log.error("Bolt failed on a %s", body.get("type", "request"), exc_info=error)


SUBMISSIONS: dict[str, Handler] = {
    **declaring.SUBMISSIONS,
    **modals.SUBMISSIONS,
    **affecting.SUBMISSIONS,
    **updating.SUBMISSIONS,
    **resolving.SUBMISSIONS,
    **overrides.SUBMISSIONS,
    **simulating.SUBMISSIONS,
    **shortcuts.SUBMISSIONS,
    **schedule_modals.SUBMISSIONS,
    **rotation_modals.SUBMISSIONS,
    **policy_modals.SUBMISSIONS,
    **escalation_modals.SUBMISSIONS,
    **component_modals.SUBMISSIONS,
    **status_page_modals.SUBMISSIONS,
    **key_modals.SUBMISSIONS,
}
"""What is submitted, by the view's callback id."""


async def _where_asked(told: Told) -> None:
    await _privately(AsyncRespond(response_url=told.asked_at), await told.say())


async def _privately(respond: AsyncRespond, message: Rendered) -> None:
    """Say something to one person, where they asked, while Slack lets us: for half an hour."""
    answer = await respond(
        text=message.text, blocks=message.blocks, response_type="ephemeral", replace_original=False
    )
    if answer.status_code != HTTPStatus.OK:
        log.warning("a private answer could not be told: Slack said %s", answer.status_code)


def _who(body: dict[str, Any]) -> tuple[str, str | None]:
    """The user of a payload and their team, whatever kind of payload it is."""
    user = body.get("user")
    if isinstance(user, dict):
        return str(user["id"]), user.get("team_id") or (body.get("team") or {}).get("id")
    event = body.get("event") or {}
    return str(body.get("user_id") or event.get("user")), body.get("team_id")


def _say_refusal(refusal: DomainError) -> Answer:
    return say(refusal.message)
