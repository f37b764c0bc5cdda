"""PURE. What is stored, written as the file that `apply` reads; the same bytes each time.

What the file can't say is left out whole, and said: a schedule without one of its people would be
another schedule.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from cli import values, written
from cli.drafts import last_resort_without, policy_without, with_stand_ins
from cli.export_public import export_components, export_pages
from cli.left_out import UNREADABLE, LeftOut, is_name, reads
from cli.stored import Stored
from core.covering import OverrideDraft
from core.policies import PolicyDraft
from core.scheduling import ScheduleDraft
from storage.vocabulary import Role


@dataclass(frozen=True)
class Exported:
    """The file, and what it leaves out: each with the reason."""

    text: str
    left_out: tuple[str, ...]


def export(stored: Stored) -> Exported:
    """On call, components and pages, by name, as `apply` reads them (spec sections 5 and 8).

    Applied to where it is from it changes nothing. In the places of those who were removed it
    names who stands in for them, so that elsewhere it pages the same people from now on.
    """
    export = _Export(stored)
    schedules = export.schedules()
    policies = export.policies(schedules)
    head = export.head(schedules)
    sections = {"schedules": schedules, "policies": policies}
    components = export_components(stored.public, export.left)
    pages = export_pages(stored.public, components, export.left)
    public = {"components": components, "pages": pages}
    sections |= {key: section for key, section in public.items() if section}
    said = tuple(export.left.lines)
    return Exported(written.file(head, sections, said), said)


@dataclass
class _Export:
    """One walk over what is stored. What can't be said is noted with its reason."""

    stored: Stored
    left: LeftOut = field(default_factory=LeftOut)

    def schedules(self) -> dict[str, Any]:
        shown = {}
        for name in self.left.named("schedule", self.stored.schedules):
            draft = self.stored.schedule_draft(name)
            if draft and (kept := self.schedule(draft)):
                ahead = self.overrides(name)
                shown[name] = written.schedule(kept, self.emails, ahead)
        return shown

    def overrides(self, name: str) -> list[OverrideDraft]:
        """All of them or none: a list in the file is complete, and would take the others back."""
        every = list(self.stored.overrides.get(name, ()))
        for one in every:
            reason = self.nameless([one.member_id])
            if one.member_id in self.stored.removed:
                reason = "whoever covers was removed"
            if reason:
                self.left.leave_out(f"the overrides of schedule “{name}”, as they are", reason)
                return []
        return every

    def policies(self, schedules: Mapping[str, Any]) -> dict[str, Any]:
        shown = {}
        for name in self.left.named("policy", self.stored.policies):
            draft = self.stored.policy_draft(name)
            if draft and (kept := self.policy(draft, schedules)):
                shown[name] = written.policy(kept, self.emails, self.schedule_names)
        return shown

    def head(self, schedules: Mapping[str, Any]) -> dict[str, Any]:
        shown: dict[str, Any] = {}
        if channel := self.stored.alerts_channel:
            if reads(values.channel, channel):
                shown["alerts_channel"] = channel
            else:
                self.left.leave_out(f"the alerts channel “{channel}”", UNREADABLE)
        admins = [one for one in self.stored.members if one.role is Role.ADMIN]
        present = [one for one in admins if not one.removed_at]
        for one in present:
            if one.id not in self.emails:
                self.left.leave_out(f"the admin {one.name}", "no e-mail address is known")
        named = sorted(self.emails[one.id] for one in present if one.id in self.emails)
        if named:
            shown["admins"] = written.people(named)
        last = self.last_resort(schedules)
        return {**shown, **({"last_resort": last} if last else {})}

    def last_resort(self, schedules: Mapping[str, Any]) -> dict[str, Any] | None:
        if self.stored.last_resort is None:
            return None
        draft = last_resort_without(self.stored.last_resort, self.stored.removed)
        reason = self.target(draft.schedule_id, draft.member_ids, schedules)
        if reason:
            self.left.leave_out("the last resort", reason)
            return None
        return written.target(draft.schedule_id, draft.member_ids, self.emails, self.schedule_names)

    def schedule(self, draft: ScheduleDraft) -> ScheduleDraft | None:
        what = f"schedule “{draft.name}”"
        layers = []
        for layer in draft.layers:
            order = with_stand_ins(layer.participant_ids, self.stored.removed)
            reason = self.nameless(order) if order else "everybody in it was removed"
            if not is_name(layer.name):
                reason = f"{UNREADABLE}; rename it"
            if reason:
                self.left.leave_out(what, f"layer “{layer.name}”: {reason}")
                return None
            layers.append(replace(layer, participant_ids=order))
        if not layers:
            self.left.leave_out(what, "it has no rotation layer yet")
            return None
        if not reads(values.timezone, draft.timezone):
            self.left.leave_out(what, f"“{draft.timezone}” is no time zone any more")
            return None
        description = self.left.description(what, draft.description)
        return replace(draft, layers=tuple(layers), description=description)

    def policy(self, draft: PolicyDraft, schedules: Mapping[str, Any]) -> PolicyDraft | None:
        what = f"policy “{draft.name}”"
        kept = policy_without(draft, self.stored.removed)
        if not kept.layers:
            self.left.leave_out(what, "it has no layer yet")
            return None
        for position, layer in enumerate(kept.layers, start=1):
            if reason := self.target(layer.schedule_id, layer.member_ids, schedules):
                self.left.leave_out(what, f"layer {position}: {reason}")
                return None
        return replace(kept, description=self.left.description(what, draft.description))

    def target(
        self, schedule_id: UUID | None, member_ids: Sequence[UUID], schedules: Mapping[str, Any]
    ) -> str | None:
        """Why a target can't be said, if it can't."""
        if schedule_id:
            name = self.schedule_names[schedule_id]
            return None if name in schedules else f"it pages “{name}”, which is left out"
        return self.nameless(member_ids) if member_ids else "everybody in it was removed"

    def nameless(self, member_ids: Sequence[UUID]) -> str | None:
        """Who of these has no e-mail address, by which the file would name them."""
        names = {one.id: one.name for one in self.stored.members}
        without = dict.fromkeys(names[one] for one in member_ids if one not in self.emails)
        return f"no e-mail address is known of {', '.join(without)}" if without else None

    @property
    def emails(self) -> dict[UUID, str]:
        known = ((one.id, one.email) for one in self.stored.members)
        return {id: email for id, email in known if email and reads(values.email, email)}

    @property
    def schedule_names(self) -> dict[UUID, str]:
        return {one.id: name for name, one in self.stored.schedules.items()}
