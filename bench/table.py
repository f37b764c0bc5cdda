"""Figures, measured in one run and printed side by side."""

import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """What was measured, and each measure in seconds."""

    name: str
    seconds: list[float]


async def timed(step: Callable[[], Awaitable[object]], rounds: int) -> list[float]:
    """How long a step takes, each of `rounds` times."""
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        await step()
        times.append(time.perf_counter() - began)
    return times


def print_heading(name: str) -> None:
    """What is measured from here on, and the names of the columns."""
    print(f"\n{name:64}{'median':>12}{'p99':>12}{'of':>8}")


def print_row(row: Row) -> None:
    """Median, 99th percentile and the number of measures, in milliseconds."""
    p99 = statistics.quantiles(row.seconds, n=100)[98]
    print(
        f"{row.name:64}{statistics.median(row.seconds) * 1000:>9.1f} ms"
        f"{p99 * 1000:>9.1f} ms{len(row.seconds):>8,}",
        flush=True,
    )
