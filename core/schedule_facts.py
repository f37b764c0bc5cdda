"""A schedule as views and forms show it: its layers with their people, and what it will do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from core import arranging, foresight, oncall, people, schedules, scheduling
from core.foresight import Foresight, LayerAhead
from core.layer_terms import LayerTerms, terms_of
from core.people import Person
from core.schedule_drafts import ScheduleDraft
from core.timezones import is_zone
from core.transaction import Transaction
from storage.models import Member


@dataclass(frozen=True)
class InTurn:
    """Somebody who takes turns; one who left is passed over."""

    person: Person
    left: bool


@dataclass(frozen=True)
class LayerFacts:
    """A rotation layer, its people in order, and its turns from now on."""

    id: UUID
    terms: LayerTerms
    people: tuple[InTurn, ...]
    ahead: LayerAhead
    seen: str


@dataclass(frozen=True)
class ScheduleFacts:
    """A schedule as it is now, and from now on."""

    id: UUID
    draft: ScheduleDraft
    layers: tuple[LayerFacts, ...]
    ahead: Foresight
    seen: str

    @property
    def zone(self) -> ZoneInfo:
        """Where the schedule is."""
        return ZoneInfo(self.draft.timezone)

    def layer(self, layer_id: UUID) -> LayerFacts | None:
        """The layer with this id."""
        return next((one for one in self.layers if one.id == layer_id), None)


@dataclass(frozen=True)
class ScheduleLine:
    """A schedule in a list: who is on call, and until when."""

    id: UUID
    name: str
    timezone: str
    on_call: tuple[str, ...]
    until: datetime | None


async def of(tx: Transaction, schedule_id: UUID) -> ScheduleFacts:
    """One schedule. Raises NotFound."""
    draft = scheduling.draft_of(await schedules.get_schedule(tx, schedule_id))
    ahead = await foresight.layers_ahead(tx, schedule_id)
    named = [one for layer in draft.layers for one in layer.participant_ids]
    members = await people.by_id(tx, named)
    return ScheduleFacts(
        id=schedule_id,
        draft=draft,
        layers=tuple(
            LayerFacts(
                id=layer.id,
                terms=terms_of(layer, ZoneInfo(draft.timezone)),
                people=_in_turn(layer.participant_ids, members),
                ahead=ahead[layer.id],
                seen=arranging.layer_seen(draft, layer),
            )
            for layer in draft.layers
            if layer.id
        ),
        ahead=await foresight.of_schedule(tx, schedule_id),
        seen=arranging.details_seen(draft),
    )


async def lines(tx: Transaction) -> list[ScheduleLine]:
    """Every schedule by name."""
    every = await schedules.list_schedules(tx)
    loaded = await schedules.load(tx, [one.id for one in every])
    now = {id: oncall.resolve(value, tx.now) for id, value in loaded.items()}
    on_call = [duty.member_id for found in now.values() for duty in found.targets]
    members = await people.by_id(tx, on_call)
    return [
        ScheduleLine(
            one.id,
            one.name,
            one.timezone,
            tuple(members[duty.member_id].name for duty in now[one.id].targets),
            now[one.id].until,
        )
        for one in every
    ]


async def zones_in_use(tx: Transaction) -> list[str]:
    """The zones of the one who asks, of the schedules and of the members, the commonest first."""
    schedules_ = [one.timezone for one in await schedules.list_schedules(tx)]
    members = await people.members(tx)
    own = [one.timezone for one in members if one.id == tx.actor.id]
    used = [*own, *_commonest(schedules_), *_commonest([one.timezone for one in members])]
    return [zone for zone in dict.fromkeys(used) if is_zone(zone)]


def _in_turn(ids: Sequence[UUID], members: Mapping[UUID, Member]) -> tuple[InTurn, ...]:
    return tuple(
        InTurn(Person.of(members[id]), left=members[id].removed_at is not None) for id in ids
    )


def _commonest(zones: Sequence[str]) -> list[str]:
    return sorted(set(zones), key=lambda zone: (-zones.count(zone), zone))
