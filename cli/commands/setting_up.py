"""What sets an organization up, and checks how it is set up: a file, a calendar, the doctor."""

from pathlib import Path
from typing import Annotated

import typer

from assembly.settings import SettingsError
from cli.commands import process


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
    from cli.blueprint import read_file
    from cli.set_up import run_apply

    settings = process.configured()
    try:
        blueprint = read_file(file)
    except SettingsError as error:
        process.fail(error)
    process.run(run_apply(settings, blueprint, dry_run=dry_run, org=org))


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

    process.run(run_export(process.configured(), file, force=force, org=org))


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

    process.run(
        run_calendar(process.configured(), schedule=schedule, email=member, revoke=revoke, org=org)
    )


def doctor() -> None:
    """Check database, clock, Slack and settings; each with a mark and a remedy.

    Ends with 1 if anything is red.
    """
    from cli.set_up import run_doctor

    process.run(run_doctor(process.configured()))
