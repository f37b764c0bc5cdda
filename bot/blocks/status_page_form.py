"""The form of a status page, and below it who could read what as soon as it is sent."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from bot.blocks import component_choice, ids, values
from bot.blocks.build import field, modal, option, plain, section, text_input
from bot.blocks.component_choice import Choosable, component_field
from bot.blocks.exposure import address, now_public
from bot.blocks.text import Block, cut_escaped
from core.status_page_facts import Exposure
from core.status_pages import StatusPageDraft
from storage.limits import PAGE_COMPONENTS_MAX, PAGE_TITLE_MAX, SLUG_MAX

COMPONENTS = "component_ids"
PUBLISHED = "published"
_AS_TYPED = {"trigger_actions_on": ["on_enter_pressed", "on_character_entered"]}


@dataclass(frozen=True)
class StatusPageForm:
    """What the form holds, and what it carries along."""

    page_id: UUID
    is_new: bool
    seen: str
    over_list: int | None
    title: str = ""
    slug: str = ""
    component_ids: tuple[UUID, ...] = ()
    published: bool = False

    def draft(self, proposed: str) -> StatusPageDraft:
        """The page that is asked for; a new one without an address takes what was proposed."""
        slug = self.slug.strip() or (proposed if self.is_new else "")
        return StatusPageDraft(slug, self.title.strip(), self.component_ids, self.published)


@dataclass(frozen=True)
class Consequence:
    """What the form would lead to: the page before, if there was one, and what is read of it."""

    before: StatusPageDraft | None
    proposed: str
    """The address that a new page takes if none is typed."""
    exposure: Exposure


def status_page_modal(
    form: StatusPageForm,
    components: Sequence[Choosable],
    consequence: Consequence,
    public_url: str | None,
) -> dict[str, Any]:
    """The form. Its ids never change, so what was typed survives when the rest is told anew."""
    proposed = consequence.proposed if form.title.strip() else "acme-status"
    return modal(
        "New status page" if form.is_new else "Edit status page",
        [
            field("title", "Title", _heard("title", form.title, PAGE_TITLE_MAX, "Acme Status"),
                  dispatch=True),
            field(
                "slug",
                "Address",
                _heard("slug", form.slug, SLUG_MAX, proposed),
                hint="Small letters, digits and hyphens, after /status/."
                + (" Leave it empty to take it from the title." if form.is_new else ""),
                optional=form.is_new,
                dispatch=True,
            ),
            component_field(
                COMPONENTS,
                "Components",
                components,
                form.component_ids,
                hint="The page shows them in the order in which you choose them. Their names and "
                "descriptions are public.",
                dispatch=True,
                form=ids.STATUS_PAGE_FORM,
                maximum=PAGE_COMPONENTS_MAX,
            ),
            field(PUBLISHED, "Who can read it", _published(form), optional=True, dispatch=True),
            {"type": "divider", "block_id": "before_consequence"},
            *_told(form, consequence, public_url),
        ],
        callback_id=ids.STATUS_PAGE_FORM_VIEW,
        submit="Create" if form.is_new else "Save",
        metadata=json.dumps(
            {
                "id": form.page_id.hex,
                "new": int(form.is_new),
                "seen": form.seen,
                "list": form.over_list,
            }
        ),
    )  # fmt: skip


def read_status_page(view: dict[str, Any]) -> StatusPageForm:
    """What was entered, so far or in the end."""
    carried = values.metadata(view)
    return StatusPageForm(
        page_id=UUID(carried["id"]),
        is_new=bool(carried["new"]),
        seen=str(carried["seen"]),
        over_list=carried["list"],
        title=values.typed(view, "title"),
        slug=values.typed(view, "slug"),
        component_ids=tuple(component_choice.read(view, COMPONENTS)),
        published=PUBLISHED in values.several(view, PUBLISHED),
    )


def _heard(what: str, value: str, maximum: int, placeholder: str) -> Block:
    return text_input(
        value,
        maximum,
        action_id=f"{ids.STATUS_PAGE_FORM}:{what}",
        dispatch_action_config=_AS_TYPED,
        placeholder=plain(placeholder),
    )


def _published(form: StatusPageForm) -> Block:
    choice = option("Published", PUBLISHED, "Anybody who has the address, without an account")
    element: Block = {
        "type": "checkboxes",
        "action_id": f"{ids.STATUS_PAGE_FORM}:published",
        "options": [choice],
    }
    return {**element, "initial_options": [choice]} if form.published else element


def _told(form: StatusPageForm, told: Consequence, public_url: str | None) -> list[Block]:
    draft, before = form.draft(told.proposed), told.before
    where = ""
    if not form.is_new or form.slug.strip() or form.title.strip():
        where = address(draft.slug.lower(), public_url, linked=False)
    was_public = before is not None and before.published
    if draft.published:
        lines = [
            "🌐 *Published: anybody can read it*",
            *([where] if where else []),
            cut_escaped(now_public(told.exposure), 2_000),
        ]
    elif was_public:
        lines = [
            "⚠️ *Customers can't read it any more*",
            "Its address will answer that there is no such page.",
        ]
    else:
        lines = [
            "🔒 *Not published: nobody can read it yet*",
            *([f"Its address will be {where}"] if where else []),
        ]
    if before and was_public and draft.published and draft.slug.lower() != before.slug:
        old = address(before.slug, public_url, linked=False)
        lines.append(f"⚠️ Who knows its present address, {old}, won't find it there any more.")
    return [{**section("\n".join(lines)), "block_id": "consequence"}]
