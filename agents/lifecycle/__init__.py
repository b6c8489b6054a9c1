"""Verbs that reach beyond one room: what stops, ends or changes hands takes along all that hangs on it."""
