"""A small workspace, its clock, a Web API client, and an app that answers as a test tells it."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from urllib.parse import parse_qs

import pytest
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import Channel, Person, Workspace

SCOPES = [
    "bookmarks:read", "bookmarks:write", "channels:history", "channels:join", "channels:manage",
    "channels:read", "chat:write", "commands", "groups:history", "groups:read", "groups:write",
    "im:history", "im:read", "im:write", "mpim:write", "pins:read", "pins:write",
    "reactions:write", "team:read", "users:read", "users:read.email", "app_mentions:read",
]  # fmt: skip


def manifest(**changed: Any) -> dict[str, Any]:
    return {
        "display_information": {"name": "Bell"},
        "features": {
            "bot_user": {"display_name": "Bell"},
            "app_home": {"home_tab_enabled": changed.get("home_tab", True)},
            "slash_commands": [
                {"command": "/bell", "description": "Ring", "should_escape": True},
                {"command": "/raw", "should_escape": False},
            ],
            "shortcuts": [
                {"name": "Ring", "type": "global", "callback_id": "ring"},
                {"name": "Ring about it", "type": "message", "callback_id": "ring_about"},
            ],
        },
        "oauth_config": {"scopes": {"bot": changed.get("scopes", SCOPES)}},
        "settings": {
            "interactivity": {
                "is_enabled": True,
                "request_url": "http://app/slack/events",
                "message_menu_options_url": "http://app/slack/events",
            },
            "event_subscriptions": {
                "bot_events": changed.get(
                    "events",
                    ["app_home_opened", "team_join", "user_change", "message.im",
                     "message.channels", "app_mention"],
                )
            },
        },
    }  # fmt: skip


class Clock:
    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


Handler = Callable[[dict[str, Any]], Awaitable[Any]]


class Bell:
    """The app: keeps what it is sent, and answers by kind of payload."""

    def __init__(self, secret: str) -> None:
        self.verifier = SignatureVerifier(secret)
        self.received: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.handlers: dict[str, Handler] = {}

    def on(self, kind: str) -> Callable[[Handler], Handler]:
        def keep(handler: Handler) -> Handler:
            self.handlers[kind] = handler
            return handler

        return keep

    def answers(self, kind: str, answer: Any) -> None:
        async def handler(_: dict[str, Any]) -> Any:
            return answer

        self.handlers[kind] = handler

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [each for each in self.received if each["_kind"] == kind]

    async def __call__(
        self, headers: dict[str, str], body: bytes
    ) -> tuple[int, dict[str, str], bytes]:
        assert self.verifier.is_valid_request(body, headers)
        payload = self._read(headers, body)
        self.received.append(payload)
        self.headers.append(headers)
        handler = self.handlers.get(payload["_kind"])
        answer = await handler(payload) if handler else None
        if isinstance(answer, tuple):
            return answer
        if answer is None:
            return 200, {}, b""
        if isinstance(answer, str):
            return 200, {"Content-Type": "text/plain"}, answer.encode()
        return 200, {"Content-Type": "application/json"}, json.dumps(answer).encode()

    def _read(self, headers: dict[str, str], body: bytes) -> dict[str, Any]:
        if headers["Content-Type"] == "application/json":
            event = json.loads(body)
            return {**event, "_kind": event["event"]["type"]}
        fields = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        if "payload" in fields:
            payload = json.loads(fields["payload"])
            return {**payload, "_kind": payload["type"]}
        return {**fields, "_kind": "command"}


PEOPLE = [
    Person("alice", "Alice Martin", email="alice@acme.test", tz="Europe/Berlin", admin=True),
    Person("bob", "Bob Stone", email="bob@acme.test", tz="America/New_York"),
    Person("gone", "Gone Person", email="gone@acme.test", deleted=True),
    Person("robot", kind="bot"),
]
CHANNELS = [
    Channel("general", bot=True),
    Channel("incidents", bot=True),
    Channel("elsewhere"),
    Channel("secret", private=True, members=("alice",)),
    Channel("old", bot=True, archived=True),
]


def make_workspace(clock: Clock | None = None, **changed: Any) -> Workspace:
    options: dict[str, Any] = {
        "people": PEOPLE,
        "channels": CHANNELS,
        "manifest": manifest(),
        "signing_secret": "shh",
        "clock": clock or Clock(),
        "retry_delays": (0.0, 0.0, 0.0),
    }
    return Workspace("Acme", **(options | changed))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def workspace(clock: Clock) -> AsyncIterator[Workspace]:
    workspace = make_workspace(clock)
    async with workspace.serve():
        yield workspace


@pytest.fixture
def bell(workspace: Workspace) -> Bell:
    bell = Bell("shh")
    workspace.deliver_with(bell)
    return bell


def client_of(workspace: Workspace, token: str = "xoxb-sandbox") -> AsyncWebClient:
    client = AsyncWebClient(token, base_url=f"{workspace.engine.base_url}/api/", timeout=5)
    client.retry_handlers.clear()
    return client


@pytest.fixture
def api(workspace: Workspace) -> AsyncWebClient:
    return client_of(workspace)
