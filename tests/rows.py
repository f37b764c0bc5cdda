"""The rows of a database: all of them, or whatever belongs to one organization, however far away.

Two readings are equal only if nothing at all was written, taken away or changed in between.
"""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Table, select

from core.transaction import Actor, Core
from storage.columns import Base

Row = Mapping[str, Any]
Rows = dict[str, list[Row]]


async def every_row(
    core: Core,
    *,
    but: Mapping[str, set[str]] | None = None,
    only: Collection[str] | None = None,
) -> Rows:
    """Every row of every table, without the columns that `but` names for a table.

    With `only`, of these tables.
    """
    found: Rows = {}
    async with core.reading(Actor.system()) as tx:
        for table in _tables(only):
            left_out = (but or {}).get(table.name, set())
            shown = [one for one in table.columns if one.name not in left_out]
            rows = await tx.db.execute(select(*shown))
            found[table.name] = sorted((dict(one) for one in rows.mappings()), key=str)
    return found


async def rows_of(
    core: Core, organization_id: UUID, *, only: Collection[str] | None = None
) -> Rows:
    """What belongs to an organization: by its own column, or by that of what it points at."""
    every = await every_row(core, only=only)
    theirs: Rows = {}
    ids: dict[str, set[Any]] = {"organizations": {organization_id}}
    for table in _tables(only):
        mine = [one for one in every[table.name] if _belongs(table, one, ids)]
        theirs[table.name] = mine
        ids.setdefault(table.name, set()).update(one["id"] for one in mine if "id" in one)
    return theirs


def _tables(only: Collection[str] | None) -> list[Table]:
    return [one for one in Base.metadata.sorted_tables if only is None or one.name in only]


def _belongs(table: Table, row: Row, ids: Mapping[str, set[Any]]) -> bool:
    """Whether any of its foreign keys leads there: what points at two belongs to both."""
    if table.name == "organizations":
        return row["id"] in ids["organizations"]
    return any(
        row[key.parent.name] in ids.get(key.column.table.name, set()) for key in table.foreign_keys
    )
