"""A second opinion: the same blocks, parsed and judged by slack_sdk's own models."""

from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

# slack_sdk reads a modal's state and ids as well, and knows nothing newer than itself.
_UNKNOWN_TO_IT = (TypeError, KeyError, AttributeError, ValueError)


def second_opinion_on_blocks(blocks: list[dict[str, Any]]) -> list[str]:
    """What slack_sdk would refuse about blocks that seem right."""
    faults: list[str] = []
    for position, block in enumerate(blocks):
        try:
            parsed = Block.parse(block)
            if parsed is not None:
                parsed.validate_json()
                parsed.to_dict()
        except SlackObjectFormationError as refusal:
            faults.append(f"/blocks/{position}: slack_sdk says: {refusal}")
        except _UNKNOWN_TO_IT as confusion:
            faults.append(f"/blocks/{position}: slack_sdk can't read it: {confusion}")
    return faults


def second_opinion_on_view(view: dict[str, Any]) -> list[str]:
    """What slack_sdk would refuse about a view that seems right."""
    try:
        View(**view).to_dict()
    except SlackObjectFormationError as refusal:
        return [f"view: slack_sdk says: {refusal}"]
    except _UNKNOWN_TO_IT as confusion:
        return [f"view: slack_sdk can't read it: {confusion}"]
    return []
