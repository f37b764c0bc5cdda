"""Letters: pages by e-mail, on a way of their own. Slack may be down, and they still arrive."""
