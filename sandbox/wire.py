"""How users, conversations, messages and views look as JSON on Slack's side of the wire."""

from datetime import datetime
from typing import Any

from sandbox.records import Conversation, Message, User, View
from sandbox.store import Store

Json = dict[str, Any]


def user_json(store: Store, user: User, *, with_email: bool) -> Json:
    """A user as users.info gives it; the address only to apps that may read it."""
    person = user.person
    moment = datetime.fromtimestamp(store.clock(), user.zone)
    offset = moment.utcoffset()
    profile: Json = {
        "title": person.title,
        "real_name": person.shown_name,
        "real_name_normalized": person.shown_name,
        "display_name": person.name,
        "display_name_normalized": person.name,
        "team": store.team_id,
        "image_48": "",
    }
    if with_email and person.email:
        profile["email"] = person.email
    body: Json = {
        "id": user.id,
        "team_id": "T0ELSEWHERE" if person.kind == "stranger" else store.team_id,
        "name": person.name,
        "deleted": person.deleted,
        "profile": profile,
        "is_bot": person.is_bot,
        "is_app_user": False,
        "updated": user.updated,
    }
    if person.deleted:
        return body
    return body | {
        "real_name": person.shown_name,
        "tz": person.tz,
        "tz_label": moment.tzname() or person.tz,
        "tz_offset": int(offset.total_seconds()) if offset else 0,
        "is_admin": person.admin,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": person.kind == "guest",
        "is_ultra_restricted": False,
        "is_stranger": person.kind == "stranger",
        "is_email_confirmed": True,
    }


def conversation_json(store: Store, conversation: Conversation) -> Json:
    """A conversation as conversations.info gives it to the app."""
    if conversation.kind == "im":
        other = next(iter(conversation.members - {store.bot.id}))
        return {
            "id": conversation.id,
            "created": conversation.created,
            "is_archived": False,
            "is_im": True,
            "is_org_shared": False,
            "user": other,
            "is_user_deleted": store.users[other].person.deleted,
        }
    said = {"creator": conversation.creator, "last_set": conversation.created}
    return {
        "id": conversation.id,
        "name": conversation.name,
        "name_normalized": conversation.name,
        "is_channel": conversation.kind == "channel" and not conversation.private,
        "is_group": conversation.kind == "channel" and conversation.private,
        "is_im": False,
        "is_mpim": conversation.kind == "mpim",
        "is_private": conversation.private,
        "is_archived": conversation.archived,
        "is_general": conversation.general,
        "is_shared": False,
        "is_ext_shared": False,
        "is_org_shared": False,
        "is_member": store.bot.id in conversation.members,
        "created": conversation.created,
        "creator": conversation.creator,
        "topic": {"value": conversation.topic, **said},
        "purpose": {"value": conversation.purpose, **said},
        "previous_names": [],
        "num_members": len(conversation.members),
    }


def message_json(store: Store, message: Message, *, with_metadata: bool = False) -> Json:
    """A message as history and interaction payloads give it."""
    body: Json = {"type": "message", "user": message.user, "text": message.text, "ts": message.ts}
    if message.bot:
        body |= {"bot_id": store.bot_id, "app_id": store.app_id, "team": store.team_id}
    if message.subtype:
        body["subtype"] = message.subtype
    if message.blocks:
        body["blocks"] = message.blocks
    if message.attachments:
        body["attachments"] = message.attachments
    if message.username:
        body["username"] = message.username
    if message.icon:
        body["icons"] = {"emoji": message.icon}
    if message.edited:
        body["edited"] = {"user": message.user, "ts": message.edited}
    if message.reactions:
        body["reactions"] = [
            {"name": name, "users": users, "count": len(users)}
            for name, users in message.reactions.items()
        ]
    if with_metadata and message.metadata:
        body["metadata"] = message.metadata
    return body | _thread_json(store, message)


def _thread_json(store: Store, message: Message) -> Json:
    if message.is_reply:
        broadcast = {"subtype": "thread_broadcast"} if message.broadcast else {}
        return {"thread_ts": message.thread_ts, **broadcast}
    replies = [each for each in replies_of(store, message) if each is not message]
    if not replies:
        return {}
    return {
        "thread_ts": message.ts,
        "reply_count": len(replies),
        "reply_users": list(dict.fromkeys(each.user for each in replies)),
        "latest_reply": replies[-1].ts,
    }


def replies_of(store: Store, message: Message) -> list[Message]:
    """A message and what was replied to it."""
    conversation = store.conversations.get(message.channel)
    return conversation.thread(message.ts) if conversation else [message]


def view_json(store: Store, view: View) -> Json:
    """A view as Slack hands it to the app."""
    source = view.source
    body: Json = {
        "id": view.id,
        "team_id": store.team_id,
        "type": view.type,
        "blocks": view.blocks,
        "private_metadata": view.private_metadata,
        "callback_id": view.callback_id,
        "external_id": source.get("external_id", ""),
        "state": {"values": view.values},
        "hash": view.hash,
        "root_view_id": view.root_id,
        "previous_view_id": view.previous_id,
        "app_id": store.app_id,
        "app_installed_team_id": store.team_id,
        "bot_id": store.bot_id,
        "title": source.get("title"),
        "close": source.get("close"),
        "submit": source.get("submit"),
        "clear_on_close": source.get("clear_on_close", False),
        "notify_on_close": source.get("notify_on_close", False),
    }
    return body
