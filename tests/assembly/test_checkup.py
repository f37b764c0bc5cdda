"""The checks of a running product: on demand, one at a time, and nobody waits for what hangs."""

import asyncio
from uuid import uuid4

import pytest

from assembly import checkup
from assembly.checkup import Checkup
from core.checkup import Mark
from tests.world import World


def _checkup(world: World, patience: float = 10) -> Checkup:
    product = world.tocsin
    return Checkup(product.core, product.workspace, product.settings, patience=patience)


async def test_everything_is_looked_at(world: World) -> None:
    findings = await world.tocsin.checkup(world.organization_id)

    assert [one.what.partition(":")[0] for one in findings if one.mark is Mark.OK] == [
        "Database", "Tables", "Slack", "Scopes", "Slack", "Alerts channel", "Members", "Admins",
        "E-mail",
    ]  # fmt: skip
    clocks = {one.mark for one in findings if one.what.startswith("Clock: ")}
    assert clocks == {Mark.BAD}, "a story's clock is never right"


async def test_another_workspaces_admin_is_told_nothing(world: World) -> None:
    (only,) = await world.tocsin.checkup(uuid4())

    assert only.what == "This Tocsin serves another Slack workspace than yours."


async def test_nobody_waits_for_what_hangs_and_it_is_asked_once(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, go_on = [], asyncio.Event()

    async def hangs(*_: object) -> object:
        asked.append(1)
        await go_on.wait()
        return [], None

    monkeypatch.setattr(checkup, "check_bot", hangs)
    checks = _checkup(world, patience=0.5)
    first, second = await asyncio.gather(
        checks(world.organization_id), checks(world.organization_id)
    )
    assert first == second
    assert first[0].what.startswith("Database: ")
    assert first[-1].mark is Mark.WARN
    assert "Not everything answered" in first[-1].what
    assert asked == [1]

    go_on.set()
    assert "Not everything answered" not in str(await checks(world.organization_id))
    await checks.stop()
