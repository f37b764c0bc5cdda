"""users.* and team.info: who is here."""

from typing import Any

from sandbox.api.asked import Asked
from sandbox.errors import SlackError
from sandbox.records import User
from sandbox.wire import user_json

Json = dict[str, Any]


def info(asked: Asked) -> Json:
    """users.info; the address only with users:read.email."""
    return {"user": _shown(asked, asked.user(asked.text("user")))}


def list_all(asked: Asked) -> Json:
    """users.list, a page at a time; the deactivated and Slackbot are in it too."""
    users, following = asked.page(list(asked.engine.store.users.values()), 1000)
    shown = [_shown(asked, each) for each in users]
    return {"members": shown, "cache_ts": int(asked.engine.clock()), **following}


def lookup_by_email(asked: Asked) -> Json:
    """users.lookupByEmail, in any case of letters; the deactivated are not found."""
    email = asked.text("email").casefold()
    for user in asked.engine.store.users.values():
        if (user.person.email or "").casefold() == email and not user.person.deleted:
            return {"user": _shown(asked, user)}
    raise SlackError("users_not_found")


def team_info(asked: Asked) -> Json:
    """team.info."""
    engine = asked.engine
    team: Json = {
        "id": engine.store.team_id,
        "name": engine.name,
        "domain": engine.domain,
        "url": f"{engine.base_url}/",
        "email_domain": "",
    }
    return {"team": team}


def _shown(asked: Asked, user: User) -> Json:
    granted = "users:read.email" in asked.engine.manifest.scopes
    return user_json(asked.engine.store, user, with_email=granted)
