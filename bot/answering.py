"""A listener's deadline: Slack waits three seconds, and we answer within two, whatever happens.

Work is done first and acknowledged then, so that a refusal can be told in the answer itself. Work
that takes longer goes on in the background, tracked, and its answer follows by another road.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from bot.blocks.text import Rendered
from core.errors import DomainError, Unavailable

log = logging.getLogger(__name__)

DEADLINE_SECONDS = 2.0

SOMETHING_BROKE = (
    "Something went wrong on Tocsin's side. It may not have happened: look with "
    "“/incident list”, then try again."
)


@dataclass(frozen=True)
class Say:
    """Tell the one who acted, and nobody else."""

    message: Rendered


@dataclass(frozen=True)
class FieldErrors:
    """Refuse a submission at its fields, by block id; what was typed stays."""

    errors: dict[str, str]


@dataclass(frozen=True)
class Show:
    """Put this view in the place of the one that was submitted or pressed."""

    view: dict[str, Any]


@dataclass(frozen=True)
class Offer:
    """What a menu offers for what was typed into it."""

    options: list[dict[str, Any]]


@dataclass(frozen=True)
class Told:
    """It is done, and its form closes: say of it what there is to say where the form was asked for.

    That is found out afterwards, so that nothing which fails then can make it look undone.
    """

    asked_at: str
    """A response_url."""
    say: Callable[[], Awaitable[Rendered]]


Answer = Say | FieldErrors | Show | Offer | Told | None
"""What a handler gives back. None: it is done, and the card shows it."""


class Answering:
    """Runs handlers against the deadline, and keeps hold of those that miss it."""

    def __init__(self, *, deadline: float = DEADLINE_SECONDS) -> None:
        self._deadline = deadline
        self._late: set[asyncio.Task[None]] = set()

    async def run(
        self,
        work: Coroutine[Any, Any, Answer],
        *,
        refuse: Callable[[DomainError], Answer],
        now: Callable[[Answer], Awaitable[Any]],
        meanwhile: Callable[[], Awaitable[Any]],
        later: Callable[[Answer], Coroutine[Any, Any, Any]],
    ) -> None:
        """Acknowledge with the answer (`now`), or without it (`meanwhile`) and tell it `later`.

        A refusal of core becomes the answer that `refuse` makes of it; so does any other error,
        after it was logged.
        """
        task = asyncio.create_task(_to_its_answer(work, refuse))
        done, _ = await asyncio.wait({task}, timeout=self._deadline)
        if done:
            await now(task.result())
            return
        self.follow_up(_tell_when_done(task, later))
        await meanwhile()

    def follow_up(self, telling: Coroutine[Any, Any, Any]) -> None:
        """Tell something after the acknowledgement, in the background, tracked."""
        task = asyncio.create_task(_logged(telling))
        self._late.add(task)
        task.add_done_callback(self._late.discard)

    async def finish(self, *, grace: float = 10) -> None:
        """Wait for what is still under way, before the process ends."""
        if self._late:
            await asyncio.wait(set(self._late), timeout=grace)


async def _to_its_answer(
    work: Coroutine[Any, Any, Answer], refuse: Callable[[DomainError], Answer]
) -> Answer:
    try:
        return await work
    except DomainError as refusal:
        return refuse(refusal)
    except Exception:
        log.exception("a listener failed")
        return refuse(Unavailable(SOMETHING_BROKE))


async def _tell_when_done(
    task: asyncio.Task[Answer], later: Callable[[Answer], Awaitable[Any]]
) -> None:
    await later(await task)


async def _logged(telling: Coroutine[Any, Any, Any]) -> None:
    try:
        await telling
    except Exception:
        log.exception("an answer could not be told")
