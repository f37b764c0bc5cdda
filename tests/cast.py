"""The cast that every test knows."""

from datetime import UTC, datetime

NOON = datetime(2026, 11, 18, 12, 0, tzinfo=UTC)
"""When every story begins: a Wednesday, 13:00 in Berlin."""

BLUEPRINT = """
alerts_channel: incidents
admins: [alice@example.com]
schedules:
  Payments:
    timezone: Europe/Berlin
    rotation:
      - name: Primary
        shift: weekly
        handoff: "09:00"
        from: 2026-11-16T09:00:00+01:00
        people: [bob@example.com]
policies:
  Payments:
    layers:
      - page: {schedule: Payments}
        timeout: 5 min
      - page: {people: [carol@example.com]}
        timeout: 5 min
"""


class StoryClock:
    """A clock that stands still until the story moves it."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def seconds_until(self, instant: datetime) -> float:
        return (instant - self.at).total_seconds()
