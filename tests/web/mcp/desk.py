"""The MCP tools as a model uses them: a desk at the cast's organization, with keys and clients.

Every answer passes the SDK's own client, which holds it against the tool's output schema.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from mcp import Client, types

from core import keys, people
from core.keys import MadeKey
from core.transaction import Actor
from storage.columns import Base
from storage.vocabulary import Role, Surface
from tests.core import public
from tests.engine import Engine, running_engine
from web.mcp.server import make_server
from web.mcp.tools import Caller

FENCE = re.compile(r"<(untrusted-data-[0-9a-f]{16})>\n(.*)\n</\1>")


@dataclass
class Program:
    """A program that holds a key, and calls tools through the SDK's client."""

    engine: Engine
    secret: str
    key_id: UUID
    _opened: asyncio.Future[Client] | None = None
    _living: asyncio.Task[None] | None = None
    _over: asyncio.Event = field(default_factory=asyncio.Event)

    async def connect(self) -> Client:
        """Its client, which lives in a task of its own: where it is opened it must be closed."""
        if self._opened is None:
            self._opened = asyncio.get_running_loop().create_future()
            self._living = asyncio.create_task(self._live(self._opened))
        return await self._opened

    async def _live(self, opened: asyncio.Future[Client]) -> None:
        @asynccontextmanager
        async def whose(_: Any) -> AsyncIterator[KeyHolder]:
            yield KeyHolder(self.engine, self.secret)

        async with Client(make_server("tests", whose)) as client:
            opened.set_result(client)
            await self._over.wait()

    async def close(self) -> None:
        """End its client, if it has one."""
        self._over.set()
        if self._living:
            await self._living

    async def ask(self, tool: str, **given: Any) -> types.CallToolResult:
        """An answer, whatever it is."""
        answer = await (await self.connect()).call_tool(tool, given)
        assert isinstance(answer, types.CallToolResult)
        return answer

    async def call(self, tool: str, **given: Any) -> Any:
        """What was answered: the structured content, which the fence holds too."""
        answer = await self.ask(tool, **given)
        assert not answer.is_error, answer.content
        assert fenced(answer) == answer.structured_content
        return answer.structured_content

    async def refusal(self, tool: str, **given: Any) -> str:
        """The code of a refusal."""
        return str((await self.refused(tool, **given))["code"])

    async def refused(self, tool: str, **given: Any) -> dict[str, Any]:
        """A refusal as it is told; without structured content, which must fit the schema."""
        answer = await self.ask(tool, **given)
        assert answer.is_error, answer.structured_content
        assert answer.structured_content is None
        told: dict[str, Any] = fenced(answer)
        nothing = said(answer).endswith("Nothing was changed.")
        assert said(answer).startswith(f"Refused: {told['code']}. ")
        assert nothing == (told["code"] != "server_error")
        return told


def said(answer: types.CallToolResult) -> str:
    """The sentence that nobody typed."""
    (first, _) = answer.content
    assert isinstance(first, types.TextContent)
    return first.text


def fenced(answer: types.CallToolResult) -> Any:
    """What stands between the fences, and nothing beside them."""
    (_, second) = answer.content
    assert isinstance(second, types.TextContent)
    found = FENCE.fullmatch(second.text)
    assert found, second.text
    return json.loads(found[2])


def text(value: dict[str, str]) -> str:
    """A text that is marked as untrusted, and nothing else."""
    (only,) = value.items()
    assert only[0] == "untrusted_text"
    return only[1]


@dataclass(frozen=True)
class KeyHolder:
    """What the server asks who calls, as over standard input."""

    engine: Engine
    secret: str

    async def caller(self) -> Caller:
        actor = await keys.authenticate(self.engine.core, self.secret, Surface.MCP)
        return Caller(self.engine.core, actor, self.secret)


@dataclass
class Desk:
    """The engine behind the tools, and programs with keys, a member's first."""

    engine: Engine
    programs: list[Program] = field(default_factory=list)

    @property
    def member(self) -> Program:
        """The program that a member's key was made for."""
        return self.programs[0]

    async def program(self, name: str, role: Role = Role.MEMBER) -> Program:
        """A program with a new key."""
        made = await self.engine.do("alice", keys.create_key, name=name, role=role)
        return self._holding(made)

    def _holding(self, made: MadeKey) -> Program:
        self.programs.append(Program(self.engine, made.secret, made.key.id))
        return self.programs[-1]

    async def stranger(self) -> Program:
        """A program with an admin's key of another organization in the same database."""
        other = await people.ensure_organization(
            self.engine.core, slack_team_id="TOTHER", name="Other"
        )
        async with self.engine.core.transaction(Actor.system(other.id)) as tx:
            return self._holding(await keys.create_key(tx, name="Mallory", role=Role.ADMIN))

    async def declare(self, **given: Any) -> Any:
        """An incident, declared by the member's key."""
        wanted = {
            "title": "Checkout is down",
            "severity": "critical",
            "schedule": "Payments",
            **given,
        }
        return await self.member.call("create_incident", **wanted)

    async def dump(self) -> dict[str, list[str]]:
        """Every row of every table, but for when a key was used last."""
        async with self.engine.core.reading(self.engine.system) as tx:
            return {
                name: sorted(
                    str({key: value for key, value in row.items() if key != "last_used_at"})
                    for row in (await tx.db.execute(table.select())).mappings()
                )
                for name, table in Base.metadata.tables.items()
            }


@asynccontextmanager
async def running_desk(database_url: str) -> AsyncIterator[Desk]:
    """A desk, with Alice an admin."""
    async with running_engine(database_url) as engine:
        await public.appoint(engine, "alice")
        desk = Desk(engine)
        await desk.program("Assistant")
        try:
            yield desk
        finally:
            for one in desk.programs:
                await one.close()
