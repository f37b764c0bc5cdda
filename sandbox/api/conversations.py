"""conversations.*, the part that reads: which there are, who is in them, what was said."""

from typing import Any

from sandbox.api.asked import Asked
from sandbox.errors import SlackError
from sandbox.records import Message
from sandbox.wire import conversation_json, message_json

Json = dict[str, Any]

_FAMILY = {
    "public_channel": "channels",
    "private_channel": "groups",
    "im": "im",
    "mpim": "mpim",
}


def list_all(asked: Asked) -> Json:
    """conversations.list: what the app may know of, by default the public channels."""
    return _list(asked, only_own=False)


def list_own(asked: Asked) -> Json:
    """users.conversations: those the app is in."""
    return _list(asked, only_own=True)


def info(asked: Asked) -> Json:
    """conversations.info."""
    return {"channel": conversation_json(asked.engine.store, asked.conversation())}


def members(asked: Asked) -> Json:
    """conversations.members, a page at a time."""
    conversation = asked.conversation()
    ids, following = asked.page(sorted(conversation.members), 100)
    return {"members": ids, **following}


def open_direct(asked: Asked) -> Json:
    """conversations.open: a direct message with one person, a group message with more."""
    store = asked.engine.store
    ids = list(dict.fromkeys(asked.names("users")))
    if not ids:
        raise SlackError("users_list_not_supplied")
    if len(ids) > 8:
        raise SlackError("too_many_users")
    asked.need("im" if len(ids) == 1 else "mpim")
    for user_id in ids:
        person = asked.user(user_id).person
        if person.is_bot:
            raise SlackError("cannot_dm_bot")
        if person.deleted:
            raise SlackError("user_disabled")
    known = set(store.conversations)
    conversation = store.dm(ids[0]) if len(ids) == 1 else store.group(set(ids))
    answer: Json = {"channel": {"id": conversation.id}}
    if asked.flag("return_im"):
        answer["channel"] = conversation_json(store, conversation)
    if conversation.id in known:
        answer |= {"no_op": True, "already_open": True}
    return answer


def history(asked: Asked) -> Json:
    """conversations.history: newest first, without the replies in threads."""
    conversation = asked.member_of(asked.conversation())
    messages = _between(asked, conversation.top_level)[::-1]
    shown, following = asked.page(messages, 100)
    more = bool(following["response_metadata"]["next_cursor"])
    return {
        "messages": _shown(asked, shown),
        "has_more": more,
        "pin_count": len(conversation.pins),
        **(following if more else {}),
    }


def replies(asked: Asked) -> Json:
    """conversations.replies: a thread from its beginning; its first message is always there."""
    conversation = asked.member_of(asked.conversation())
    parent = conversation.find(asked.text("ts"))
    if parent is None:
        raise SlackError("thread_not_found")
    if parent.is_reply:
        return {"messages": _shown(asked, [parent]), "has_more": False}
    following_messages = [each for each in conversation.thread(parent.ts) if each is not parent]
    shown, following = asked.page(_between(asked, following_messages), 1000)
    more = bool(following["response_metadata"]["next_cursor"])
    return {
        "messages": _shown(asked, [parent, *shown]),
        "has_more": more,
        **(following if more else {}),
    }


def _list(asked: Asked, *, only_own: bool) -> Json:
    store = asked.engine.store
    types = asked.names("types") or ["public_channel"]
    for kind in types:
        if kind not in _FAMILY:
            raise SlackError("invalid_types")
        asked.need(_FAMILY[kind])
    families = {_FAMILY[kind] for kind in types}
    found = [
        each
        for each in store.conversations.values()
        if each.scope_kind in families
        and asked.sees(each)
        and not (each.archived and asked.flag("exclude_archived"))
        and not (only_own and store.bot.id not in each.members)
    ]
    shown, following = asked.page(found, 100)
    return {"channels": [conversation_json(store, each) for each in shown], **following}


def _between(asked: Asked, messages: list[Message]) -> list[Message]:
    oldest, latest = _moment(asked, "oldest"), _moment(asked, "latest")
    inclusive = asked.flag("inclusive")

    def fits(ts: float) -> bool:
        after = oldest is None or ts > oldest or (inclusive and ts == oldest)
        before = latest is None or ts < latest or (inclusive and ts == latest)
        return after and before

    return [each for each in messages if fits(float(each.ts))]


def _moment(asked: Asked, name: str) -> float | None:
    given = asked.text(name, "")
    try:
        return float(given) if given else None
    except ValueError:
        raise SlackError(f"invalid_ts_{name}") from None


def _shown(asked: Asked, messages: list[Message]) -> list[Json]:
    wanted = asked.flag("include_all_metadata")
    return [message_json(asked.engine.store, each, with_metadata=wanted) for each in messages]
