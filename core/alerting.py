"""Where incidents are announced, as an admin changes it; the environment's word comes first."""

from core import people, permissions
from core.errors import ValidationFailed
from core.incidents import clean_text
from core.transaction import Transaction
from storage.limits import NAME_MAX


async def change_alerts_channel(
    tx: Transaction, channel: str | None, *, by_environment: str | None = None
) -> str | None:
    """Announce incidents in this channel from now on, by its name or id; in none for None.

    An admin's. `by_environment` is what TOCSIN_ALERTS_CHANNEL says, which nobody changes here.
    Returns the channel as it is kept. Raises Forbidden, ValidationFailed.
    """
    await permissions.require_admin(tx, "Changing the alerts channel")
    await people.lock_organization(tx)
    if by_environment:
        raise ValidationFailed(
            "TOCSIN_ALERTS_CHANNEL names the alerts channel. Change it there, and start anew.",
            field="channel",
        )
    cleaned = clean_text(channel, "channel", maximum=NAME_MAX)
    wanted = cleaned.removeprefix("#").strip() if cleaned else None
    if wanted and any(one.isspace() for one in wanted):
        raise ValidationFailed("A channel's name has no spaces, such as #incidents.",
                               field="channel")  # fmt: skip
    await people.set_alerts_channel(tx, wanted or None)
    return wanted or None
