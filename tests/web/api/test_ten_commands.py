"""docs/api.md does what it says: its commands are run as printed, and answer what is shown."""

import asyncio
import os
import re
import shutil
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import uvicorn

from tests.world import World, running_world

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "api.md"
REQUIRED = "TOCSIN_CURL_REQUIRED"

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(
        not shutil.which("curl") and not os.environ.get(REQUIRED), reason="there is no curl here"
    ),
]

_FENCED = re.compile(r"```(sh|json|text)\n(.*?)```\n", re.DOTALL)
_DIFFERS = (
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "<id>"),
    (re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z"), "<instant>"),
    (re.compile(r"[0-9a-f]{32}"), "<request>"),
)
OVER = "= that was it: "


def commands() -> list[tuple[str, str]]:
    """Each block of commands with the answer that the page shows; none where it shows none."""
    found: list[tuple[str, str]] = []
    for language, text in _FENCED.findall(PAGE.read_text(encoding="utf-8")):
        if language == "sh":
            found.append((text, ""))
        else:
            found[-1] = (found[-1][0], text)
    return found


def told(text: str) -> str:
    """A text but for what is another one each time."""
    for pattern, name in _DIFFERS:
        text = pattern.sub(name, text)
    return text.strip()


@asynccontextmanager
async def serving(world: World) -> AsyncIterator[str]:
    """The whole product on a port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        config = uvicorn.Config(world.tocsin.http, log_config=None, lifespan="off", ws="none")
        server = uvicorn.Server(config)
        running = asyncio.create_task(server.serve(sockets=[free]))
        yield f"http://127.0.0.1:{free.getsockname()[1]}"
        server.should_exit = True
        await running


class Shell:
    """A bash in which one block of commands is run after the other, as somebody pastes them."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def run(self, block: str) -> str:
        """What it prints. It must succeed."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(f"{block}\necho; echo '{OVER}'$?\n".encode())
        await self._process.stdin.drain()
        printed = ""
        while OVER not in printed:
            line = await self._process.stdout.readline()
            assert line, printed
            printed += line.decode()
        printed, _, code = printed.rpartition(OVER)
        assert code.strip() == "0", printed
        return printed


@asynccontextmanager
async def shell(**environment: str) -> AsyncIterator[Shell]:
    python = Path(sys.executable).parent
    process = await asyncio.create_subprocess_exec(
        *("bash", "-o", "pipefail"),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={"PATH": f"{python}:{os.environ['PATH']}", "LOG_LEVEL": "error", **environment},
    )
    try:
        yield Shell(process)
    finally:
        assert process.stdin
        process.stdin.close()
        await process.wait()


async def test_the_ten_commands_do_what_the_page_says(database_url: str) -> None:
    example = (ROOT / "tocsin.example.yaml").read_text(encoding="utf-8")
    async with running_world(database_url, blueprint=example) as world, serving(world) as url:
        settings = world.tocsin.settings
        async with shell(
            DATABASE_URL=database_url,
            SLACK_BOT_TOKEN=settings.slack_bot_token or "",
            SLACK_API_URL=settings.slack_api_url,
        ) as bash:
            for block, shown in commands():
                printed = await bash.run(block.replace("http://localhost:3000", url))
                await world.settle()
                assert told(printed) == told(shown), block


def test_there_are_ten() -> None:
    headings = re.findall(r"^## (\d+)\. ", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert headings == [str(number) for number in range(1, 11)]
