"""The command line. `python app.py --help` says what there is."""

import gc
import logging
import signal
from typing import TYPE_CHECKING, TypedDict, Unpack

import typer

from assembly.settings import Settings, SettingsError
from cli.commands import documents, foreseeing, keys, process, running, setting_up
from core.transaction import Clock

if TYPE_CHECKING:
    from assembly.runtime import Tocsin

commands = typer.Typer(
    help="Tocsin: incident response in Slack. Start with `sandbox`: it needs nothing.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


class Limits(TypedDict, total=False):
    """How long we wait, in seconds, where that is not as long as usual."""

    deadline: float
    """For a listener, before Slack is answered without it."""
    slack_timeout: float
    """For an answer of Slack's."""
    mail_timeout: float
    """For a letter to be taken."""


def build(settings: Settings, *, clock: Clock | None = None, **limits: Unpack[Limits]) -> "Tocsin":
    """Everything, wired. Must be called inside a running event loop; nothing runs before `start`.

    What needs only a word of help, or a file, does not wait for all this to be loaded.
    """
    from assembly.clock import DatabaseClock, WallClock
    from assembly.runtime import Tocsin

    clock = clock or (WallClock() if settings.on_sqlite else DatabaseClock())
    return Tocsin(settings, clock, **limits)


def serve() -> None:
    """Run Tocsin against Slack, with the settings of the environment.

    Socket Mode when SLACK_APP_TOKEN is set (no public URL needed), HTTP at POST /slack/events
    otherwise. Health at /healthz and /readyz, metrics at /metrics.
    """
    settings = process.configured(serves=True)
    try:
        settings.check_slack()
    except SettingsError as error:
        process.fail(error)
    process.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    await live(build(settings))


async def live(tocsin: "Tocsin") -> None:
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


for command in (
    serve,
    running.sandbox,
    running.migrate,
    setting_up.apply,
    setting_up.export,
    setting_up.calendar,
    documents.manifest,
    documents.openapi,
    setting_up.doctor,
    running.mcp,
    foreseeing.simulate,
    foreseeing.coverage,
    foreseeing.prove,
):
    commands.command()(command)
commands.add_typer(keys.keys, name="key")


if __name__ == "__main__":
    commands()
