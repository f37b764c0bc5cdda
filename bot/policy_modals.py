"""Escalation policies managed in Slack: all of them, one of them, its details, its end."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

from bot import below
from bot.answering import Answer, Show
from bot.blocks import ids, simple, values
from bot.blocks.policies import policies_view, policy_view
from bot.blocks.policy_form import PolicyForm, policy_modal, read_policy
from bot.gesture import Gesture
from bot.schedule_modals import LISTS
from core import escalation_order, policies, policy_facts
from core.errors import DomainError, InUse
from core.policies import PolicyDraft


async def open_policies(gesture: Gesture, page: int = 0) -> Answer:
    """Open all policies, or turn the page where a list is open already."""
    if gesture.view.get("callback_id") in LISTS:
        return Show(await list_view(gesture, page))
    return await gesture.open_modal(
        "Escalation policies", lambda: list_view(gesture, page), push=gesture.in_a_modal
    )


async def open_by_name(gesture: Gesture, name: str) -> Answer:
    """Open the policy whose name somebody typed. Raises NotFound, naming those there are."""
    async with gesture.core.reading(gesture.actor) as tx:
        policy_id = await policy_facts.find_policy(tx, name)
    return await open_policy(gesture, policy_id)


async def open_policy(gesture: Gesture, policy_id: UUID) -> Answer:
    """Open one policy."""
    over_list = _page_of(gesture)
    return await gesture.open_modal(
        "Escalation policy",
        lambda: one_view(gesture, policy_id, over_list),
        push=gesture.in_a_modal,
    )


async def open_new(gesture: Gesture) -> Answer:
    """Open the form of a new policy, which needs nothing but a name."""

    async def build() -> dict[str, Any]:
        return policy_modal(PolicyForm(uuid4(), True, "", _page_of(gesture)))

    return await gesture.open_modal("New policy", build, push=gesture.in_a_modal)


async def open_edit(gesture: Gesture, policy_id: UUID) -> Answer:
    """Open the form of a policy's details."""
    over_list = values.metadata(gesture.view).get("list")

    async def build() -> dict[str, Any]:
        async with gesture.core.reading(gesture.actor) as tx:
            facts = await policy_facts.of(tx, policy_id)
        draft = facts.draft
        return policy_modal(
            PolicyForm(policy_id, False, facts.seen, over_list, draft.name, draft.description or "")
        )

    return await gesture.open_modal("Edit policy", build, push=gesture.in_a_modal)


async def submit(gesture: Gesture) -> Answer:
    """Make the policy, or change its details; submitted twice it is done once."""
    form = read_policy(gesture.view)
    async with gesture.core.transaction(gesture.actor) as tx:
        if form.is_new:
            draft = PolicyDraft(form.name.strip(), form.description.strip() or None, ())
            await policies.create_policy(tx, draft, id=form.policy_id)
        else:
            await escalation_order.change_details(
                tx,
                form.policy_id,
                name=form.name,
                description=form.description,
                as_seen=form.seen,
            )
    if not form.is_new:
        return await show_change(gesture, form.policy_id, form.over_list)
    await below.refresh(gesture, parent=None, root=_list_below(gesture, form.over_list))
    return Show(await one_view(gesture, form.policy_id, form.over_list))


async def remove(gesture: Gesture, policy_id: UUID) -> Answer:
    """Remove a policy; if incidents run it, say in its view which."""
    over_list = values.metadata(gesture.view).get("list")
    try:
        async with gesture.core.transaction(gesture.actor) as tx:
            policy = await policies.lock_policy(tx, policy_id)
            name = policy.name
            await policies.remove_policy(tx, policy)
    except InUse as refusal:
        return Show(await one_view(gesture, policy_id, over_list, error=refusal.message))
    except DomainError as refusal:
        return Show(simple.message_view("Escalation policy", refusal.message))
    await below.refresh(gesture, parent=None, root=_list_below(gesture, over_list))
    return Show(simple.message_view("Policy removed", f"“{name}” was removed."))


async def show_change(gesture: Gesture, policy_id: UUID, over_list: int | None) -> Answer:
    """After a form over a policy's view was submitted: what lies below shows the change."""
    return await below.refresh(
        gesture,
        parent=lambda: one_view(gesture, policy_id, over_list),
        root=_list_below(gesture, over_list),
    )


async def list_view(gesture: Gesture, page: int) -> dict[str, Any]:
    """All policies as they are now."""
    async with gesture.core.reading(gesture.actor) as tx:
        return policies_view(await policy_facts.lines(tx), page=page)


async def one_view(
    gesture: Gesture, policy_id: UUID, over_list: int | None, *, error: str | None = None
) -> dict[str, Any]:
    """One policy as it is now. Raises NotFound."""
    async with gesture.core.reading(gesture.actor) as tx:
        return policy_view(await policy_facts.of(tx, policy_id), over_list=over_list, error=error)


def _list_below(gesture: Gesture, page: int | None) -> below.Build | None:
    return None if page is None else lambda: list_view(gesture, page)


def _page_of(gesture: Gesture) -> int | None:
    """The page of the list that was pressed, if it was in the list."""
    if gesture.view.get("callback_id") != ids.POLICIES_VIEW:
        return None
    return int(values.metadata(gesture.view).get("list") or 0)


BUTTONS: dict[str, Callable[[Gesture, str], Awaitable[Answer]]] = {
    ids.POLICIES_OPEN: lambda gesture, value: open_policies(
        gesture, int(value) if value.isdecimal() else 0
    ),
    ids.POLICY_OPEN: lambda gesture, value: open_policy(gesture, UUID(value)),
    ids.POLICY_NEW: lambda gesture, _: open_new(gesture),
    ids.POLICY_EDIT: lambda gesture, value: open_edit(gesture, UUID(value)),
    ids.POLICY_REMOVE: lambda gesture, value: remove(gesture, UUID(value)),
}

SUBMISSIONS: dict[str, Callable[[Gesture], Awaitable[Answer]]] = {
    ids.POLICY_FORM_VIEW: submit,
}
