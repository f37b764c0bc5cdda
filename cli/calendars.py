"""`app.py calendar`: the address of a calendar feed, shown, made anew or made dead."""

from uuid import UUID

from assembly.settings import SettingsError
from core import calendars, people, schedules
from core.transaction import Actor, Core, Transaction

NEEDS_URL = (
    "PUBLIC_URL is not set, and a calendar is read over HTTP: set it to where browsers reach "
    "Tocsin, such as https://tocsin.example.com."
)


async def address(
    core: Core, actor: Actor, *, schedule: str | None, email: str | None, public_url: str | None
) -> str:
    """The address of a schedule's feed, by name, or of a member's, by e-mail; made if need be.

    Raises SettingsError without a public URL, for nobody's e-mail, and unless exactly one is
    named; NotFound as `schedules.find_schedule` does.
    """
    if not public_url:
        raise SettingsError(NEEDS_URL)
    async with core.transaction(actor) as tx:
        ids = await _target(tx, schedule, email)
        if schedule_id := ids.get("schedule_id"):
            feed = await calendars.feed_for_schedule(tx, schedule_id)
        else:
            feed = await calendars.feed_for_member(tx, ids["member_id"])
    return f"{public_url}{feed.path}"


async def revoke(core: Core, actor: Actor, *, schedule: str | None, email: str | None) -> bool:
    """Make the address dead; whether there was one. Raises what `address` raises."""
    async with core.transaction(actor) as tx:
        return await calendars.revoke(tx, **await _target(tx, schedule, email))


async def _target(tx: Transaction, schedule: str | None, email: str | None) -> dict[str, UUID]:
    if bool(schedule) == bool(email):
        raise SettingsError("Name either a schedule or --member with an e-mail address.")
    if schedule:
        return {"schedule_id": (await schedules.find_schedule(tx, schedule)).id}
    wanted = (email or "").strip().lower()
    for one in await people.members(tx):
        if one.email == wanted:
            return {"member_id": one.id}
    raise SettingsError(f"There is no member with the e-mail address {wanted}.")
