"""Which function answers which method."""

from collections.abc import Callable, Mapping
from typing import Any

from sandbox.api import basics, channels, chat, conversations, marks, users, views
from sandbox.api.asked import Asked

METHODS: Mapping[str, Callable[[Asked], dict[str, Any]]] = {
    "api.test": basics.api_test,
    "apps.connections.open": basics.open_connection,
    "auth.test": basics.auth_test,
    "bookmarks.add": marks.add_bookmark,
    "bookmarks.edit": marks.edit_bookmark,
    "bookmarks.list": marks.list_bookmarks,
    "bookmarks.remove": marks.remove_bookmark,
    "chat.delete": chat.delete,
    "chat.getPermalink": chat.get_permalink,
    "chat.postEphemeral": chat.post_ephemeral,
    "chat.postMessage": chat.post_message,
    "chat.update": chat.update,
    "conversations.archive": channels.archive,
    "conversations.create": channels.create,
    "conversations.history": conversations.history,
    "conversations.info": conversations.info,
    "conversations.invite": channels.invite,
    "conversations.join": channels.join,
    "conversations.kick": channels.kick,
    "conversations.leave": channels.leave,
    "conversations.list": conversations.list_all,
    "conversations.members": conversations.members,
    "conversations.open": conversations.open_direct,
    "conversations.rename": channels.rename,
    "conversations.replies": conversations.replies,
    "conversations.setPurpose": channels.set_purpose,
    "conversations.setTopic": channels.set_topic,
    "conversations.unarchive": channels.unarchive,
    "pins.add": marks.add_pin,
    "pins.list": marks.list_pins,
    "pins.remove": marks.remove_pin,
    "reactions.add": marks.add_reaction,
    "reactions.remove": marks.remove_reaction,
    "team.info": users.team_info,
    "users.conversations": conversations.list_own,
    "users.info": users.info,
    "users.list": users.list_all,
    "users.lookupByEmail": users.lookup_by_email,
    "views.open": views.open_modal,
    "views.publish": views.publish,
    "views.push": views.push,
    "views.update": views.update,
}
