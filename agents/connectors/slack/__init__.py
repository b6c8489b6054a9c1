"""Slack: agents read and write in the channels of a workspace, as far as its app and their grants go."""
