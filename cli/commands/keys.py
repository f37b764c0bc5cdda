"""The API keys of an organization: made, listed, revoked."""

from typing import Annotated

import typer

from cli.commands import process
from storage.vocabulary import Role

keys = typer.Typer(
    help="Make, list and revoke API keys, with which programs use Tocsin.", no_args_is_help=True
)


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

    process.run(run_key_create(process.configured(), name, role=role, expires=expires, org=org))


@keys.command("list")
def list_keys(
    org: Annotated[
        str | None, typer.Option(help="Which organization, where the database has several.")
    ] = None,
) -> None:
    """List the API keys that are not revoked: role, last use, end. Never the keys themselves."""
    from cli.set_up import run_key_list

    process.run(run_key_list(process.configured(), org=org))


@keys.command("revoke")
def revoke_key(
    name: Annotated[str, typer.Argument(help="As `key list` shows it.")],
    org: Annotated[
        str | None, typer.Option(help="Which organization, where the database has several.")
    ] = None,
) -> None:
    """Make an API key dead at once, for ever."""
    from cli.set_up import run_key_revoke

    process.run(run_key_revoke(process.configured(), name, org=org))
