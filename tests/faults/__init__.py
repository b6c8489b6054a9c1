"""Faults of real processes: killed, frozen, cut off. What came of it is counted in the mailbox, not in our rows.

The ordinary run has one round of each. ``FAULTS=20 python -m pytest -s tests/faults`` has twenty, and prints the times.
A round's random choices come from its number, so that what failed can be repeated.
"""
