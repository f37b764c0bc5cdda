"""Which components an incident affects, and who will therefore read of it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from bot.blocks import ids, publish, words
from bot.blocks.build import context, exact, modal, mrkdwn
from bot.blocks.component_choice import Choosable, component_field
from bot.blocks.text import Block
from core.facts import IncidentFacts
from core.public_surface import Covering
from storage.limits import AFFECTED_COMPONENTS_MAX

HINT = "Customers read of an incident on the status pages that show what it affects."


def affected_modal(
    facts: IncidentFacts,
    components: Sequence[Choosable],
    chosen: Sequence[UUID],
    pages: Sequence[Covering],
    *,
    public_url: str | None = None,
) -> dict[str, Any]:
    """The form, for an incident that is open; `pages` are those that show what is chosen."""
    return modal(
        f"Components of #{facts.number}",
        [
            exact(words.headline(facts)),
            component_field(
                "components",
                "Affected components",
                components,
                chosen,
                hint=f"{HINT} Who is paged does not change.",
                dispatch=True,
                form=ids.AFFECTED_FORM,
                maximum=AFFECTED_COMPONENTS_MAX,
            ),
            *readers(chosen, pages, public_url),
        ],
        callback_id=ids.AFFECTED_VIEW if components else None,
        submit="Save" if components else None,
        metadata=str(facts.id),
    )


def readers(
    chosen: Sequence[UUID], pages: Sequence[Covering], public_url: str | None
) -> list[Block]:
    """What choosing these components publishes at once: the title, the severity, the status."""
    if not chosen:
        return []
    if not pages:
        told = "No published status page shows these components: no customer reads of it."
    else:
        where = publish.where(pages, public_url)
        told = f"📣 Anybody reads its title, severity and status on {where} at once."
    return [{**context(mrkdwn(told)), "block_id": "readers"}]
