"""The memory's own tests."""
