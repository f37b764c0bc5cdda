"""conversations.*, the part that changes: creating channels, naming them, and who is in them."""

import re
from typing import Any

from sandbox.api.asked import Asked
from sandbox.errors import SlackError
from sandbox.people import Channel
from sandbox.records import Conversation
from sandbox.wire import conversation_json

Json = dict[str, Any]
LONGEST_NAME = 80
LONGEST_TOPIC = 250
MOST_INVITED = 100


def create(asked: Asked) -> Json:
    """conversations.create: the app is the new channel's first member."""
    store, private = asked.engine.store, asked.flag("is_private")
    asked.need("groups" if private else "channels")
    name = _new_name(asked)
    conversation = store.add_channel(Channel(name, private=private, members=(), bot=True))
    conversation.creator = store.bot.id
    _changed(asked, conversation, "channel_created")
    return _answer(asked, conversation)


def rename(asked: Asked) -> Json:
    """conversations.rename: of a channel that the app has created."""
    conversation = _writable(asked)
    if conversation.creator != asked.engine.store.bot.id:
        raise SlackError("not_authorized")
    conversation.name = _new_name(asked, besides=conversation)
    _changed(asked, conversation, "channel_rename")
    return _answer(asked, conversation)


def archive(asked: Asked) -> Json:
    """conversations.archive."""
    conversation = asked.channel()
    if conversation.archived:
        raise SlackError("already_archived")
    asked.member_of(conversation)
    if conversation.general:
        raise SlackError("cant_archive_general")
    conversation.archived = True
    _changed(asked, conversation, "channel_archive")
    return {}


def unarchive(asked: Asked) -> Json:
    """conversations.unarchive."""
    conversation = asked.channel()
    if not conversation.archived:
        raise SlackError("not_archived")
    conversation.archived = False
    conversation.members.add(asked.engine.store.bot.id)
    _changed(asked, conversation, "channel_unarchive")
    return {}


def set_topic(asked: Asked) -> Json:
    """conversations.setTopic: at most 250 characters."""
    conversation = asked.member_of(_open(asked.conversation()))
    conversation.topic = _short(asked.text("topic", ""))
    _changed(asked, conversation)
    return _answer(asked, conversation)


def set_purpose(asked: Asked) -> Json:
    """conversations.setPurpose: at most 250 characters."""
    conversation = asked.member_of(_open(asked.conversation()))
    conversation.purpose = _short(asked.text("purpose", ""))
    _changed(asked, conversation)
    return _answer(asked, conversation)


def join(asked: Asked) -> Json:
    """conversations.join: of a public channel."""
    store, conversation = asked.engine.store, asked.channel()
    if conversation.private:
        raise SlackError("method_not_supported_for_channel_type")
    _open(conversation)
    answer = {}
    if store.bot.id in conversation.members:
        already = "already_in_channel"
        answer = {"warning": already, "response_metadata": {"warnings": [already]}}
    conversation.members.add(store.bot.id)
    _changed(asked, conversation)
    return {**_answer(asked, conversation), **answer}


def invite(asked: Asked) -> Json:
    """conversations.invite: one bad id fails all of them, unless `force` is given."""
    store, conversation = asked.engine.store, _writable(asked)
    ids = asked.names("users")
    if not ids:
        raise SlackError("no_user")
    if len(ids) > MOST_INVITED:
        raise SlackError("too_many_users", faults=[f"{len(ids)} users at once"])
    bad = {user_id: code for user_id in ids if (code := _cannot_join(asked, conversation, user_id))}
    good = [user_id for user_id in ids if user_id not in bad]
    if bad and not (asked.flag("force") and good):
        errors = [{"user": each, "ok": False, "error": code} for each, code in bad.items()]
        raise SlackError(next(iter(bad.values())), errors=errors)
    conversation.members.update(good)
    for user_id in good:
        asked.engine.events.publish(
            "member_joined_channel",
            {
                "type": "member_joined_channel",
                "user": user_id,
                "channel": conversation.id,
                "channel_type": "G" if conversation.private else "C",
                "team": store.team_id,
                "inviter": store.bot.id,
            },
        )
    _changed(asked, conversation)
    return _answer(asked, conversation)


def kick(asked: Asked) -> Json:
    """conversations.kick."""
    conversation = _writable(asked)
    user_id = asked.user(asked.text("user")).id
    if user_id == asked.engine.store.bot.id:
        raise SlackError("cant_kick_self")
    if user_id not in conversation.members:
        raise SlackError("not_in_channel")
    conversation.members.discard(user_id)
    _changed(asked, conversation)
    return {}


def leave(asked: Asked) -> Json:
    """conversations.leave."""
    store, conversation = asked.engine.store, _open(asked.channel())
    if store.bot.id not in conversation.members:
        return {"not_in_channel": True}
    conversation.members.discard(store.bot.id)
    _changed(asked, conversation)
    return {}


def check_name(name: str) -> None:
    """Refuse a channel name as Slack does; letters beyond a to z are refused to be safe."""
    if not name:
        raise SlackError("invalid_name_required")
    if len(name) > LONGEST_NAME:
        raise SlackError("invalid_name_maxlength")
    if not re.fullmatch(r"[a-z0-9_-]+", name):
        raise SlackError("invalid_name_specials")
    if not re.search(r"[a-z0-9]", name):
        raise SlackError("invalid_name_punctuation")


def _new_name(asked: Asked, besides: Conversation | None = None) -> str:
    name = asked.text("name", "")
    check_name(name)
    taken = asked.engine.store.channel_id(name)
    if taken and (besides is None or taken != besides.id):
        raise SlackError("name_taken")
    return name


def _writable(asked: Asked) -> Conversation:
    return asked.member_of(_open(asked.channel()))


def _open(conversation: Conversation) -> Conversation:
    if conversation.archived:
        raise SlackError("is_archived")
    return conversation


def _short(text: str) -> str:
    if len(text) > LONGEST_TOPIC:
        raise SlackError("too_long", faults=[f"{len(text)} characters"])
    return text


def _cannot_join(asked: Asked, conversation: Conversation, user_id: str) -> str | None:
    user = asked.engine.store.users.get(user_id)
    if user is None or user.person.deleted:
        return "user_not_found"
    if user_id == asked.engine.store.bot.id:
        return "cant_invite_self"
    if user_id == "USLACKBOT":
        return "cant_invite"
    return "already_in_channel" if user_id in conversation.members else None


def _answer(asked: Asked, conversation: Conversation) -> Json:
    return {"channel": conversation_json(asked.engine.store, conversation)}


def _changed(asked: Asked, conversation: Conversation, event: str | None = None) -> None:
    asked.engine.changes.tell(conversation.id)
    if event is None:
        return
    name = event.replace("channel_", "group_") if conversation.private else event
    brief = {"id": conversation.id, "name": conversation.name, "created": conversation.created}
    channel = brief if event in {"channel_created", "channel_rename"} else conversation.id
    user = asked.engine.store.bot.id
    asked.engine.events.publish(name, {"type": name, "channel": channel, "user": user})
