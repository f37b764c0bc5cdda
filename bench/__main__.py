"""Declared to first DM: a signed submission in, the page's `chat.postMessage` at Slack.

The product is one process on SQLite with a real disk; Slack is another, with real HTTP in between.
Beside it, in the same run, what the step cannot do without: a commit, and a call of Slack's.
"""

import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

import sandbox
from assembly.clock import WallClock
from bot.sender import METADATA_TYPE
from cli.apply import apply
from cli.blueprint import read_blueprint
from cli.manifest import load_manifest
from core.people import ensure_organization, set_alerts_channel
from core.transaction import Actor, Core
from storage.database import Database
from storage.migrate import migrate

ROUNDS = 200
ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "tocsin.example.yaml"
SECRET = "bench"
CAST = tuple(
    sandbox.Person(name, name.title(), f"{name}@example.com")
    for name in ("alice", "bob", "carol", "dave")
)


async def main() -> None:
    workspace = sandbox.Workspace(
        name="Bench",
        people=CAST,
        channels=[sandbox.Channel("general"), sandbox.Channel("incidents")],
        manifest=load_manifest(),
        bot_token="xoxb-bench",
        app_token="xapp-bench",
        signing_secret=SECRET,
        clock=time.time,
    )
    with tempfile.TemporaryDirectory() as folder:
        async with workspace.serve() as url:
            database = Database(f"sqlite:///{folder}/bench.db")
            await migrate(database)
            core = Core(database, WallClock())
            organization = await ensure_organization(
                core, slack_team_id=workspace.team_id, name="Bench"
            )
            system = Actor.system(organization.id)
            await apply(core, system, read_blueprint(EXAMPLE.read_text()))
            port = _free_port()
            process = await _serve(f"{folder}/bench.db", f"{url}/api/", port)
            try:
                workspace.deliver_to(f"http://127.0.0.1:{port}/slack/events")
                await _until_up(port)
                answered, paged = await _declare(workspace)
            finally:
                process.terminate()
                await process.wait()
            commit = await _timed(lambda: _commit(core, system))
            call = await _bare_call(workspace, url)
            await database.dispose()
    _print(answered, paged, commit, call)


async def _serve(file: str, slack_api_url: str, port: int) -> asyncio.subprocess.Process:
    """The product as anyone runs it: one process of its own."""
    return await asyncio.create_subprocess_exec(
        sys.executable,
        str(ROOT / "app.py"),
        "serve",
        env={
            **os.environ,
            "DATABASE_URL": f"sqlite:///{file}",
            "SLACK_BOT_TOKEN": "xoxb-bench",
            "SLACK_SIGNING_SECRET": SECRET,
            "SLACK_API_URL": slack_api_url,
            "SLACK_APP_TOKEN": "",
            "HOST": "127.0.0.1",
            "PORT": str(port),
            "LOG_LEVEL": "error",
        },
    )


async def _until_up(port: int) -> None:
    async with aiohttp.ClientSession() as session:
        for _ in range(200):
            with suppress(aiohttp.ClientError):
                async with session.get(f"http://127.0.0.1:{port}/readyz") as answer:
                    if answer.status == 200:
                        await asyncio.sleep(0.5)
                        return
            await asyncio.sleep(0.1)
    raise SystemExit("the product did not come up")


async def _declare(workspace: sandbox.Workspace) -> tuple[list[float], list[float]]:
    alice = workspace.person("alice")
    answered: list[float] = []
    paged: list[float] = []
    for number in range(ROUNDS + 5):
        answer = await alice.command(f"/incident new Benchmark {number}", channel="general")
        assert answer.view is not None, answer.failed
        seen = len(workspace.calls)
        began = time.time()
        submission = await alice.submit(answer.view)
        after = time.time()
        assert submission.ok, submission.errors
        page = await _page_after(workspace, seen)
        if number >= 5:  # the first warm the caches
            answered.append(after - began)
            paged.append(page - began)
        await asyncio.sleep(0.02)
    return answered, paged


async def _page_after(workspace: sandbox.Workspace, seen: int) -> float:
    """When the page reached Slack."""

    def page() -> float | None:
        for call in workspace.calls[seen:]:
            is_page = call.method == "chat.postMessage" and METADATA_TYPE in str(call.arguments)
            if is_page and str(call.arguments["channel"]).startswith("D"):
                return call.at
        return None

    await workspace.until(lambda: page() is not None, timeout=5)
    found = page()
    assert found is not None
    return found


async def _commit(core: Core, system: Actor) -> None:
    async with core.transaction(system) as tx:
        await set_alerts_channel(tx, f"bench-{time.monotonic_ns()}")


async def _bare_call(workspace: sandbox.Workspace, url: str) -> list[float]:
    """A `chat.postMessage` without blocks, by the client that the product uses."""
    channel = workspace.person("bob").dm()[0].channel
    async with aiohttp.ClientSession() as session:
        slack = AsyncWebClient(token="xoxb-bench", base_url=f"{url}/api/", session=session)
        return await _timed(lambda: slack.chat_postMessage(channel=channel, text="bare"))


async def _timed(step: Callable[[], Awaitable[object]]) -> list[float]:
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        await step()
        times.append(time.perf_counter() - began)
    return times


def _free_port() -> int:
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _print(
    answered: list[float], paged: list[float], commit: list[float], call: list[float]
) -> None:
    print(f"{ROUNDS} incidents, one after the other, SQLite, one process\n")
    print(f"{'':44}{'median':>10}{'p99':>10}")
    rows = {
        "submitted → the form is answered (declared)": answered,
        "declared → the page is at Slack": [
            at - done for at, done in zip(paged, answered, strict=True)
        ],
        "submitted → the page is at Slack": paged,
        "floor: one commit": commit,
        "floor: one bare chat.postMessage": call,
    }
    for name, times in rows.items():
        p99 = statistics.quantiles(times, n=100)[98]
        print(f"{name:44}{statistics.median(times) * 1000:>7.1f} ms{p99 * 1000:>7.1f} ms")


asyncio.run(main())
