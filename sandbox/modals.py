"""Views: modals stacked up to three high, and one Home tab a person."""

import secrets
from dataclasses import dataclass, field
from typing import Any

from sandbox.blockkit import check_view, limits, view_too_large
from sandbox.changes import Changes
from sandbox.content import identified
from sandbox.errors import SlackError
from sandbox.inputs import copy_of, initial_values, values_after_update
from sandbox.records import View
from sandbox.store import Store
from sandbox.triggers import Trigger, Triggers

Json = dict[str, Any]


@dataclass(eq=False)
class Modals:
    """What every person has open, and every view that ever was."""

    store: Store
    changes: Changes
    triggers: Triggers
    home_enabled: bool
    stacks: dict[str, list[View]] = field(default_factory=dict)
    homes: dict[str, View] = field(default_factory=dict)
    views: dict[str, View] = field(default_factory=dict)

    def stack(self, user_id: str) -> list[View]:
        """What somebody has open, the last one on top."""
        return self.stacks.setdefault(user_id, [])

    def open(self, trigger_id: object, source: Any) -> View:
        """Open a modal in place of whatever was open."""
        source = self.judge(source, "modal")
        trigger = self._exchange(trigger_id, source)
        for view in self.stack(trigger.user):
            view.open = False
        self.stack(trigger.user).clear()
        trigger.view = self._stack(trigger.user, source, trigger.channel)
        return trigger.view

    def push(self, trigger_id: object, source: Any) -> View:
        """Put a modal on top of the open one."""
        source = self.judge(source, "modal")
        stack = self.stack(self.triggers.check(trigger_id).user)
        if not stack:
            raise SlackError("not_found")
        if len(stack) >= limits.STACKED_VIEWS:
            raise SlackError("push_limit_reached")
        trigger = self._exchange(trigger_id, source)
        trigger.view = self._stack(trigger.user, source, trigger.channel)
        return trigger.view

    def push_answered(self, user_id: str, source: Any) -> View:
        """Put a modal on top because the answer to a submission says so."""
        source = self.judge(source, "modal")
        self._check_external_id(source)
        if len(self.stack(user_id)) >= limits.STACKED_VIEWS:
            raise SlackError("push_limit_reached")
        return self._stack(user_id, source, None)

    def update(
        self, source: Any, *, view_id: Any = None, external_id: Any = None, hash_: Any = None
    ) -> View:
        """Replace an open view; what was typed stays where both ids stay."""
        view = self.views.get(str(view_id)) if view_id else self._by_external_id(external_id)
        if view is None or not view.open:
            raise SlackError("not_found")
        source = self.judge(source, view.type)
        self._check_external_id(source, besides=view)
        if hash_ and hash_ != view.hash:
            raise SlackError("hash_conflict")
        self._replace(view, source)
        return view

    def publish(self, user_id: Any, source: Any, hash_: Any = None) -> View:
        """Show somebody their Home tab."""
        if user_id not in self.store.users:
            raise SlackError("user_not_found")
        if not self.home_enabled:
            raise SlackError("not_enabled")
        source = self.judge(source, "home")
        view = self.homes.get(user_id)
        self._check_external_id(source, besides=view)
        if hash_ and (view is None or hash_ != view.hash):
            raise SlackError("hash_conflict")
        if view is None:
            view = self._new(user_id, source, None, None)
            self.homes[user_id] = view
            self.changes.tell(home=True, user=user_id)
        else:
            self._replace(view, source)
        return view

    def close(self, view: View) -> None:
        """Take one modal away."""
        view.open = False
        stack = self.stack(view.user)
        if view in stack:
            stack.remove(view)
        self.changes.tell(views=True, user=view.user)

    def clear(self, user_id: str) -> None:
        """Take all of somebody's modals away."""
        for view in list(self.stack(user_id)):
            self.close(view)

    def judge(self, source: Any, kind: str) -> Json:
        """A copy of a view with all ids filled in, or Slack's refusal with every fault named."""
        if not isinstance(source, dict):
            raise SlackError("invalid_arguments", faults=["view must be an object"])
        faults = check_view(source)
        if not faults and source["type"] != kind:
            faults = [f"view/type: must be {kind}, is {source['type']}"]
        if faults:
            raise SlackError("invalid_arguments", faults=faults)
        if view_too_large(source):
            raise SlackError("view_too_large")
        copied: Json = copy_of(source)
        copied["blocks"] = identified(copied["blocks"])
        return copied

    def _exchange(self, trigger_id: object, source: Json) -> Trigger:
        trigger = self.triggers.check(trigger_id)
        self._check_external_id(source)
        trigger.used = True
        return trigger

    def _by_external_id(self, external_id: Any) -> View | None:
        for view in self.views.values():
            if view.open and external_id and view.source.get("external_id") == external_id:
                return view
        return None

    def _check_external_id(self, source: Json, besides: View | None = None) -> None:
        other = self._by_external_id(source.get("external_id"))
        if other is not None and other is not besides:
            raise SlackError("duplicate_external_id")

    def _stack(self, user_id: str, source: Json, channel: str | None) -> View:
        stack = self.stack(user_id)
        view = self._new(user_id, source, stack[-1] if stack else None, channel)
        stack.append(view)
        self.changes.tell(views=True, user=user_id)
        return view

    def _new(self, user_id: str, source: Json, below: View | None, channel: str | None) -> View:
        view_id = self.store.new_id("V")
        view = View(
            id=view_id,
            user=user_id,
            source=source,
            names=self.store,
            hash=self._hash(),
            root_id=below.root_id if below else view_id,
            previous_id=below.id if below else None,
            values=initial_values(source["blocks"], channel),
            channel=channel,
        )
        self.views[view_id] = view
        return view

    def _replace(self, view: View, source: Json) -> None:
        view.values = values_after_update(view.blocks, view.values, source["blocks"])
        view.source = source
        view.errors = None
        view.hash = self._hash()
        home = view.type == "home"
        self.changes.tell(views=not home, home=home, user=view.user)

    def _hash(self) -> str:
        return f"{int(self.store.clock())}.{secrets.token_hex(4)}"
