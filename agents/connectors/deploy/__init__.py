"""Deployments: an agent starts a version of a service, watches it and takes it back, with two people's yes."""
