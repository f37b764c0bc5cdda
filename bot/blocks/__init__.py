"""PURE. What Slack shows: frozen facts in, texts, blocks and views out; views in, values out.

Nothing here asks, decides or sends. Whatever goes in, what comes out obeys Slack's limits, pings
nobody whose name was merely typed, and shows a title as exactly the characters it has.
"""
