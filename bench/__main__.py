"""Declared to first DM: a signed submission in, the page's `chat.postMessage` out at Slack.

One process, SQLite with a real disk, real HTTP to a Slack that answers at once. Beside it, in the
same run, what the step cannot do without: one commit, and one call of Slack's.
"""

import asyncio
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import sandbox
from assembly.clock import WallClock
from assembly.runtime import Tocsin
from assembly.settings import Settings
from bot.sender import METADATA_TYPE
from cli.apply import apply
from cli.blueprint import read_blueprint
from cli.manifest import load_manifest
from core.people import set_alerts_channel
from core.transaction import Actor

ROUNDS = 200
EXAMPLE = Path(__file__).parent.parent / "tocsin.example.yaml"
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
            settings = Settings(
                _env_file=None,
                database_url=f"sqlite:///{folder}/bench.db",
                slack_bot_token="xoxb-bench",
                slack_signing_secret=SECRET,
                slack_api_url=f"{url}/api/",
                host="127.0.0.1",
                port=_free_port(),
            )
            tocsin = Tocsin(settings, WallClock())
            try:
                await tocsin.start()
                organization_id = await tocsin.workspace.connect()
                system = Actor.system(organization_id)
                await apply(tocsin.core, system, read_blueprint(EXAMPLE.read_text()))
                await tocsin.connect()
                server = asyncio.create_task(tocsin.http_server().serve())
                workspace.deliver_to(f"http://127.0.0.1:{settings.port}/slack/events")
                await asyncio.sleep(0.5)

                answered, paged = await _declare(workspace)
                commit = await _timed(lambda: _commit(tocsin, system))
                dm = workspace.person("bob").dm()[0]
                call = await _timed(
                    lambda: tocsin.slack.chat_postMessage(channel=dm.channel, text="bare")
                )
                server.cancel()
            finally:
                await tocsin.stop()
    _print(answered, paged, commit, call)


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


async def _commit(tocsin: Tocsin, system: Actor) -> None:
    async with tocsin.core.transaction(system) as tx:
        await set_alerts_channel(tx, f"bench-{time.monotonic_ns()}")


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
        "declared → the page reaches Slack": paged,
        "declared → the form is answered": answered,
        "floor: one commit": commit,
        "floor: one bare chat.postMessage": call,
    }
    for name, times in rows.items():
        p99 = statistics.quantiles(times, n=100)[98]
        print(f"{name:44}{statistics.median(times) * 1000:>7.1f} ms{p99 * 1000:>7.1f} ms")


asyncio.run(main())
