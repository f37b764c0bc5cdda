"""Whatever a program may ask, the answer is one that the document knows, and never a 500.

Schemathesis makes the requests: what fits the schema and what does not, with things that are there
and things that are not, one after the other, and in chains where one answer is the next question.
"""

from pathlib import Path

import pytest

from tests.web.api import fuzzing
from tests.web.api.caller import running_office
from web.api import openapi_document

SEED = 7
EXAMPLES = 5_000

OPERATIONS = {
    operation["operationId"]
    for of_path in openapi_document()["paths"].values()
    for operation in of_path.values()
}

OUT_OF_LUCK = 6
"""So few endpoints at most are always refused: chance hardly names all layers in an order."""


@pytest.mark.long
async def test_thousands_of_requests_and_chains_of_them(database_url: str, tmp_path: Path) -> None:
    async with running_office(database_url) as office, fuzzing.serving(office) as server:
        known = await fuzzing.furnish(office, many=20)
        found = await fuzzing.put_to_the_test(
            server,
            office.admin,
            known,
            tmp_path,
            seed=SEED,
            examples=150,
            phases="examples,coverage,fuzzing,stateful",
            seconds=850,
        )
    assert found.code == 0, found.text
    assert server.asked.total >= EXAMPLES
    assert len(server.asked.never(OPERATIONS)) <= OUT_OF_LUCK, server.asked.never(OPERATIONS)
