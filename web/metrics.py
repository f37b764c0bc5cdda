"""What Prometheus is told at `/metrics`: counted by this process, and read from the database.

Each instance of the product has a registry of its own. A figure that is a state of the database is
read at the scrape and the same on every replica: take its maximum, never its sum.
"""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    Info,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.metrics_core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from core.health import Health
from core.measures import Outcome
from storage.vocabulary import Channel, DeliveryKind

BUCKETS = (
    0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600,
)  # fmt: skip
"""From the fastest that a commit and a call can be to far beyond what anybody should wait."""

ROUTES = (
    (Channel.SLACK_DM, DeliveryKind.PAGE),
    (Channel.ALERTS, DeliveryKind.CARD),
    (Channel.ALERTS, DeliveryKind.NOTICE),
    (Channel.MAIL, DeliveryKind.PAGE),
)
"""Series that are there from the first scrape: one that begins at 1 hides its first increase."""


@dataclass(frozen=True)
class Look:
    """What was found when somebody asked for the metrics."""

    health: Health | None
    """None where the database did not answer."""
    beat_age_seconds: float | None
    """Since the engine's last tick that ended well; None before the first."""


Looking = Callable[[], Awaitable[Look]]


class Metrics:
    """Counts what core and the senders report; the `Measures` of a process that is watched."""

    def __init__(self, version: str) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._page_latency = Histogram(
            "tocsin_page_latency_seconds",
            "From the commit that causes a page to its channel's confirmation that it took it.",
            ["channel"],
            buckets=BUCKETS,
            registry=self._registry,
        )
        self._lateness = Histogram(
            "tocsin_escalation_lateness_seconds",
            "From the instant at which an escalation was due to the one at which it was fired.",
            buckets=BUCKETS,
            registry=self._registry,
        )
        self._deliveries = Counter(
            "tocsin_deliveries",
            "Outcomes of deliveries: sent, edited (brought up to date), superseded (no longer "
            "wanted, not sent), retried (an attempt failed and there will be another), failed "
            "(given up; on the trail), edit_failed (delivered, but can't be kept up to date).",
            ["channel", "kind", "outcome"],
            registry=self._registry,
        )
        self._held_back = Counter(
            "tocsin_slack_rate_limited",
            "Answers 429 of Slack's, to the engine and to people's requests, by Web API method.",
            ["method"],
            registry=self._registry,
        )
        build = Info("tocsin_build", "The version that runs.", registry=self._registry)
        build.info({"version": version})
        self._held_back.labels("chat.postMessage")
        for channel, kind in ROUTES:
            for outcome in Outcome:
                self._deliveries.labels(channel.value, kind.value, outcome.value)
            if kind is DeliveryKind.PAGE:
                self._page_latency.labels(channel.value)

    def page_confirmed(self, channel: Channel, seconds: float) -> None:
        """A page was taken by its channel, so long after it had been committed to."""
        self._page_latency.labels(channel.value).observe(seconds)

    def escalation_fired(self, seconds: float) -> None:
        """An escalation was carried out, so long after it had been due."""
        self._lateness.observe(seconds)

    def delivery_ended(self, channel: Channel, kind: DeliveryKind, outcome: Outcome) -> None:
        """An attempt came to this."""
        self._deliveries.labels(channel.value, kind.value, outcome.value).inc()

    def held_back(self, method: str) -> None:
        """Slack answered 429 to a call of this method."""
        self._held_back.labels(method).inc()

    def render(self, look: Look) -> bytes:
        """Everything, in Prometheus's text format. What could not be read is left out."""
        return generate_latest(_Exposition(self._registry, look))


class _Exposition(Collector):
    """What this process has counted, and what was found at the scrape."""

    def __init__(self, counted: Collector, look: Look) -> None:
        self._counted = counted
        self._look = look

    def collect(self) -> Iterator[Metric]:
        for metric in self._counted.collect():
            # When each series began is a series of its own, which nobody asks for.
            metric.samples = [one for one in metric.samples if not one.name.endswith("_created")]
            yield metric
        health, age = self._look.health, self._look.beat_age_seconds
        yield _gauge(
            "tocsin_database_up",
            "1 when the database answered this scrape; at 0 what is read from it is missing.",
            float(health is not None),
        )
        if age is not None:
            yield _gauge(
                "tocsin_engine_last_beat_age_seconds",
                "Since this process's engine last looked for work to the end; about 2 at most.",
                age,
            )
        if health is not None:
            yield from _escalations(health)
            yield from _outbox(health)


def _escalations(health: Health) -> Iterator[Metric]:
    yield _gauge(
        "tocsin_open_escalations",
        "Incidents whose escalation clock runs, overdue ones included.",
        health.open_escalations,
    )
    yield _gauge(
        "tocsin_overdue_escalations",
        "Escalations that are due and were not fired yet. More than a moment above 0 is trouble.",
        health.overdue_escalations,
    )
    yield _gauge(
        "tocsin_worst_overdue_escalation_seconds",
        "How long the escalation that waits longest has been overdue; 0 when none is.",
        health.worst_overdue_seconds,
    )


def _outbox(health: Health) -> Iterator[Metric]:
    labels = ["channel", "kind", "work"]
    depth = GaugeMetricFamily(
        "tocsin_outbox_depth",
        "Deliveries with something left to do: to send (being retried or in flight included), "
        "or to edit (out, but behind the incident).",
        labels=labels,
    )
    oldest = GaugeMetricFamily(
        "tocsin_outbox_oldest_age_seconds",
        "Age of the oldest of them: to send, since its commit; to edit, since it fell behind.",
        labels=labels,
    )
    found = {(channel, kind, work): (0, 0.0) for channel, kind in ROUTES for work in _WORK}
    for one in health.waiting:
        found[one.channel, one.kind, _WORK[one.sent]] = (one.count, one.oldest_seconds)
    for (channel, kind, work), (count, seconds) in found.items():
        depth.add_metric([channel.value, kind.value, work], count)
        oldest.add_metric([channel.value, kind.value, work], seconds)
    yield depth
    yield oldest


_WORK = ("send", "edit")


def _gauge(name: str, promise: str, value: float) -> Metric:
    return GaugeMetricFamily(name, promise, value=value)
