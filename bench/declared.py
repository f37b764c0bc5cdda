"""From a submitted form to the page at Slack, one incident after the other."""

import asyncio
import time

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from bench.product import TOKEN, Bench
from bench.table import Row, timed
from core import pacing
from core.people import set_alerts_channel

ROUNDS = 60
WARM_UP = 5


async def declared(bench: Bench) -> list[Row]:
    """How long the form and the page take, beside a commit and a call of Slack's alone.

    Each incident begins when the one before it has nothing more to say.
    """
    alice = bench.workspace.person("alice")
    answered: list[float] = []
    paged: list[float] = []
    async with bench.served():
        await bench.quiet()  # it learns who it is in Slack
        for number in range(ROUNDS + WARM_UP):
            answer = await alice.command(f"/incident new Benchmark {number}", channel="general")
            assert answer.view is not None, answer.failed
            await asyncio.sleep(pacing.REST.total_seconds())  # nobody is paged twice in a second
            await bench.quiet()
            seen = len(bench.workspace.calls)
            began = time.time()
            submission = await alice.submit(answer.view)
            after = time.time()
            assert submission.ok, submission.errors
            await bench.workspace.until(lambda seen=seen: bench.pages(seen), timeout=5)
            if number >= WARM_UP:
                answered.append(after - began)
                paged.append(bench.pages(seen)[0] - began)
    return [
        Row("form submitted → the form is answered", answered),
        Row("form submitted → the page is at Slack", paged),
        Row("  floor: one commit", await timed(lambda: commit(bench), ROUNDS)),
        Row("  floor: one bare chat.postMessage", await _bare_calls(bench)),
    ]


async def commit(bench: Bench) -> None:
    """The least that can be committed: one row of one table, changed."""
    async with bench.core.transaction(bench.system) as tx:
        await set_alerts_channel(tx, f"bench-{time.monotonic_ns()}")


async def _bare_calls(bench: Bench) -> list[float]:
    """A `chat.postMessage` without blocks, by the client that the product uses."""
    channel = bench.workspace.person("bob").dm()[0].channel
    async with aiohttp.ClientSession() as session:
        slack = AsyncWebClient(token=TOKEN, base_url=f"{bench.slack_url}/api/", session=session)
        return await timed(lambda: slack.chat_postMessage(channel=channel, text="bare"), ROUNDS)
