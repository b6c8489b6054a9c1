"""Plans a task's envelope: which capabilities a task may use, decided from the person's instruction alone.

Planning runs before the task reads anything, and for every model. It promises that a plan only ever narrows what the
agent's grants allow, and that no text but the person's own words takes part. ``planner.plan`` is the one entry.
"""
