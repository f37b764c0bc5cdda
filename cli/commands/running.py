"""What runs Tocsin, or readies a database for it: the sandbox, MCP on this machine, the tables."""

from pathlib import Path
from typing import Annotated

import typer

from assembly import logs
from assembly.settings import SettingsError
from cli.commands import process

EXAMPLE = Path(__file__).parents[2] / "tocsin.example.yaml"


def sandbox(
    speed: Annotated[
        float, typer.Option(min=0.1, max=3600, help="Clock seconds that pass in a real second.")
    ] = 1.0,
    port: Annotated[
        int, typer.Option(help="The page is here; Tocsin is on the port after.")
    ] = 8700,
    config: Annotated[
        Path, typer.Option(help="What to set up, as for `apply`.", exists=True)
    ] = EXAMPLE,
    open_browser: Annotated[bool, typer.Option("--open/--no-open")] = True,
) -> None:
    """Try everything: Tocsin with a Slack workspace in a browser tab. Nothing to configure.

    It is not Slack, nothing leaves this computer, and it forgets everything when it stops. With
    `--speed 60` a minute is a second.
    """
    from cli.blueprint import read_file
    from cli.sandbox import run_sandbox

    logs.configure("text", "warning")
    try:
        blueprint = read_file(config)
    except SettingsError as error:
        process.fail(error)
    process.run(run_sandbox(blueprint, speed=speed, port=port, open_browser=open_browser))


def migrate() -> None:
    """Make or bring up to date the tables of the database. Run it before each new version."""
    from storage.database import Database
    from storage.migrate import migrate as run_migrations

    async def run() -> None:
        database = Database(settings.database_url)
        before, after = await run_migrations(database)
        await database.dispose()
        if before == after:
            typer.echo(f"The tables are up to date ({after}).")
        else:
            made = f"brought from {before} to {after}" if before else f"made ({after})"
            typer.echo(f"The tables were {made}.")

    settings = process.configured()
    process.run(run())


def mcp() -> None:
    """Serve the MCP tools on standard input and output, for a client on this machine.

    With the key in TOCSIN_API_KEY, against the database of the settings; `serve` may run, and does
    what follows: this pages nobody by itself. Over HTTP the tools are at /mcp of `serve`.
    """
    from cli.stdio import run_mcp

    process.run(run_mcp(process.configured()))
