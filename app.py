"""The command line. `python app.py --help` says what there is."""

import asyncio
import gc
import json
import logging
import signal
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from assembly import logs
from assembly.clock import DatabaseClock, WallClock
from assembly.runtime import SLACK_TIMEOUT_SECONDS, Tocsin
from assembly.settings import Settings, SettingsError, read_settings
from bot.answering import DEADLINE_SECONDS
from core.transaction import Clock
from mail.server import TIMEOUT_SECONDS
from storage.vocabulary import Role

EXAMPLE = Path(__file__).with_name("tocsin.example.yaml")

commands = typer.Typer(
    help="Tocsin: incident response in Slack. Start with `sandbox`: it needs nothing.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
keys = typer.Typer(
    help="Make, list and revoke API keys, with which programs use Tocsin.", no_args_is_help=True
)
commands.add_typer(keys, name="key")


def build(
    settings: Settings,
    *,
    clock: Clock | None = None,
    deadline: float = DEADLINE_SECONDS,
    slack_timeout: float = SLACK_TIMEOUT_SECONDS,
    mail_timeout: float = TIMEOUT_SECONDS,
) -> Tocsin:
    """Everything, wired. Must be called inside a running event loop; nothing runs before `start`.

    `deadline` is how many seconds a listener has before Slack is answered without it;
    `slack_timeout` how many we wait for an answer of Slack's, `mail_timeout` for a letter.
    """
    clock = clock or (WallClock() if settings.on_sqlite else DatabaseClock())
    return Tocsin(
        settings,
        clock,
        deadline=deadline,
        slack_timeout=slack_timeout,
        mail_timeout=mail_timeout,
    )


@commands.command()
def serve() -> None:
    """Run Tocsin against Slack, with the settings of the environment.

    Socket Mode when SLACK_APP_TOKEN is set (no public URL needed), HTTP at POST /slack/events
    otherwise. Health at /healthz and /readyz, metrics at /metrics.
    """
    settings = _settings(serves=True)
    try:
        settings.check_slack()
    except SettingsError as error:
        _fail(error)
    _run(_serve(settings))


async def _serve(settings: Settings) -> None:
    await live(build(settings))


async def live(tocsin: Tocsin) -> None:
    """Serve until a signal says to end; then let what is under way come to its end."""
    try:
        await tocsin.start()
        gc.freeze()  # what is loaded by now stays: walking it would hold a page up for 0.1 s
        logging.getLogger(__name__).info(
            "Tocsin serves on port %s, %s",
            tocsin.settings.port,
            "in Socket Mode" if tocsin.settings.slack_app_token else "at POST /slack/events",
        )
        # uvicorn hands a signal on once it has stopped, which would end us before `stop`.
        for one in (signal.SIGINT, signal.SIGTERM):
            signal.signal(one, lambda *_: None)
        await tocsin.http_server().serve()
    finally:
        await tocsin.stop()
    logging.getLogger(__name__).info("Tocsin has stopped")


@commands.command()
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
    from cli.blueprint import read_blueprint
    from cli.sandbox import run_sandbox

    logs.configure("text", "warning")
    try:
        blueprint = read_blueprint(config.read_text(encoding="utf-8"), name=config.name)
    except SettingsError as error:
        _fail(error)
    _run(run_sandbox(blueprint, speed=speed, port=port, open_browser=open_browser))


@commands.command()
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

    settings = _settings()
    _run(run())


@commands.command()
def apply(
    file: Annotated[Path, typer.Argument(help="Such as tocsin.example.yaml.", exists=True)],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
    org: Annotated[
        str | None, typer.Option(help="Which organization, where the database has several.")
    ] = None,
) -> None:
    """Create and change schedules, policies, components, pages and settings as a file says.

    Doing it twice changes nothing the second time, and what the file does not name is left alone.
    """
    from cli.blueprint import read_blueprint
    from cli.set_up import run_apply

    settings = _settings()
    try:
        blueprint = read_blueprint(file.read_text(encoding="utf-8"), name=file.name)
    except SettingsError as error:
        _fail(error)
    _run(run_apply(settings, blueprint, dry_run=dry_run, org=org))


@commands.command()
def export(
    file: Annotated[Path | None, typer.Argument(help="Left out: standard output.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Write over a file.")] = False,
    org: Annotated[
        str | None, typer.Option(help="Which organization, where the database has several.")
    ] = None,
) -> None:
    """Write what is stored as the file that `apply` reads: applied, it changes nothing.

    What such a file can't say is left out, and named.
    """
    from cli.set_up import run_export

    _run(run_export(_settings(), file, force=force, org=org))


@commands.command()
def calendar(
    schedule: Annotated[str | None, typer.Argument(help="A schedule's name.")] = None,
    member: Annotated[
        str | None, typer.Option("--member", help="Or a person's e-mail: all of their shifts.")
    ] = None,
    revoke: Annotated[bool, typer.Option("--revoke", help="Make the address dead.")] = False,
    org: Annotated[
        str | None, typer.Option(help="Which organization, where the database has several.")
    ] = None,
) -> None:
    """Print the secret address of a calendar feed, for Google, Apple or Outlook to subscribe to.

    Whoever knows it reads names, schedules and times. Revoked, it is dead at once.
    """
    from cli.set_up import run_calendar

    _run(run_calendar(_settings(), schedule=schedule, email=member, revoke=revoke, org=org))


@keys.command("create")
def create_key(
    name: Annotated[str, typer.Argument(help="What it is for, such as Deploys.")],
    role: Annotated[Role, typer.Option(help="What it may do.")] = Role.MEMBER,
    expires: Annotated[
        str | None,
        typer.Option(help="Such as 90d, 12h, 2027-03-31, or an instant; left out: never."),
    ] = None,
    org: Annotated[
        str | None, typer.Option(help="Which organization, where the database has several.")
    ] = None,
) -> None:
    """Make an API key and print it, once: it can't be read again.

    The key alone goes to standard output, for a script to keep: KEY=$(python app.py key create …).
    """
    from cli.set_up import run_key_create

    _run(run_key_create(_settings(), name, role=role, expires=expires, org=org))


@keys.command("list")
def list_keys(
    org: Annotated[
        str | None, typer.Option(help="Which organization, where the database has several.")
    ] = None,
) -> None:
    """List the API keys that are not revoked: role, last use, end. Never the keys themselves."""
    from cli.set_up import run_key_list

    _run(run_key_list(_settings(), org=org))


@keys.command("revoke")
def revoke_key(
    name: Annotated[str, typer.Argument(help="As `key list` shows it.")],
    org: Annotated[
        str | None, typer.Option(help="Which organization, where the database has several.")
    ] = None,
) -> None:
    """Make an API key dead at once, for ever."""
    from cli.set_up import run_key_revoke

    _run(run_key_revoke(_settings(), name, org=org))


@commands.command()
def manifest(
    url: Annotated[
        str | None, typer.Option(help="Where Slack reaches Tocsin: https://tocsin.example.com")
    ] = None,
    socket_mode: Annotated[
        bool, typer.Option("--socket-mode", help="Without a public URL.")
    ] = False,
) -> None:
    """Print the Slack app's manifest, filled in, to be pasted into Slack."""
    from cli.manifest import render_manifest

    try:
        typer.echo(render_manifest(url=url, socket_mode=socket_mode))
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error


@commands.command()
def openapi() -> None:
    """Print the API's OpenAPI document, as it is served at /v1/openapi.json."""
    from web.api import openapi_document

    typer.echo(json.dumps(openapi_document(), indent=2, ensure_ascii=False))


@commands.command()
def doctor() -> None:
    """Check database, clock, Slack and settings; each with a mark and a remedy.

    Ends with 1 if anything is red.
    """
    from cli.set_up import run_doctor

    _run(run_doctor(_settings()))


@commands.command()
def mcp() -> None:
    """Serve the MCP tools on standard input and output, for a client on this machine.

    With the key in TOCSIN_API_KEY, against the database of the settings; `serve` may run, and does
    what follows: this pages nobody by itself. Over HTTP the tools are at /mcp of `serve`.
    """
    from cli.stdio import run_mcp

    _run(run_mcp(_settings()))


@commands.command()
def simulate(
    policy: Annotated[str, typer.Argument(help="Its name, in any case.")],
    at: Annotated[
        str | None, typer.Option(help="Such as 2026-12-24T22:00:00+01:00; left out: now.")
    ] = None,
    unreachable: Annotated[
        list[str] | None,
        typer.Option(metavar="EMAIL", help="Nothing reaches this person. May be said repeatedly."),
    ] = None,
    slack_down: Annotated[
        bool, typer.Option("--slack-down", help="Nothing arrives in Slack; letters do.")
    ] = False,
    org: Annotated[
        str | None, typer.Option(help="Which organization, where the database has several.")
    ] = None,
) -> None:
    """Say who would be paged, when, through what and why, if nobody answered. Pages nobody.

    The very functions that page are asked, in a rehearsal of which nothing is kept.
    """
    from cli.simulate import run_simulate

    _run(
        run_simulate(
            _settings(),
            policy,
            at=at,
            unreachable=unreachable or (),
            slack_down=slack_down,
            org=org,
        )
    )


@commands.command()
def coverage(
    days: Annotated[int, typer.Option(min=1, max=366, help="How far to look ahead.")] = 30,
    org: Annotated[
        str | None, typer.Option(help="Which organization, where the database has several.")
    ] = None,
) -> None:
    """Find gaps, layers that page nobody, people without a channel, and more; with what to do.

    Ends with 0 if there is nothing to say, with 1 if there is.
    """
    from cli.coverage import run_coverage

    _run(run_coverage(_settings(), days=days, org=org))


@commands.command()
def prove(
    histories: Annotated[int, typer.Option(min=1, help="How many to unfold.")] = 10_000,
    seed: Annotated[int, typer.Option(min=0, help="The first history's; the rest count on.")] = 7,
    config: Annotated[
        Path | None, typer.Option(help="Prove it on your own tocsin.yaml.", exists=True)
    ] = None,
    replicas: Annotated[
        int | None, typer.Option(min=1, max=5, help="Left out: one to three, as the seed decides.")
    ] = None,
    jobs: Annotated[int | None, typer.Option(min=1, help="Processes; left out: all cores.")] = None,
    trace: Annotated[bool, typer.Option("--trace", help="Print one history readably.")] = False,
    mutations: Annotated[
        bool, typer.Option("--mutations", help="Plant bugs and show that each is caught.")
    ] = False,
) -> None:
    """Try to break the promise: the real engine under faults, deaths and clocks that jump.

    Deterministic: a seed that fails is printed, shrunk, and can be replayed exactly. Ends with 1
    if the promise was broken. docs/promise.md says what is judged.
    """
    from cli.prove import read_config, run_mutations, run_prove

    logs.configure("text", "error")
    if mutations:
        raise typer.Exit(run_mutations())
    try:
        blueprint = read_config(config)
    except SettingsError as error:
        _fail(error)
    raise typer.Exit(
        run_prove(
            histories=histories,
            seed=seed,
            blueprint=blueprint,
            replicas=replicas,
            jobs=jobs,
            trace=trace,
        )
    )


def _settings(*, serves: bool = False) -> Settings:
    try:
        settings = read_settings()
    except SettingsError as error:
        _fail(error)
    # A command that ends says on its own what it did; its log is for trouble.
    quiet = settings.log_level == "info" and not serves
    level = "warning" if quiet else settings.log_level
    logs.configure(settings.log_format, level, secrets=settings.secrets)
    return settings


def _run(work: Coroutine[Any, Any, int | None]) -> None:
    try:
        code = asyncio.run(work)
    except SettingsError as error:
        _fail(error)
    except KeyboardInterrupt:
        code = 0
    raise typer.Exit(code or 0)


def _fail(error: Exception) -> NoReturn:
    typer.secho(str(error), fg=typer.colors.RED, err=True)
    raise typer.Exit(2)


if __name__ == "__main__":
    commands()
