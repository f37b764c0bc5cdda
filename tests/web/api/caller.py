"""The API as programs use it: an office with the cast in it, and callers who hold keys.

Every answer is held against the OpenAPI document: its status, its code and its schema.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from json import dumps
from typing import Any
from uuid import UUID

import httpx

from core import keys, people
from core.transaction import Actor
from storage.vocabulary import Role
from tests.core import public
from tests.engine import Engine, running_engine
from tests.web.api.document import check_answer
from web.api import Api
from web.requests import RequestIds

EMOJI = "🚒"
"""One character, and more than one of everything else."""


@dataclass
class Caller:
    """A program that holds a key, or none."""

    client: httpx.AsyncClient
    secret: str | None
    key_id: UUID | None = None

    async def ask(self, method: str, path: str, json: Any = None, **more: Any) -> httpx.Response:
        """An answer, whatever it is."""
        headers = dict(more.pop("headers", {}))
        if self.secret is not None:
            headers.setdefault("Authorization", f"Bearer {self.secret}")
        given = {}
        if json is not None:  # in ASCII, so that half of a pair of characters can be sent, too
            headers.setdefault("Content-Type", "application/json")
            given["content"] = dumps(json)
        answer = await self.client.request(method, path, headers=headers, **given, **more)
        check_answer(answer)
        return answer

    async def get(self, path: str, **more: Any) -> Any:
        """What is there."""
        return _data(await self.ask("GET", path, **more))

    async def post(self, path: str, json: Any = None, **more: Any) -> Any:
        """What was made or done."""
        return _data(await self.ask("POST", path, json, **more))

    async def patch(self, path: str, json: Any, **more: Any) -> Any:
        """What was changed."""
        return _data(await self.ask("PATCH", path, json, **more))

    async def put(self, path: str, json: Any, **more: Any) -> Any:
        """What was set."""
        return _data(await self.ask("PUT", path, json, **more))

    async def delete(self, path: str, **more: Any) -> None:
        """Gone it is."""
        answer = await self.ask("DELETE", path, **more)
        assert (answer.status_code, answer.content) == (204, b""), answer.text

    async def refusal(
        self, method: str, path: str, json: Any = None, **more: Any
    ) -> tuple[int, str]:
        """The status and the code of a refusal."""
        answer = await self.ask(method, path, json, **more)
        assert answer.status_code >= 400, answer.text
        return answer.status_code, answer.json()["code"]


def _data(answer: httpx.Response) -> Any:
    assert answer.status_code in (200, 201), answer.text
    return answer.json()["data"]


@dataclass
class Office:
    """The engine behind the API, and who calls."""

    engine: Engine
    client: httpx.AsyncClient
    admin: Caller
    member: Caller
    nobody: Caller
    others: list[Actor] = field(default_factory=list)

    @property
    def cast(self) -> dict[str, Any]:
        return self.engine.cast

    def user(self, name: str) -> str:
        """Somebody's id, as JSON has it."""
        return str(self.engine.cast[name].id)

    async def caller(
        self, name: str, role: Role = Role.MEMBER, expires_at: datetime | None = None
    ) -> Caller:
        """Somebody with a new key."""
        made = await self.engine.do(
            "alice", keys.create_key, name=name, role=role, expires_at=expires_at
        )
        return Caller(self.client, made.secret, made.key.id)

    async def stranger(self) -> Caller:
        """An admin's key of another organization in the same database."""
        other = await people.ensure_organization(
            self.engine.core, slack_team_id="TOTHER", name="Other"
        )
        actor = Actor.system(other.id)
        async with self.engine.core.transaction(actor) as tx:
            made = await keys.create_key(tx, name="Mallory", role=Role.ADMIN)
        return Caller(self.client, made.secret, made.key.id)

    async def declare(self, **given: Any) -> Any:
        """An incident, declared by the member's key."""
        wanted = {
            "title": "Checkout is down",
            "severity": "critical",
            "ownerScheduleId": str(self.engine.schedule_id),
            **given,
        }
        return await self.member.post("/v1/incidents", wanted)


@asynccontextmanager
async def running_office(
    database_url: str, *, per_second: float = 100_000, burst: int = 100_000
) -> AsyncIterator[Office]:
    """An office, with a key of each role."""
    async with running_engine(database_url) as engine:
        await public.appoint(engine, "alice")
        app = RequestIds(_Mounted(Api(engine.core, per_second=per_second, burst=burst)))
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://tocsin.test") as client:
            nobody = Caller(client, None)
            office = Office(engine, client, nobody, nobody, nobody)
            office.admin = await office.caller("Terraform", Role.ADMIN)
            office.member = await office.caller("Deploys")
            yield office


class _Mounted:
    """The API below its prefixes, as the product mounts it."""

    def __init__(self, api: Api) -> None:
        self._api = api

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        prefix = next(one for one in ("/v1", "/api") if scope["path"].startswith(one))
        await self._api({**scope, "root_path": prefix}, receive, send)
