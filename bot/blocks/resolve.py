"""The form that resolves what customers can see: a note for the team, a last word for them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.blocks import ids, publish, values, words
from bot.blocks.build import context, exact, field, modal, mrkdwn, plain, text_input
from bot.blocks.declare import TYPED_MAX
from core.facts import IncidentFacts
from core.public_surface import Covering
from core.updates import PublicForesight


@dataclass(frozen=True)
class ResolveForm:
    """What the form holds."""

    note: str = ""
    write_up: str = ""
    seen: str = ""
    """The token of what the writer was shown as customers will read it, if anything."""


def resolve_modal(
    facts: IncidentFacts,
    form: ResolveForm,
    pages: Sequence[Covering],
    *,
    foresight: PublicForesight | None = None,
    public_url: str | None = None,
) -> dict[str, Any]:
    """The form, for an incident that is open; `pages` show it to customers.

    With a `foresight` it is the second step: it shows the write-up that will be published.
    """
    shown = publish.preview(foresight, facts.title, public_url) if foresight else []
    write_up = (
        [
            field(
                "write_up",
                "Write-up for customers",
                text_input(form.write_up, TYPED_MAX, multiline=True),
                hint="What happened, what it meant for them, what you do about it. It is the last "
                "thing that can be published here. Leave it empty to publish nothing.",
                optional=True,
            ),
            context(mrkdwn(f"It would be read on {publish.where(pages, public_url)}.")),
        ]
        if pages
        else []
    )
    return modal(
        f"Resolve #{facts.number}",
        [
            *(shown or [exact(words.headline(facts))]),
            context(plain("Paging stops, and nothing about it can change afterwards.")),
            *write_up,
            field(
                "note",
                "Note for your team",
                text_input(form.note, TYPED_MAX, multiline=True),
                hint="Only people in your organization read it.",
                optional=True,
            ),
        ],
        callback_id=ids.RESOLVE_VIEW,
        submit="Publish and resolve" if foresight else "Resolve",
        metadata=json.dumps({"id": str(facts.id), "seen": foresight.token if foresight else ""}),
    )


def read_resolve(view: dict[str, Any]) -> ResolveForm:
    """What was entered."""
    return ResolveForm(
        note=values.typed(view, "note"),
        write_up=values.typed(view, "write_up"),
        seen=str(values.metadata(view).get("seen") or ""),
    )
