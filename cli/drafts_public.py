"""PURE. A blueprint's components and pages as core's drafts, and drafts as people read them.

What a blueprint does not say keeps its stored value (spec section 8).
"""

import json
from collections.abc import Mapping, Sequence
from uuid import UUID

from cli.values import say_truth
from cli.wanted import ComponentBlueprint, PageBlueprint
from core.components import ComponentDraft
from core.status_pages import StatusPageDraft


def component_draft(wanted: ComponentBlueprint, stored: ComponentDraft | None) -> ComponentDraft:
    """The component as the blueprint wants it, on top of what is stored."""
    return ComponentDraft(
        name=wanted.name,
        description=_kept(wanted.description, stored.description if stored else None),
        group_label=_kept(wanted.group, stored.group_label if stored else None),
    )


def page_draft(
    wanted: PageBlueprint, stored: StatusPageDraft | None, components: Mapping[str, UUID]
) -> StatusPageDraft:
    """The page as the blueprint wants it, on top of what is stored; a new one is not published."""
    stored = stored or StatusPageDraft(wanted.slug, wanted.title)
    selected = stored.component_ids
    if wanted.components is not None:
        selected = tuple(components[one.text] for one in wanted.components)
    published = stored.published if wanted.published is None else wanted.published
    return StatusPageDraft(wanted.slug, wanted.title, selected, published)


def component_fields(draft: ComponentDraft) -> dict[str, str]:
    """A component as a diff shows it."""
    shown = {"group": draft.group_label, "description": draft.description}
    return {key: text for key, text in shown.items() if text is not None}


def page_fields(draft: StatusPageDraft, components: Mapping[UUID, str]) -> dict[str, str]:
    """A page as a diff shows it."""
    return {
        "title": draft.title,
        "components": _listed([components[one] for one in draft.component_ids]),
        "published": say_truth(draft.published),
    }


def _kept(wanted: str | None, stored: str | None) -> str | None:
    return stored if wanted is None else wanted or None


def _listed(names: Sequence[str]) -> str:
    """Names in a row, of which no two rows read the same."""
    return ", ".join(json.dumps(one, ensure_ascii=False) if "," in one or '"' in one else one
                     for one in names)  # fmt: skip
