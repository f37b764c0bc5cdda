"""The MCP tools as a model uses them: a desk at the cast's organization, with keys and clients.

Every answer passes the SDK's own client, which holds it against the tool's output schema.
"""

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from mcp import Client, types

from core import keys, people
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

    @asynccontextmanager
    async def client(self) -> AsyncIterator[Client]:
        """A client of its own; in whose task it was opened it must be closed, so: for a call."""

        @asynccontextmanager
        async def whose(_: Any) -> AsyncIterator[KeyHolder]:
            yield KeyHolder(self.engine, self.secret)

        async with Client(make_server("tests", whose)) as client:
            yield client

    async def ask(self, tool: str, **given: Any) -> types.CallToolResult:
        """An answer, whatever it is."""
        async with self.client() as client:
            answer = await client.call_tool(tool, given)
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
    """The engine behind the tools, and a program with a member's key."""

    engine: Engine
    member: Program

    async def program(self, name: str, role: Role = Role.MEMBER) -> Program:
        """A program with a new key."""
        made = await self.engine.do("alice", keys.create_key, name=name, role=role)
        return Program(self.engine, made.secret, made.key.id)

    async def stranger(self) -> Program:
        """A program with an admin's key of another organization in the same database."""
        other = await people.ensure_organization(
            self.engine.core, slack_team_id="TOTHER", name="Other"
        )
        async with self.engine.core.transaction(Actor.system(other.id)) as tx:
            made = await keys.create_key(tx, name="Mallory", role=Role.ADMIN)
        return Program(self.engine, made.secret, made.key.id)

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
        made = await engine.do("alice", keys.create_key, name="Assistant")
        yield Desk(engine, Program(engine, made.secret, made.key.id))
