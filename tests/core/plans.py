"""How a database carries out what core asks: told by itself, on both kinds."""

import json
from collections.abc import Awaitable, Iterator
from typing import Any

from sqlalchemy import event, text

from core.transaction import Transaction


async def rows_passed_over(tx: Transaction, asks: Awaitable[Any], table: str) -> list[str]:
    """Where a statement does not go straight to the rows of a table that it answers with."""
    engine = tx.db.get_bind().engine
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    try:
        await asks
    finally:
        event.remove(engine, "before_cursor_execute", note)
    found = [await _wasteful(tx, statement, given, table) for statement, given in asked]
    return [one for several in found for one in several]


async def gather_statistics(tx: Transaction, table: str) -> None:
    """Have the database know how its rows are spread, as it does after a while by itself."""
    await tx.db.execute(text(f"ANALYZE {table}"))


async def _wasteful(tx: Transaction, statement: str, given: Any, table: str) -> list[str]:
    connection = await tx.db.connection()
    if connection.dialect.name == "sqlite":
        plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)
        lines = [str(row.detail) for row in plan]
        scans = [line for line in lines if line.split()[:2] == ["SCAN", table]]
        return scans + [line for line in lines if "LAST TERM" in line]
    plan = await connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", given)
    told = plan.scalar()
    (root,) = json.loads(told) if isinstance(told, str) else told
    return [
        f"{node['Node Type']}: {node['Rows Removed by Filter']} rows"
        for node in _nodes(root["Plan"])
        if node.get("Relation Name") == table and node.get("Rows Removed by Filter", 0) > 0
    ] + [
        f"{node['Node Type']}: all {node['Actual Rows']} rows"
        for node in _nodes(root["Plan"])
        if node.get("Relation Name") == table and node["Node Type"] == "Seq Scan"
    ]


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", ()):
        yield from _nodes(child)
