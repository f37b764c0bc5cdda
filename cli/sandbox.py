"""`app.py sandbox`: Tocsin beside a Slack workspace in a browser tab, with nothing to configure."""

import asyncio
import sys
import tempfile
import webbrowser
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

import typer

import sandbox
from assembly.clock import WallClock
from assembly.manifest import load_manifest
from assembly.runtime import Tocsin
from assembly.settings import Settings
from cli.apply import apply
from cli.blueprint import Blueprint, read_blueprint
from core import keys
from core.status_pages import list_pages
from core.transaction import Actor, Core
from storage.vocabulary import Role

CAST = (
    sandbox.Person("alice", "Alice Martin", "alice@example.com", tz="Europe/Berlin",
                   title="Head of engineering"),
    sandbox.Person("bob", "Bob Okafor", "bob@example.com", tz="Europe/Berlin",
                   title="Payments, on call"),
    sandbox.Person("carol", "Carol Jansen", "carol@example.com", tz="America/New_York",
                   title="Payments, next"),
    sandbox.Person("dave", "Dave Lindqvist", "dave@example.com", tz="Asia/Tokyo",
                   title="Support"),
)  # fmt: skip
CHANNELS = (sandbox.Channel("general"), sandbox.Channel("incidents"))
STATUS_PAGE = """\
components:
  Website:
  Checkout:
    group: Shop
    description: The basket, and paying for it.
  Search:
    group: Shop
  API:
    group: For developers
    description: What your programs talk to.
  Webhooks:
    group: For developers
pages:
  acme:
    title: Acme Status
    components: [Website, Checkout, Search, API, Webhooks]
    published: true
"""
"""What customers read, where the file to set up speaks of neither components nor pages."""
KEY = "The sandbox's key"
SECRET = "sandbox-signing-secret"  # noqa: S105  (of a workspace that lives as long as this process)


async def run_sandbox(blueprint: Blueprint, *, speed: float, port: int, open_browser: bool) -> None:
    """Serve the workspace on `port` and Tocsin on the one after, until interrupted."""
    clock = WallClock(speed)
    workspace = sandbox.Workspace(
        name="Acme",
        people=CAST,
        channels=CHANNELS,
        manifest=load_manifest(),
        bot_token="xoxb-sandbox",  # noqa: S106  (opens only the sandbox)
        app_token="xapp-sandbox",  # noqa: S106  (opens only the sandbox)
        signing_secret=SECRET,
        clock=lambda: clock.now().timestamp(),
        speed=speed,
    )
    with tempfile.TemporaryDirectory(prefix="tocsin-sandbox-") as folder:
        async with workspace.serve(host="127.0.0.1", port=port) as url:
            settings = Settings(
                _env_file=None,
                database_url=f"sqlite+aiosqlite:///{folder}/sandbox.db",
                slack_bot_token="xoxb-sandbox",  # noqa: S106  (opens only the sandbox)
                slack_signing_secret=SECRET,
                slack_app_token=None,
                slack_api_url=f"{url}/api/",
                tocsin_alerts_channel=None,
                tocsin_admin_emails="",
                smtp_url=None,
                mail_from=None,
                public_url=f"http://127.0.0.1:{port + 1}",
                host="127.0.0.1",
                port=port + 1,
            )
            tocsin = Tocsin(settings, clock, open_to_all=True)
            try:
                await tocsin.start()
                organization_id = await tocsin.workspace.connect()
                actor = Actor.system(organization_id)
                await apply(tocsin.core, actor, with_status_page(blueprint))
                async with tocsin.core.reading(actor) as tx:
                    slugs = [one.slug for one in await list_pages(tx) if one.published]
                await tocsin.connect()
                workspace.deliver_to(f"http://127.0.0.1:{port + 1}/slack/events")
                pages = [f"{settings.public_url}/status/{slug}" for slug in slugs]
                key = await make_key(tocsin.core, actor)
                _welcome(url, f"{settings.public_url}/app/", pages, speed)
                typer.echo(about_the_api(settings.public_url or "", key))
                if open_browser and sys.stdout.isatty():
                    webbrowser.open(url)
                with suppress(asyncio.CancelledError):
                    await tocsin.http_server().serve()
            finally:
                await tocsin.stop()


def with_status_page(blueprint: Blueprint) -> Blueprint:
    """The same with some components and a published page, unless it speaks of either itself."""
    if blueprint.components or blueprint.pages:
        return blueprint
    ours = read_blueprint(STATUS_PAGE, name="the sandbox")
    return replace(blueprint, components=ours.components, pages=ours.pages)


async def make_key(core: Core, actor: Actor) -> str:
    """An admin's API key, for whoever tries the API; it lives as long as the sandbox."""
    async with core.transaction(actor) as tx:
        return (await keys.create_key(tx, name=KEY, role=Role.ADMIN)).secret


def about_the_api(address: str, secret: str) -> str:
    """What to paste to ask the API something, as docs/api.md goes on from there."""
    return (
        f"The API is at {address}/v1, and how to use it at {address}/v1/docs. Try it:\n"
        f"  URL={address}\n"
        f"  TOCSIN_KEY={secret}\n"
        '  curl "$URL/v1/oncall/schedules" -H "Authorization: Bearer $TOCSIN_KEY"'
    )


def _welcome(url: str, dashboard: str, pages: Sequence[str], speed: float) -> None:
    pace = "Time is real time."
    if speed != 1:
        seconds = 60 / speed
        pace = f"A minute takes {seconds:g} second{'' if seconds == 1 else 's'}."
    typer.echo(f"The sandbox is at {url}  (this is not Slack; Ctrl-C ends it). {pace}")
    typer.echo("Type /incident there, then become Bob and press Acknowledge, or don't.")
    typer.echo(f"The dashboard is at {dashboard}")
    for page in pages:
        typer.echo(f"What customers read is at {page}")
