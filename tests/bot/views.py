"""What holds of every view, however much there is to show and whatever somebody has typed."""

from typing import Any

from sandbox.blockkit import check_view, view_too_large
from sandbox.rendered import pinged
from tests.bot.test_blocks import seen

View = dict[str, Any]
BLOCKS_MAX = 100


def faults_of(view: View) -> list[str]:
    """What Slack would refuse of a view, whom it would ping, and what of it is escaped twice."""
    faults = [str(one) for one in check_view(view)]
    if len(view["blocks"]) > BLOCKS_MAX:
        faults.append(f"{len(view['blocks'])} blocks")
    if view_too_large(view):
        faults.append("too many bytes")
    faults += [f"pings {who}" for who in pinged("", view["blocks"])]
    return [*faults, "&lt; is shown"] if "&lt;" in seen(view) else faults


def offered(*views: View) -> list[str]:
    """The values of the buttons and menus that stand beside the lines of lists, in order."""
    return [
        block["accessory"]["value"]
        for view in views
        for block in view["blocks"]
        if "accessory" in block
    ]
