"""The decision point: frozen facts in, a decision with reasons out. Standard library only, no I/O."""
