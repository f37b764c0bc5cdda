"""What an organization is to look like, read from one YAML file; each value knows its line.

A fault is said as `tocsin.yaml:12: what is wrong, what to do`, and all of them at once.
"""

from dataclasses import dataclass
from datetime import datetime, time
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

from cli import values
from cli.blueprint_public import read_components, read_pages
from cli.naming import distinct, named
from cli.reading import (
    BlueprintError,
    Entry,
    Fault,
    Reader,
    is_empty_list,
    line_of,
    parse,
)
from cli.wanted import (
    Blueprint,
    EscalationLayerBlueprint,
    LastResortBlueprint,
    OverrideBlueprint,
    PolicyBlueprint,
    RotationBlueprint,
    ScheduleBlueprint,
    Word,
)
from core import durations
from storage.limits import DESCRIPTION_MAX, NAME_MAX
from storage.vocabulary import RotationType

__all__ = ["Blueprint", "BlueprintError", "Fault", "read_blueprint", "read_file"]


def read_file(path: Path) -> Blueprint:
    """Read the blueprint in a file. Raises BlueprintError, and OSError where there is none."""
    content = path.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        said = "This is not UTF-8. Save the file as UTF-8, then try again."
        raise BlueprintError(path.name, [Fault(line, said)]) from None
    return read_blueprint(text, name=path.name)


def read_blueprint(text: str, *, name: str = "tocsin.yaml") -> Blueprint:
    """Read the text of a blueprint; `name` is the file's, for what is said about it.

    Raises BlueprintError with every fault and its line (spec section 5).
    """
    root = parse(text, name)
    if root is None:
        raise BlueprintError(name, [Fault(1, "The file is empty. Start from tocsin.example.yaml.")])
    reading = _Reading(Reader())
    blueprint = reading.blueprint(root, name)
    if reading.reader.faults:
        raise BlueprintError(name, reading.reader.faults)
    return blueprint


