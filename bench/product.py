"""The product as anyone runs it, one process of its own on a real disk; Slack is another process.

Between the two is real HTTP, so what is measured here is what a workspace would see.
"""

import asyncio
import os
import socket
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp

import sandbox
from assembly.clock import WallClock
from assembly.manifest import load_manifest
from bot.sender import METADATA_TYPE
from cli.apply import apply
from cli.blueprint import read_blueprint
from core.people import ensure_organization
from core.transaction import Actor, Core
from storage.database import Database
from storage.migrate import migrate

ROOT = Path(__file__).parent.parent
SECRET = "bench"
TOKEN = "xoxb-bench"
CAST = tuple(
    sandbox.Person(name, name.title(), f"{name}@example.com")
    for name in ("alice", "bob", "carol", "dave")
)
CROWD = tuple(
    sandbox.Person(f"crowd{number}", f"Crowd {number}", f"crowd{number}@example.com")
    for number in range(1_000)
)


@dataclass
class Bench:
    """A workspace, a migrated database with the example applied, and the way to serve it."""

    workspace: sandbox.Workspace
    slack_url: str
    core: Core
    system: Actor
    port: int = 0
    """Where the replica listens that came up last."""

    @asynccontextmanager
    async def served(self, replicas: int = 1) -> AsyncIterator[int]:
        """So many of `python app.py serve`, until they are stopped at the end; the first's pid."""
        async with AsyncExitStack() as stack:
            pids = [await stack.enter_async_context(self._replica()) for _ in range(replicas)]
            yield pids[0]

    @asynccontextmanager
    async def _replica(self) -> AsyncIterator[int]:
        """One process, ready; Slack's requests go to the one that came up last."""
        self.port = port = free_port()
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(ROOT / "app.py"),
            "serve",
            env={
                **os.environ,
                "DATABASE_URL": self.core.database.url.render_as_string(hide_password=False),
                "SLACK_BOT_TOKEN": TOKEN,
                "SLACK_SIGNING_SECRET": SECRET,
                "SLACK_API_URL": f"{self.slack_url}/api/",
                "SLACK_APP_TOKEN": "",
                "HOST": "127.0.0.1",
                "PORT": str(port),
                "LOG_LEVEL": "error",
                "TOCSIN_API_RATE": "1000000",
                "TOCSIN_API_BURST": "1000000",
            },
        )
        try:
            await _until_ready(port)
            async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
                self.workspace.deliver_with(partial(_post, session))
                yield process.pid
        finally:
            process.terminate()
            await process.wait()

    def pages(self, after: int = 0) -> list[float]:
        """When pages reached Slack (its clock), of the calls from the `after`th on."""
        return [call.at for call in self.workspace.calls[after:] if self.is_page(call)]

    @staticmethod
    def is_page(call: Any) -> bool:
        """Whether a call of Slack's posts something of ours to a person."""
        return (
            call.method == "chat.postMessage"
            and str(call.arguments["channel"]).startswith("D")
            and METADATA_TYPE in str(call.arguments)
        )

    def edits(self, after: int = 0) -> list[float]:
        """When messages were changed in place, of the calls from the `after`th on."""
        return [c.at for c in self.workspace.calls[after:] if c.method == "chat.update"]

    async def quiet(self) -> None:
        """Wait until the product asks nothing of Slack any more."""
        before = -1
        while before != len(self.workspace.calls):
            before = len(self.workspace.calls)
            await asyncio.sleep(0.15)


@asynccontextmanager
async def bench(database_url: str) -> AsyncIterator[Bench]:
    """Everything but the product's own process, on an empty database."""
    workspace = sandbox.Workspace(
        name="Bench",
        people=[*CAST, *CROWD],
        channels=[sandbox.Channel("general"), sandbox.Channel("incidents")],
        manifest=load_manifest(),
        bot_token=TOKEN,
        app_token="xapp-bench",
        signing_secret=SECRET,
        clock=time.time,
    )
    async with workspace.serve() as url:
        database = Database(database_url)
        await migrate(database)
        core = Core(database, WallClock())
        organization = await ensure_organization(
            core, slack_team_id=workspace.team_id, name="Bench"
        )
        system = Actor.system(organization.id)
        example = ROOT / "tocsin.example.yaml"
        await apply(core, system, read_blueprint(example.read_text()))
        yield Bench(workspace, url, core, system)
        await database.dispose()


def resident_megabytes(pid: int) -> float:
    """How much memory a process holds."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * 4096 / 2**20


async def _until_ready(port: int) -> None:
    async with aiohttp.ClientSession() as session:
        for _ in range(1000):
            with suppress(aiohttp.ClientError):
                async with session.get(f"http://127.0.0.1:{port}/readyz") as answer:
                    if answer.status == 200:
                        return
            await asyncio.sleep(0.02)
    raise SystemExit("the product did not come up")


async def _post(
    session: aiohttp.ClientSession, headers: dict[str, str], body: bytes
) -> tuple[int, Mapping[str, str], bytes]:
    """Hand a request of Slack's to the product, over a connection that is kept."""
    async with session.post("/slack/events", data=body, headers=headers) as answer:
        return answer.status, dict(answer.headers), await answer.read()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
