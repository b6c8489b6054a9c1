"""The deployments' own tests."""
