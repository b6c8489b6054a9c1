"""What the portal itself writes in Slack: stored first, posted by a worker, again after trouble, and once."""
