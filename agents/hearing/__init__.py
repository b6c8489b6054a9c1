"""Connections that tell at once what happens: one process listens to them, and what it hears leads to a look."""
