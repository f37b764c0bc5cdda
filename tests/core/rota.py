"""A rota by hand: layers and overrides as values, and the answers of the resolver put shortly."""

from datetime import UTC, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from core.oncall import Override, Participant, RotationLayer, Schedule, resolve, shifts

ALICE, BOB, CAROL, DAVE = (UUID(int=n) for n in range(1, 5))
BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 6, 1, 7, tzinfo=UTC)  # 09:00 in Berlin
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


def layer(
    *people,
    position=0,
    length=7,
    handoff=time(9),
    since=MONDAY,
    until=None,
):
    participants = tuple(p if isinstance(p, Participant) else Participant(p) for p in people)
    return RotationLayer(
        id=UUID(int=100 + position),
        name=f"Layer {position}",
        position=position,
        length_days=length,
        handoff=handoff,
        effective_from=since,
        effective_until=until,
        participants=participants,
    )


def override(person, start, end, number=0):
    member = person if isinstance(person, Participant) else Participant(person)
    return Override(UUID(int=200 + number), member, start, end)


def schedule(*layers, overrides=(), zone=BERLIN):
    return Schedule(UUID(int=300), "Payments", zone, layers, tuple(overrides))


def owner(of, at):
    duty = resolve(of, at).owner
    return duty and duty.member_id


def targets(of, at):
    return [duty.member_id for duty in resolve(of, at).targets]


def spans(of, start, end, position=0):
    return [
        (shift.member_id, shift.start_at, shift.end_at)
        for shift in shifts(of, start, end)
        if shift.position == position
    ]
