"""What makes a tool of a function: what it is given and answers, and what a client may know of it.

    @TOOLS.reads("Get one incident")
    async def get_incident(tx: Transaction, given: OneIncident) -> Answer[IncidentWithHistory]: ...

The function's name is the tool's, its docstring the description, and its annotations the schemas. A
tool that writes is handed the incident that it is about, held, and returns the incident's id: what
it changed is read from what it wrote, whether it is kept or, in a dry run, undone.
"""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, get_args, get_type_hints
from uuid import UUID

from core.effects import Effects
from core.transaction import Actor, Core, Transaction
from web.mcp.given import Given
from web.mcp.marked import Shown
from web.mcp.shown import Done

CALLER = "tocsin.caller"
"""Where a request's scope says who calls."""

Content = TypeVar("Content", bound=Shown, covariant=True)


@dataclass(frozen=True)
class Answer(Generic[Content]):
    """What a tool answers: the data, and a sentence that holds nothing that anybody typed."""

    shown: Content
    said: str


@dataclass(frozen=True)
class Caller:
    """Who calls a tool: a key, and the product that it opens."""

    core: Core
    actor: Actor
    secret: str


Reading = Callable[[Transaction, Any], Awaitable[Answer[Shown]]]
ByItself = Callable[[Caller, Any], Awaitable[Answer[Shown]]]
Acting = Callable[..., Awaitable[UUID]]
"""Takes a transaction, what is given, and the id of the incident, unless it declares one."""

Saying = Callable[[Effects], str]
Foreseeing = Callable[[Caller, Any, Done], Awaitable[Done]]


@dataclass(frozen=True)
class Tool:
    """A tool, as it is listed and called. One of `reading`, `by_itself` and `acting` does it."""

    name: str
    title: str
    description: str
    given: type[Given]
    shown: type[Shown]
    reading: Reading | None = None
    by_itself: ByItself | None = None
    acting: Acting | None = None
    saying: Saying | None = None
    foreseeing: Foreseeing | None = None
    destructive: bool = False
    """Whether it does more than add: what it does can't be undone."""
    idempotent: bool = True
    """Whether the same call again changes nothing more."""

    @property
    def reads(self) -> bool:
        """Whether it changes nothing, and nobody outside notices."""
        return self.acting is None


class Tools:
    """Every tool by its name, in the order in which they were made."""

    def __init__(self) -> None:
        self.by_name: dict[str, Tool] = {}

    def reads(self, title: str) -> Callable[[Reading], Reading]:
        """A tool that only reads."""

        def register(function: Reading) -> Reading:
            shown = get_args(get_type_hints(function)["return"])[0]
            self._add(function, title, shown, reading=function)
            return function

        return register

    def tries(self, title: str) -> Callable[[ByItself], ByItself]:
        """A tool that makes the transactions that it needs, and keeps nothing."""

        def register(function: ByItself) -> ByItself:
            shown = get_args(get_type_hints(function)["return"])[0]
            self._add(function, title, shown, by_itself=function)
            return function

        return register

    def writes(
        self,
        title: str,
        *,
        saying: Saying,
        shown: type[Done] = Done,
        foreseeing: Foreseeing | None = None,
        destructive: bool = True,
        idempotent: bool = True,
    ) -> Callable[[Acting], Acting]:
        """A tool that changes something. `foreseeing` adds what only a dry run is told."""

        def register(function: Acting) -> Acting:
            more: Mapping[str, Any] = {
                "acting": function,
                "saying": saying,
                "foreseeing": foreseeing,
                "destructive": destructive,
                "idempotent": idempotent,
            }
            self._add(function, title, shown, **more)
            return function

        return register

    def _add(
        self, function: Callable[..., Any], title: str, shown: type[Shown], **more: Any
    ) -> None:
        said = inspect.cleandoc(function.__doc__ or "")
        given = list(get_type_hints(function).values())[1]
        self.by_name[function.__name__] = Tool(function.__name__, title, said, given, shown, **more)


TOOLS = Tools()
