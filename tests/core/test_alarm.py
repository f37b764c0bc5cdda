"""The alarm rings at its instant, once, late or not."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest

from core.alarm import Alarm


class Ear:
    """Hears the alarm: what a worker is to it."""

    def __init__(self, *, deaf: int = 0) -> None:
        self.heard: list[float] = []
        self._deaf = deaf

    def wake(self) -> None:
        self.heard.append(time.monotonic())
        if len(self.heard) <= self._deaf:
            raise RuntimeError("not now")


@asynccontextmanager
async def _alarm(ear: Ear, *, starts: bool = True) -> AsyncIterator[Alarm]:
    def now() -> datetime:
        return datetime.now(UTC)

    alarm = Alarm(
        ear,  # type: ignore[arg-type]
        seconds_until=lambda instant: (instant - now()).total_seconds(),
        real_now=now,
    )
    if starts:
        alarm.start()
    try:
        yield alarm
    finally:
        alarm.stop()


def _in(seconds: float) -> datetime:
    return datetime.now(UTC) + timedelta(seconds=seconds)


async def _heard(ear: Ear, times: int = 1) -> None:
    async with asyncio.timeout(3):
        while len(ear.heard) < times:
            await asyncio.sleep(0.005)


async def test_the_alarm_rings_at_its_instant_and_not_before() -> None:
    ear = Ear()
    async with _alarm(ear) as alarm:
        began = time.monotonic()
        alarm.arm(_in(0.1))
        await _heard(ear)

    assert ear.heard[0] - began >= 0.099
    assert len(ear.heard) == 1


async def test_the_alarm_is_re_armed_for_an_earlier_instant() -> None:
    ear = Ear()
    async with _alarm(ear) as alarm:
        alarm.arm(_in(60))
        alarm.arm(_in(0.05))
        await _heard(ear)

    assert len(ear.heard) == 1


async def test_the_alarm_is_not_put_off_for_a_later_instant() -> None:
    ear = Ear()
    async with _alarm(ear) as alarm:
        alarm.arm(_in(0.05))
        alarm.arm(_in(60))
        await _heard(ear)

    assert len(ear.heard) == 1


async def test_after_ringing_the_alarm_can_be_armed_for_later() -> None:
    ear = Ear()
    async with _alarm(ear) as alarm:
        alarm.arm(_in(0.02))
        await _heard(ear)
        alarm.arm(_in(0.05))
        await _heard(ear, times=2)

    assert len(ear.heard) == 2


async def test_an_alarm_for_the_past_rings_at_once() -> None:
    ear = Ear()
    async with _alarm(ear) as alarm:
        alarm.arm(_in(-3600))
        await _heard(ear)

    assert len(ear.heard) == 1


async def test_a_late_alarm_rings_all_the_same() -> None:
    ear = Ear()
    async with _alarm(ear, starts=False) as alarm:
        alarm.arm(_in(-30))
        alarm.arm(_in(-7200))
        alarm.start()
        await _heard(ear)

    assert len(ear.heard) == 1


async def test_an_event_loop_that_was_blocked_past_the_instant_still_rings() -> None:
    ear = Ear()
    async with _alarm(ear) as alarm:
        alarm.arm(_in(0.01))
        time.sleep(0.15)  # noqa: ASYNC251  (the loop is to be blocked)
        await _heard(ear)

    assert len(ear.heard) == 1


async def test_a_ring_that_fails_is_said_and_rings_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    ear = Ear(deaf=1)
    async with _alarm(ear) as alarm:
        alarm.arm(_in(0.01))
        await _heard(ear, times=2)

    said = [one.getMessage() for one in caplog.records if one.name == "core.alarm"]
    assert [one.partition(":")[0] for one in said] == ["the alarm's job alarm"]


async def test_a_sweep_finds_what_both_the_commit_and_the_alarm_had_missed() -> None:
    ear = Ear()
    async with _alarm(ear) as alarm:
        sweep = alarm._scheduler.get_job("sweep")
        assert sweep.trigger.interval == timedelta(seconds=5)
        await sweep.func()

    assert len(ear.heard) == 1


async def test_stopping_an_alarm_that_never_started_is_no_error() -> None:
    async with _alarm(Ear(), starts=False):
        pass
