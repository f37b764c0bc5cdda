"""A policy as views and forms show it: whom each layer pages, whom now, and what would happen."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from core import escalation_order, people, policies, preview, schedules, targets
from core.people import Person
from core.policies import EscalationLayerDraft, PolicyDraft
from core.preview import Preview
from core.transaction import Transaction
from storage.models import EscalationPolicy


@dataclass(frozen=True)
class EscalationLayerFacts:
    """A layer: its schedule or its people, those who left apart, and whom it pages now."""

    id: UUID
    draft: EscalationLayerDraft
    schedule: str | None
    people: tuple[Person, ...]
    left: tuple[str, ...]
    pages_now: tuple[str, ...]
    seen: str


@dataclass(frozen=True)
class PolicyFacts:
    """A policy as it is now, and what it would do from now on."""

    id: UUID
    draft: PolicyDraft
    layers: tuple[EscalationLayerFacts, ...]
    told: Preview
    seen: str

    def layer(self, layer_id: UUID) -> EscalationLayerFacts | None:
        """The layer with this id."""
        return next((one for one in self.layers if one.id == layer_id), None)


@dataclass(frozen=True)
class PolicyLine:
    """A policy in a list: how many layers it has, and whom the first one pages now."""

    id: UUID
    name: str
    layers: int
    pages_first: tuple[str, ...]


async def of(tx: Transaction, policy_id: UUID) -> PolicyFacts:
    """One policy. Raises NotFound."""
    policy = await policies.get_policy(tx, policy_id)
    draft = policies.draft_of(policy)
    return PolicyFacts(
        id=policy_id,
        draft=draft,
        layers=await _layers(tx, policy, draft),
        told=await preview.preview_policy(tx, draft),
        seen=escalation_order.details_seen(draft),
    )


async def lines(tx: Transaction) -> list[PolicyLine]:
    """Every policy by name."""
    every = await policies.list_policies(tx)
    firsts = {one.id: targets.snapshot(one)[:1] for one in every}
    resolver = await targets.Resolver.for_layers(
        tx, [f for layers in firsts.values() for f in layers]
    )
    return [
        PolicyLine(
            one.id,
            one.name,
            len(one.layers),
            tuple(
                who.person.name
                for layer in firsts[one.id]
                for who in resolver.targets(layer, tx.now)
            ),
        )
        for one in every
    ]


async def schedule_choices(tx: Transaction) -> list[tuple[UUID, str]]:
    """The schedules that a layer may page, by name."""
    return [(one.id, one.name) for one in await schedules.list_schedules(tx)]


async def find_policy(tx: Transaction, name: str) -> UUID:
    """The policy that somebody means by what they typed: its name in any case, or its start.

    Raises NotFound, naming the policies there are.
    """
    every = await policies.list_policies(tx)
    return schedules.meant(name, [(one.name, one.id) for one in every], "policy", "policies")


async def _layers(
    tx: Transaction, policy: EscalationPolicy, draft: PolicyDraft
) -> tuple[EscalationLayerFacts, ...]:
    snapshots = targets.snapshot(policy)
    resolver = await targets.Resolver.for_layers(tx, snapshots)
    members = await people.by_id(tx, _named(draft.layers))
    found = []
    for layer, snapshot in zip(draft.layers, snapshots, strict=True):
        assert layer.id is not None, "a stored layer has an id"  # noqa: S101
        named = [members[id] for id in layer.member_ids]
        found.append(
            EscalationLayerFacts(
                id=layer.id,
                draft=layer,
                schedule=snapshot.schedule_name,
                people=tuple(Person.of(one) for one in named if not one.removed_at),
                left=tuple(one.name for one in named if one.removed_at),
                pages_now=tuple(who.person.name for who in resolver.targets(snapshot, tx.now)),
                seen=escalation_order.layer_seen(layer),
            )
        )
    return tuple(found)


def _named(layers: Sequence[EscalationLayerDraft]) -> list[UUID]:
    return [member_id for layer in layers for member_id in layer.member_ids]
