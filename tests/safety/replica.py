"""A process of the product, to be killed, frozen, told to end, and started again."""

import asyncio
import signal
import sys
from pathlib import Path


class Replica:
    """A process of the product, to be killed and started again."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._environment = environment
        self._process: asyncio.subprocess.Process | None = None
        self.kills = 0

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(Path(__file__).with_name("victim.py")),
            env=self._environment,
            stdout=asyncio.subprocess.PIPE,
        )
        assert self._process.stdout is not None
        assert await self._process.stdout.readline() == b"up\n"

    async def kill(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        await self._process.wait()
        self.kills += 1

    async def end(self) -> None:
        """Kill it if it is there, frozen or not."""
        if self._process is not None and self._process.returncode is None:
            await self.kill()

    def pause(self) -> None:
        """Stop it where it is, as a machine does that swaps or is moved."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)
