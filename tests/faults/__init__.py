"""Faults of real processes: killed, frozen, cut off. What came of it is counted in the mailbox, not in our rows.

The ordinary run has a short form of each. ``FAULTS=20 python -m pytest -s tests/faults`` has twenty rounds and prints
the times; ``FAULTS=500 python -m pytest -s tests/faults/test_soak.py`` is the long form: faults of all kinds, one after
the other, while tasks are done. ``FAULTS_SEED`` replays a run: all random choices come from it, and each run prints it.
"""
