"""Slack, in and out.

guard           what stands before Bolt: size, signature, copies
workspace       whose token this is: the team, the bot, the organization
application     Bolt with its few listeners, each dispatched by dictionary
answering       a listener's deadline, and what people read when it is missed
identity        who a Slack user is; outsiders are refused
commands        /incident and its sub-commands
buttons         what is pressed
declaring       the form that declares, and what is said once it is done
listing         the open incidents in an answer, and the way on
modals          what is opened, filled in and submitted
schedule_modals, rotation_modals      schedules and their layers, managed
policy_modals, escalation_modals      escalation policies and their layers, managed
chosen          the people of a form, and those of them who can't be paged
below           what lies below a modal, kept current
options         what a menu offers while somebody types
home            the App Home
shortcuts       from a message
sender          pages, cards and notices on their way out
socket_mode     the same without a public URL
blocks/         PURE: how everything looks
"""
