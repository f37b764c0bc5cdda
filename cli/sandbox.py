"""`app.py sandbox`: Tocsin beside a Slack workspace in a browser tab, with nothing to configure."""

import asyncio
import sys
import tempfile
import webbrowser
from contextlib import suppress

import typer

import sandbox
from assembly.clock import WallClock
from assembly.runtime import Tocsin
from assembly.settings import Settings
from cli.apply import apply
from cli.blueprint import Blueprint
from cli.manifest import load_manifest
from core.transaction import Actor

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
            tocsin = Tocsin(settings, clock)
            try:
                await tocsin.start()
                organization_id = await tocsin.workspace.connect()
                await apply(tocsin.core, Actor.system(organization_id), blueprint)
                await tocsin.connect()
                workspace.deliver_to(f"http://127.0.0.1:{port + 1}/slack/events")
                _welcome(url, speed, open_browser=open_browser)
                with suppress(asyncio.CancelledError):
                    await tocsin.http_server().serve()
            finally:
                await tocsin.stop()


def _welcome(url: str, speed: float, *, open_browser: bool) -> None:
    pace = "Time is real time."
    if speed != 1:
        seconds = 60 / speed
        pace = f"A minute takes {seconds:g} second{'' if seconds == 1 else 's'}."
    typer.echo(f"The sandbox is at {url}  (this is not Slack; Ctrl-C ends it). {pace}")
    typer.echo("Type /incident there, then become Bob and press Acknowledge, or don't.")
    if open_browser and sys.stdout.isatty():
        webbrowser.open(url)
