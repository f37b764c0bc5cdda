"""A process of the product, to be killed, frozen, told to end, and started again."""

import asyncio
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path


class Replica:
    """A process of the product, to be killed and started again."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = environment
        self._process: asyncio.subprocess.Process | None = None
        self.kills = 0
        self.in_rotation = True
        """Whether the load balancer sends it requests."""

    @property
    def url(self) -> str:
        """Where it can be asked."""
        return f"http://127.0.0.1:{self._environment['PORT']}"

    @property
    def lives(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.returncode is None

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(Path(__file__).with_name("victim.py")),
            env=self._environment,
        )
        await self._until_it_listens()

    async def _until_it_listens(self) -> None:
        async with asyncio.timeout(30):
            while True:
                with suppress(OSError):
                    _, writer = await asyncio.open_connection(
                        "127.0.0.1", int(self._environment["PORT"])
                    )
                    writer.close()
                    return
                assert self.lives, "it ended before it was up"
                await asyncio.sleep(0.01)

    async def stop(self) -> None:
        """Tell it to end, as a roll-out does, and wait until it has."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        assert await self._process.wait() == 0

    async def kill(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        await self._process.wait()
        self.kills += 1

    async def end(self) -> None:
        """Kill it if it is there, frozen or not."""
        if self.lives:
            await self.kill()

    def pause(self) -> None:
        """Stop it where it is, as a machine does that swaps or is moved, and see it stand still.

        The signal alone returns while threads on other cores still run: one of them could begin a
        transaction after somebody has looked whether there is one.
        """
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        _, status = os.waitpid(self._process.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status), "it ended instead"

    def go_on(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)
