"""A bundle's text, which stands for its message on a lock screen: none of it is left out."""

import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest

from bot.blocks import bundle
from core.messages import Page
from core.pacing import BUNDLE_MAX
from core.sending import Outgoing, Part
from core.targets import Why
from storage.vocabulary import Severity
from tests.bot.test_blocks import BOB, NOW, TITLE, incident_facts

FIRST = 999_999_900
"""The number of the first incident in a bundle."""


def bundled(titles: Sequence[str], **changes: Any) -> Outgoing:
    """A message that tells of these incidents."""
    parts = [
        Part(
            **{
                "delivery_id": UUID(int=number),
                "incident_id": UUID(int=number),
                "number": number,
                "title": title,
                "severity": Severity.HIGH,
                "version": 1,
                "round": 1,
                "unwanted": None,
                "acknowledged_by": None,
                "acknowledged_by_id": None,
                **changes,
            }
        )
        for number, title in enumerate(titles, FIRST)
    ]
    return Outgoing(
        delivery_id=UUID(int=7),
        organization_id=UUID(int=1),
        attempted_at=NOW,
        not_after=NOW,
        alerts_channel=None,
        person=BOB,
        dm_id=None,
        email=None,
        facts=incident_facts(),
        message=Page(Why("owner"), None, 0),
        update=None,
        round=1,
        thread=None,
        receipt=None,
        parts=tuple(parts),
    )


def _text(titles: Sequence[str], **changes: Any) -> str:
    return bundle.bundle(bundled(titles, **changes), BOB).text


def _numbers(text: str) -> list[int]:
    return [int(one) - FIRST for one in re.findall(r"#(\d+)", text)]


@pytest.mark.parametrize("title", [TITLE, "&" * 100, "😀" * 100, "x" * 100, "Disk is full"])
@pytest.mark.parametrize("state", [None, "acknowledged", "handed off", "resolved"])
def test_every_incident_is_named_in_the_text_however_long_the_titles(
    title: str, state: str | None
) -> None:
    text = _text([title] * BUNDLE_MAX, unwanted=state)

    assert _numbers(text) == list(range(BUNDLE_MAX))
    assert len(text) <= bundle.TEXT_MAX
    assert not re.search(r"&(?!amp;|lt;|gt;)", text), "an entity was cut"


def test_where_titles_must_be_cut_the_longest_are_and_all_alike() -> None:
    text = _text([*["x" * 100] * 39, "Disk is full"])

    assert text.endswith("Disk is full")
    cut = re.findall(r"(x+)…", text)
    assert len(cut) == 39
    assert set(map(len, cut)) == {len(cut[0])}
    assert len(text) > bundle.TEXT_MAX - 100, "there was room for more"


def test_what_fits_is_not_cut() -> None:
    titles = [f"Disk {number} is <full>" for number in range(BUNDLE_MAX)]
    text = _text(titles)

    assert "…" not in text
    assert all(f"Disk {number} is &lt;full&gt;" in text for number in range(BUNDLE_MAX))


def test_what_waits_no_more_is_still_named_by_its_number() -> None:
    told = bundled(["Search is slow", "Login fails", "Mail is late"])
    taken = bundled(["Search is slow", "Login fails", "Mail is late"], unwanted="acknowledged")
    parts = (told.parts[0], *taken.parts[1:])
    text = bundle.bundle(Outgoing(**{**vars(told), "parts": parts}), BOB).text

    assert text == (
        f"📟 1 of 3 incidents needs you: 🟠 #{FIRST} Search is slow. "
        f"Waiting no more: #{FIRST + 1}, #{FIRST + 2}"
    )
