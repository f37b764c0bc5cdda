"""Having the database forget what was erased, as soon as it can, without anybody waiting for it."""

import asyncio
import logging

from storage.database import Database

log = logging.getLogger(__name__)

AGAIN_SECONDS = 0.2


class Scrubbing:
    """One attempt after another, in the background, until no byte is left."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._asked = 0
        self._under_way: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Something was erased and committed."""
        self._asked += 1
        if self._under_way is None or self._under_way.done():
            self._under_way = asyncio.create_task(self._until_done())

    async def finish(self) -> None:
        """Wait until nothing is left of what was erased so far."""
        if self._under_way:
            await self._under_way

    async def stop(self) -> None:
        """Leave the rest to the next start."""
        if self._under_way:
            self._under_way.cancel()
            await asyncio.gather(self._under_way, return_exceptions=True)

    async def _until_done(self) -> None:
        done = 0
        while done < self._asked:
            asked = self._asked
            try:
                if await self._database.scrub():
                    done = asked
                    continue
            except Exception:
                log.exception("what was erased could not be forgotten yet; it is tried again")
            await asyncio.sleep(AGAIN_SECONDS)
