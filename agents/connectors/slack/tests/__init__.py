"""Slack's own tests, against emulate."""
