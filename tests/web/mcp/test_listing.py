"""What a client is told of the tools before it calls one; and that making the server is cheap."""

import gc
import time
import weakref
from pathlib import Path
from typing import Any

import httpx
import jsonschema

from assembly.clock import WallClock
from core.transaction import Core
from storage.database import Database
from tests.web.mcp.desk import Desk
from web.mcp import Mcp
from web.mcp.given import Declare, Post
from web.mcp.schemas import schema_of_given
from web.pace import Pace

READS = {
    "list_incidents",
    "get_incident",
    "get_incident_timeline",
    "list_schedules",
    "who_is_on_call",
    "simulate_escalation",
}
WRITES = {
    # destructive, idempotent
    "create_incident": (False, False),
    "post_incident_update": (True, False),
    "acknowledge_incident": (True, True),
    "resolve_incident": (True, True),
    "transition_incident_status": (True, True),
    "hand_off_incident": (True, True),
}


async def test_every_tool_says_what_it_does_and_takes_nothing_unknown(desk: Desk) -> None:
    client = await desk.member.connect()
    tools = {one.name: one for one in (await client.list_tools()).tools}

    assert set(tools) == READS | WRITES.keys()
    for name, tool in tools.items():
        hints = tool.annotations
        assert hints
        assert tool.description
        assert tool.title
        assert hints.read_only_hint == (name in READS)
        assert hints.open_world_hint == (name not in READS)
        destructive, idempotent = WRITES.get(name, (False, True))
        assert (hints.destructive_hint, hints.idempotent_hint) == (destructive, idempotent)
        assert tool.input_schema["additionalProperties"] is False
        assert "$ref" not in str(tool.input_schema)
        for field in tool.input_schema.get("properties", {}).values():
            assert field["description"]
        for schema in (tool.input_schema, tool.output_schema):
            assert schema
            assert schema["type"] == "object"
            jsonschema.Draft202012Validator.check_schema(schema)
        is_write = {"dry_run", "idempotency_key"} <= tool.input_schema["properties"].keys() \
            if "properties" in tool.input_schema else False  # fmt: skip
        assert is_write == (name in WRITES)


def test_closed_sets_of_words_are_told_as_such() -> None:
    severity: Any = schema_of_given(Declare)["properties"]["severity"]
    post = schema_of_given(Post)["properties"]

    assert severity["enum"] == ["critical", "high", "medium", "low"]
    assert (post["visibility"]["enum"], post["visibility"]["default"]) == (
        ["internal", "public"],
        "internal",
    )


def test_making_one_costs_next_to_nothing_and_keeps_nothing(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/tocsin.db")
    pace = Pace(per_second=1, burst=1, stopwatch=time.monotonic)

    def make() -> Mcp:
        return Mcp(Core(database, WallClock()), pace, public_url="https://a.example", version="1")

    begun = time.perf_counter()
    for _ in range(100):
        made = make()
    each = (time.perf_counter() - begun) / 100
    gone = weakref.ref(made)
    del made
    gc.collect()

    assert each < 0.001
    assert gone() is None


async def test_a_product_that_answered_is_held_by_nothing_afterwards(desk: Desk) -> None:
    core = Core(desk.engine.core.database, desk.engine.clock)
    pace = Pace(per_second=10, burst=10, stopwatch=time.monotonic)
    mcp = Mcp(core, pace, public_url=None, version="1")
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=mcp),  # type: ignore[arg-type]
        base_url="http://localhost",
        headers={
            "Authorization": f"Bearer {desk.member.secret}",
            "Accept": "application/json, text/event-stream",
        },
    ) as web:
        answer = await web.post(
            "/mcp",
            json={
                "jsonrpc": "2.0",
                "id": 1,
                "method": "tools/call",
                "params": {"name": "list_schedules"},
            },
        )
    assert answer.status_code == 200, answer.text
    gone = weakref.ref(core), weakref.ref(mcp)
    del core, mcp, web, answer
    gc.collect()

    assert [one() for one in gone] == [None, None]
