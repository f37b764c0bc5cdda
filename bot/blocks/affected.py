"""Which components an incident affects, and who will therefore read of it."""

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from bot.blocks import ids, publish, words
from bot.blocks.build import SECTION_MAX, context, exact, modal, mrkdwn
from bot.blocks.component_choice import Choosable, component_field
from bot.blocks.text import Block, cut, escape
from core.facts import IncidentFacts
from core.leaks import Leak
from core.public_surface import Covering
from storage.limits import AFFECTED_COMPONENTS_MAX

HINT = "Customers read of an incident on the status pages that show what it affects."


def affected_modal(
    facts: IncidentFacts,
    components: Sequence[Choosable],
    chosen: Sequence[UUID],
    pages: Sequence[Covering],
    *,
    over: str = "",
    doubts: Sequence[Leak] = (),
    public_url: str | None = None,
) -> dict[str, Any]:
    """The form, for an incident that is open; `pages` are those that show what is chosen.

    It lies `over` the view of this callback id. `doubts` are about the incident's title.
    """
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
            *readers(chosen, pages, public_url, doubts),
        ],
        callback_id=ids.AFFECTED_VIEW if components else None,
        submit="Save" if components else None,
        metadata=json.dumps({"id": str(facts.id), "over": over}),
    )


def readers(
    chosen: Sequence[UUID],
    pages: Sequence[Covering],
    public_url: str | None,
    doubts: Sequence[Leak] = (),
) -> list[Block]:
    """What choosing these components publishes at once: the title, the severity, the status.

    With what makes one doubt whether the title is for everybody.
    """
    if not chosen:
        return []
    if not pages:
        told = "No published status page shows these components: no customer reads of it."
    else:
        where = publish.where(pages, public_url)
        told = f"📣 Anybody reads its title, severity and status on {where} at once."
        told = "\n".join([told, *(f"⚠️ In the title: {escape(one.said)}" for one in doubts)])
    return [{**context(mrkdwn(cut(told, SECTION_MAX - 1))), "block_id": "readers"}]