@dataclass
class _Reading:
    """One walk over a file. Where something is wrong the value is a stand-in, and it is noted."""

    reader: Reader

    def blueprint(self, root: Any, name: str) -> Blueprint:
        sections = ("schedules", "policies", "components", "pages")
        known = ("alerts_channel", "admins", "last_resort", *sections)
        found = self.reader.fields(root, "the file", known=known)
        alerts = found.get("alerts_channel")
        channel = self.reader.field(alerts, "alerts_channel", values.channel)
        return Blueprint(
            name=name,
            alerts_channel=Word(channel, alerts.line) if alerts and channel else None,
            admins=self.people(found.get("admins"), "admins"),
            last_resort=self.last_resort(found.get("last_resort")),
            schedules=tuple(self.schedule(one) for one in named(self.reader, found, "schedules")),
            policies=tuple(self.policy(one) for one in named(self.reader, found, "policies")),
            components=read_components(self.reader, found),
            pages=read_pages(self.reader, found),
        )

    def last_resort(self, entry: Entry | None) -> LastResortBlueprint | None:
        if entry is None:
            return None
        schedule, people = self.target(entry, "last_resort")
        return LastResortBlueprint(schedule, people) if schedule or people else None

    def schedule(self, entry: Entry) -> ScheduleBlueprint:
        what = f"schedule “{entry.key}”"
        found = self.reader.fields(
            entry.value,
            what,
            known=("timezone", "description", "rotation", "overrides"),
            required=("timezone", "rotation"),
        )
        zone = self.reader.field(found.get("timezone"), "timezone", values.timezone)
        example = "a list with one layer or more, as in tocsin.example.yaml"
        items = self.reader.items(found.get("rotation"), f"rotation of {what}", example=example)
        rotation = tuple(self.rotation_layer(one, zone) for one in items)
        names = [Word(one.name, one.line) for one in rotation]
        distinct(self.reader, names, f"{what}: rotation layer")
        overrides = self.overrides(found.get("overrides"), what, zone)
        description = self.description(found)
        return ScheduleBlueprint(
            entry.key, zone or "UTC", description, rotation, overrides, entry.line
        )

    def overrides(
        self, entry: Entry | None, what: str, zone: str | None
    ) -> tuple[OverrideBlueprint, ...] | None:
        """Those of a schedule, none if it says so with an empty list; two may not overlap."""
        if entry is None:
            return None
        if is_empty_list(entry.value):
            return ()
        example = "a list of {person: bob@example.com, from: …, until: …}"
        items = self.reader.items(entry, f"overrides of {what}", example=example)
        found = [one for item in items if (one := self.override(item, zone))]
        found.sort(key=lambda one: one.start_at)
        for one, following in pairwise(found):
            if following.start_at < one.end_at:
                self.reader.fault(
                    following.line, f"it overlaps the override in line {one.line}. Shorten one."
                )
        return tuple(found)

    def override(self, node: Any, zone: str | None) -> OverrideBlueprint | None:
        both = ("person", "from", "until")
        found = self.reader.fields(node, "an override", known=both, required=both)
        person = self.reader.field(found.get("person"), "person", values.email)
        start, end = (
            self.reader.field(found.get(key), key, lambda text: values.instant(text, zone))
            for key in ("from", "until")
        )
        if not (person and start and end):
            return None
        if end <= start:
            self.reader.fault(found["until"].line, "until: the override ends before it begins.")
            return None
        line = line_of(node)
        return OverrideBlueprint(Word(person, found["person"].line), start, end, line)

    def rotation_layer(self, node: Any, zone: str | None) -> RotationBlueprint:
        read = self.reader.field
        found = self.reader.fields(
            node,
            "a rotation layer",
            known=("name", "shift", "handoff", "from", "until", "people"),
            required=("name", "shift", "handoff", "people"),
        )
        name = self.reader.text(found.get("name"), "name", NAME_MAX)
        rotation_type, days = read(found.get("shift"), "shift", values.shift) or (
            RotationType.DAILY,
            1,
        )
        begins = read(found.get("from"), "from", lambda text: values.instant(text, zone))
        ends = read(found.get("until"), "until", lambda text: _until(text, zone))
        if begins and isinstance(ends, datetime) and ends <= begins:
            self.reader.fault(found["until"].line, "until: the layer ends before it begins.")
        return RotationBlueprint(
            name=name or "",
            rotation_type=rotation_type,
            length_days=days,
            handoff_time=read(found.get("handoff"), "handoff", values.clock_time) or time(),
            effective_from=begins,
            effective_until=ends,
            people=self.people(found.get("people"), "people"),
            line=line_of(node),
        )

    def policy(self, entry: Entry) -> PolicyBlueprint:
        what = f"policy “{entry.key}”"
        found = self.reader.fields(
            entry.value, what, known=("description", "layers"), required=("layers",)
        )
        example = "a list with one layer or more, as in tocsin.example.yaml"
        items = self.reader.items(found.get("layers"), f"layers of {what}", example=example)
        layers = tuple(self.escalation_layer(one) for one in items)
        return PolicyBlueprint(entry.key, self.description(found), layers, entry.line)

    def escalation_layer(self, node: Any) -> EscalationLayerBlueprint:
        what = "an escalation layer"
        both = ("page", "timeout")
        found = self.reader.fields(node, what, known=both, required=both)
        timeout = self.reader.field(found.get("timeout"), "timeout", durations.minutes)
        schedule, people = self.target(found["page"], "page") if "page" in found else (None, ())
        return EscalationLayerBlueprint(schedule, people, timeout or 1, line_of(node))

    def target(self, page: Entry, what: str) -> tuple[Word | None, tuple[Word, ...]]:
        before = len(self.reader.faults)
        found = self.reader.fields(page.value, what, known=("schedule", "people"))
        schedule = found.get("schedule")
        name = self.reader.text(schedule, "schedule", NAME_MAX)
        people = self.people(found.get("people"), "people")
        distinct(self.reader, people, what)
        if len(found) != 1 and len(self.reader.faults) == before:
            both = " For both, write two layers." if what == "page" else ""
            self.reader.fault(
                page.line,
                f"{what} is either {{schedule: a name}} or {{people: [bob@example.com]}}.{both}",
            )
        return (Word(name, schedule.line) if schedule and name else None), people

    def people(self, entry: Entry | None, what: str) -> tuple[Word, ...]:
        nodes = self.reader.items(entry, what, example="a list such as [bob@example.com]")
        read = [(self.reader.value(node, what, values.email), line_of(node)) for node in nodes]
        return tuple(Word(email, line) for email, line in read if email)

    def description(self, found: dict[str, Entry]) -> str | None:
        given = found.get("description")
        return self.reader.text(given, "description", DESCRIPTION_MAX, lines=True)


def _until(text: str, zone: str | None) -> datetime | Literal["never"]:
    return "never" if text == "never" else values.instant(text, zone)
