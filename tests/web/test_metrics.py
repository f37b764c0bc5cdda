"""What Prometheus is told: the names that alerts are written with, and the figures behind them."""

from datetime import timedelta
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

import sandbox
from assembly.runtime import Tocsin
from core.health import Health
from core.measures import Outcome
from storage.vocabulary import Channel, DeliveryKind
from tests.world import World, web_client
from web.metrics import BUCKETS, Look, Metrics

NOTHING = Look(Health([], 0, 0, 0.0), 0.5)

NAMES = {
    "tocsin_page_latency_seconds",
    "tocsin_escalation_lateness_seconds",
    "tocsin_deliveries",
    "tocsin_slack_rate_limited",
    "tocsin_build_info",
    "tocsin_database_up",
    "tocsin_engine_last_beat_age_seconds",
    "tocsin_open_escalations",
    "tocsin_overdue_escalations",
    "tocsin_worst_overdue_escalation_seconds",
    "tocsin_outbox_depth",
    "tocsin_outbox_oldest_age_seconds",
}


class Figures:
    """An exposition, read as Prometheus reads it."""

    def __init__(self, exposition: str) -> None:
        self.families = list(text_string_to_metric_families(exposition))

    def __call__(self, name: str, **labels: str) -> float | None:
        for family in self.families:
            for sample in family.samples:
                if sample.name == name and sample.labels == labels:
                    return float(sample.value)
        return None


async def _scrape(tocsin: Tocsin) -> Figures:
    async with web_client(tocsin) as web:
        answer = await web.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=")
    return Figures(answer.text)


def _page(outcome: str) -> dict[str, str]:
    return {"channel": "slack_dm", "kind": "page", "outcome": outcome}


def test_every_metric_has_a_name_an_alert_can_rely_on_and_a_help_text() -> None:
    families = Figures(Metrics("1.2.3").render(NOTHING).decode()).families
    ours = {family.name: family for family in families if family.name.startswith("tocsin_")}
    assert set(ours) == NAMES
    assert all(len(family.documentation) > 20 for family in ours.values())
    assert "process_resident_memory_bytes" in {family.name for family in families}


def test_the_build_says_its_version() -> None:
    figures = Figures(Metrics("1.2.3").render(NOTHING).decode())
    assert figures("tocsin_build_info", version="1.2.3") == 1


def test_a_failure_can_be_alerted_on_from_the_first_because_zero_was_told_before() -> None:
    metrics = Metrics("1")
    assert (
        Figures(metrics.render(NOTHING).decode())("tocsin_deliveries_total", **_page("failed")) == 0
    )
    metrics.delivery_ended(Channel.SLACK_DM, DeliveryKind.PAGE, Outcome.FAILED)
    assert (
        Figures(metrics.render(NOTHING).decode())("tocsin_deliveries_total", **_page("failed")) == 1
    )


def test_the_buckets_reach_from_five_milliseconds_to_ten_minutes() -> None:
    assert (BUCKETS[0], BUCKETS[-1]) == (0.005, 600)
    assert list(BUCKETS) == sorted(BUCKETS)
    metrics = Metrics("1")
    metrics.escalation_fired(0.02)
    figures = Figures(metrics.render(NOTHING).decode())
    assert figures("tocsin_escalation_lateness_seconds_bucket", le="0.01") == 0
    assert figures("tocsin_escalation_lateness_seconds_bucket", le="0.025") == 1


def test_instances_do_not_share_their_counts() -> None:
    one, other = Metrics("1"), Metrics("1")
    one.held_back("chat.postMessage")
    figures = Figures(other.render(NOTHING).decode())
    assert figures("tocsin_slack_rate_limited_total", method="chat.postMessage") == 0


@pytest.mark.parametrize("missing", ["tocsin_outbox_depth", "tocsin_open_escalations"])
def test_without_the_database_what_it_would_say_is_missing_and_not_zero(missing: str) -> None:
    metrics = Metrics("1")
    metrics.page_confirmed(Channel.SLACK_DM, 1)
    figures = Figures(metrics.render(Look(None, None)).decode())
    assert figures("tocsin_database_up") == 0
    assert missing not in {family.name for family in figures.families}
    assert figures("tocsin_page_latency_seconds_count", channel="slack_dm") == 1


async def test_a_story_is_counted(world: World) -> None:
    await world.declare(world.alice)
    figures = await _scrape(world.tocsin)
    assert figures("tocsin_page_latency_seconds_count", channel="slack_dm") == 1
    assert figures("tocsin_deliveries_total", **_page("sent")) == 1
    assert figures("tocsin_open_escalations") == 1
    assert figures("tocsin_overdue_escalations") == 0

    world.clock.at += timedelta(minutes=5, seconds=4)
    figures = await _scrape(world.tocsin)
    assert figures("tocsin_overdue_escalations") == 1
    assert figures("tocsin_worst_overdue_escalation_seconds") == 4

    await world.settle()
    figures = await _scrape(world.tocsin)
    assert figures("tocsin_escalation_lateness_seconds_sum") == 4
    assert figures("tocsin_overdue_escalations") == 0
    assert figures("tocsin_page_latency_seconds_count", channel="slack_dm") == 2
    assert figures("tocsin_database_up") == 1


async def test_slack_asking_to_wait_is_counted_by_method_and_what_waits_is_seen(
    world: World,
) -> None:
    world.slack.faults.add(
        sandbox.Fault("chat.postMessage", "rate_limited", times=1, retry_after=9)
    )
    await world.declare(world.alice)
    world.clock.at += timedelta(seconds=3)

    figures = await _scrape(world.tocsin)
    assert figures("tocsin_slack_rate_limited_total", method="chat.postMessage") == 1
    waiting: dict[str, Any] = {"channel": "slack_dm", "kind": "page", "work": "send"}
    assert figures("tocsin_outbox_depth", **waiting) == 1
    assert figures("tocsin_outbox_oldest_age_seconds", **waiting) == 3
    assert figures("tocsin_deliveries_total", **_page("retried")) == 1

    await world.pass_time(minutes=1)
    figures = await _scrape(world.tocsin)
    assert figures("tocsin_outbox_depth", **waiting) == 0


@pytest.mark.parametrize("method", ["views.open", "users.info"])
async def test_slack_asking_to_wait_is_counted_whoever_has_asked(world: World, method: str) -> None:
    world.slack.faults.add(sandbox.Fault(method, "rate_limited", times=1))
    await world.dave.command("/incident")

    figures = await _scrape(world.tocsin)
    assert figures("tocsin_slack_rate_limited_total", method=method) == 1
    calls = [one for one in world.slack.calls if one.method == method]
    assert len(calls) == 1, "nothing but the outbox repeats a call"
