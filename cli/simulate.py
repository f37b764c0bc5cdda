"""`app.py simulate`: a policy walked minute by minute, told in sentences."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, tzinfo
from functools import partial
from uuid import UUID
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.text import Text

from assembly.settings import Settings, SettingsError
from cli.clocks import on_two_clocks
from cli.opening import check_schema, known_organization, opened
from cli.values import instant, nearest
from core import people, policies, schedules, simulation
from core.durations import say_minutes
from core.errors import ValidationFailed
from core.simulation import Faults, Simulation
from core.transaction import Actor, Core, Transaction
from core.walked import Because, Fate, Outcome, Paged, Reason, Route, Step
from storage.models import EscalationPolicy
from storage.vocabulary import Channel

UTC = ZoneInfo("UTC")
_Clock = Callable[[datetime, ZoneInfo], str]
"""How an instant of a zone is told."""
_CHANNELS = {Channel.SLACK_DM: "Slack", Channel.MAIL: "e-mail"}
_FATES = {
    Fate.ARRIVES: "",
    Fate.KEPT_TRYING: " (Slack is down: kept trying)",
    Fate.FAILS: " (can't be delivered)",
}


async def run_simulate(
    settings: Settings,
    policy: str,
    *,
    at: str | None,
    unreachable: Sequence[str],
    slack_down: bool,
    org: str | None,
) -> None:
    """Simulate and print. Raises SettingsError for what was typed and means nothing."""
    async with opened(settings) as core:
        await check_schema(core.database)
        actor = Actor.system(await known_organization(core, org))
        found = await simulate(
            core, actor, policy, at=at, unreachable=unreachable, slack_down=slack_down
        )
    Console(soft_wrap=True, highlight=False).print(render(found))


async def simulate(
    core: Core,
    actor: Actor,
    policy: str,
    *,
    at: str | None = None,
    unreachable: Sequence[str] = (),
    slack_down: bool = False,
) -> Simulation:
    """What would happen, for a policy, an instant and people as somebody types them.

    Raises SettingsError with one sentence for each that means nothing.
    """
    async with core.reading(actor) as tx:
        meant = await _policy(tx, policy)
        paged = [one.schedule_id for one in meant.layers if one.schedule_id]
        zones = [one.timezone.key for one in (await schedules.load(tx, paged)).values()]
        lost = frozenset([await _member(tx, email) for email in unreachable])
    try:
        when = instant(at, next(iter(zones), None)) if at else None
        return await simulation.simulate(
            core, actor, meant.id, at=when, faults=Faults(lost, slack_down=slack_down)
        )
    except ValueError as error:
        raise SettingsError(f"--at: {error}") from None
    except ValidationFailed as refusal:
        raise SettingsError(f"--at: {refusal.message}") from None


async def _policy(tx: Transaction, typed: str) -> EscalationPolicy:
    every = await policies.list_policies(tx)
    wanted = typed.strip()
    found = [one for one in every if one.name == wanted]
    found = found or [one for one in every if one.name.casefold() == wanted.casefold()]
    if found:
        return found[0]
    names = [one.name for one in every]
    meant = nearest(wanted, names)
    listed = f"The policies are: {', '.join(names)}." if names else "There are none yet."
    remedy = f"Did you mean “{meant}”?" if meant else listed
    raise SettingsError(f"There is no policy called “{wanted}”. {remedy}")


async def _member(tx: Transaction, typed: str) -> UUID:
    by_email = {one.email: one.id for one in await people.members(tx) if one.email}
    found = by_email.get(typed.strip().lower())
    if found:
        return found
    meant = nearest(typed, by_email)
    remedy = f"Did you mean {meant}?" if meant else "Write the address of a member."
    raise SettingsError(f"--unreachable: nobody here has the address {typed}. {remedy}")


def render(found: Simulation, here: tzinfo | None = None) -> Text:
    """The whole walk for a terminal; `.plain` is the same without colours.

    `here` is the reader's zone; without one the machine's own counts.
    """
    clock = partial(on_two_clocks, here=here)
    zone = next((ZoneInfo(one.timezone) for one in found.steps if one.timezone), UTC)
    shown = Text()
    declared = clock(found.at, zone)
    shown.append(f"{found.policy}: declared {declared}, and nobody answers\n", style="bold")
    for step in found.steps:
        zone = ZoneInfo(step.timezone) if step.timezone else zone
        _line(
            shown,
            found,
            step.at,
            clock(step.at, zone),
            f"layer {step.layer} of {step.layers}{_pages(step)}",
        )
        _list(shown, step.people, zone, clock)
        shown.append(f"        {_then(step)}\n", style="dim")
    _line(shown, found, found.ends_at, clock(found.ends_at, zone), _end(found))
    _list(shown, found.last_resort or (), zone, clock)
    shown.rstrip()
    return shown


def _line(shown: Text, found: Simulation, at: datetime, when: str, said: str) -> None:
    minutes = round((at - found.at).total_seconds() / 60)
    style = "bold" if at != found.ends_at else "bold yellow"
    shown.append(f"{minutes:>5} min  {when}\n        {said}\n", style=style)


def _list(shown: Text, paged: Iterable[Paged], zone: ZoneInfo, clock: _Clock) -> None:
    for one in paged:
        why = _because(one.because, zone, clock)
        shown.append(f"          {one.person.name}, by {_routes(one.routes)}{why}\n")


def _routes(routes: Sequence[Route]) -> str:
    said = [f"{_CHANNELS[one.channel]}{_FATES[one.fate]}" for one in routes]
    return " and ".join(said) or "no channel: nothing reaches them"


def _because(why: Because, zone: ZoneInfo, clock: _Clock) -> str:
    if why.schedule is None:
        return ""
    local = ZoneInfo(why.timezone) if why.timezone else zone
    said = [f"on call for {why.schedule}"]
    if why.rotation_layer:
        said.append(f"rotation {why.rotation_layer}")
    if why.shift:
        said.append(why.shift)
    if why.is_override:
        said.append(f"overriding {why.instead_of}" if why.instead_of else "by an override")
    until = f" until {clock(why.until, local)}" if why.until else ""
    return f"\n            {', '.join(said)}{until}"


def _pages(step: Step) -> str:
    if step.people:
        return " pages"
    target = f"nobody is on call for {step.schedule}" if step.schedule else "nobody of it is left"
    return f" is skipped: {target}"


def _then(step: Step) -> str:
    following = f"layer {step.layer + 1}" if step.layer < step.layers else "the end"
    if not step.people:
        return f"at once: {following}"
    if step.next_at == step.at:
        return f"no page of it can be delivered; at once: {following}"
    return f"no answer in {say_minutes(step.ack_timeout_minutes)}: {following}"


def _end(found: Simulation) -> str:
    if not found.steps:
        said = "the policy has no layers, so nobody is paged"
    elif found.outcome is Outcome.NOBODY_PAGED:
        said = "the policy is exhausted, and nobody was paged"
    elif found.reason is Reason.TIMEOUT:
        said = "the policy is exhausted, and nobody has acknowledged"
    else:
        said = "the policy is exhausted"
    if found.last_resort is None:
        return f"{said}; no last resort is named"
    if not found.last_resort:
        return f"{said}; the last resort pages nobody either"
    return f"{said}; the last resort is paged"
