"""PURE. Components and pages that are stored, as they stand in the file that `apply` reads.

How an admin says that a component is, is no part of it: see `ComponentBlueprint`.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cli import written
from cli.left_out import UNREADABLE, LeftOut, is_name
from cli.stored_public import StoredPublic


def export_components(stored: StoredPublic, left: LeftOut) -> dict[str, Any]:
    """Components by name. Without its group one would stand elsewhere, so it is left out whole."""
    shown = {}
    for name in left.named("component", stored.components):
        what = f"component “{name}”"
        draft = stored.components[name].draft
        if draft.group_label and not is_name(draft.group_label):
            left.leave_out(what, f"group “{draft.group_label}”: {UNREADABLE}; rename it")
            continue
        description = left.description(what, draft.description)
        shown[name] = written.component(replace(draft, description=description))
    return shown


def export_pages(
    stored: StoredPublic, components: Mapping[str, Any], left: LeftOut
) -> dict[str, Any]:
    """Pages by slug. One that shows what is left out is left out too: it would be another page."""
    shown = {}
    for slug, page in sorted(stored.pages.items()):
        names = [stored.component_names[one] for one in page.draft.component_ids]
        missing = [f"“{one}”" for one in names if one not in components]
        are = "are" if len(missing) > 1 else "is"
        reason = f"it shows {', '.join(missing)}, which {are} left out" if missing else None
        if not is_name(page.draft.title):
            reason = f"title “{page.draft.title}”: {UNREADABLE}; rename it"
        if reason:
            left.leave_out(f"status page “{slug}”", reason)
        else:
            shown[slug] = written.page(page.draft, names)
    return shown
