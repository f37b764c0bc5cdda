"""api.test, auth.test and apps.connections.open: is anybody there, and who am I?"""

from typing import Any

from sandbox.api.asked import Asked
from sandbox.errors import SlackError

Json = dict[str, Any]


def api_test(asked: Asked) -> Json:
    """api.test: gives back what it is given, and fails on request."""
    echoed: Json = {"args": asked.arguments} if asked.arguments else {}
    if asked.arguments.get("error"):
        raise SlackError(str(asked.arguments["error"]), args=asked.arguments)
    return echoed


def auth_test(asked: Asked) -> Json:
    """auth.test: whose token this is."""
    engine = asked.engine
    return {
        "url": f"{engine.base_url}/",
        "team": engine.name,
        "user": engine.store.bot.person.name,
        "team_id": engine.store.team_id,
        "user_id": engine.store.bot.id,
        "bot_id": engine.store.bot_id,
        "is_enterprise_install": False,
    }


def open_connection(asked: Asked) -> Json:
    """apps.connections.open: an address for one websocket."""
    return {"url": asked.engine.socket.open_url()}
