"""Figures, measured in one run and printed side by side."""

import statistics
import time
from collections.abc import Awaitable, Callable, Iterable
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


def print_table(rows: Iterable[Row]) -> None:
    """Median, 99th percentile and the number of measures of each row, in milliseconds."""
    print(f"{'':60}{'median':>12}{'p99':>12}{'of':>6}")
    for row in rows:
        p99 = statistics.quantiles(row.seconds, n=100)[98]
        print(
            f"{row.name:60}{statistics.median(row.seconds) * 1000:>9.1f} ms"
            f"{p99 * 1000:>9.1f} ms{len(row.seconds):>6}"
        )
