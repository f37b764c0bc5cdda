"""The settings turned into what `apply`, `doctor`, `calendar`, `key` and `export` work on."""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import aiohttp
from rich.console import Console
from slack_sdk.errors import SlackApiError

from assembly.settings import Settings, SettingsError
from assembly.slack import slack_client
from bot.workspace import Workspace
from cli import apply as applying
from cli import calendars, doctor, keys
from cli.acquainted import acquaint
from cli.blueprint import Blueprint
from cli.export import export
from cli.opening import check_schema, opened
from cli.stored import read_stored
from core import people
from core.errors import DomainError
from core.transaction import Actor, Core
from storage.vocabulary import Role


async def run_apply(
    settings: Settings, blueprint: Blueprint, *, dry_run: bool, org: str | None
) -> None:
    """Plan or do what a file says, and print the plan.

    Raises SettingsError for what the database contradicts, where it can't be known for which
    organization it is meant, and where the tables are missing.
    """
    act = applying.plan if dry_run else applying.apply
    async with at_work(settings, org) as (core, actor):
        plan = await act(
            core, actor, blueprint, environment_alerts_channel=settings.tocsin_alerts_channel
        )
        told = await acquaint(core, actor, settings, blueprint, match=not dry_run)
    plan = replace(plan, warnings=(*plan.warnings, *told))
    Console(soft_wrap=True).print(applying.render(plan, applied=not dry_run))


async def run_doctor(settings: Settings) -> int:
    """Check everything and print what was found. Returns 1 if anything is red."""
    async with opened(settings) as core, aiohttp.ClientSession() as session:
        findings = await doctor.diagnose(core, slack_client(settings, session), settings)
    Console(soft_wrap=True).print(doctor.render(findings))
    return doctor.exit_code(findings)


async def run_calendar(
    settings: Settings, *, schedule: str | None, email: str | None, revoke: bool, org: str | None
) -> None:
    """Print the address of a calendar feed, or make it dead. Raises SettingsError."""
    async with at_work(settings, org) as (core, actor):
        if not revoke:
            url = settings.public_url
            said = await calendars.address(
                core, actor, schedule=schedule, email=email, public_url=url
            )
        elif await calendars.revoke(core, actor, schedule=schedule, email=email):
            said = "Revoked: the old address is dead. Without --revoke you get a new one."
        else:
            said = "There was no address to revoke."
    Console(soft_wrap=True).print(said, markup=False, highlight=False)


async def run_key_create(
    settings: Settings, name: str, *, role: Role, expires: str | None, org: str | None
) -> None:
    """Make an API key: itself on standard output, what is to be said of it on standard error.

    Raises SettingsError.
    """
    async with at_work(settings, org) as (core, actor):
        made = await keys.create(core, actor, name, role=role, expires=expires)
    sys.stdout.write(f"{made.secret}\n")
    sys.stdout.flush()
    said = keys.made(made, settings.public_url or f"http://localhost:{settings.port}")
    Console(soft_wrap=True, stderr=True).print(said, markup=False, highlight=False)


async def run_key_list(settings: Settings, *, org: str | None) -> None:
    """Print every API key that is not revoked. Raises SettingsError."""
    async with at_work(settings, org) as (core, actor):
        known = await keys.known(core, actor)
    Console(soft_wrap=True, highlight=False).print(keys.render(known))


async def run_key_revoke(settings: Settings, name: str, *, org: str | None) -> None:
    """Make an API key dead at once. Raises SettingsError, naming the keys that there are."""
    async with at_work(settings, org) as (core, actor):
        revoked = await keys.revoke(core, actor, name)
    said = f"Revoked: whoever uses the API key “{revoked}” is refused from now on."
    Console(soft_wrap=True).print(said, markup=False, highlight=False)


async def run_export(
    settings: Settings, file: Path | None, *, force: bool, org: str | None
) -> None:
    """Write what `apply` reads to a file or to standard output; what it leaves out is said.

    Raises SettingsError where the file exists and nobody said `force`.
    """
    async with at_work(settings, org) as (core, actor), core.reading(actor) as tx:
        exported = export(await read_stored(tx))
    if file is None:
        sys.stdout.write(exported.text)
    else:
        write_file(file, exported.text, force=force)
    said = Console(soft_wrap=True, stderr=True)
    for one in exported.left_out:
        said.print(f"Left out: {one}", markup=False, highlight=False)


def write_file(file: Path, text: str, *, force: bool) -> None:
    """Write a file that is not there yet, or with `force` in its place. Raises SettingsError."""
    try:
        with file.open("w" if force else "x", encoding="utf-8") as opened:
            opened.write(text)
    except FileExistsError:
        raise SettingsError(f"{file} exists. Say --force to write over it.") from None
    except OSError as error:
        raise SettingsError(f"{file} can't be written: {error.strerror}.") from error


@asynccontextmanager
async def at_work(settings: Settings, org: str | None) -> AsyncIterator[tuple[Core, Actor]]:
    """Core and the system's actor of one organization, for a command.

    Raises SettingsError where it can't be known for which organization it is meant, where the
    tables are missing, and for what core refuses meanwhile.
    """
    try:
        async with opened(settings) as core:
            await check_schema(core.database)
            yield core, Actor.system(await _organization(settings, core, org))
    except DomainError as refusal:
        raise SettingsError(refusal.message) from refusal


async def _organization(settings: Settings, core: Core, wanted: str | None) -> UUID:
    """The organization of the Slack token, made at first sight; or the only one there is."""
    async with core.reading(Actor.system()) as tx:
        known = await people.organizations(tx)
    if wanted:
        for one in known:
            if wanted in (str(one.id), one.slack_team_id, one.name):
                return one.id
        names = ", ".join(one.name for one in known) or "none"
        raise SettingsError(f"There is no organization “{wanted}”. There are: {names}.")
    if not settings.slack_bot_token:
        reason = "SLACK_BOT_TOKEN is not set"
    else:
        try:
            async with aiohttp.ClientSession() as session:
                slack = slack_client(settings, session)
                return await Workspace(core, slack, settings.slack_bot_token).connect()
        except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError) as error:
            said = error.response.get("error") if isinstance(error, SlackApiError) else error
            reason = f"Slack did not say which workspace the token is for ({said})"
    if len(known) == 1:
        return known[0].id
    if known:
        names = ", ".join(one.name for one in known)
        raise SettingsError(f"{reason}, and there are several organizations: say --org ({names}).")
    raise SettingsError(
        f"{reason}, and there is no organization yet: it is made from what Slack says of the "
        "token. Set SLACK_BOT_TOKEN (see `python app.py manifest`), or try `make sandbox`."
    )
