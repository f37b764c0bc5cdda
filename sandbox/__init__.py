"""A Slack workspace of one's own, for tests and for trying the app without Slack.

It refuses what Slack refuses, signs what it sends, cuts off at 3 seconds and presses only what
was really rendered. Begin with `Workspace`; act through `workspace.person("bob")`.
"""

from sandbox.actor import Actor
from sandbox.answer import Answer, Submission
from sandbox.blockkit import check_blocks, check_view
from sandbox.delivery import Deliver, connect_http
from sandbox.engine import Call, FaultyPayload
from sandbox.errors import NotPossibleError, SlackError
from sandbox.faults import Fault
from sandbox.manifest import Manifest, read_manifest
from sandbox.notices import Notification
from sandbox.people import Channel, Person
from sandbox.records import Conversation, Message, View
from sandbox.workspace import Workspace

__all__ = [
    "Actor",
    "Answer",
    "Call",
    "Channel",
    "Conversation",
    "Deliver",
    "Fault",
    "FaultyPayload",
    "Manifest",
    "Message",
    "NotPossibleError",
    "Notification",
    "Person",
    "SlackError",
    "Submission",
    "View",
    "Workspace",
    "check_blocks",
    "check_view",
    "connect_http",
    "read_manifest",
]
