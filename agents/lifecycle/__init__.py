"""Verbs that reach beyond one room: they end, stop or move a thing together with everything that depends on it."""
