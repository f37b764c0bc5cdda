"""Statements that are compiled once for a whole run: a test's engine is new, what it asks is not.

A process of the product has one database, and compiles each statement once. A test has a database
of its own and would compile them all anew, which is a fifth of its time.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from sqlalchemy import Engine, event
from sqlalchemy.ext.asyncio import AsyncEngine

from storage import database


@contextmanager
def once() -> Iterator[None]:
    """Within the block, engines of one kind of database share what they compile."""
    first: dict[str, Engine] = {}
    create: Callable[..., AsyncEngine] = database.create_async_engine

    def sharing(*args: Any, **given: Any) -> AsyncEngine:
        made = create(*args, **given)
        engine = made.sync_engine
        if known := first.get(engine.name):
            engine.dialect = known.dialect
            engine._compiled_cache = known._compiled_cache
        else:

            @event.listens_for(engine.pool, "first_connect")
            def keep(_connection: Any, _record: Any) -> None:
                first.setdefault(engine.name, engine)  # its dialect knows its server by now

        return made

    with mock.patch.object(database, "create_async_engine", sharing):
        yield
