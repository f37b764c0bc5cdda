"""`python app.py mcp`: the same tools on standard input, beside a server that runs or does not."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters, types
from mcp.client.stdio import stdio_client

import app
import sandbox
from assembly.settings import Settings, SettingsError
from cli.apply import apply
from cli.blueprint import read_blueprint
from cli.stdio import run_mcp
from core import keys, people
from core.transaction import Actor, Core
from storage.bell import Bell
from storage.database import Database, normalize_url
from tests.cast import BLUEPRINT, StoryClock
from tests.web.mcp.desk import fenced
from tests.world import CAST, MANIFEST

ROOT = Path(__file__).parent.parent.parent.parent


@asynccontextmanager
async def _over_stdio(folder: Path, database_url: str, secret: str) -> AsyncIterator[Client]:
    """A client whose server is a process of its own; what that says stands in `folder/errors`."""
    server = StdioServerParameters(
        command=sys.executable,
        args=[str(ROOT / "app.py"), "mcp"],
        env={"DATABASE_URL": database_url, "TOCSIN_API_KEY": secret, "LOG_LEVEL": "debug"},
        cwd=folder,
    )
    with (folder / "errors").open("w") as errors:
        async with Client(stdio_client(server, errlog=errors)) as client:
            yield client


async def _call(client: Client, tool: str, **given: Any) -> Any:
    answer = await client.call_tool(tool, given)
    assert isinstance(answer, types.CallToolResult)
    assert not answer.is_error, answer.content
    return answer.structured_content


async def _key(core: Core, organization_id: Any) -> str:
    async with core.transaction(Actor.system(organization_id)) as tx:
        return (await keys.create_key(tx, name="Assistant")).secret


@asynccontextmanager
async def _serving(database_url: str) -> AsyncIterator[tuple[sandbox.Workspace, Any, str]]:
    """The product on a real clock beside a workspace, and a key to it."""
    slack = sandbox.Workspace(
        name="Acme",
        people=CAST,
        channels=[sandbox.Channel("general"), sandbox.Channel("incidents")],
        manifest=MANIFEST,
        bot_token="xoxb-tests",
        signing_secret="a-secret-of-the-tests",
    )
    async with slack.serve() as url:
        settings = Settings(
            _env_file=None,
            database_url=database_url,
            slack_bot_token="xoxb-tests",
            slack_signing_secret="a-secret-of-the-tests",
            slack_api_url=f"{url}/api/",
        )
        tocsin = app.build(settings)
        try:
            organization_id = await tocsin.workspace.connect()
            await apply(tocsin.core, Actor.system(organization_id), read_blueprint(BLUEPRINT))
            await tocsin.start()
            yield slack, tocsin, await _key(tocsin.core, organization_id)
        finally:
            await tocsin.stop()


async def _until(found: Any) -> None:
    async with asyncio.timeout(30):
        while not found():
            await asyncio.sleep(0.02)


@pytest.mark.long
async def test_a_whole_incident_whose_page_leaves_through_the_running_server(
    database_url: str, tmp_path: Path
) -> None:
    async with (
        _serving(database_url) as (slack, tocsin, secret),
        _over_stdio(tmp_path, database_url, secret) as client,
    ):
        made = await _call(
            client, "create_incident", title="Checkout is down", severity="critical",
            schedule="Payments",
        )  # fmt: skip
        bob = slack.person("bob")
        await _until(lambda: bob.dm())
        await _call(client, "acknowledge_incident", number=1)
        await _call(client, "hand_off_incident", number=1, to="carol@example.com")
        carol = slack.person("carol")
        await _until(lambda: carol.dm())
        await _call(client, "post_incident_update", number=1, body="It is the database")
        await _call(client, "transition_incident_status", number=1, status="identified")
        done = await _call(client, "resolve_incident", number=1)
        held = await _call(client, "get_incident", number=1)

        async with tocsin.core.transaction(Actor.system(tocsin.worker.organization_id)) as tx:
            (key,) = await keys.list_keys(tx)
            await keys.revoke_key(tx, key.id)
        dead = await client.call_tool("get_incident", {"number": 1})

    assert made["paged"][0]["name"] == {"untrusted_text": "Bob Okafor"}
    assert "Checkout is down" in bob.dm()[0].plain
    assert done["incident"] == held["incident"]
    assert done["incident"]["status"] == "resolved"
    assert isinstance(dead, types.CallToolResult)
    assert fenced(dead)["code"] == "not_authorized"
    logged = (tmp_path / "errors").read_text()
    assert "incident_created, through mcp" in logged
    assert secret not in logged
    assert "It is the database" not in logged


@pytest.mark.parametrize("backend", ["postgresql"])
@pytest.mark.long
async def test_on_postgresql_what_it_commits_rings_the_bell_of_the_others(
    database_url: str, tmp_path: Path
) -> None:
    heard: list[datetime] = []
    url = normalize_url(database_url)
    bell = Bell(url, on_due=heard.append, on_time=lambda *_, **__: None, stopwatch=lambda: 0.0)
    ready = asyncio.Event()
    listening = asyncio.create_task(bell.run(ready))
    await ready.wait()
    core = Core(Database(database_url), StoryClock(datetime.now(UTC)))
    organization = await people.ensure_organization(core, slack_team_id="T1", name="Acme")
    await apply(core, Actor.system(organization.id), read_blueprint(BLUEPRINT))
    secret = await _key(core, organization.id)
    try:
        async with _over_stdio(tmp_path, database_url, secret) as client:
            await _call(
                client, "create_incident", title="x", severity="low", owner="bob@example.com"
            )
            await _until(lambda: heard)
    finally:
        listening.cancel()
        await asyncio.wait([listening])
        await core.database.dispose()

    assert abs((heard[0] - datetime.now(UTC)).total_seconds()) < 60


async def test_without_a_good_key_it_says_what_to_do(database_url: str) -> None:
    def settings(key: str | None) -> Settings:
        return Settings(_env_file=None, database_url=database_url, tocsin_api_key=key)

    with pytest.raises(SettingsError, match=r"TOCSIN_API_KEY is not set: .*key create NAME"):
        await run_mcp(settings(None))
    with pytest.raises(SettingsError, match=r"TOCSIN_API_KEY is no good: .*key create NAME"):
        await run_mcp(settings("toc_live_unknown"))


async def test_before_there_are_tables_it_says_what_to_do(tmp_path: Path) -> None:
    settings = Settings(
        _env_file=None, database_url=f"sqlite:///{tmp_path}/empty.db", tocsin_api_key="toc_live_x"
    )

    with pytest.raises(SettingsError, match=r"run `python app.py migrate` first"):
        await run_mcp(settings)


def test_the_key_stands_in_no_log() -> None:
    settings = Settings(_env_file=None, tocsin_api_key="toc_live_secret")

    assert "toc_live_secret" in settings.secrets
