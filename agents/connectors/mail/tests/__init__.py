"""The mailbox connector's own tests."""
