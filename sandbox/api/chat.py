"""chat.*: posting, editing and deleting the app's messages."""

import math
from typing import Any

from sandbox.api.asked import Asked
from sandbox.blockkit import limits
from sandbox.content import read_content
from sandbox.errors import SlackError
from sandbox.records import Conversation, Message
from sandbox.wire import message_json

Json = dict[str, Any]


def post_message(asked: Asked) -> Json:
    """chat.postMessage: to a channel, a direct message, or a person's id."""
    engine = asked.engine
    conversation = _target(asked)
    _customized(asked)
    content = read_content(asked.arguments, engine.store)
    _pace(asked, conversation)
    message = engine.posting.post(
        conversation,
        content,
        thread_ts=asked.text("thread_ts", "") or None,
        broadcast=asked.flag("reply_broadcast"),
        looks=asked.arguments,
    )
    shown = message_json(engine.store, message, with_metadata=True)
    return {"channel": conversation.id, "ts": message.ts, "message": shown}


def post_ephemeral(asked: Asked) -> Json:
    """chat.postEphemeral: to one person who is in the conversation."""
    engine = asked.engine
    conversation = _target(asked)
    reader = asked.user(asked.text("user"))
    if reader.id not in conversation.members:
        raise SlackError("user_not_in_channel")
    _customized(asked)
    message = engine.posting.post(
        conversation,
        read_content(asked.arguments, engine.store),
        thread_ts=asked.text("thread_ts", "") or None,
        reader=reader.id,
        looks=asked.arguments,
    )
    return {"message_ts": message.ts}


def update(asked: Asked) -> Json:
    """chat.update: only of the app's own messages."""
    engine = asked.engine
    message = _own(asked, "cant_update_message")
    if engine.store.conversations[message.channel].archived:
        raise SlackError("is_inactive")
    content = read_content(asked.arguments, engine.store, longest=limits.TEXT_UPDATED)
    if not content.given & {"text", "blocks", "attachments", "markdown_text"}:
        raise SlackError("no_text")
    blocks = content.blocks if "blocks" in content.given else message.blocks
    if "text" in content.given and not content.text and not blocks and not content.attachments:
        raise SlackError("no_text")
    engine.posting.edit(message, content)
    shown = message_json(engine.store, message, with_metadata=True)
    return {"channel": message.channel, "ts": message.ts, "text": message.text, "message": shown}


def delete(asked: Asked) -> Json:
    """chat.delete: only of the app's own messages."""
    message = _own(asked, "cant_delete_message")
    asked.engine.posting.delete(message)
    return {"channel": message.channel, "ts": message.ts}


def get_permalink(asked: Asked) -> Json:
    """chat.getPermalink: an address that opens the message in this sandbox."""
    conversation = asked.conversation()
    message = asked.message(conversation, "message_ts")
    link = f"{asked.engine.base_url}/archives/{conversation.id}/p{message.ts.replace('.', '')}"
    if message.is_reply:
        link += f"?thread_ts={message.thread_ts}&cid={conversation.id}"
    return {"channel": conversation.id, "permalink": link}


def _target(asked: Asked) -> Conversation:
    store, manifest = asked.engine.store, asked.engine.manifest
    named = asked.text("channel")
    conversation = store.conversations.get(named)
    if conversation is None and named in store.users:
        person = store.users[named].person
        if person.is_bot:
            raise SlackError("cannot_dm_bot")
        if person.deleted:
            raise SlackError("user_disabled")
        conversation = store.dm(named)
    if conversation is None:
        by_name = store.channel_id(named.removeprefix("#"))
        conversation = store.conversations[by_name] if by_name else None
    if conversation is None or not asked.sees(conversation):
        raise SlackError("channel_not_found")
    if conversation.archived:
        raise SlackError("is_archived")
    if conversation.kind == "im" and not manifest.messages_tab:
        raise SlackError("messages_tab_disabled")
    if store.bot.id not in conversation.members and "chat:write.public" not in manifest.scopes:
        raise SlackError("not_in_channel")
    return conversation


def _customized(asked: Asked) -> None:
    customized = any(asked.arguments.get(name) for name in ("username", "icon_emoji", "icon_url"))
    granted = asked.engine.manifest.scopes
    if customized and "chat:write.customize" not in granted:
        raise SlackError(
            "missing_scope", needed="chat:write.customize", provided=",".join(sorted(granted))
        )


def _pace(asked: Asked, conversation: Conversation) -> None:
    engine = asked.engine
    rate = engine.limits.messages_per_second
    now = engine.clock()
    if rate is not None:
        wait = engine.last_post.get(conversation.id, -math.inf) + 1 / rate - now
        if wait > 0:
            raise SlackError("ratelimited", status=429, retry_after=max(1, math.ceil(wait)))
    engine.last_post[conversation.id] = now


def _own(asked: Asked, refusal: str) -> Message:
    conversation = asked.conversation()
    message = asked.message(conversation, "ts")
    if message.user != asked.engine.store.bot.id:
        raise SlackError(refusal)
    return message
