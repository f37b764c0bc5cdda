"""Pins, reactions and bookmarks."""

import re
from typing import Any

from sandbox.api.asked import Asked
from sandbox.errors import SlackError
from sandbox.records import Conversation, Message
from sandbox.wire import message_json

Json = dict[str, Any]
MOST_PINS = 100
MOST_BOOKMARKS = 100


def add_pin(asked: Asked) -> Json:
    """pins.add."""
    conversation, message = _marked(asked)
    if message.ts in conversation.pins:
        raise SlackError("already_pinned")
    if len(conversation.pins) >= MOST_PINS:
        raise SlackError("too_many_pins")
    conversation.pins.append(message.ts)
    asked.engine.changes.tell(conversation.id)
    return {}


def remove_pin(asked: Asked) -> Json:
    """pins.remove."""
    conversation, message = _marked(asked)
    if message.ts not in conversation.pins:
        raise SlackError("no_pin")
    conversation.pins.remove(message.ts)
    asked.engine.changes.tell(conversation.id)
    return {}


def list_pins(asked: Asked) -> Json:
    """pins.list, the latest first."""
    conversation = asked.member_of(asked.conversation())
    store = asked.engine.store
    items = [
        {"type": "message", "channel": conversation.id, "message": message_json(store, message)}
        for ts in reversed(conversation.pins)
        if (message := conversation.find(ts))
    ]
    return {"items": items}


def add_reaction(asked: Asked) -> Json:
    """reactions.add."""
    conversation, message = _marked(asked)
    if conversation.archived:
        raise SlackError("is_archived")
    users = message.reactions.setdefault(_emoji(asked), [])
    if asked.engine.store.bot.id in users:
        raise SlackError("already_reacted")
    users.append(asked.engine.store.bot.id)
    asked.engine.changes.tell(conversation.id)
    return {}


def remove_reaction(asked: Asked) -> Json:
    """reactions.remove."""
    conversation, message = _marked(asked)
    users = message.reactions.get(_emoji(asked), [])
    if asked.engine.store.bot.id not in users:
        raise SlackError("no_reaction")
    users.remove(asked.engine.store.bot.id)
    if not users:
        del message.reactions[_emoji(asked)]
    asked.engine.changes.tell(conversation.id)
    return {}


def add_bookmark(asked: Asked) -> Json:
    """bookmarks.add: a link at the top of a channel."""
    conversation = asked.member_of(asked.conversation("channel_id"))
    if asked.text("type") != "link":
        raise SlackError("invalid_bookmark_type")
    link = asked.text("link")
    if not re.fullmatch(r"https?://\S+", link):
        raise SlackError("invalid_link")
    if len(conversation.bookmarks) >= MOST_BOOKMARKS:
        raise SlackError("too_many_bookmarks")
    bookmark = {
        "id": asked.engine.store.new_id("Bk"),
        "channel_id": conversation.id,
        "title": asked.text("title"),
        "link": link,
        "emoji": asked.text("emoji", ""),
        "type": "link",
    }
    conversation.bookmarks.append(bookmark)
    asked.engine.changes.tell(conversation.id)
    return {"bookmark": bookmark}


def edit_bookmark(asked: Asked) -> Json:
    """bookmarks.edit."""
    conversation, bookmark = _bookmark(asked)
    bookmark |= {
        name: asked.text(name)
        for name in ("title", "link", "emoji")
        if asked.arguments.get(name) is not None
    }
    asked.engine.changes.tell(conversation.id)
    return {"bookmark": bookmark}


def remove_bookmark(asked: Asked) -> Json:
    """bookmarks.remove."""
    conversation, bookmark = _bookmark(asked)
    conversation.bookmarks.remove(bookmark)
    asked.engine.changes.tell(conversation.id)
    return {}


def list_bookmarks(asked: Asked) -> Json:
    """bookmarks.list."""
    return {"bookmarks": asked.conversation("channel_id").bookmarks}


def _marked(asked: Asked) -> tuple[Conversation, Message]:
    conversation = asked.member_of(asked.conversation())
    if not asked.text("timestamp", ""):
        raise SlackError("no_item_specified")
    return conversation, asked.message(conversation, "timestamp")


def _emoji(asked: Asked) -> str:
    name = asked.text("name").strip(":")
    if not re.fullmatch(r"[a-z0-9_+'-]+(::skin-tone-[2-6])?", name):
        raise SlackError("invalid_name")
    return name


def _bookmark(asked: Asked) -> tuple[Conversation, Json]:
    conversation = asked.member_of(asked.conversation("channel_id"))
    for bookmark in conversation.bookmarks:
        if bookmark["id"] == asked.text("bookmark_id"):
            return conversation, bookmark
    raise SlackError("not_found")
