"""Asks in Slack: shown whole to who may answer, answered by a button with the page's rules, taken back when closed."""
