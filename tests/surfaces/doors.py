"""The doors of the product: the same few verbs through each, and what its reader is told.

A verb returns None where it was done, and otherwise the refusal as the one who asked reads it.
Whoever acts is named as in the cast. `meanwhile` happens after they have seen what there is, and
before they ask: a form that is open, a program that has read.

    doors           what there is to ask for, and which doors have no way to ask for what
    slack_door      the sandboxed workspace: commands, buttons, forms
    rest_door       HTTP, with a key for each person
    mcp_door        tools, called with a key for each person
                    (programs: what these two share)
    dashboard_door  pages and forms, in a browser of each person's (dashboard_forms, _setup)
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from inspect import iscoroutinefunction
from typing import Protocol
from uuid import UUID

from storage.vocabulary import ActorKind, Surface

Meanwhile = Callable[[], Awaitable[None]]

OUTSIDER = "gail"
"""A guest: to Slack somebody who is no member, to a program an id that nobody has."""

UNHEARD_OF = "mallory"
"""Somebody of another workspace: a name, where names are typed, that nobody here has."""

NO_INCIDENT = 999_999
"""A number that nothing has: what an id that nobody has is to those who go by numbers."""


@dataclass(frozen=True)
class Refusal:
    """Why something was not done, in the words that were read; and the code where one is told."""

    message: str
    code: str | None = None


class Door(Protocol):
    """One way in. A verb that it does not have (`LACKING`) is no method of it."""

    kind: ActorKind
    surface: Surface
    tells_codes: bool

    def name_of(self, who: str) -> str:
        """What the trail calls somebody who comes through this door."""

    async def declare(
        self,
        who: str,
        *,
        title: str,
        schedule: UUID | None = None,
        owner: str | None = None,
        components: Sequence[UUID] = (),
        meanwhile: Meanwhile | None = None,
    ) -> Refusal | None: ...

    async def acknowledge(self, who: str, incident: UUID) -> Refusal | None: ...

    async def hand_off(self, who: str, incident: UUID, *, to: str,
                       meanwhile: Meanwhile | None = None) -> Refusal | None: ...  # fmt: skip

    async def advance(self, who: str, incident: UUID, status: str) -> Refusal | None: ...

    async def resolve(self, who: str, incident: UUID) -> Refusal | None:
        """Every step that is missing, whatever the door makes of it."""

    async def post_update(
        self,
        who: str,
        incident: UUID,
        *,
        body: str = "",
        status: str | None = None,
        public: bool = False,
        meanwhile: Meanwhile | None = None,
    ) -> Refusal | None: ...

    async def post_under_key(
        self, who: str, incident: UUID, *, body: str, key: str
    ) -> Refusal | None:
        """What a program may repeat until it is answered."""

    async def redact(self, who: str, incident: UUID, update: UUID) -> Refusal | None: ...

    async def retitle(
        self, who: str, incident: UUID, title: str, *, meanwhile: Meanwhile | None = None
    ) -> Refusal | None:
        """Another title, if it is still the one that was seen."""

    async def change_severity(self, who: str, incident: UUID, severity: str) -> Refusal | None: ...

    async def set_components(
        self,
        who: str,
        incident: UUID,
        components: Sequence[UUID],
        *,
        meanwhile: Meanwhile | None = None,
    ) -> Refusal | None: ...

    async def create_override(
        self, who: str, schedule: UUID, *, person: str, start: datetime, end: datetime
    ) -> Refusal | None: ...

    async def change_override(
        self,
        who: str,
        schedule: UUID,
        override: UUID,
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        person: str | None = None,
        meanwhile: Meanwhile | None = None,
    ) -> Refusal | None: ...

    async def remove_override(self, who: str, schedule: UUID, override: UUID) -> Refusal | None: ...

    async def rename_schedule(
        self, who: str, schedule: UUID, name: str, *, meanwhile: Meanwhile | None = None
    ) -> Refusal | None: ...

    async def remove_schedule(
        self, who: str, schedule: UUID, *, meanwhile: Meanwhile | None = None
    ) -> Refusal | None: ...

    async def rename_policy(self, who: str, policy: UUID, name: str) -> Refusal | None: ...

    async def remove_policy(self, who: str, policy: UUID) -> Refusal | None: ...

    async def add_layer(
        self, who: str, policy: UUID, *, people: Sequence[str]
    ) -> Refusal | None: ...

    async def rename_component(self, who: str, component: UUID, name: str) -> Refusal | None: ...

    async def remove_component(self, who: str, component: UUID) -> Refusal | None: ...

    async def override_status(self, who: str, component: UUID, status: str) -> Refusal | None: ...

    async def publish_page(self, who: str, page: UUID) -> Refusal | None: ...

    async def change_address(self, who: str, page: UUID, slug: str) -> Refusal | None: ...

    async def add_member(self, who: str, email: str) -> Refusal | None: ...

    async def change_role(self, who: str, member: UUID, role: str) -> Refusal | None: ...

    async def remove_member(self, who: str, member: UUID) -> Refusal | None: ...


EVERY_VERB = frozenset(name for name, one in vars(Door).items() if iscoroutinefunction(one))

_ABOUT_AN_INCIDENT = frozenset({"redact", "retitle", "change_severity", "set_components"})
_BY_TOOLS = frozenset({
    "declare", "acknowledge", "hand_off", "advance", "resolve", "post_update", "post_under_key",
})  # fmt: skip
_TEAM = frozenset({"add_member", "change_role", "remove_member"})
_A_FORMS_OWN_ID = {"post_under_key": "A form has an id of its own; nobody chooses one."}

LACKING: Mapping[str, Mapping[str, str]] = {
    "slack": {
        "retitle": "Slack has no form for what an incident is called once it is declared.",
        **_A_FORMS_OWN_ID,
        **dict.fromkeys(_TEAM, "Slack makes members of whoever uses it; it has no form for them."),
    },
    "rest": {},
    "mcp": {
        **dict.fromkeys(_ABOUT_AN_INCIDENT, "Spec section 10 names the tools; this is none."),
        **dict.fromkeys(
            EVERY_VERB - _ABOUT_AN_INCIDENT - _BY_TOOLS,
            "What is set up is set up by people, or by the REST API.",
        ),
    },
    "dashboard": _A_FORMS_OWN_ID,
}
"""What there is no way to ask for, by each door, and why; all else every door does."""


def verbs_of(door: type) -> frozenset[str]:
    """The verbs that a door has."""
    return EVERY_VERB & set(dir(door))
