"""What a message consists of: read from a call's arguments, and judged before it is shown."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox import markup
from sandbox.blockkit import characters, check_attachments, check_blocks, check_metadata, limits
from sandbox.errors import SlackError
from sandbox.inputs import copy_of
from sandbox.markup import Names
from sandbox.rendered import elements_of

Json = dict[str, Any]
METADATA_BYTES = 8_000


@dataclass(frozen=True)
class Content:
    """A message's content that has passed; `None` stands for an argument that was not given."""

    text: str | None = None
    blocks: list[Json] | None = None
    attachments: list[Json] | None = None
    metadata: Json | None = None
    given: frozenset[str] = field(default_factory=frozenset)


def read_content(
    arguments: Mapping[str, Any], names: Names, *, longest: int = limits.TEXT_POSTED
) -> Content:
    """The content of a call, or Slack's refusal of it with every fault named."""
    text = arguments.get("text")
    if text is not None and not isinstance(text, str):
        raise SlackError("invalid_arguments", faults=["text must be a string"])
    blocks = _structure(arguments, "blocks", "invalid_blocks_format", list)
    attachments = _structure(arguments, "attachments", "invalid_attachments", list)
    metadata = _structure(arguments, "metadata", "invalid_metadata_format", dict)
    if arguments.get("markdown_text"):
        if blocks or text:
            raise SlackError("markdown_text_conflict")
        blocks = [{"type": "markdown", "text": arguments["markdown_text"]}]
    if blocks:
        _judge_blocks(blocks)
    if attachments:
        if len(attachments) > limits.MESSAGE_ATTACHMENTS:
            raise SlackError("too_many_attachments")
        faults = check_attachments(attachments)
        if faults:
            raise SlackError("invalid_attachments", faults=faults)
    if metadata:
        if len(json.dumps(metadata).encode()) > METADATA_BYTES:
            raise SlackError("metadata_too_large")
        faults = check_metadata(metadata)
        if faults:
            raise SlackError("invalid_metadata_schema", faults=faults)
    if text and len(text) > longest:
        raise SlackError("msg_too_long", faults=[f"text is {len(text)} characters"])
    if text and (str(arguments.get("parse")) == "full" or _on(arguments.get("link_names"))):
        # This is how an unescaped @channel in what somebody typed comes alive.
        text = markup.link_names(text, names)
    return Content(
        text=text,
        blocks=identified(blocks) if blocks is not None else None,
        attachments=[
            {**each, "blocks": identified(each["blocks"])} if "blocks" in each else each
            for each in attachments
        ]
        if attachments is not None
        else None,
        metadata=metadata,
        given=frozenset(name for name in arguments if arguments[name] is not None),
    )


def identified(blocks: list[Json]) -> list[Json]:
    """A copy of the blocks in which every block and element has its id, as Slack fills them in."""
    blocks = copy_of(blocks)
    for block in blocks:
        block.setdefault("block_id", secrets.token_urlsafe(4))
        for element in elements_of(block):
            if element["type"] != "image":
                element.setdefault("action_id", secrets.token_urlsafe(4))
    return blocks


def _judge_blocks(blocks: list[Json]) -> None:
    faults = check_blocks(blocks, "message")
    if faults:
        raise SlackError("invalid_blocks", faults=faults)
    total = characters(blocks)
    if total > limits.MESSAGE_BLOCK_CHARACTERS:
        message = f"the blocks hold {total} characters in all"
        raise SlackError("msg_blocks_too_long", faults=[message])


def _structure(arguments: Mapping[str, Any], name: str, code: str, kind: type) -> Any:
    value = arguments.get(name)
    if isinstance(value, str):
        if not value:
            return None
        try:
            value = json.loads(value)
        except ValueError:
            raise SlackError(code, faults=[f"{name} is not valid JSON"]) from None
    if value is not None and not isinstance(value, kind):
        raise SlackError(code, faults=[f"{name} must be a {kind.__name__}"])
    return value


def _on(value: Any) -> bool:
    return value in {True, "1", "true"}
