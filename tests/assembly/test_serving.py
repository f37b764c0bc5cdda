"""The process as an operator meets it: its health, its refusals, its commands."""

import asyncio
import os
import shutil
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from sqlalchemy.engine import make_url

import app
import sandbox
from assembly.runtime import Tocsin
from assembly.settings import Settings
from tests.line import Line
from tests.world import CAST, MANIFEST, web_client

ROOT = Path(__file__).parent.parent.parent
NO_SLACK = "http://127.0.0.1:1/api/"
"""An address at which nobody answers."""

TOKENS = {"SLACK_BOT_TOKEN": "xoxb-tests", "SLACK_SIGNING_SECRET": "a-secret-of-the-tests"}
NO_SECRET = (
    "Neither SLACK_APP_TOKEN (Socket Mode, no public URL needed) nor SLACK_SIGNING_SECRET (HTTP) "
    "is set: copy one from “Basic Information” of your Slack app.\n"
)
NO_TOKEN = (
    "SLACK_BOT_TOKEN is not set: install the app (see `python app.py manifest`) and copy the Bot "
    "User OAuth Token, or try `make sandbox`, which needs none.\n"
)


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it said."""

    code: int | None
    out: str
    err: str


class CommandLine:
    """`python app.py …` in a folder of its own, with these variables and no others."""

    def __init__(self, folder: Path, **variables: str) -> None:
        self.folder = folder
        self.variables = variables

    async def start(self, *words: str, **variables: str) -> asyncio.subprocess.Process:
        inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        return await asyncio.create_subprocess_exec(
            sys.executable,
            str(ROOT / "app.py"),
            *words,
            cwd=self.folder,
            env={**inherited, **self.variables, **variables},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )

    async def run(self, *words: str, **variables: str) -> Ended:
        process = await self.start(*words, **variables)
        async with asyncio.timeout(30):
            out, err = await process.communicate()
        return Ended(process.returncode, out.decode(), err.decode())


@pytest.fixture
def command_line(tmp_path: Path, migrated_file: Path) -> CommandLine:
    shutil.copy(migrated_file, tmp_path / "tocsin.db")
    return CommandLine(tmp_path)


def _build(database_url: str) -> Tocsin:
    """The product, while Slack is down."""
    return app.build(
        Settings(
            _env_file=None,
            database_url=database_url,
            slack_bot_token="xoxb-tests",
            slack_signing_secret="a-secret-of-the-tests",
            slack_api_url=NO_SLACK,
        )
    )


@asynccontextmanager
async def _running(database_url: str, *, start: bool = True) -> AsyncIterator[Tocsin]:
    tocsin = _build(database_url)
    try:
        if start:
            await tocsin.start()
        yield tocsin
    finally:
        await tocsin.stop()


async def _answers(tocsin: Tocsin, path: str) -> tuple[int, dict[str, str]]:
    async with web_client(tocsin) as web:
        answer = await web.get(path)
    return answer.status_code, answer.json()


async def _until_ready(tocsin: Tocsin, status: int) -> dict[str, str]:
    async with asyncio.timeout(30):
        while True:
            found, said = await _answers(tocsin, "/readyz")
            if found == status:
                return said
            await asyncio.sleep(0.05)


async def test_before_the_engine_runs_the_process_lives_and_is_not_ready(database_url: str) -> None:
    async with _running(database_url, start=False) as tocsin:
        assert await _answers(tocsin, "/healthz") == (200, {"status": "ok"})
        assert await _answers(tocsin, "/readyz") == (
            503,
            {"status": "not ready", "reason": "the engine is not running"},
        )


async def test_slack_being_down_makes_neither_red(database_url: str) -> None:
    async with _running(database_url) as tocsin:
        assert await _until_ready(tocsin, 200) == {"status": "ok"}
        assert tocsin.workspace.organization_id is None, "Slack was there after all"
        assert await _answers(tocsin, "/healthz") == (200, {"status": "ok"})


@pytest.mark.parametrize("backend", ["postgresql"])
async def test_a_lost_database_makes_readiness_red_until_it_is_back(
    line: Line, database_url: str
) -> None:
    name = make_url(database_url).database
    async with _running(f"postgresql://postgres@127.0.0.1:{line.port}/{name}") as tocsin:
        await _until_ready(tocsin, 200)

        await line.cut()
        assert await _until_ready(tocsin, 503) == {
            "status": "not ready",
            "reason": "the database does not answer",
        }
        assert await _answers(tocsin, "/healthz") == (200, {"status": "ok"})

        await line.mend()
        assert await _until_ready(tocsin, 200) == {"status": "ok"}


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({}, NO_TOKEN + NO_SECRET),
        ({"SLACK_BOT_TOKEN": "xoxb-tests"}, NO_SECRET),
        ({"SLACK_SIGNING_SECRET": "a-secret-of-the-tests"}, NO_TOKEN),
        ({**TOKENS, "PORT": "0"}, "PORT must be a port from 1 to 65535.\n"),
    ],
)
async def test_serving_without_what_it_needs_ends_with_a_sentence_for_each_and_2(
    command_line: CommandLine, variables: dict[str, str], said: str
) -> None:
    assert await command_line.run("serve", **variables) == Ended(2, "", said)


async def test_a_second_process_on_one_sqlite_file_is_refused_and_the_first_goes_on(
    command_line: CommandLine,
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    command_line.variables |= {
        **TOKENS,
        "SLACK_API_URL": NO_SLACK,
        "HOST": "127.0.0.1",
        "PORT": port,
    }
    first = await command_line.start("serve")
    try:
        await _until_healthy(port)

        second = await command_line.run("serve")

        assert second == Ended(
            2,
            "",
            "Another `serve` is running on tocsin.db. SQLite is for one process: stop that one, "
            "or set DATABASE_URL to a PostgreSQL to run several.\n",
        )
        async with httpx.AsyncClient() as web:
            answer = await web.get(f"http://127.0.0.1:{port}/healthz")
        assert answer.json() == {"status": "ok"}
    finally:
        with suppress(ProcessLookupError):
            first.terminate()
        await first.communicate()


@pytest.mark.parametrize("one", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_lets_it_come_to_its_end_instead_of_ending_it(
    command_line: CommandLine, one: signal.Signals
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    variables = {**TOKENS, "SLACK_API_URL": NO_SLACK, "HOST": "127.0.0.1", "PORT": port}
    process = await command_line.start("serve", **variables)
    await _until_healthy(port)

    process.send_signal(one)
    async with asyncio.timeout(30):
        _, said = await process.communicate()

    assert process.returncode == 0
    assert said.decode().splitlines()[-1].endswith("Tocsin has stopped")


async def _until_healthy(port: str) -> None:
    async with asyncio.timeout(30), httpx.AsyncClient() as web:
        while True:
            with suppress(httpx.ConnectError):
                await web.get(f"http://127.0.0.1:{port}/healthz")
                return
            await asyncio.sleep(0.05)


async def test_the_doctor_ends_with_1_without_a_token_and_says_what_to_do(
    command_line: CommandLine,
) -> None:
    ended = await command_line.run("doctor")

    assert ended.code == 1
    assert "Slack: SLACK_BOT_TOKEN is not set." in ended.out
    assert "Install the app (`python app.py manifest`)" in ended.out


async def test_migrating_twice_says_so(command_line: CommandLine) -> None:
    fresh = {"DATABASE_URL": "sqlite:///fresh.db"}
    first = await command_line.run("migrate", **fresh)
    second = await command_line.run("migrate", **fresh)

    assert (first.code, first.out) == (0, "The tables were made (0008).\n")
    assert (second.code, second.out) == (0, "The tables are up to date (0008).\n")


@pytest.mark.long
async def test_a_dry_run_changes_nothing_and_applying_twice_changes_nothing_more(
    command_line: CommandLine,
) -> None:
    slack = sandbox.Workspace(
        name="Acme", people=CAST, manifest=MANIFEST, bot_token=TOKENS["SLACK_BOT_TOKEN"]
    )
    file = str(ROOT / "tocsin.example.yaml")
    async with slack.serve() as url:
        command_line.variables |= {**TOKENS, "SLACK_API_URL": f"{url}/api/"}
        planned = [await command_line.run("apply", file, "--dry-run") for _ in range(2)]
        applied = [await command_line.run("apply", file) for _ in range(2)]

    assert planned[0] == planned[1]
    assert [one.code for one in planned + applied] == [0, 0, 0, 0]
    *lines, summary = planned[0].out.splitlines()
    assert [line for line in lines if not line.startswith("    ")] == [
        "+ member alice@example.com",
        "+ member bob@example.com",
        "+ member carol@example.com",
        "+ alerts channel",
        "+ schedule Payments",
        "+ policy Payments",
    ]
    assert summary == "6 to create. Nothing has been changed yet."
    assert applied[0].out.splitlines() == [*lines, "6 created."]
    assert applied[1].out == "Nothing to change.\n"


async def test_applying_before_migrating_says_what_to_do(command_line: CommandLine) -> None:
    ended = await command_line.run(
        "apply", str(ROOT / "tocsin.example.yaml"), DATABASE_URL="sqlite:///empty.db"
    )

    assert ended == Ended(
        2, "", "The tables are not there yet: run `python app.py migrate` first.\n"
    )
