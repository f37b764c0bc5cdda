"""A process to be killed: the whole product, on a clock that runs faster and survives it."""

import asyncio
import logging
import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

import app
from assembly.settings import Settings
from core.transaction import Clock

SPEED = float(os.environ.get("TOCSIN_STAGE_SPEED", "30"))
"""How many seconds of the product's clock pass in a real one; 1 is its own clock."""


class FastClock:
    """Wall time, so many times as fast, counted from an instant that no restart changes."""

    def __init__(self, origin: float, speed: float) -> None:
        self.origin = origin
        self.speed = speed

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.origin + (time.time() - self.origin) * self.speed, UTC)

    def seconds_until(self, instant: datetime) -> float:
        return (instant - self.now()).total_seconds() / self.speed


async def main() -> None:
    logging.basicConfig(level=os.environ.get("VICTIM_LOG", "CRITICAL"))
    settings = Settings(_env_file=None)
    clock: Clock | None = FastClock(float(os.environ["VICTIM_ORIGIN"]), SPEED)
    tocsin = app.build(
        settings,
        clock=None if SPEED == 1 else clock,
        slack_timeout=float(os.environ["VICTIM_SLACK_TIMEOUT"]),
    )
    await app.live(tocsin)


if __name__ == "__main__":
    asyncio.run(main())
