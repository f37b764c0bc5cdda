"""A workspace: people, channels and one app, strict where Slack is strict."""

import dataclasses
import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

from sandbox.actor import Actor
from sandbox.background import Background
from sandbox.changes import Changes
from sandbox.delivery import Deliver, Delivery, connect_http
from sandbox.engine import Call, Engine, FaultyPayload
from sandbox.events import Events
from sandbox.faults import Faults, Limits
from sandbox.forms import Forms
from sandbox.interactions import Interactions
from sandbox.manifest import Manifest, read_manifest
from sandbox.modals import Modals
from sandbox.notices import Notices
from sandbox.people import Channel, Person
from sandbox.posting import Posting
from sandbox.records import Conversation, Message
from sandbox.response_urls import ResponseUrls
from sandbox.server import serving
from sandbox.socket_mode import SocketMode
from sandbox.store import Store
from sandbox.triggers import Triggers
from sandbox.ui import Page
from sandbox.wire import user_json

SLACKBOT = Person("slackbot", "Slackbot", kind="bot", id="USLACKBOT")


class Workspace:
    """The project's own Slack: everything outside of the app, in one process."""

    def __init__(
        self,
        name: str = "Acme",
        people: Iterable[Person] = (),
        channels: Iterable[Channel] = (Channel("general"),),
        manifest: Mapping[str, Any] | None = None,
        *,
        bot_token: str = "xoxb-sandbox",  # noqa: S107  (opens nothing but this sandbox)
        app_token: str = "xapp-sandbox",  # noqa: S107  (nor does this)
        signing_secret: str = "sandbox-signing-secret",  # noqa: S107  (signs for nothing else)
        clock: Callable[[], float] = time.time,
        speed: float = 1.0,
        signing_clock: Callable[[], float] = time.time,
        ack_timeout: float = 3.0,
        trigger_lifetime: float = 3.0,
        retry_delays: Sequence[float] = (0.0, 0.05, 0.1),
        hang_seconds: float = 60.0,
        seed: int = 0,
    ) -> None:
        """Found a workspace; nothing listens until it is served.

        Signatures carry `signing_clock`'s time, because the app compares it with real time
        whatever the workspace's clock says.
        """
        read: Manifest = read_manifest(manifest or {})
        changes, background = Changes(), Background()
        store = Store(clock, changes)
        bot = Person(_handle(read.bot_name), read.bot_name, kind="app")
        store.settle([SLACKBOT, *people], channels, bot)
        triggers, notices = Triggers(trigger_lifetime), Notices(store)
        socket = SocketMode(store.app_id, changes.tell)
        delivery = Delivery(signing_secret, signing_clock, background, socket, ack_timeout)
        events = Events(store, read, delivery, background, clock, retry_delays)
        posting = Posting(store, changes, notices, events)
        self.engine = Engine(
            name=name,
            domain=_handle(name),
            bot_token=bot_token,
            app_token=app_token,
            clock=clock,
            speed=speed,
            hang_seconds=hang_seconds,
            manifest=read,
            changes=changes,
            background=background,
            store=store,
            triggers=triggers,
            notices=notices,
            socket=socket,
            delivery=delivery,
            events=events,
            posting=posting,
            modals=Modals(store, changes, triggers, read.home_tab),
            response_urls=ResponseUrls(store, posting),
            faults=Faults(seed),
        )
        self._interactions = Interactions(self.engine)
        self._forms = Forms(self.engine, self._interactions)

    def serve(self, host: str = "127.0.0.1", port: int = 0) -> AbstractAsyncContextManager[str]:
        """Listen on this machine; the context's value is the address, with the API at /api/."""
        return serving(self.engine, Page(self.engine, self.person), host, port)

    def deliver_to(self, request_url: str) -> None:
        """Send what happens to the app's request URL, over HTTP."""
        self.engine.delivery.deliver = connect_http(request_url)
        self.engine.delivery.hang_up = True
        self.engine.changes.tell()

    def deliver_with(self, deliver: Deliver) -> None:
        """Hand what happens to the app in this process."""
        self.engine.delivery.deliver = deliver
        self.engine.delivery.hang_up = False
        self.engine.changes.tell()

    def person(self, name: str) -> Actor:
        """Somebody at their Slack client, by handle or id."""
        user = self.engine.store.user(name)
        return Actor(self.engine, user, self._interactions, self._forms)

    def channel(self, name: str) -> Conversation:
        """A channel by its name, or any conversation by its id."""
        return self.engine.store.channel(name)

    def channel_names(self) -> list[str]:
        """The names of all channels, archived ones too."""
        return self.engine.store.channel_names()

    async def until(self, condition: Callable[[], Any], timeout: float = 3.0) -> Any:
        """Wait until something holds, looking again at every change; else TimeoutError."""
        return await self.engine.changes.until(condition, timeout)

    async def hire(self, person: Person) -> Actor:
        """Let somebody join; the app hears team_join."""
        user = self.engine.store.add_user(person)
        body = user_json(self.engine.store, user, with_email=self._sees_email)
        telling = self.engine.events.publish("team_join", {"type": "team_join", "user": body})
        self.engine.changes.tell(*self.engine.store.conversations)
        if telling is not None:
            await telling
        return self.person(user.id)

    async def change_person(self, name: str, **changed: Any) -> Actor:
        """Change what is known of somebody (`tz=…`, `deleted=True`); the app hears user_change."""
        user = self.engine.store.user(name)
        user.person = dataclasses.replace(user.person, **changed)
        user.updated = int(self.engine.clock())
        body = user_json(self.engine.store, user, with_email=self._sees_email)
        telling = self.engine.events.publish("user_change", {"type": "user_change", "user": body})
        self.engine.changes.tell(*self.engine.store.conversations)
        if telling is not None:
            await telling
        return self.person(user.id)

    @property
    def team_id(self) -> str:
        """The workspace's id."""
        return self.engine.store.team_id

    @property
    def app_id(self) -> str:
        """The app's id."""
        return self.engine.store.app_id

    @property
    def bot_id(self) -> str:
        """The user id of the app's bot."""
        return self.engine.store.bot.id

    @property
    def faults(self) -> Faults:
        """Trouble to be made."""
        return self.engine.faults

    @property
    def limits(self) -> Limits:
        """Rate limits to be enforced."""
        return self.engine.limits

    @property
    def calls(self) -> list[Call]:
        """Everything the app has asked of the Web API, in order."""
        return self.engine.calls

    @property
    def faulty_payloads(self) -> list[FaultyPayload]:
        """Everything malformed that the app has sent."""
        return self.engine.faulty_payloads

    @property
    def socket(self) -> SocketMode:
        """The app's websockets."""
        return self.engine.socket

    @property
    def events(self) -> Events:
        """What the app was told by the Events API."""
        return self.engine.events

    @property
    def messages(self) -> list[Message]:
        """Every message in any conversation, in order of their ts."""
        places = self.engine.store.conversations.values()
        found = [each for place in places for each in place.messages]
        return sorted(found, key=lambda message: message.ts)

    @property
    def _sees_email(self) -> bool:
        return "users:read.email" in self.engine.manifest.scopes


def _handle(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "app"
