"""Slack's Web API: one function a method, behind one door that checks token, scope and limits."""
