"""`make bench`: what matters, measured side by side in one run. Nothing here is a test."""

import asyncio
import gc
import tempfile
from pathlib import Path

from bench.declared import declared
from bench.lateness import lateness
from bench.product import bench
from bench.restarted import restarted
from bench.table import print_table

OPEN = (30, 1_000, 10_000, 100_000)
"""How many escalations wait while some of them fire."""


async def main() -> None:
    """SQLite, one process."""
    print("SQLite, one process; one incident after the other\n")
    with tempfile.TemporaryDirectory() as folder:
        async with bench(Path(folder)) as product:
            gc.freeze()
            print_table(
                [
                    *await declared(product),
                    *await restarted(product),
                    *[row async for row in lateness(product, OPEN)],
                ]
            )


asyncio.run(main())
