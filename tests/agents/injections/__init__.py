"""Mails that try to take an agent over, and what a model does that obeys them. See ``index``."""
