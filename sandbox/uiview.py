"""What the browser page shows to one person: their conversations, messages, modals and Home tab."""

from typing import Any

from sandbox.engine import Engine
from sandbox.errors import NotPossibleError
from sandbox.records import Conversation, Message, User, View, shown_to
from sandbox.wire import view_json

Json = dict[str, Any]


def state(engine: Engine, user: User) -> Json:
    """Everything around the messages."""
    return {
        "workspace": {"name": engine.name, "notice": "This is a sandbox and not Slack."},
        "me": user.id,
        "clock": {"now": engine.clock(), "speed": engine.speed},
        "people": [_person(each) for each in engine.store.users.values()],
        "app": {
            "id": engine.store.app_id,
            "bot_user_id": engine.store.bot.id,
            "name": engine.manifest.name,
            "home": engine.manifest.home_tab,
            "connected": engine.delivery.connected,
        },
        "commands": [
            {
                "command": each.command,
                "description": each.description,
                "usage_hint": each.usage_hint,
            }
            for each in engine.manifest.commands
        ],
        "shortcuts": [
            {
                "name": each.name,
                "callback_id": each.callback_id,
                "type": each.type,
                "description": each.description,
            }
            for each in engine.manifest.shortcuts
        ],
        "conversations": _conversations(engine, user),
        "views": [_view(engine, each) for each in engine.modals.stack(user.id)],
        "home": _view(engine, home) if (home := engine.modals.homes.get(user.id)) else None,
    }


def messages(engine: Engine, user: User, channel: str, thread_ts: str | None) -> Json:
    """A conversation's top level, or one thread with its first message, oldest first."""
    conversation = engine.store.conversations.get(channel)
    if conversation is None or not _visible(conversation, user):
        raise NotPossibleError("there is no such conversation", code="channel_not_found")
    own = shown_to(conversation.ephemerals, user.id)
    if thread_ts:
        found = conversation.thread(thread_ts)
        found = [*found, *(each for each in own if each.thread_ts == thread_ts)]
    else:
        found = [*conversation.top_level, *(each for each in own if not each.is_reply)]
    found = sorted(found, key=lambda message: message.ts)
    return {"messages": [_message(conversation, each) for each in found]}


def _conversations(engine: Engine, user: User) -> list[Json]:
    direct = engine.store.dm(user.id)
    shown = [
        each
        for each in engine.store.conversations.values()
        if each.kind == "channel" and _visible(each, user)
    ]
    found = []
    for each in [*shown, direct]:
        is_direct = each is direct
        found.append(
            {
                "id": each.id,
                "kind": "app_dm" if is_direct else "channel",
                "name": engine.manifest.name if is_direct else each.name,
                "topic": each.topic,
                "private": each.private,
                "member": user.id in each.members,
                "archived": each.archived,
                "unread": engine.notices.unread(each, user.id),
                "mentions": engine.notices.mentions(each, user.id),
            }
        )
    return found


def _visible(conversation: Conversation, user: User) -> bool:
    return not conversation.private or user.id in conversation.members


def _person(user: User) -> Json:
    person = user.person
    return {
        "id": user.id,
        "name": person.name,
        "real_name": person.shown_name,
        "email": person.email,
        "tz": person.tz,
        "title": person.title,
        "kind": person.kind,
        "deleted": person.deleted,
    }


def _view(engine: Engine, view: View) -> Json:
    return view_json(engine.store, view) | {"errors": view.errors}


def _message(conversation: Conversation, message: Message) -> Json:
    thread = conversation.thread(message.ts) if not message.is_reply else []
    replies = [each for each in thread if each is not message]
    return {
        "ts": message.ts,
        "user": message.user,
        "bot": message.bot,
        "username": message.username,
        "text": message.text,
        "blocks": message.blocks,
        "attachments": message.attachments,
        "thread_ts": message.thread_ts or (message.ts if replies else None),
        "reply_count": len(replies),
        "reply_users": list(dict.fromkeys(each.user for each in replies)),
        "broadcast": message.broadcast,
        "edited": message.edited,
        "ephemeral": message.ephemeral,
        "deleted": message.deleted,
        "pinned": message.ts in conversation.pins,
        "reactions": [{"name": name, "users": users} for name, users in message.reactions.items()],
    }
