"""MCP over HTTP: a whole incident by the SDK's own client, and who is let in."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest
from mcp import Client, types

from core import keys
from tests.web.mcp.desk import Desk
from tests.web.mcp.served import connected, served
from tests.world import World, running_world
from web.mcp import Mcp
from web.pace import Pace
from web.requests import RequestIds

INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "tests", "version": "1"},
    },
}
BOTH = {"Accept": "application/json, text/event-stream"}


async def _secret(world: World) -> tuple[str, Any]:
    async with world.tocsin.core.transaction(world.system) as tx:
        made = await keys.create_key(tx, name="Assistant")
    return made.secret, made.key.id


async def _call(client: Client, tool: str, **given: Any) -> Any:
    answer = await client.call_tool(tool, given)
    assert isinstance(answer, types.CallToolResult)
    assert not answer.is_error, answer.content
    return answer.structured_content


@pytest.mark.parametrize("mode", ["auto", "legacy"])
async def test_a_whole_incident_from_declared_to_resolved(database_url: str, mode: str) -> None:
    async with running_world(database_url) as world, served(world.tocsin.http) as url:
        secret, _ = await _secret(world)
        async with connected(url, secret, mode=mode) as client:
            assert "UNTRUSTED DATA" in str(client.instructions)
            listed = await client.list_tools()
            assert len(listed.tools) == 12
            wanted = {"title": "Checkout is down", "severity": "critical", "schedule": "Payments"}

            foreseen = await _call(client, "create_incident", **wanted, dry_run=True)
            made = await _call(client, "create_incident", **wanted, idempotency_key="1")
            again = await _call(client, "create_incident", **wanted, idempotency_key="1")
            await world.settle()
            await _call(client, "acknowledge_incident", number=1)
            await _call(client, "post_incident_update", number=1, body="It is the database")
            await _call(client, "hand_off_incident", number=1, to="carol@example.com")
            await _call(client, "transition_incident_status", number=1, status="identified")
            done = await _call(client, "resolve_incident", number=1, note="Rolled back")
            await world.settle()
            timeline = await _call(client, "get_incident_timeline", number=1)

        assert foreseen["paged"] == made["paged"]
        assert again == made
        assert done["incident"]["status"] == "resolved"
        assert [one["type"] for one in timeline["entries"]].count("update_posted") == 4
        assert "Checkout is down" in world.bob.dm()[0].plain
        assert "Assistant" in world.alerts.messages[0].plain
        assert "esolved" in world.alerts.messages[0].plain


@asynccontextmanager
async def _asking(
    desk: Desk, *, burst: int = 100, public_url: str | None = None
) -> AsyncIterator[httpx.AsyncClient]:
    pace = Pace(per_second=0.001, burst=burst, stopwatch=lambda: 0.0)
    mcp = Mcp(desk.engine.core, pace, public_url=public_url, version="1")
    transport = httpx.ASGITransport(app=RequestIds(mcp))  # type: ignore[arg-type]
    headers = {"Authorization": f"Bearer {desk.member.secret}", **BOTH}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://127.0.0.1:3000", headers=headers
    ) as web:
        yield web


async def test_without_a_good_key_nothing_is_read(desk: Desk) -> None:
    no_keys = ("", "Bearer", "Bearer ", "Basic dTpw", "Bearer toc_live_x", "Bearer \xff")
    async with _asking(desk) as web:
        found = [
            await web.request(
                method,
                "/mcp",
                content=b"what is no JSON",
                headers={"Authorization": authorization.encode("latin1")},
            )
            for method in ("POST", "GET", "DELETE")
            for authorization in no_keys
        ]

    for answer in found:
        assert (answer.status_code, answer.json()["code"]) == (401, "not_authorized")
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        assert answer.json()["requestId"] == answer.headers["X-Request-Id"]


async def test_a_revoked_and_an_expired_key_are_refused_with_the_next_request(desk: Desk) -> None:
    until = desk.engine.clock.now() + timedelta(days=1)
    brief = await desk.engine.do("alice", keys.create_key, name="Brief", expires_at=until)
    async with _asking(desk) as web:
        before = await web.post("/mcp", json=INITIALIZE)
        await desk.engine.do("alice", keys.revoke_key, desk.member.key_id)
        revoked = await web.post("/mcp", json=INITIALIZE)
        headers = {"Authorization": f"Bearer {brief.secret}"}
        lives = await web.post("/mcp", json=INITIALIZE, headers=headers)
        desk.engine.clock.at = until
        expired = await web.post("/mcp", json=INITIALIZE, headers=headers)

    assert [one.status_code for one in (before, revoked, lives, expired)] == [200, 401, 200, 401]


async def test_who_asks_too_fast_is_told_when_to_ask_again(desk: Desk) -> None:
    async with _asking(desk, burst=2) as web:
        found = [await web.post("/mcp", json=INITIALIZE) for _ in range(3)]

    assert [one.status_code for one in found] == [200, 200, 429]
    assert [one.headers["RateLimit-Remaining"] for one in found] == ["1", "0", "0"]
    assert found[2].json()["code"] == "rate_limited"
    assert found[2].headers["Retry-After"] == "1000"


async def test_there_is_no_stream_to_open_and_no_session_to_end(desk: Desk) -> None:
    async with _asking(desk) as web:
        found = [await web.request(method, "/mcp") for method in ("GET", "DELETE", "PUT")]

    assert [(one.status_code, one.headers["Allow"]) for one in found] == [(405, "POST")] * 3


NAMES: list[tuple[str, str | None, int]] = [
    ("127.0.0.1:3000", None, 200),
    ("localhost:3000", "http://localhost:6274", 200),
    ("tocsin.example.com", "https://tocsin.example.com", 200),
    ("tocsin.example.com:8443", None, 200),
    ("Tocsin.Example.Com", "https://Tocsin.Example.com", 200),
    ("LOCALHOST:3000", None, 200),
    ("attacker.example:3000", None, 421),
    ("tocsin.example.com.attacker.example", None, 421),
    ("127.0.0.1:3000", "http://attacker.example:3000", 403),
    ("tocsin.example.com", "http://tocsin.example.com", 403),
    ("tocsin.example.com", "null", 403),
]


CODES = {421: "misdirected_request", 403: "forbidden"}


async def test_it_answers_to_its_own_names_alone(desk: Desk) -> None:
    async with _asking(desk, public_url="https://tocsin.example.com") as web:
        for host, origin, status in NAMES:
            headers = {"Host": host, **({"Origin": origin} if origin else {})}
            answer = await web.post("/mcp", json=INITIALIZE, headers=headers)
            assert answer.status_code == status, (host, origin)
            if status != 200:
                assert answer.json()["code"] == CODES[status]
                assert answer.json()["requestId"] == answer.headers["X-Request-Id"]


async def test_without_a_public_name_it_answers_to_its_own_machine(desk: Desk) -> None:
    async with _asking(desk) as web:
        *near, far = [
            await web.post("/mcp", json=INITIALIZE, headers={"Host": host})
            for host in ("localhost:3000", "[::1]:3000", "127.0.0.1", "tocsin.example.com")
        ]

    assert [one.status_code for one in near] == [200, 200, 200]
    told = far.json()
    assert (told["statusCode"], told["type"]) == (421, "invalid_request_error")
    assert "Set PUBLIC_URL to the address" in told["message"]


async def test_who_asks_by_another_name_is_told_the_right_one(desk: Desk) -> None:
    async with _asking(desk, public_url="https://tocsin.example.com") as web:
        answer = await web.post("/mcp", json=INITIALIZE, headers={"Host": "10.0.0.7"})

    assert "https://tocsin.example.com" in answer.json()["message"]


async def test_what_is_no_json_too_long_or_of_another_version_is_refused(desk: Desk) -> None:
    json_alone = {"Content-Type": "application/json"}
    async with _asking(desk) as web:
        found = [
            await web.post("/mcp", content=b"{", headers=json_alone),
            await web.post("/mcp", content=b"[" * 100_000, headers=json_alone),
            await web.post("/mcp", content=b" " * 1_000_001, headers=json_alone),
            await web.post("/mcp", json=INITIALIZE, headers={"Accept": "text/html"}),
            await web.post("/mcp", json=INITIALIZE, headers={"MCP-Protocol-Version": "1999"}),
        ]

    assert [one.status_code for one in found] == [400, 400, 413, 406, 400]


async def test_any_replica_answers_any_request_of_a_client(desk: Desk) -> None:
    """No session is kept: what one replica began, another goes on with."""
    call = {
        "jsonrpc": "2.0",
        "id": 2,
        "method": "tools/call",
        "params": {"name": "list_schedules", "arguments": {}},
    }
    async with _asking(desk) as one, _asking(desk) as other:
        begun = await one.post("/mcp", json=INITIALIZE)
        known = await one.post(
            "/mcp", json={"jsonrpc": "2.0", "method": "notifications/initialized"}
        )
        answer = await other.post("/mcp", json=call)

    assert "Mcp-Session-Id" not in begun.headers
    assert (begun.status_code, known.status_code, answer.status_code) == (200, 202, 200)
    shown = answer.json()["result"]["structuredContent"]
    assert [one["name"]["untrusted_text"] for one in shown["schedules"]] == ["Payments"]
    assert json.loads(answer.content) == answer.json()
