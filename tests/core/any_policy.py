"""Policies and schedules as nobody would think of them, drawn from a seed."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

from core.transaction import Transaction
from storage.models import (
    EscalationLayer,
    EscalationLayerMember,
    EscalationPolicy,
    LastResort,
    Member,
    RotationLayer,
    RotationParticipant,
    Schedule,
    ScheduleOverride,
)
from storage.vocabulary import RotationType, TargetType

ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
    "Africa/Casablanca",
    "Pacific/Apia",
)
TIMEOUTS = (5, 10, 60)


@dataclass
class Team:
    """People, schedules and a policy of their own, drawn around the instant it is all about.

    They are written as rows, so that rotations name people who have left, which nobody may ask for.
    """

    name: str
    random: Random
    at: datetime
    reachable: bool
    """Whether everybody has an e-mail address and a Slack user."""
    policy_id: UUID = field(default_factory=uuid4)
    members: list[Member] = field(default_factory=list)
    schedules: list[UUID] = field(default_factory=list)

    def write(self, tx: Transaction) -> None:
        """All of it, with a policy."""
        self.members = [self._member(tx, place) for place in range(self._one_of(1, 2, 3, 4))]
        for place in range(self._one_of(0, 1, 1, 2)):
            self.schedules.append(self._schedule(tx, place))
        layers = [self._layer(place) for place in range(1, self._one_of(1, 2, 3, 3, 4, 4, 5))]
        tx.db.add(
            EscalationPolicy(
                id=self.policy_id,
                organization_id=tx.organization_id,
                name=self.name,
                created_at=tx.now,
                layers=layers,
            )
        )

    async def stand_by(self, tx: Transaction) -> None:
        """Be the organization's last resort."""
        row = await tx.db.get(LastResort, tx.organization_id)
        if row is None:
            row = LastResort(organization_id=tx.organization_id)
            tx.db.add(row)
        row.schedule_id = self._one_of(None, *self.schedules)
        row.member_ids = [] if row.schedule_id else [str(one.id) for one in self.members]

    def _member(self, tx: Transaction, place: int) -> Member:
        name = f"{self.name}-{place}"
        known = 1.0 if self.reachable else 0.8
        has_email, is_matched = (self.random.random() < known for _ in range(2))
        left_while_the_policy_runs = self._near(minutes=60)
        member = Member(
            id=uuid4(),
            organization_id=tx.organization_id,
            name=name,
            email=f"{name}@example.com" if has_email else None,
            slack_user_id=f"U{name}" if is_matched else None,
            joined_at=self.at,
            removed_at=left_while_the_policy_runs if self.random.random() < 0.2 else None,
        )
        tx.db.add(member)
        return member

    def _schedule(self, tx: Transaction, place: int) -> UUID:
        schedule = Schedule(
            id=uuid4(),
            organization_id=tx.organization_id,
            name=f"{self.name} schedule {place}",
            timezone=self.random.choice(ZONES),
            created_at=tx.now,
            layers=[self._rotation(number) for number in range(self._one_of(0, 1, 1, 2, 3))],
        )
        tx.db.add(schedule)
        begins = self._near(minutes=60)
        for _ in range(self._one_of(0, 0, 1, 2, 3)):
            ends = begins + timedelta(minutes=self._one_of(1, 5, 30, 3000))
            who = self.random.choice(self.members).id
            tx.db.add(
                ScheduleOverride(
                    schedule_id=schedule.id, member_id=who, start_at=begins, end_at=ends
                )
            )
            begins = ends + timedelta(minutes=self._one_of(0, 1, 90))
        return schedule.id

    def _rotation(self, number: int) -> RotationLayer:
        length = self._one_of(1, 1, 2, 7, 30)
        named = {1: RotationType.DAILY, 7: RotationType.WEEKLY}
        begins = self._near(minutes=60 * 24 * 40)
        if self.random.random() < 0.7:
            begins -= timedelta(days=40)
        until = begins + timedelta(days=self.random.randint(1, 60))
        handoff = self.at + timedelta(minutes=self._one_of(-700, -1, 0, 1, 3, 20, 60, 400))
        return RotationLayer(
            name=f"layer {number}",
            position=number,
            rotation_type=named.get(length, RotationType.CUSTOM),
            rotation_length_days=length,
            handoff_time=f"{handoff:%H:%M}",
            effective_from=begins,
            effective_until=until if self.random.random() < 0.3 else None,
            participants=[
                RotationParticipant(position=place, member_id=self.random.choice(self.members).id)
                for place in range(self._one_of(1, 2, 3, 4))
            ],
        )

    def _layer(self, position: int) -> EscalationLayer:
        some = self.random.sample(self.members, self.random.randint(1, min(2, len(self.members))))
        schedule_id = self.random.choice(self.schedules) if self.schedules else None
        if self.random.random() < 0.3:
            schedule_id = None
        return EscalationLayer(
            position=position,
            ack_timeout_minutes=self._one_of(*TIMEOUTS),
            target_type=TargetType.SCHEDULE if schedule_id else TargetType.USERS,
            schedule_id=schedule_id,
            members=[
                EscalationLayerMember(position=place, member_id=one.id)
                for place, one in enumerate([] if schedule_id else some)
            ],
        )

    def _near(self, *, minutes: int) -> datetime:
        return self.at + timedelta(minutes=self.random.randint(-minutes, minutes))

    def _one_of(self, *choices: Any) -> Any:
        return self.random.choice(choices)
