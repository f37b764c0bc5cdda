"""The API over HTTP: requests a second and how long each takes, beside FastAPI with the same JSON.

What a request causes besides is not left out: each new incident is carded and paged meanwhile.
"""

import asyncio
import json
import sys
import tempfile
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from bench.http_client import CONNECTIONS, ask_all, request
from bench.lateness import insert_like, model_incident, put_to_rest
from bench.product import ROOT, Bench, free_port
from bench.table import Row
from core import keys, people
from storage.vocabulary import EscalationState, Role

MADE = 400
READ = 2_000
LISTED = 500
SIZES = (100, 100_000)


async def api(bench: Bench) -> AsyncIterator[Row]:
    """Create, acknowledge, get and list; the floor of each; and list at two sizes."""
    async with bench.core.transaction(bench.system) as tx:
        made = await keys.create_key(tx, name="Benchmark", role=Role.ADMIN)
        owner = (await people.members(tx))[0].id
    headers = {"Authorization": f"Bearer {made.secret}"}
    wanted = {"title": "Benchmark", "severity": "high", "ownerId": str(owner)}
    create = [request("POST", "/v1/incidents", headers, json.dumps(wanted).encode())] * MADE
    every = [request("GET", "/v1/incidents?limit=20", headers)] * LISTED

    async with bench.served():
        row, bodies = await _row(bench.port, "create", create)
        yield row
        ids = [json.loads(body)["data"]["id"] for body in bodies]
        take = [request("POST", f"/v1/incidents/{id}/acknowledge", headers) for id in ids]
        row, taken = await _row(bench.port, "acknowledge", take)
        yield row
        read = [request("GET", f"/v1/incidents/{ids[n % len(ids)]}", headers) for n in range(READ)]
        row, whole = await _row(bench.port, "get", read)
        yield row
        row, listed = await _row(bench.port, "list", every)
        yield row
    answers = {"one": taken[0], "whole": whole[0], "list": listed[0]}
    async with _floor({name: json.loads(body) for name, body in answers.items()}) as port:
        for name, asked in (("create", create), ("acknowledge", take), ("get", read),
                            ("list", every)):  # fmt: skip
            yield (await _row(port, f"  FastAPI alone, {name}", asked))[0]
    for size in SIZES:
        await _stage(bench, size)
        async with bench.served():
            yield (await _row(bench.port, f"list of {size:,} incidents", every))[0]


async def _row(port: int, name: str, requests: Iterable[bytes]) -> tuple[Row, list[bytes]]:
    asked = list(requests)
    await ask_all(port, asked[:1])  # a connection, and what is made at the first request
    times, bodies, lasted = await ask_all(port, asked[1:] or asked)
    return Row(f"{name} ({len(times) / lasted:,.0f}/s, {CONNECTIONS} at once)", times), bodies


async def _stage(bench: Bench, size: int) -> None:
    """So many incidents in all, none of which is due."""
    async with bench.core.transaction(bench.system) as tx:
        await put_to_rest(tx)
        model = await model_incident(tx)
        rest = {"escalation_state": EscalationState.STOPPED, "next_escalation_at": None}
        await insert_like(tx, model, max(size - model.number, 0), lambda _place: rest)


@asynccontextmanager
async def _floor(answers: dict[str, object]) -> AsyncIterator[int]:
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers.json"
        path.write_text(json.dumps(answers))
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bench.api_floor", str(port), str(path)), cwd=ROOT
        )
        try:
            async with asyncio.timeout(30):
                while True:
                    with suppress(OSError):
                        _, writer = await asyncio.open_connection("127.0.0.1", port)
                        writer.close()
                        break
                    await asyncio.sleep(0.05)
            yield port
        finally:
            process.terminate()
            await process.wait()
