"""An office behind a real server, asked whatever schemathesis can think of, and what became of it.

Half of all requests name things that are there, so that more is tried than how one is not found.
"""

import asyncio
import os
import re
import sys
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette

from tests.web.api.caller import Caller, Office
from tests.web.api.document import operation_of
from web.api import Api, mounts
from web.requests import RequestIds

HOOKS = "tests.web.api.fuzzing_hooks"
OWN_KEY = "TOCSIN_OWN_KEY"

LEFT_OUT = {
    "positive_data_acceptance": "What fits the schema is often refused by a rule, as spec says: an "
    "unknown schedule in a body is 404, a step of the status may be skipped, a name is taken.",
}
"""The checks that contradict the specification, and why."""


@dataclass
class Asked:
    """What a server was asked, by operation and status."""

    answers: Counter[tuple[str, int]] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        return self.answers.total()

    def never(self, operations: set[str]) -> set[str]:
        """Those of the operations that never did what they are for."""
        done = {name for name, status in self.answers if status < 300}
        return operations - done


@dataclass
class Report:
    """What schemathesis said, and whether it found anything."""

    code: int
    text: str


@dataclass
class Server:
    """Where the API is, and what it was asked."""

    url: str
    asked: Asked


@asynccontextmanager
async def serving(office: Office) -> AsyncIterator[Server]:
    """The office's API on a port of its own, as it stands on a port in production."""
    asked = Asked()
    api = Api(office.engine.core, per_second=100_000, burst=100_000)
    app = _counting(RequestIds(Starlette(routes=mounts(api))), asked)
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve())
    try:
        while not server.started:
            await asyncio.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield Server(f"http://127.0.0.1:{port}", asked)
    finally:
        server.should_exit = True
        await running


def _counting(app: Any, asked: Asked) -> Any:
    async def counted(scope: Any, receive: Any, send: Any) -> None:
        async def look(message: Any) -> None:
            if message["type"] == "http.response.start":
                operation = operation_of(scope["method"], scope["path"]) or {}
                asked.answers[operation.get("operationId", "none"), message["status"]] += 1
            await send(message)

        await app(scope, receive, look)

    return counted


async def furnish(office: Office, *, many: int) -> dict[str, list[str]]:
    """Things of each kind, `many` of what is most easily lost; their ids by kind."""
    admin, policy = office.admin, str(office.engine.policy_id)
    schedule = str(office.engine.schedule_id)
    components = [await _id(admin, "/v1/components", name=f"Part {one}") for one in range(many)]
    incidents = [
        (await office.declare(title=f"Trouble {one}", componentIds=components[:2]))["id"]
        for one in range(many)
    ]
    updates = [
        await _id(admin, f"/v1/incidents/{one}/updates", body="We are looking into it.")
        for one in incidents
    ]
    await admin.patch(f"/v1/incidents/{incidents[-1]}/status", {"status": "identified"})
    turns = {"rotationType": "weekly", "handoffTime": "09:00", "participantIds": [_bob(office)]}
    turns |= {"effectiveFrom": "2026-03-02T08:00:00Z", "rotationLengthDays": 7}
    rotations = [
        await _id(admin, f"/v1/oncall/schedules/{schedule}/layers", name=f"Line {one}", **turns)
        for one in range(many)
    ]
    overrides = [
        await _id(
            admin,
            f"/v1/oncall/schedules/{schedule}/overrides",
            userId=_bob(office),
            startAt=f"2027-01-{one + 1:02}T00:00:00Z",
            endAt=f"2027-01-{one + 1:02}T12:00:00Z",
        )
        for one in range(many)
    ]
    paged = {"ackTimeoutMinutes": 5, "target": {"type": "schedule", "scheduleId": schedule}}
    layers = [
        await _id(admin, f"/v1/escalation/policies/{policy}/layers", **paged) for _ in range(many)
    ]
    shown = {"title": "Status", "componentIds": components[:2], "published": True}
    return {
        "incidents": incidents,
        "updates": updates,
        "schedules": [schedule],
        "rotations": rotations,
        "layers": layers,
        "overrides": overrides,
        "policies": [policy],
        "components": components,
        "pages": [
            await _id(admin, "/v1/status-pages", slug=f"page-{one}", **shown) for one in range(many)
        ],
        "keys": [await _id(admin, "/v1/api-keys", name=f"Key {one}") for one in range(many)],
        "members": [office.user(name) for name in ("bob", "carol", "dave")],
        "leavers": [
            await _id(admin, "/v1/team/members", email=f"leaver-{one}@example.com")
            for one in range(many)
        ],
    }


NAMED = {
    "path.incidentId": "incidents",
    "path.updateId": "updates",
    "path.scheduleId": "schedules",
    "path.overrideId": "overrides",
    "path.policyId": "policies",
    "path.componentId": "components",
    "path.pageId": "pages",
    "path.memberId": "leavers",
    "path.keyId": "keys",
    "body.ownerId": "members",
    "body.ownerScheduleId": "schedules",
    "body.escalationPolicyId": "policies",
    "body.targetUserId": "members",
    "body.userId": "members",
    "body.participantIds[*]": "members",
    "body.componentIds[*]": "components",
    "body.target.scheduleId": "schedules",
    "body.target.userIds[*]": "members",
}
"""Where a request names which kind of thing."""

LAYERS = {"Rotation layers": "rotations", "Escalation policies": "layers"}
"""What a layer is, by the noun that an endpoint is about."""

SHARE = 0.7
"""Of so many of them the thing is there."""


async def put_to_the_test(
    server: Server,
    caller: Caller,
    known: dict[str, list[str]],
    folder: Path,
    *,
    seed: int,
    examples: int,
    phases: str,
    seconds: float,
) -> Report:
    """Run schemathesis with every check that agrees with the specification."""
    config = folder / "schemathesis.toml"
    lines = [f'hooks = "{HOOKS}"', "continue-on-failure = true", "[warnings]", "enabled = false"]
    for kind, ids in known.items():
        lines += [f"[dictionaries.{kind}]", f"values = {ids}"]
    lines.append("[parameters]")
    lines += [
        f'"{where}" = {{ dictionary = "{kind}", probability = {SHARE} }}'
        for where, kind in NAMED.items()
    ]
    for noun, kind in LAYERS.items():
        lines += ["[[operations]]", f'include-tag = "{noun}"', "[operations.parameters]"]
        lines += [
            f'"{where}" = {{ dictionary = "{kind}", probability = {SHARE} }}'
            for where in ("path.layerId", "body.layerIds[*]")
        ]
    config.write_text("\n".join(lines).replace("'", '"'), encoding="utf-8")
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(config), "run"),
        *(f"{server.url}/v1/openapi.json", "--header", f"Authorization: Bearer {caller.secret}"),
        *("--checks", "all", "--exclude-checks", ",".join(LEFT_OUT), "--phases", phases),
        *("--seed", str(seed), "--max-examples", str(examples), "--no-color"),
    ]
    process = await asyncio.create_subprocess_exec(
        *command,
        cwd=folder,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={
            "PYTHONPATH": str(Path(__file__).parents[3]),
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            OWN_KEY: str(caller.key_id),
        },
    )
    try:
        async with asyncio.timeout(seconds):
            told, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return Report(process.returncode or 0, re.sub(r"\x1b\[[0-9;]*m", "", told.decode()))


async def _id(caller: Caller, path: str, **given: Any) -> str:
    made = await caller.post(path, given)
    return str(made["id"])


def _bob(office: Office) -> str:
    return office.user("bob")
