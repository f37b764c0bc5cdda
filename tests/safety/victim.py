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
    clock = FastClock(float(os.environ["VICTIM_ORIGIN"]), float(os.environ["VICTIM_SPEED"]))
    tocsin = app.build(settings, clock=clock, slack_timeout=0.5)
    await tocsin.start()
    print("up", flush=True)
    await tocsin.http_server().serve()


if __name__ == "__main__":
    asyncio.run(main())
