"""Which scope each method needs, by kind of conversation where Slack tells them apart."""

from collections.abc import Mapping

Scopes = tuple[str, ...]
"""Scopes of which any one is enough; the first is the one Slack names in `needed`."""


def _by_kind(suffix: str) -> dict[str, Scopes]:
    return {kind: (f"{kind}:{suffix}",) for kind in ("channels", "groups", "im", "mpim")}


def _managed(narrower: str | None = None) -> dict[str, Scopes]:
    also = (f":write.{narrower}",) if narrower else ()
    return {
        "channels": ("channels:manage", *(f"channels{each}" for each in also)),
        "groups": ("groups:write", *(f"groups{each}" for each in also)),
        "im": ("im:write", *(f"im{each}" for each in also)),
        "mpim": ("mpim:write", *(f"mpim{each}" for each in also)),
    }


def _always(*scopes: str) -> dict[str, Scopes]:
    return {"always": scopes}


NEEDED: Mapping[str, Mapping[str, Scopes]] = {
    "api.test": {},
    "apps.connections.open": {},
    "auth.test": {},
    "bookmarks.add": _always("bookmarks:write"),
    "bookmarks.edit": _always("bookmarks:write"),
    "bookmarks.list": _always("bookmarks:read"),
    "bookmarks.remove": _always("bookmarks:write"),
    "chat.delete": _always("chat:write"),
    "chat.getPermalink": {},
    "chat.postEphemeral": _always("chat:write"),
    "chat.postMessage": _always("chat:write"),
    "chat.update": _always("chat:write"),
    "conversations.archive": _managed(),
    "conversations.create": _managed(),
    "conversations.history": _by_kind("history"),
    "conversations.info": _by_kind("read"),
    "conversations.invite": _managed("invites"),
    "conversations.join": _always("channels:join"),
    "conversations.kick": _managed(),
    "conversations.leave": _managed(),
    "conversations.list": _by_kind("read"),
    "conversations.members": _by_kind("read"),
    "conversations.open": {"im": ("im:write",), "mpim": ("mpim:write",)},
    "conversations.rename": _managed(),
    "conversations.replies": _by_kind("history"),
    "conversations.setPurpose": _managed("topic"),
    "conversations.setTopic": _managed("topic"),
    "conversations.unarchive": _managed(),
    "pins.add": _always("pins:write"),
    "pins.list": _always("pins:read"),
    "pins.remove": _always("pins:write"),
    "reactions.add": _always("reactions:write"),
    "reactions.remove": _always("reactions:write"),
    "team.info": _always("team:read"),
    "users.conversations": _by_kind("read"),
    "users.info": _always("users:read"),
    "users.list": _always("users:read"),
    "users.lookupByEmail": _always("users:read.email"),
    "views.open": {},
    "views.publish": {},
    "views.push": {},
    "views.update": {},
}
