"""A command as a process: its settings, its end as an exit code, its refusal in red."""

import asyncio
from collections.abc import Coroutine
from typing import Any, NoReturn

import typer

from assembly import logs
from assembly.settings import Settings, SettingsError, read_settings


def configured(*, serves: bool = False) -> Settings:
    """The settings of the environment, with the log as they say. Ends with 2 for a wrong one."""
    try:
        settings = read_settings()
    except SettingsError as error:
        fail(error)
    # A command that ends says on its own what it did; its log is for trouble.
    quiet = settings.log_level == "info" and not serves
    level = "warning" if quiet else settings.log_level
    logs.configure(settings.log_format, level, secrets=settings.secrets)
    return settings


def run(work: Coroutine[Any, Any, int | None]) -> None:
    """Do a command's work and end with its code: 0 if it has none, 2 for wrong settings."""
    try:
        code = asyncio.run(work)
    except SettingsError as error:
        fail(error)
    except KeyboardInterrupt:
        code = 0
    raise typer.Exit(code or 0)


def fail(error: Exception) -> NoReturn:
    """Say in red what is wrong, and end with 2."""
    typer.secho(str(error), fg=typer.colors.RED, err=True)
    raise typer.Exit(2)
