"""The payloads Slack sends when people do something, built from what is stored."""

from typing import Any

from sandbox.aiming import Surface, Target
from sandbox.engine import Engine
from sandbox.inputs import initial_values
from sandbox.records import Conversation, Message, User, View
from sandbox.response_urls import ResponseUrl
from sandbox.triggers import Trigger
from sandbox.wire import message_json, view_json

Json = dict[str, Any]


def common(engine: Engine, user: User) -> Json:
    """What every interaction carries: who, where, and for which app."""
    name = user.person.name
    return {
        "team": {"id": engine.store.team_id, "domain": engine.domain},
        "user": {
            "id": user.id,
            "username": name,
            "name": name,
            "team_id": engine.store.team_id,
        },
        "api_app_id": engine.store.app_id,
        "token": "sandbox",
        "enterprise": None,
        "is_enterprise_install": False,
    }


def command(
    engine: Engine,
    user: User,
    conversation: Conversation,
    said: tuple[str, str],
    trigger: Trigger,
    url: ResponseUrl,
) -> Json:
    """A slash command: the command and its text, as form fields."""
    shown = {"im": "directmessage", "mpim": conversation.name}.get(
        conversation.kind, "privategroup" if conversation.private else conversation.name
    )
    return {
        "token": "sandbox",
        "team_id": engine.store.team_id,
        "team_domain": engine.domain,
        "channel_id": conversation.id,
        "channel_name": shown,
        "user_id": user.id,
        "user_name": user.person.name,
        "command": said[0],
        "text": said[1],
        "api_app_id": engine.store.app_id,
        "is_enterprise_install": "false",
        "response_url": engine.response_urls.address(url),
        "trigger_id": trigger.id,
    }


def block_actions(
    engine: Engine,
    user: User,
    surface: Surface,
    action: Json,
    trigger: Trigger,
    url: ResponseUrl | None,
) -> Json:
    """A press of a button or a choice in a menu."""
    payload = {
        "type": "block_actions",
        **common(engine, user),
        **where(engine, user, surface),
        "trigger_id": trigger.id,
        "actions": [action],
    }
    if url:
        payload["response_url"] = engine.response_urls.address(url)
    return payload


def block_suggestion(
    engine: Engine, user: User, surface: Surface, target: Target, query: str
) -> Json:
    """The question for what an external menu offers."""
    return {
        "type": "block_suggestion",
        **common(engine, user),
        **where(engine, user, surface),
        "action_id": target.element["action_id"],
        "block_id": target.block["block_id"],
        "value": query,
    }


def where(engine: Engine, user: User, surface: Surface) -> Json:
    """The container of an interaction, and the message or view itself."""
    if isinstance(surface, View):
        return {
            "container": {"type": "view", "view_id": surface.id},
            "view": view_json(engine.store, surface),
        }
    container: Json = {
        "type": "message",
        "message_ts": surface.ts,
        "channel_id": surface.channel,
        "is_ephemeral": surface.ephemeral,
    }
    if surface.thread_ts:
        container["thread_ts"] = surface.thread_ts
    found: Json = {
        "container": container,
        "channel": channel(engine, surface.channel),
        "state": {"values": message_values(surface, user.id)},
    }
    # Slack does not hand out the content of ephemeral messages.
    if not surface.ephemeral:
        found["message"] = message_json(engine.store, surface)
    return found


def channel(engine: Engine, channel_id: str) -> Json:
    """A conversation in short."""
    conversation = engine.store.conversations[channel_id]
    name = "directmessage" if conversation.kind == "im" else conversation.name
    return {"id": channel_id, "name": name}


def message_values(message: Message, user_id: str) -> Json:
    """What one person has chosen in a message's menus."""
    chosen = message.values.get(user_id, {})
    return {
        block_id: {
            action_id: chosen.get(block_id, {}).get(action_id, value)
            for action_id, value in values.items()
        }
        for block_id, values in initial_values(message.shown_blocks).items()
    }


def shortcut(
    engine: Engine,
    user: User,
    callback_id: str,
    trigger: Trigger,
    message: Message | None,
    url: ResponseUrl | None,
) -> Json:
    """A global shortcut, or one on a message."""
    payload: Json = {
        **common(engine, user),
        "type": "shortcut",
        "callback_id": callback_id,
        "trigger_id": trigger.id,
        "action_ts": engine.store.new_ts(),
    }
    if message is None:
        return payload
    payload |= {
        "type": "message_action",
        "message_ts": message.ts,
        "channel": channel(engine, message.channel),
        "message": message_json(engine.store, message),
    }
    if url:
        payload["response_url"] = engine.response_urls.address(url)
    return payload


def view_submission(
    engine: Engine, user: User, view: View, trigger: Trigger, urls: list[Json]
) -> Json:
    """A form that is handed in."""
    return {
        "type": "view_submission",
        **common(engine, user),
        "trigger_id": trigger.id,
        "view": view_json(engine.store, view),
        "response_urls": urls,
    }


def view_closed(engine: Engine, user: User, view: View, *, cleared: bool) -> Json:
    """A modal that was put away."""
    return {
        "type": "view_closed",
        **common(engine, user),
        "view": view_json(engine.store, view),
        "is_cleared": cleared,
    }
