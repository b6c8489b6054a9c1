"""Notices by Slack: for people who linked their account and want them, without private words."""
