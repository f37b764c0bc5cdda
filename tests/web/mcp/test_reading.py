"""The tools that read."""

from tests.web.mcp.desk import Desk, text


async def test_incidents_are_listed_a_page_at_a_time(desk: Desk) -> None:
    for title in ("One", "Two", "Three"):
        await desk.declare(title=title)

    first = await desk.member.call("list_incidents", limit=2)
    rest = await desk.member.call("list_incidents", before_number=first["next_before_number"])

    assert [one["number"] for one in first["incidents"]] == [3, 2]
    assert [text(one["title"]) for one in rest["incidents"]] == ["One"]
    assert rest["next_before_number"] is None
