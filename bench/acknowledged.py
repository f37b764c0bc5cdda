"""From a press of Acknowledge to every copy of the message, and how many presses a second."""

import asyncio
import time
from datetime import timedelta
from typing import Any

from bench.lateness import insert_like, model_incident
from bench.product import Bench
from bench.table import Row

ROUNDS = 60
WARM_UP = 3
AT_ONCE = 16
PRESSES = 320


async def acknowledged(bench: Bench) -> list[Row]:
    """One incident after the other: the page and the card have changed in place."""
    alice, bob = bench.workspace.person("alice"), bench.workspace.person("bob")
    answered: list[float] = []
    everywhere: list[float] = []
    async with bench.served():
        await bench.quiet()
        for number in range(ROUNDS + WARM_UP):
            await _declare(bench, f"Benchmark {number}")
            page = bob.dm()[-1]
            await asyncio.sleep(1)  # the conversation has rested
            seen = len(bench.workspace.calls)
            began = time.time()
            await bob.click("Acknowledge", on=page)
            after = time.time()
            await bench.workspace.until(lambda seen=seen: len(bench.edits(seen)) >= 2, timeout=5)
            if number >= WARM_UP:
                answered.append(after - began)
                everywhere.append(bench.edits(seen)[1] - began)
        await bench.quiet()
        pressed = await _sustained(bench, alice)
    return [
        Row("Acknowledge pressed → it is answered", answered),
        Row("Acknowledge pressed → every copy has changed", everywhere),
        Row(f"{AT_ONCE} at once: pressed → answered ({len(pressed) / _span(pressed):.0f}/s)",
            [end - begin for begin, end in pressed]),
    ]  # fmt: skip


async def _sustained(bench: Bench, alice: Any) -> list[tuple[float, float]]:
    """Many people acknowledge at the same time; when each press began and was answered."""
    tomorrow = bench.core.clock.now() + timedelta(days=1)
    async with bench.core.transaction(bench.system) as tx:
        model = await model_incident(tx)
        numbers = iter(
            await insert_like(tx, model, PRESSES, lambda _place: {"next_escalation_at": tomorrow})
        )
    pressed: list[tuple[float, float]] = []

    async def press() -> None:
        for number in numbers:
            began = time.time()
            await alice.command(f"/incident ack {number}", channel="general")
            pressed.append((began, time.time()))

    await asyncio.gather(*(press() for _ in range(AT_ONCE)))
    return pressed


def _span(pressed: list[tuple[float, float]]) -> float:
    return max(end for _, end in pressed) - min(begin for begin, _ in pressed)


async def _declare(bench: Bench, title: str) -> None:
    alice = bench.workspace.person("alice")
    answer = await alice.command(f"/incident new {title}", channel="general")
    assert answer.view is not None, answer.failed
    await alice.submit(answer.view)
    await bench.quiet()
