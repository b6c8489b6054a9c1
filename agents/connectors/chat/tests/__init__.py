"""The portal chat's own tests."""
